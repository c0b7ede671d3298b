"""Hand-written paraphrases: enough falsehood is caught, and not too much truth refused.

The full figures by family, and those of other checkers, come from
``benchmarks/paraphrases.py`` and stand in docs/verification.md.
"""

import pytest
from corpus import paraphrases

CAUGHT = {"development": 0.97, "development_f": 0.95, "held_out_a": 0.97, "held_out_b": 0.97,
          "held_out_c": 0.97}  # fmt: skip
"""Share of the false sentences that must be caught, at least."""
REFUSED = {"development": 0.08, "development_f": 0.26, "held_out_a": 0.08, "held_out_b": 0.15,
           "held_out_c": 0.25}  # fmt: skip
"""Share of the true sentences that may be refused, at most."""


@pytest.fixture(scope="module")
def flags():
    return {
        session: paraphrases.house(paraphrases.ledger(session))
        for session in ("2026-07-02", "2025-11-14", "2024-08-05", "2020-03-16")
    }


@pytest.mark.parametrize("name", CAUGHT)
def test_falsehood_is_caught_and_truth_let_through(name, flags):
    pairs = paraphrases.pairs(name)
    missed = [p.false for p in pairs if not paraphrases.flagged(p, p.false, flags[p.session])]
    refused = [p.true for p in pairs if paraphrases.flagged(p, p.true, flags[p.session])]
    assert len(missed) <= (1 - CAUGHT[name]) * len(pairs), missed
    assert len(refused) <= REFUSED[name] * len(pairs), refused


def test_the_corpus_is_large_and_varied():
    held_out = [p for name in CAUGHT if name.startswith("held") for p in paraphrases.pairs(name)]
    assert len(held_out) >= 300
    assert len({p.family for p in held_out}) >= 14
    assert len({p.style for p in held_out}) >= 8
    sentences = [s for p in held_out for s in (p.true, p.false)]
    assert len(set(sentences)) == len(sentences)

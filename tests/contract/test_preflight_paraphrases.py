"""Hand-written paraphrases: enough falsehood is caught, and not too much truth refused.

The full figures by family, and those of other checkers, come from
``benchmarks/paraphrases.py`` and stand in docs/verification.md.
"""

import pytest
from corpus import paraphrases

CAUGHT = {
    "development": 0.97,
    "development_f": 0.97,
    "development_h": 0.97,
    "development_i": 0.97,
    "development_j": 0.97,
    "development_k": 0.97,
    "development_l": 0.97,
    "development_m": 0.97,
    "development_n": 0.97,
    "development_o": 0.97,
    "development_p": 0.97,
    "development_q": 0.97,
    "development_r": 0.97,
    "development_s": 0.97,
    "development_t": 0.97,
    "development_u": 0.96,
    "held_out_v": 0.96,
    "held_out_a": 0.97,
    "held_out_b": 0.97,
    "held_out_c": 0.97,
    "held_out_d": 0.97,
    "held_out_e": 0.97,
    "held_out_g": 0.97,
    "held_out_x": 0.97,
    "held_out_dd": 0.96,
    "held_out_z": 0.96,
    "development_w": 0.97,
    "development_y1": 0.97,
    "development_y2": 0.97,
    "development_y3": 0.97,
    "development_z1": 0.97,
    "development_z2": 0.97,
    "development_z3": 0.96,
    "development_aa": 0.97,
    "development_bb": 0.97,
    "development_cc": 0.97,
}
"""Share of the false sentences that must be caught, at least."""
REFUSED = {
    "development": 0.08,
    "development_f": 0.26,
    "development_h": 0.48,
    "development_i": 0.42,
    "development_j": 0.42,
    "development_k": 0.42,
    "development_l": 0.34,
    "development_m": 0.45,
    "development_n": 0.59,
    "development_o": 0.58,
    "development_p": 0.58,
    "development_q": 0.58,
    "development_r": 0.6,
    "development_s": 0.54,
    "development_t": 0.55,
    "development_u": 0.54,
    "held_out_v": 0.54,
    "held_out_a": 0.08,
    "held_out_b": 0.15,
    "held_out_c": 0.25,
    "held_out_d": 0.23,
    "held_out_e": 0.32,
    "held_out_g": 0.54,
    "development_w": 0.52,
    "development_y1": 0.35,
    "development_y2": 0.57,
    "development_y3": 0.55,
    "development_z1": 0.39,
    "development_z2": 0.57,
    "development_z3": 0.68,
    "development_aa": 0.56,
    "development_bb": 0.54,
    "development_cc": 0.49,
    "held_out_x": 0.53,
    "held_out_dd": 0.59,
    "held_out_z": 0.53,
}
"""Share of the true sentences that may be refused, at most: those meant to be hard are many."""

SMALL = (
    ("2026-07-02", "Nvidia has its best close {} 15 May 2025.",
     "since", "before|until|by|after"),
    ("2026-07-02", "The small-cap fund has been below its 200-day average {} 2 April.",
     "since", "before|until|by|after"),
    ("2026-07-02", "Small caps are down 6.2% {} the turn of the year.",
     "since", "before|until|after|by|up to"),
    ("2026-07-02", "Financials closed at their lowest since {}.", "12 May", "12 June|31 June"),
    ("2026-07-02", "Gold closed 1.9% below its record of {}.", "17 June", "31 June|30 February"),
    ("2026-07-02", "Gold's record close dates {} 17 June.", "from", "before|after|until"),
    ("2026-07-02", "Gold set its record {} on 17 June.",
     "close", "open|intraday high|session high"),
    ("2026-07-02", "Gold {} at $4,681.79.", "closed", "opened|averaged"),
    ("2026-07-02", "The S&P 500 fund sits {} its 200-day average.", "near|below", "at|above"),
    ("2026-07-02", "The Nasdaq-100 fund sits {} its 50-day average.", "above", "near|at|close to"),
    ("2026-07-02", "QQQ {} 50d", ">", "<"),
    ("2026-07-02", "The small-cap fund stands 2% {} its 50-day average.",
     "above", "near|at|around"),
    ("2026-07-02", "The small-cap fund trades above its 50-day {}.", "average", "median|record"),
    ("2026-07-02", "The small-cap fund's 50-day average has been below its 200-day since {}.",
     "22 April", "2 April|5 June"),
    ("2026-07-02", "Some 55% of stocks sit {} their 50-day average.", "above", "near|at"),
    ("2026-07-02", "Nvidia rose {} percent today.", "about 2.7|exactly 2.65",
     "exactly 2.7|precisely 3"),
    ("2026-07-02", "Payrolls {} 91,000 in the latest month.", "rose by", "rose to|grew to"),
    ("2026-07-02", "The VIX is up {} on the week.", "about a point", "to about a point"),
    ("2026-07-02", "Unemployment stood at 3.8% in {}.", "June", "August|May"),
    ("2026-07-02", "Jobless claims, at 216,000, were 4,000 fewer than a {} before.",
     "week", "day|month"),
    ("2026-07-02", "Small caps have fallen 0.7% {} five sessions.", "over", "under"),
    ("2026-07-02", "Gold is up 7.9% this {}.", "year", "decade|century|quarter"),
    ("2026-07-02", "The dollar firmed, both on the day and {}.", "on the week", "for the decade"),
    ("2026-07-02", "Apple had a fine day at the end of a foul {}.", "week", "decade"),
    ("2026-07-02", "Small caps gained 0.7%{}.", " today| on Thursday", " yesterday| last Thursday"),
    ("2025-11-14", "Small caps beat the S&P 500 fund {} 2.2 points over five sessions.",
     "by", "to|from"),
    ("2025-11-14", "The equal-weight fund leads the S&P 500 fund by about 26 {} this year.",
     "points", "percent"),
    ("2025-11-14", "Nine of eleven sectors finished {} in the green.", "Friday", "Monday"),
    ("2025-11-14", "The S&P 500 fund regained its {} average on 30 October.", "200-day", "50-day"),
    ("2025-11-14", "Utilities end the {} at a record close.", "week", "month|quarter|year"),
    ("2025-11-14", "SPY 50d {} 200d since Oct 3.", "under", "over"),
    ("2025-11-14", "Crude rose on the day and for the {}.", "week", "decade"),
    ("2024-08-05", "The two-year yield was unchanged, well {} the ten-year.", "below", "above"),
    ("2024-08-05", "Value did better than growth {}.", "this week", "last week"),
    ("2024-08-05", "Apple ended the {} at its lowest close since April.", "session", "week"),
    ("2024-08-05", "Discretionary shares trailed staples for a sixth {} session.",
     "straight", "separate"),
    ("2024-08-05", "Small caps set their record close twenty {} ago.", "sessions", "weeks|days"),
    ("2020-03-16", "The VIX has not closed this low since the second of May {}.",
     "last year|of last year", "of last month|of last quarter"),
)  # fmt: skip
"""A sentence, the small words with which it is true, and those with which it is not."""


@pytest.fixture(scope="module")
def flags():
    return {
        session: paraphrases.house(paraphrases.ledger(session))
        for session in ("2026-07-02", "2025-11-14", "2024-08-05", "2020-03-16")
    }


LONG = {f"development_{letter}" for letter in "fhijklmnopqrstu"}
"""Sets opened long ago, which only the long drills go through."""


@pytest.mark.parametrize(
    "name",
    [pytest.param(name, marks=[pytest.mark.drill] if name in LONG else []) for name in CAUGHT],
)
def test_falsehood_is_caught_and_truth_let_through(name, flags):
    pairs = paraphrases.pairs(name)
    missed = [p.false for p in pairs if not paraphrases.flagged(p, p.false, flags[p.session])]
    refused = [p.true for p in pairs if paraphrases.flagged(p, p.true, flags[p.session])]
    assert len(missed) <= (1 - CAUGHT[name]) * len(pairs), missed
    assert len(refused) <= REFUSED[name] * len(pairs), refused


@pytest.mark.parametrize("session", sorted({session for session, *_ in SMALL}))
def test_small_words_are_read(session, flags):
    def blocked(sentence: str) -> bool:
        return any(True for _ in flags[session](f"Session: {session}.\n\n{sentence}\n"))

    rows = [row[1:] for row in SMALL if row[0] == session]
    wrong = [
        (text.format(word), fine)
        for text, *said in rows
        for fine, words in zip((True, False), said, strict=True)
        for word in words.split("|")
        if blocked(text.format(word)) is fine
    ]
    assert not wrong


def test_the_corpus_is_large_and_varied():
    held_out = [p for name in CAUGHT if name.startswith("held") for p in paraphrases.pairs(name)]
    assert len(held_out) >= 300
    assert len({p.family for p in held_out}) >= 14
    assert len({p.style for p in held_out}) >= 8
    sentences = [s for p in held_out for s in (p.true, p.false)]
    assert len(set(sentences)) == len(sentences)

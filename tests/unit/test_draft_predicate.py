"""Predicates: words print only where their condition holds, and slots beside them still do."""

import pickle

import pytest
from preflight_support import LEDGER

from newsletter.draft.claims import fill
from newsletter.draft.predicate import FalsePredicate, conditions, print_predicates
from newsletter.errors import DraftError

PERCENT = [f for f in LEDGER if str(f.unit) == "percent" and f.kind == "price"]
HIGH = max(PERCENT, key=lambda f: f.number)
LOW = min(PERCENT, key=lambda f: f.number)


def test_true_words_are_printed_with_the_figures_beside_them():
    text = f"It {{{{{HIGH.id} > {LOW.id} | outran}}}} the other, at {{{{{HIGH.id}|signed}}}}."
    assert fill(text, LEDGER) == f"It outran the other, at {HIGH.forms['signed']}."
    assert [c.facts for c in conditions(text)] == [(HIGH.id, LOW.id)]


def test_false_words_stop_the_draft_and_say_which():
    text = f"It {{{{{HIGH.id} < {LOW.id} | trailed}}}} the other."
    with pytest.raises(FalsePredicate, match=r"says “trailed” where .* do not bear out") as caught:
        fill(text, LEDGER)
    copy = pickle.loads(pickle.dumps(caught.value))
    assert (str(copy), copy.words) == (str(caught.value), "trailed")


@pytest.mark.parametrize(
    "text", ["{{NOPE.return.1d > 0 | rose}}", "{{1 > 0 | rose}}", "{{a >> b | rose}}", "{{ > | }}"]
)
def test_what_cannot_be_decided_stops_the_draft(text):
    with pytest.raises(DraftError):
        print_predicates(text, LEDGER)


FUTURES = ("{{CL=F.return.1m|signed}}", "{{HG=F-GC=F.spread.1d | plain}}", "{{GC=F.close}}")


@pytest.mark.parametrize("text", ["{{IWM.return.1d}}", "{{a|signed}}", "a > b | c", "", *FUTURES])
def test_what_is_no_predicate_is_left_alone(text):
    assert print_predicates(text, LEDGER) == text

"""Headlines of the weekly and the stock edition: none comes back soon, and each can be printed."""

import itertools
from types import SimpleNamespace

import pytest
from preflight_support import LEDGER

from newsletter.draft.freshness import wording
from newsletter.draft.preview.view import _HEADLINES
from newsletter.draft.prose import round_robin
from newsletter.preflight.check import check
from newsletter.preflight.past import EDITIONS
from newsletter.preflight.report import Severity
from newsletter.preflight.text.block import Kind
from newsletter.preflight.text.document import Document

LONGEST = 78
"""Letters of a subject line that most inboxes on a desk show."""


def evening(turn, said=()):
    return SimpleNamespace(turn=turn, all_worn=lambda text: text in said)


@pytest.mark.parametrize("apart", [1, 2, 5, 21])
@pytest.mark.parametrize("stance", sorted(_HEADLINES))
def test_no_headline_comes_back_within_thirty_editions(stance: str, apart: int) -> None:
    parts = _HEADLINES[stance]
    found = [round_robin(evening(apart * n), 771, *parts) for n in range(EDITIONS)]
    assert len(set(found)) == EDITIONS


def test_what_was_said_is_passed_over_while_anything_else_is_left() -> None:
    parts = ["abc", "12"]
    every = {"".join(pair) for pair in itertools.product(*parts)}
    first = round_robin(evening(7), 1, *parts)
    second = round_robin(evening(7, {first}), 1, *parts)
    assert second in every - {first}
    assert round_robin(evening(7, every), 1, *parts) == first


@pytest.mark.parametrize("headline", [
    "".join(pair) for parts in _HEADLINES.values() for pair in itertools.product(*parts)
])  # fmt: skip
def test_a_weekly_headline_can_be_proved_and_shown(headline: str) -> None:
    report = check(Document.of_line(headline, Kind.SUBJECT), LEDGER)
    assert [one.message for one in report.findings if one.severity is not Severity.INFO] == []
    assert len(headline) <= LONGEST


def test_another_ticker_makes_no_new_wording() -> None:
    assert wording("What TECH did against its own habit") == wording(
        "What HPE did against its own habit"
    )
    assert wording("The Fed cut") != wording("The ECB cut")

"""Sentence patterns filled with all that a ledger holds: only the true filling is proved.

The whole of them, on four evenings, is a drill, and `benchmarks/grids.py` prints it; the
suite takes all true sentences of one evening and a part of the false ones.
"""

import zlib

import pytest
from corpus.grids.every import GRIDS, SESSIONS, cases, outcome
from lengths import length, some

UNREAD = {
    "Of {A} and {B}, the former did better {w}.",
    "Of {B} and {A}, the latter did better {w}.",
    "{B} gave ground to {A} {w}.",
    "{A} is {q}% {s} the average of the last {dd} sessions.",
    "The {nm} average lies {q}% {o} the close of {A}.",
    "At {q}, the RSI of {A} is {z}.",
    "{r}% of S&P 500 members are below their {nm} average.",
    "{1} took the top spot today, {2} the second and {3} the third.",
    "{1} edged out {2} for first place among the sectors today.",
    "{2} was the best of the rest among the sectors today, behind {1}.",
    "{1} beat {2} to the top of the sector table today.",
    "The day's bottom two sectors were {10} and {11}.",
    "{1}, {2} and {3} filled the first three places among the sectors today.",
    "{11} and {10} filled the last two places among the sectors today.",
    "{3} completed the top three of the sectors today.",
    "{11} brought up the rear among the sectors today, just below {10}.",
    "From {1} at the top to {11} at the bottom, the sectors were spread wide today.",
    "{6} sat in the middle of the sector table today, sixth of eleven.",
    "Nobody among the sectors outdid {1} today.",
    "{2} finished one place below {1} in today's sector table.",
    "{3} finished two places below {1} in today's sector table.",
    "{1} topped the sectors today; {11} propped them up.",
    "{1} was the sector of the day.",
    "The honours among the sectors went to {1} today, the spoon to {11}.",
    "{2} ranked below {1} and above {3} today.",
    "{2} slotted in between {1} and {3} in today's sector table.",
    "In the sector table today {5} came right behind {4}.",
    "Above {4} in the sector table today stand {1}, {2} and {3}.",
    "Below {9} in the sector table today stand {10} and {11}.",
    "{1} was unbeaten among the sectors today.",
    "New one-year highs: {H}; new lows: {L}.",
    "{A} closed at {c}, {q}% {s} its 50-day average.",
}
"""Patterns whose true fillings are refused too, of some sectors or on some evenings.

Nobody reads them yet; what is asked of them is only that no false one gets by.
"""


def part(false: tuple[str, ...]) -> tuple[str, ...]:
    """Return a part of the false sentences, the same in every run; in the drills all."""
    share = length(6, 1)
    return tuple(one for one in false if zlib.crc32(one.encode()) % share == 0)


@pytest.mark.parametrize("grid", GRIDS)
@pytest.mark.parametrize("session", some(1, *SESSIONS))
def test_only_the_true_filling_is_proved(grid, session):
    found = outcome(grid, session, part)
    assert not found.passed
    assert found.refused.keys() <= UNREAD


@pytest.mark.parametrize("grid", GRIDS)
def test_each_grid_has_sentences_to_try(grid):
    found = [one for session in SESSIONS[:2] for one in cases(grid, session)]
    assert found
    assert all(one.false and one.true not in one.false for one in found)

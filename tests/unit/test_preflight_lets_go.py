"""What was checked is let go: a process of months holds the last few ledgers, not all."""

import gc
import weakref

from preflight_support import LEDGER

from newsletter.compute.facts import Ledger
from newsletter.preflight.check import check_mail
from newsletter.preflight.ledger.world import World
from newsletter.preflight.phrases.groups import groups
from newsletter.preflight.phrases.heights import heights
from newsletter.preflight.phrases.leagues import leagues
from newsletter.preflight.rule import RuleContext

EVENINGS, KEPT = 12, 5
HTML = "<p>IWM fell 0.6% today, its worst day since June, and the worst of the eleven sectors.</p>"


def evening() -> weakref.ref[Ledger]:
    """Check a mail against a ledger of its own; return whether it is still held."""
    ledger = Ledger.from_json(LEDGER.to_json())
    check_mail("Small caps fell", "They fell 0.6%", HTML, "IWM fell 0.6%", ledger,
               context=RuleContext())  # fmt: skip
    for gather in (leagues, heights, groups):
        assert gather(World.of(ledger)) is gather(World.of(ledger))
    return weakref.ref(ledger)


def test_the_ledgers_of_earlier_evenings_are_let_go() -> None:
    held = [evening() for _ in range(EVENINGS)]
    gc.collect()
    assert sum(one() is not None for one in held) <= KEPT

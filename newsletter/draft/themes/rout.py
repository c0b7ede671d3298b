"""Rout: a session bad enough that everything is one trade."""

from newsletter.draft import tape
from newsletter.draft.evening import DEFENSIVE, Evening
from newsletter.draft.prose import capital, pick, sentences
from newsletter.draft.theme import Argument, Theme


def weigh(ev: Evening) -> float:
    """Heavy once the large-cap fund loses two and a half per cent."""
    fall = -ev.value(f"{ev.large}.return.1d")
    return 2 + fall / 2 if fall >= 2.5 else 0.0


def argue(ev: Evening) -> Argument:
    """Argue that a rout sorts nothing: rotation waits until selling stops."""
    large, small = ev.need(ev.large), ev.move(ev.small)
    shelters = [move for symbol, move in ev.ranked() if symbol in DEFENSIVE]
    all_fell = bool(shelters) and all(move.value < 0 for move in shelters)
    harder = small is not None and small.value < large.value - 0.3
    opening = sentences(
        pick(
            ev,
            11,
            (
                (
                    f"There are days for analysis and days for counting. {capital(ev.name(ev.large))} "
                    f"lost {large.plain} in a session, and the honest summary is that people wanted out."
                ),
                (
                    f"{capital(ev.name(ev.large))} lost {large.plain} today. In a fall of that size the "
                    "question of which stocks are being preferred nearly answers itself: cash."
                ),
            ),
        ),
        f"{capital(ev.name(ev.small))} lost {small.plain}." if small and small.value < 0 else None,
        tape.leaders(ev),
        tape.laggards(ev, 3),
        tape.sector_count(ev),
    )
    reading = sentences(
        "Our reading is that nothing was rotated today; things were sold.",
        (
            "The small companies were sold harder than the large, which is what happens when "
            "liquidity is the thing being bought."
            if harder
            else "That small companies did not fare much worse than large ones is a curiosity, "
            "not yet a message."
        ),
        (
            "Even the shelters were sold, so this was not a change of taste."
            if all_fell
            else "Not every usual shelter fell, which says fear rather than forced selling."
        ),
        "Correlations rise in a rout, and with them falls the information in any single price. "
        "We would sooner be late with a thesis than early with a guess.",
    )
    return Argument(
        headline=pick(
            ev,
            12,
            (
                "Nothing rotated today. Everything was sold",
                "In a rout there is only one trade, and it is out",
                "The day the differences stopped mattering",
            ),
        ),
        dek=(
            f"{capital(ev.name(ev.large))} lost {large.plain}. The story of who leads whom is "
            "suspended until somebody wants to own something."
        ),
        opening=opening,
        reading=reading,
        verdict=(
            "This was a sale, not a verdict. The next leaders will be found among whatever "
            "refuses to fall the second time, and that list cannot be written tonight."
        ),
        tell=(
            "small companies fell further than large ones: the bid was for liquidity"
            if harder
            else "small and large companies fell together: nobody was choosing"
        ),
        change_mind=(
            (
                f"{capital(ev.name(ev.small))} closing above today's level while {ev.name(ev.large)} "
                "makes a new low: which would be choice at last."
            ),
            (
                f"{capital(ev.name(ev.universe.volatility))} falling on a day when shares fall again, "
                "which is how exhaustion usually shows."
            ),
        ),
    )


THEME = Theme("rout", "Sell-off · Opinion", "against", weigh, argue)

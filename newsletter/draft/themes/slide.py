"""Slide: a plainly bad day that still sorts winners from losers."""

from newsletter.draft import tape
from newsletter.draft.evening import DEFENSIVE, Evening
from newsletter.draft.prose import capital, moved, pick, sentences
from newsletter.draft.theme import Argument, Theme


def weigh(ev: Evening) -> float:
    """Grow with the fall of the large-cap fund beyond eight tenths of a per cent."""
    fall = -ev.value(f"{ev.large}.return.1d")
    return 0.8 + 0.5 * fall if fall >= 0.8 else 0.0


def argue(ev: Evening) -> Argument:
    """Argue from what held up rather than from what fell."""
    large, small = ev.need(ev.large), ev.need(ev.small)
    sturdy = small.value >= large.value + 0.3
    frail = small.value <= large.value - 0.3
    shelter = ev.average(DEFENSIVE)
    opening = sentences(
        pick(
            ev,
            61,
            (
                (
                    f"{capital(ev.name(ev.large))} {moved(large)} and {ev.name(ev.small)} {moved(small)}. "
                    "Falls teach more than rises do, provided one looks at what did not fall."
                ),
                (
                    f"A bad day, of the informative sort: {ev.name(ev.large)} {moved(large)}, "
                    f"{ev.name(ev.small)} {moved(small)}."
                ),
            ),
        ),
        tape.laggards(ev, 3),
        tape.leaders(ev, 2),
        tape.sector_count(ev),
        tape.average_stock(ev),
    )
    reading = sentences(
        (
            "Our reading is that small caps passed a test they usually fail. On a down day they "
            "are the first to be sold, and today they were not."
            if sturdy
            else "Our reading is that small caps failed the only test that counts. Anyone can lead on "
            "a good day."
            if frail
            else "Our reading is that the fall was about the level of the market and not about its "
            "order: both ends of the market were sold."
        ),
        (
            "Shelter was bought, so the sellers had somewhere to go."
            if shelter > 0.05
            else "Shelter was sold as well, so this was not a change of seats but people leaving "
            "the room."
            if shelter < -0.3
            else "Shelter neither gained nor lost enough to mean much."
        ),
        tape.ratio(ev),
    )
    return Argument(
        headline=_headline(ev, sturdy, frail),
        dek=(
            f"{capital(ev.name(ev.large))} {moved(large)}. The order of the fall says more than "
            "its size."
        ),
        opening=opening,
        reading=reading,
        verdict=(
            "A down day survived is worth several good ones. We think better of small caps tonight."
            if sturdy
            else "Leadership is what you do when it rains. Small caps went indoors."
            if frail
            else "The level broke, the order did not. We wait for the order."
        ),
        tell=(
            f"{ev.name(ev.small)} {moved(small)} against {ev.name(ev.large)}, which {moved(large)}: "
            + ("sturdier than its reputation" if sturdy else "no help" if frail else "no sorting")
        ),
        change_mind=(
            (
                f"{capital(ev.name(ev.small))} falling further than {ev.name(ev.large)} on the next down day."
                if sturdy
                else f"{capital(ev.name(ev.small))} rising on a day when {ev.name(ev.large)} falls."
            ),
            "The defensive sectors lagging for a week: sellers would then be buyers again.",
        ),
        stance="for" if sturdy else "against" if frail else "neither",
    )


def _headline(ev: Evening, sturdy: bool, frail: bool) -> str:
    if sturdy:
        return pick(
            ev,
            62,
            (
                "Small caps took the punch better than the giants did",
                "A bad day, and no stampede",
            ),
        )
    if frail:
        return pick(
            ev,
            63,
            (
                "Anyone can lead on a good day. Small caps just had a bad one",
                "The rotation met its first cloud and went indoors",
            ),
        )
    return pick(
        ev,
        64,
        (
            "The market fell in good order, which is not the same as good news",
            "Everything fell a little, and nothing was settled",
        ),
    )


THEME = Theme("slide", "Markets · Opinion", "against", weigh, argue)

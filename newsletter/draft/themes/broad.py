"""Broad: a good day that most of the market took part in."""

from newsletter.draft import tape
from newsletter.draft.evening import Evening
from newsletter.draft.prose import capital, moved, pick, sentences
from newsletter.draft.theme import Argument, Theme


def weigh(ev: Evening) -> float:
    """Heavy when the market rises and most sectors with it."""
    rise = ev.value(f"{ev.large}.return.1d")
    rising = ev.value("sectors.advancing.1d")
    total = ev.value("sectors.count.1d", 11)
    return 0.7 + 0.5 * rise if rise >= 0.4 and rising >= 0.7 * total else 0.0


def argue(ev: Evening) -> Argument:
    """Argue that breadth is the news, and that breadth is not yet rotation."""
    large, small = ev.need(ev.large), ev.need(ev.small)
    ahead = small.value >= large.value + 0.2
    opening = sentences(
        pick(
            ev,
            71,
            (
                (
                    f"{capital(ev.name(ev.large))} {moved(large)} and {ev.name(ev.small)} {moved(small)}, "
                    "and for once the average owner of shares had the average day."
                ),
                (
                    f"A good day, evenly spread: {ev.name(ev.large)} {moved(large)}, {ev.name(ev.small)} "
                    f"{moved(small)}."
                ),
            ),
        ),
        tape.sector_count(ev),
        tape.leaders(ev),
        tape.laggards(ev),
        tape.average_stock(ev),
    )
    reading = sentences(
        "Our reading is that this was a day of rising water, not of changing course.",
        (
            "Small caps rose more than large ones, as the lighter boats do on a tide; that is "
            "buoyancy, and it should not be mistaken for leadership."
            if ahead
            else "Small caps had no lead worth the name, and if they cannot lead on a day like this "
            "one must ask when they would."
        ),
        tape.ratio(ev),
        "Broad days are good for nerves and poor for theses: when everything rises, everyone is "
        "right.",
    )
    return Argument(
        headline=pick(
            ev,
            72,
            (
                "A rising tide is pleasant. It is not a rotation",
                "Everybody was right today, which proves nobody right",
                "The water rose. The boats kept their order",
            )
            if not ahead
            else (
                "A rising tide, and the light boats rose most",
                "Everybody was right today, small caps a little more so",
                "Breadth came back. Leadership has not been asked yet",
            ),
        ),
        dek="The gain was widely shared. That is health; it is not yet news about who leads.",
        opening=opening,
        reading=reading,
        verdict="Take the breadth and leave the conclusion. A good day for everything is evidence for nothing in particular.",
        tell=(
            "small caps rose more than large: buoyancy, so far"
            if ahead
            else "small caps had the wind behind them and no lead worth the name"
        ),
        change_mind=(
            f"{capital(ev.name(ev.small))} keeping its gain on the next day when {ev.name(ev.large)} falls.",
            "A fall in which fewer sectors take part than took part in today's rise.",
        ),
    )


THEME = Theme("broad", "Breadth · Opinion", "for", weigh, argue)

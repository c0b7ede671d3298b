"""First session: one day into the year, when a year's stories are told too early."""

from newsletter.draft import doubt, grounds, tape
from newsletter.draft.doubt import Doubt
from newsletter.draft.evening import Evening
from newsletter.draft.prose import moved, sentences, title
from newsletter.draft.theme import Argument, Theme


def weigh(ev: Evening) -> float:
    """Win every first session of a year that is not a rout or a surge."""
    return 2.5 if ev.first_session else 0.0


def argue(ev: Evening) -> Argument:
    """Argue that one session is a sample of one."""
    large, small = ev.need(ev.large), ev.need(ev.small)
    opening = sentences(
        f"The year is one session old. In it {ev.name(ev.large)} {moved(large)} and "
        f"{ev.name(ev.small)} {moved(small)}; that is the whole of the year so far.",
        tape.leaders(ev),
        tape.laggards(ev),
        tape.average_stock(ev),
        tape.sector_count(ev),
    )
    claims = (
        "a calendar is not a catalyst",
        "money that was moving as the old year ended goes on moving in the new",
        "one close has been added to a long series, and that is all",
    )
    return Argument(
        headline=title(
            ev,
            92,
            (
                "One session is not a year, whatever the calendar says",
                "The year is a day old and already has a theory",
                "A sample of one, with a fresh coat of paint",
            ),
        ),
        dek=(
            "Small caps led today. That is a fact, and it is also the whole sample."
            if small.value > large.value
            else "Small caps did not lead today. Anyone who finds that decisive should wait a day."
        ),
        opening=opening,
        reading=sentences(
            grounds.reading(
                ev, 93, claims, grounds.of_the_race(ev, ratio=False), grounds.of_the_mood(ev)
            ),
            tape.ratio(ev),
            "The first sessions of a year are thinly traded and thickly interpreted. There is no "
            "first week yet, no first month, and no January effect to report; there is one close.",
        ),
        verdict="Nothing has been decided. What December left behind is better evidence than what January has brought.",
        tell="the year's returns and the day's returns are the same numbers tonight",
        doubts=_doubts(ev),
    )


def _doubts(ev: Evening) -> tuple[Doubt, ...]:
    aside = ": still little, but no longer an accident"
    return doubt.kept(
        ev,
        doubt.ahead(ev, ev.small, ev.large, "5d", aside),
        doubt.behind(ev, ev.small, ev.large, "5d", aside),
        doubt.ahead(ev, ev.small, ev.large, "3m"),
        doubt.behind(ev, ev.small, ev.large, "3m"),
        doubt.against_the_tide(ev),
    )


THEME = Theme("first_session", "New year · Opinion", "neither", weigh, argue)

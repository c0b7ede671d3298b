"""First session: one day into the year, when a year's stories are told too early."""

from newsletter.draft import tape
from newsletter.draft.evening import Evening
from newsletter.draft.prose import capital, moved, pick, sentences
from newsletter.draft.theme import Argument, Theme


def weigh(ev: Evening) -> float:
    """Win every first session of a year that is not a rout or a surge."""
    return 2.5 if ev.first_session else 0.0


def argue(ev: Evening) -> Argument:
    """Argue that one session is a sample of one."""
    large, small = ev.need(ev.large), ev.need(ev.small)
    led = small.value > large.value
    opening = sentences(
        f"The year is one session old. In it {ev.name(ev.large)} {moved(large)} and "
        f"{ev.name(ev.small)} {moved(small)}. "
        "One day stands for the year so far, and nobody should build on it.",
        tape.leaders(ev),
        tape.laggards(ev),
        tape.average_stock(ev),
        tape.sector_count(ev),
    )
    reading = sentences(
        "Our reading is that a calendar is not a catalyst. Money that was moving in December "
        "goes on moving in January, and money that was not does not start because a page was "
        "turned.",
        tape.ratio(ev),
        "The first sessions of a year are thinly traded and thickly interpreted. There is no "
        "first week yet, no first month, and no January effect to report; there is one close.",
    )
    return Argument(
        headline=pick(
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
            if led
            else "Small caps did not lead today. Anyone who finds that decisive should wait a day."
        ),
        opening=opening,
        reading=reading,
        verdict="Nothing has been decided. What December left behind is better evidence than what January has brought.",
        tell="the year's returns and the day's returns are the same numbers tonight",
        change_mind=(
            "A whole week of sessions that point one way: still little, but no longer an accident.",
            f"{capital(ev.name(ev.small))} and {ev.name(ev.large)} parting by more in a week than they did in December.",
        ),
    )


THEME = Theme("first_session", "New year · Opinion", "neither", weigh, argue)

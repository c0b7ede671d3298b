"""Fading: small caps lead over the longer run and lose over the shorter."""

from newsletter.draft import tape
from newsletter.draft.evening import Evening, Figure, required
from newsletter.draft.prose import capital, moved, pick, sentences
from newsletter.draft.theme import Argument, Theme


def _spread(ev: Evening, window: str) -> float:
    found = ev.spread(ev.small, ev.large, window)
    return found.value if found else 0.0


def weigh(ev: Evening) -> float:
    """Heavy when the five-session spread contradicts the three-month one."""
    short, long = _spread(ev, "5d"), _spread(ev, "3m")
    if short * long >= 0 or abs(short) < 0.5 or abs(long) < 1.5:
        return 0.0
    return 0.8 + min(abs(short), 4) / 5


def argue(ev: Evening) -> Argument:
    """Argue that the short spread is the one to listen to, until history objects."""
    short = required(ev.spread(ev.small, ev.large, "5d"), "small against large over 5d")
    long = required(ev.spread(ev.small, ev.large, "3m"), "small against large over 3m")
    led = long.value > 0
    small = ev.move(ev.small)
    opening = sentences(
        f"{capital(ev.name(ev.small))} {moved(small)} today." if small else None,
        tape.leaders(ev),
        tape.laggards(ev),
        tape.average_stock(ev),
        "So much for the day; it is the longer clocks that disagree. "
        f"Over three months {ev.name(ev.small)} is {_ahead_of(ev, long)}. "
        f"Over five sessions {ev.name(ev.small)} is {_ahead_of(ev, short)}.",
    )
    reading = sentences(
        (
            "Our reading is that the leader is tiring. Trends do not send a letter before they "
            "end; they begin by winning less often, and that is what a week like this looks like."
            if led
            else "Our reading is that the laggard is stirring. It has happened before and come to "
            "nothing, but it always happens before it comes to something."
        ),
        tape.ratio(ev),
        "The longer clock carries more weight and the shorter one moves first; between them they "
        "leave room for being wrong in either direction.",
    )
    return Argument(
        headline=pick(
            ev,
            82,
            (
                "The small-cap lead is losing its grip by the week",
                "A leader that wins less often is still a leader, for now",
            )
            if led
            else (
                "The laggard is stirring, and has been wrong before",
                "Small caps had a good week inside a bad quarter",
            ),
        ),
        dek=(
            "The quarter says one thing about small caps and the week says another. We listen to "
            "the week, with one hand on the rail."
        ),
        opening=opening,
        reading=reading,
        verdict=(
            "The lead of small caps is intact on paper and leaking in practice."
            if led
            else "A good week is an invitation to look, not a reason to believe."
        ),
        tell=f"over five sessions {ev.name(ev.small)} is {_ahead_of(ev, short)}, whatever the quarter says",
        change_mind=(
            (
                f"{capital(ev.name(ev.small))} back in front of {ev.name(ev.large)} over five sessions."
                if led
                else f"{capital(ev.name(ev.small))} behind {ev.name(ev.large)} again over five sessions."
            ),
            "The ratio of small caps to large crossing its 50-day average "
            + ("and holding above it." if _below(ev) else "and staying below it."),
        ),
    )


def _ahead_of(ev: Evening, spread: Figure) -> str:
    """Say by how much small caps lead or trail large ones."""
    side = "ahead of" if spread.value > 0 else "behind"
    return f"{side} {ev.name(ev.large)} by {spread.plain}"


def _below(ev: Evening) -> bool:
    return ev.value(f"{ev.ratio}.50d_gap") < 0


THEME = Theme("fading", "Trend · Opinion", "neither", weigh, argue)

"""Fading: small caps lead over the longer run and lose over the shorter."""

from newsletter.draft import doubt, grounds, tape
from newsletter.draft.calls import race
from newsletter.draft.doubt import Doubt
from newsletter.draft.evening import Evening, Figure, required
from newsletter.draft.prose import capital, foremost, mix, pick, sentences, title
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
    opening = sentences(
        _clocks(ev, short, long),
        f"{capital(grounds.pair_of(ev))} today.",
        tape.leaders(ev),
        tape.laggards(ev),
        tape.average_stock(ev),
    )
    return Argument(
        headline=_headline(ev, led),
        dek=_dek(ev, short),
        opening=opening,
        reading=sentences(_reading(ev, led), tape.ratio(ev), _lesson(ev)),
        verdict=_verdict(ev, led),
        tell=mix(
            ev,
            86,
            f"over five sessions {ev.name(ev.small)} is {_ahead_of(ev, short)}",
            (
                ", whatever came before",
                ", against the grain",
                ": the newer fact",
            ),
        ),
        doubts=_doubts(ev, led),
        calls=race(ev, "down") if led else (),
    )


def _clocks(ev: Evening, short: Figure, long: Figure) -> str:
    return mix(
        ev,
        81,
        f"Over three months {ev.name(ev.small)} is {_ahead_of(ev, long)}. ",
        f"Over five sessions {ev.name(ev.small)} is {_ahead_of(ev, short)}",
        (
            ": two clocks, two times.",
            ": two clocks, one race.",
            ". It is the newer one that deserves the questions.",
            ", and the two no longer agree.",
            ", which is how turns begin and how false alarms begin as well.",
        ),
    )


def _headline(ev: Evening, led: bool) -> str:
    best = foremost(ev)
    options = (
        (
            "The small-cap lead is losing its grip by the week",
            "A leader that wins less often is still a leader, for now",
            "Small caps live on the quarter's savings",
            "The week argues with the quarter, and the week is younger",
            f"{best} led the sectors. Small caps live on what the quarter brought",
        )
        if led
        else (
            "The laggard is stirring, and has been wrong before",
            "Small caps had a good week inside a bad quarter",
            "A week of progress against months of arrears",
            "Small caps make up ground nobody asked them to hold",
            f"{best} rose first. Small caps had the better week",
        )
    )
    return title(ev, 82, options)


def _dek(ev: Evening, short: Figure) -> str:
    return mix(
        ev,
        83,
        (
            "The long view says one thing about small caps and the short view another",
            "We listen to the week, with one hand on the rail",
            "The longer trend is intact and no longer obvious",
        ),
        "; ",
        f"over five sessions {ev.name(ev.small)} is {_ahead_of(ev, short)}.",
    )


def _reading(ev: Evening, led: bool) -> str:
    claims = (
        (
            "the leader is tiring",
            "the lead is being spent faster than it is earned",
            "trends end by winning less often, and this one may be no exception",
            "buyers of small caps are waiting for someone else to go first",
        )
        if led
        else (
            "the laggard is stirring",
            "a floor is being tried, and floors are tried many times before one holds",
            "sellers of small caps have run out of haste, if not of stock",
            "a good week came to nothing before, and always comes before something",
        )
    )
    return grounds.reading(ev, 84, claims, grounds.of_the_day(ev), grounds.of_the_mood(ev))


def _lesson(ev: Evening) -> str:
    return pick(
        ev,
        85,
        (
            "The longer clock carries more weight and the shorter one moves first; between them they leave room for being wrong in either direction.",
            "A week can be an accident, and a quarter can be out of date.",
            "Trends do not send a letter before they end.",
            "If we are early here, we shall look foolish; if late, merely ordinary.",
        ),
    )


def _verdict(ev: Evening, led: bool) -> str:
    options = (
        (
            "The lead of small caps is intact on paper and leaking in practice",
            "We would not chase the leader here",
            "The newer figure is the one to watch",
        )
        if led
        else (
            "This is an invitation to look, not a reason to believe",
            "We look again at small caps, from a distance",
            "This has our attention and not yet our vote",
        )
    )
    return mix(ev, 87, options, "; ", grounds.of_the_race(ev) or (grounds.pair_of(ev),), ".")


def _ahead_of(ev: Evening, spread: Figure) -> str:
    """Say by how much small caps lead or trail large ones."""
    side = "ahead of" if spread.value > 0 else "behind"
    return f"{side} {ev.name(ev.large)} by {spread.plain}"


def _doubts(ev: Evening, led: bool) -> tuple[Doubt, ...]:
    if led:
        return doubt.kept(
            ev,
            *doubt.overturned(ev, "against"),
            doubt.against_the_tide(ev),
        )
    return doubt.kept(
        ev,
        *doubt.overturned(ev, "for"),
        doubt.fair_weather(ev),
        doubt.left_behind(ev),
    )


THEME = Theme("fading", "Trend · Opinion", "neither", weigh, argue)

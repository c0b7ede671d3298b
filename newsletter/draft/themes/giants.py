"""Giants: growth leads, small caps are left, and the market narrows again."""

from newsletter.draft import doubt, grounds, tape
from newsletter.draft.calls import race
from newsletter.draft.doubt import Doubt
from newsletter.draft.evening import Evening
from newsletter.draft.prose import capital, foremost, mix, moved, pick, sentences, title
from newsletter.draft.theme import Argument, Theme


def weigh(ev: Evening) -> float:
    """Grow with the day's lead of growth over small, if growth rose."""
    growth = ev.value("QQQ.return.1d")
    lead = ev.gap("QQQ", ev.small)
    narrow = ev.gap(ev.small, ev.large) <= 0  # where small caps kept up, breadth is the story
    return 0.9 + 0.6 * lead if lead >= 0.7 and growth > 0.2 and narrow else 0.0


def argue(ev: Evening) -> Argument:
    """Argue that the old habit is back, and what it costs."""
    growth, small = ev.need("QQQ"), ev.need(ev.small)
    opening = sentences(
        mix(
            ev,
            51,
            f"{capital(ev.name('QQQ'))} {moved(growth)} and {ev.name(ev.small)} {moved(small)}",
            (
                ": given a choice, the market chose what it knows.",
                ", and old habits paid again.",
                ": given the menu, it was the usual again.",
                ", a gap that needs no commentary and will get plenty.",
                ", as if the talk of a broader market had been about somewhere else.",
            ),
        ),
        tape.leaders(ev),
        tape.laggards(ev),
        tape.average_stock(ev),
        tape.sector_count(ev),
    )
    return Argument(
        headline=_headline(ev),
        dek=_dek(ev),
        opening=opening,
        reading=sentences(_reading(ev, small.value), tape.ratio(ev), _lesson(ev)),
        verdict=_verdict(ev),
        tell=mix(
            ev,
            57,
            f"{ev.name('QQQ')} {moved(growth)} while {ev.name(ev.small)} {moved(small)}",
            (
                ": the crowd went home",
                ", as in the old days",
                ": the talk of breadth can wait",
            ),
        ),
        doubts=_doubts(ev),
        calls=race(ev, "down"),
    )


def _headline(ev: Evening) -> str:
    best = foremost(ev)
    return title(
        ev,
        52,
        (
            "Back to the giants, given a choice",
            "The rotation lost an argument with habit today",
            "Large caps took the day, and small caps the lesson",
            f"{best} for the parade, small caps for the kerb",
            "The broad market: a nice idea. The giants: a habit",
            "Big and beautiful again; small and merely small",
            "Buyers with a map, and no small company on it",
            "The short list is short again",
            f"{best} and the usual names",
            "Breadth can wait, says the money",
            "The long tail of the market, wagging at nobody",
        ),
    )


def _dek(ev: Evening) -> str:
    return mix(
        ev,
        53,
        (
            "Buyers who say they want a broader market bought a narrower one",
            "The old address of money is the new one again",
            "The tape and the commentary disagree about breadth",
            "What was bought is large, liquid and familiar",
        ),
        "; ",
        grounds.of_the_day(ev) or (grounds.pair_of(ev),),
        ".",
    )


def _reading(ev: Evening, small: float) -> str:
    claims = (
        (
            "the rotation was waiting for somebody else to go first",
            "money was put to work and not in small companies, and there is no kinder way to say it",
            "size was held against a company, on a day that held little else against it",
        )
        if small < -0.05
        else (
            "small companies suffered neglect rather than harm, which comes to the same thing more slowly",
            "buyers still reach for the giants first and for the rest if anything is left",
            "the rotation needs a push that nobody gave it",
        )
    )
    return grounds.reading(
        ev, 54, claims, grounds.of_the_race(ev, ratio=False), grounds.of_the_mood(ev)
    )


def _lesson(ev: Evening) -> str:
    return pick(
        ev,
        55,
        (
            "Narrow leadership is no reason for a market to fall; it is a reason for it to fall further when it does, because everyone is leaving by the same door.",
            "The following of the giants is deserved, and crowded.",
            "There is nothing wrong with owning the giants, apart from the company one keeps.",
            "A lead like this one is comfortable to hold and awkward to explain.",
        ),
    )


def _verdict(ev: Evening) -> str:
    return mix(
        ev,
        56,
        (
            "The rotation is not dead, but today nobody needed it",
            "A trend that waits for permission is a hope",
            "We side with the giants until small caps can win a day like this",
            "The habit is stronger than the story",
        ),
        "; ",
        grounds.of_the_race(ev) or (grounds.pair_of(ev),),
        ".",
    )


def _doubts(ev: Evening) -> tuple[Doubt, ...]:
    pair = next((p for p in ev.universe.pairs if p.theme == "weighting"), None)
    return doubt.kept(
        ev,
        *([doubt.ahead(ev, pair.first, pair.second, "1m")] if pair else []),
        *doubt.overturned(ev, "against"),
        doubt.ahead(ev, ev.small, "QQQ"),
        doubt.against_the_tide(ev),
    )


THEME = Theme("giants", "Concentration · Opinion", "against", weigh, argue)

"""Surge: a rise so large that it says as much about the days before."""

from newsletter.config import plain
from newsletter.draft import doubt, grounds, tape
from newsletter.draft.doubt import Doubt
from newsletter.draft.evening import Evening
from newsletter.draft.prose import capital, mix, pick, sentences, title
from newsletter.draft.theme import Argument, Theme


def weigh(ev: Evening) -> float:
    """Heavy once the large-cap fund gains two and a half per cent."""
    rise = ev.value(f"{ev.large}.return.1d")
    return 2 + rise / 2 if rise >= 2.5 else 0.0


def argue(ev: Evening) -> Argument:
    """Argue that violent rises belong to troubled markets."""
    large, small = ev.need(ev.large), ev.move(ev.small)
    fear = ev.value(f"{plain(ev.universe.volatility)}.percentile_1y") >= 75
    both = f" and {ev.name(ev.small)} gained {small.plain}" if small and small.value > 0 else ""
    opening = sentences(
        mix(
            ev,
            20,
            f"{capital(ev.name(ev.large))} gained {large.plain}{both} in one session",
            (
                "; days of that size feel like good news, and they are mostly found in bad neighbourhoods.",
                ", and a calm market does not do that.",
                ": the sort of day that makes the sellers of last week feel foolish, which is not proof that they were.",
                ", a season's work in an afternoon.",
            ),
        ),
        tape.leaders(ev),
        tape.laggards(ev),
        tape.average_stock(ev),
    )
    return Argument(
        headline=title(
            ev,
            21,
            (
                "A rise this violent is a symptom first and a signal second",
                "The relief is real. The recovery is a separate question",
                "Big green days live in bad neighbourhoods",
                "Nobody leaps like this from a comfortable chair",
                "Relief came all at once, which is how relief comes",
                "A door opens both ways",
                "Bought at speed, to be explained at leisure",
                "The spring was wound before it was let go",
                "Applause, and nobody quite sure for what",
                "A leap is not a staircase",
                "Sighs, and second thoughts",
                "One day does not unbreak a thing",
                "The bounce is real and proves little",
            ),
        ),
        dek=mix(
            ev,
            22,
            f"{capital(ev.name(ev.large))} gained {large.plain} in a day",
            (
                "; the proof will be whether anyone holds on to it.",
                ", and the size of it is a measure of the fear before.",
                ", a size for which a steady market has no use.",
            ),
        ),
        opening=opening,
        reading=sentences(_reading(ev, fear), _lesson(ev)),
        verdict=mix(
            ev,
            27,
            (
                "We believe the relief and reserve judgement on the recovery",
                "Dull days will tell what this one was worth",
                "Relief is a fact, a floor is an opinion",
            ),
            "; ",
            grounds.of_the_mood(ev) or ("the rest is opinion",),
            ".",
        ),
        tell=mix(
            ev,
            28,
            grounds.pair_of(ev),
            (": the usual order of such days", ", as such days usually have it")
            if small and small.value > large.value + 0.3
            else (": nothing extra for the smaller half",),
        ),
        doubts=_doubts(ev),
    )


def _reading(ev: Evening, fear: bool) -> str:
    claims = (
        "today was a release of tension rather than a change of opinion",
        (
            "calm markets do not rise like this; short sellers buying back do"
            if fear
            else "volatility had already come down, which makes the move easier to believe than most of its kind"
        ),
        "the buying was urgent, and urgency is not conviction",
    )
    return grounds.reading(ev, 24, claims, grounds.of_the_day(ev), grounds.of_the_mood(ev))


def _lesson(ev: Evening) -> str:
    return pick(
        ev,
        25,
        (
            "A rise that is to last is usually followed by dull days that keep it.",
            "The largest gains on record sit next to the largest losses, often in the same week.",
            "Whoever was short covered at leisure's opposite.",
        ),
    )


def _doubts(ev: Evening) -> tuple[Doubt, ...]:
    volatility = plain(ev.universe.volatility)
    rank, gap = f"{volatility}.percentile_1y", ev.figure(f"{plain(ev.large)}.gap.50d")
    return doubt.kept(
        ev,
        Doubt(
            f"{capital(ev.name(ev.universe.volatility))} back in the lower half of its past year.",
            f"{rank} < 50" if ev.has(rank) else "",
        ),
        Doubt(
            f"{capital(ev.name(ev.large))} above its 50-day average: recoveries look like that.",
            doubt.above(gap),
        ),
        *doubt.overturned(ev, "for"),
        doubt.fair_weather(ev),
    )


THEME = Theme("surge", "Relief · Opinion", "for", weigh, argue)

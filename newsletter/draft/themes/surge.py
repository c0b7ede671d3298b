"""Surge: a rise so large that it says as much about the days before."""

from newsletter.draft import tape
from newsletter.draft.evening import Evening
from newsletter.draft.prose import capital, pick, sentences
from newsletter.draft.theme import Argument, Theme


def weigh(ev: Evening) -> float:
    """Heavy once the large-cap fund gains two and a half per cent."""
    rise = ev.value(f"{ev.large}.return.1d")
    return 2 + rise / 2 if rise >= 2.5 else 0.0


def argue(ev: Evening) -> Argument:
    """Argue that violent rises belong to troubled markets."""
    large, small = ev.need(ev.large), ev.move(ev.small)
    fear = ev.value(f"{ev.universe.volatility.lstrip('^')}.percentile_1y") >= 75
    opening = sentences(
        f"{capital(ev.name(ev.large))} gained {large.plain} in one session.",
        f"{capital(ev.name(ev.small))} gained {small.plain}."
        if small and small.value > 0
        else None,
        "Gains of that size feel like good news, and they are mostly found in bad neighbourhoods.",
        tape.leaders(ev),
        tape.laggards(ev),
    )
    reading = sentences(
        "Our reading is that today was a release of tension rather than a change of opinion.",
        (
            "Volatility is still high against its own year, and calm markets do not rise like this: "
            "short sellers buying back do."
            if fear
            else "Volatility had already come down, which makes the move easier to believe than "
            "most of its kind."
        ),
        tape.average_stock(ev),
        "A rise that is to last is usually followed by dull days that keep it. Those are what "
        "to look for next.",
    )
    return Argument(
        headline=pick(
            ev,
            21,
            (
                "A rise this violent is a symptom first and a signal second",
                "The relief is real. The recovery is a separate question",
                "Big green days live in bad neighbourhoods",
            ),
        ),
        dek=(
            f"{capital(ev.name(ev.large))} gained {large.plain} in a day. The proof will be "
            "whether anyone holds on to it."
        ),
        opening=opening,
        reading=reading,
        verdict="We believe the relief and reserve judgement on the recovery. Dull days will tell.",
        tell=(
            "small companies led the bounce, as the most beaten usually do"
            if small and small.value > large.value + 0.3
            else "small companies had no lead worth the name, which bounces of conviction usually give them"
        ),
        change_mind=(
            "A week in which the gain is kept and daily moves shrink: that is how recoveries look.",
            f"{capital(ev.name(ev.universe.volatility))} back in the lower half of its year's range.",
        ),
    )


THEME = Theme("surge", "Relief · Opinion", "for", weigh, argue)

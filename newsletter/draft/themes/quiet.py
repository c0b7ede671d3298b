"""Quiet: nothing much happened, which leaves room for what has been happening slowly."""

from newsletter.draft import tape
from newsletter.draft.evening import Evening
from newsletter.draft.prose import capital, moved, pick, sentences
from newsletter.draft.theme import Argument, Theme


def weigh(ev: Evening) -> float:
    """Weigh least, whenever there is a session to speak of."""
    return 0.5 if ev.move(ev.large) and ev.move(ev.small) else 0.0


def argue(ev: Evening) -> Argument:
    """Argue from the slow facts: the year, the ratio, the count of stocks in uptrends."""
    large, small = ev.need(ev.large), ev.need(ev.small)
    dull = abs(large.value) < 0.4
    opening = sentences(
        (
            pick(
                ev,
                101,
                (
                    (
                        f"{capital(ev.name(ev.large))} {moved(large)}, {ev.name(ev.small)} {moved(small)}, "
                        "and anyone who says that meant something is selling it."
                    ),
                    (
                        f"Little happened, and it happened slowly: {ev.name(ev.large)} {moved(large)}, "
                        f"{ev.name(ev.small)} {moved(small)}."
                    ),
                    (
                        f"The day itself can be told in a line. {capital(ev.name(ev.large))} "
                        f"{moved(large)} and {ev.name(ev.small)} {moved(small)}."
                    ),
                ),
            )
            if dull
            else f"{capital(ev.name(ev.large))} {moved(large)} and {ev.name(ev.small)} {moved(small)}: "
            "a day with a direction and without a plot."
        ),
        tape.leaders(ev),
        tape.laggards(ev),
        tape.average_stock(ev),
    )
    reading = sentences(
        pick(
            ev,
            102,
            (
                "Our reading is that the slow facts matter more tonight than the fast ones.",
                "Our reading is that days like this are when positions are changed without fuss.",
                "Our reading is that nothing in the session argues with what was there before it.",
            ),
        ),
        tape.ratio(ev),
        pick(
            ev,
            103,
            (
                "Quiet is not the same as safe. It only means that nobody was made to choose.",
                "A thesis that needs news every evening is not a thesis; it is a hobby.",
                (
                    "Markets spend most of their time like this, and most of what is written about "
                    "them pretends otherwise."
                ),
            ),
        ),
    )
    return Argument(
        headline=_headline(ev, dull),
        dek=pick(
            ev,
            105,
            (
                "The session gave no reason to change an opinion. The slower numbers give some reason to have one.",
                "No news is not good news. It is a chance to read the old news again.",
                "When the day says nothing, the quarter can finish its sentence.",
            ),
        ),
        opening=opening,
        reading=reading,
        verdict=pick(
            ev,
            106,
            (
                "We learned little today and will not pretend otherwise. The balance is where it was.",
                "No change of view. That is also a finding.",
                "The burden of proof stays where it was this morning.",
            ),
        ),
        tell="little separated small from large on the day; the longer windows speak louder",
        change_mind=(
            "A session that moves small and large caps apart by more than the past five have.",
            "The share of stocks above their 50-day average moving while the index does not.",
        ),
    )


def _headline(ev: Evening, dull: bool) -> str:
    spread = ev.spread(ev.small, ev.large, "3m")
    led = spread.value if spread else 0.0
    if led >= 2:
        options = (
            "A quiet day, and small caps keep the lead they had",
            "Nothing happened, which suits the leader",
        )
    elif led <= -2:
        options = (
            "A quiet day does nothing for those who need a loud one",
            "Nothing happened, and small caps needed something to",
        )
    elif dull:
        options = (
            "A market with nothing to say, saying it slowly",
            "The tape took the day off. The trend did not",
        )
    else:
        options = (
            "A day with a direction and without a plot",
            "The market moved. The argument did not",
        )
    return pick(ev, 104, options)


THEME = Theme("quiet", "Markets · Opinion", "neither", weigh, argue)

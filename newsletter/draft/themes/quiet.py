"""Quiet: nothing much happened, which leaves room for what has been happening slowly."""

from newsletter.draft import doubt, grounds, tape
from newsletter.draft.doubt import Doubt
from newsletter.draft.evening import Evening
from newsletter.draft.headlines import composed
from newsletter.draft.prose import NOBODY, capital, foremost, mix, moved, pick, sentences, title
from newsletter.draft.theme import Argument, Theme


def weigh(ev: Evening) -> float:
    """Weigh least, whenever there is a session to speak of."""
    return 0.5 if ev.move(ev.large) and ev.move(ev.small) else 0.0


def argue(ev: Evening) -> Argument:
    """Argue from the slow facts: the year, the ratio, the count of stocks in uptrends."""
    large, small = ev.need(ev.large), ev.need(ev.small)
    dull = abs(large.value) < 0.4
    opening = sentences(
        mix(
            ev,
            101,
            (
                f"{capital(ev.name(ev.large))} {moved(large)} and {ev.name(ev.small)} {moved(small)}",
                f"On the day {ev.name(ev.small)} {moved(small)} and {ev.name(ev.large)} {moved(large)}",
                f"In the session {ev.name(ev.large)} {moved(large)}, {ev.name(ev.small)} {moved(small)}",
            ),
            (
                ", and anyone who says that meant something is selling it.",
                ": little happened, and it happened slowly.",
                ", which is the day told in a line.",
                "; the rest of the session was waiting.",
                ", numbers that would embarrass a headline writer.",
                ", and there is no shame in calling that nothing.",
            )
            if dull
            else (
                ": a day with a direction and without a plot.",
                ", too much for a shrug and too little for a theory.",
                ", and the reasons will be found by tomorrow.",
                "; whoever has a theory may keep it until the next close.",
                ", a step taken without an announcement.",
                ": not nothing, and not yet something.",
                "; the level changed, the order hardly.",
                ", a move in search of a subject.",
            ),
        ),
        tape.leaders(ev),
        tape.laggards(ev),
        tape.average_stock(ev),
    )
    return Argument(
        headline=_headline(ev, dull),
        dek=_dek(ev),
        opening=opening,
        reading=sentences(_reading(ev), tape.ratio(ev), _lesson(ev)),
        verdict=_verdict(ev),
        tell=mix(
            ev,
            107,
            (
                "little separated small from large, and ",
                "nothing was decided between small and large; ",
                "the longer windows speak louder, for ",
            ),
            grounds.of_the_race(ev) or (grounds.pair_of(ev),),
        ),
        doubts=_doubts(ev),
    )


def _dek(ev: Evening) -> str:
    return mix(
        ev,
        105,
        (
            "The session gave no reason to change an opinion",
            "No news is not good news, only a chance to read the old news again",
            "When there is no news, older news can finish its sentence",
            "The slower numbers, for want of faster ones",
            "There was little to see and something to count",
        ),
        "; ",
        (*grounds.of_the_race(ev), *grounds.of_the_mood(ev)) or (grounds.pair_of(ev),),
        ".",
    )


def _reading(ev: Evening) -> str:
    claims = (
        "the slow facts matter more tonight than the fast ones",
        "days like this are when positions are changed without fuss",
        "nothing in the session argues with what was there before it",
        "a market that need not choose tells you least about what it would choose",
        "patience was the only trade on offer",
        "the last strong move still stands, for want of a reply",
    )
    return grounds.reading(ev, 102, claims, grounds.of_the_day(ev), grounds.of_the_mood(ev))


def _lesson(ev: Evening) -> str:
    return pick(
        ev,
        103,
        (
            "Quiet is not the same as safe; it only means that nobody was made to choose.",
            "A thesis that needs news every evening is not a thesis; it is a hobby.",
            "Markets spend most of their time like this, and most of what is written about them pretends otherwise.",
            "If an explanation of today sounds good, ask whether it would have sounded as good the other way round.",
            "Boredom is the market's most reliable signal, and nobody charges for it.",
            "The tape owes nobody a story.",
        ),
    )


def _verdict(ev: Evening) -> str:
    return mix(
        ev,
        106,
        (
            "We learned little and will not pretend otherwise",
            "No change of view, and that is a finding",
            "The burden of proof stays where it was",
            "We hold our opinion and lower our voice",
            "The balance has not moved far enough to argue about",
        ),
        "; ",
        grounds.of_the_race(ev) or (grounds.pair_of(ev),),
        ".",
    )


def _headline(ev: Evening, dull: bool) -> str:
    spread = ev.spread(ev.small, ev.large, "3m")
    led = spread.value if spread else 0.0
    ranked = ev.ranked()
    best, worst = foremost(ev), ev.name(ranked[-1][0]) if ranked else NOBODY
    options = [
        f"{best} up, {worst} down, and the rest looked on"
        if ranked and ranked[0][1].value > 0 > ranked[-1][1].value
        else "A day without an argument",
        f"{best} and not much else, such as it was",
        f"A small day, with {best[:1].lower()}{best[1:]} at the front of it",
        "Notes from a session that asked for none",
        "A throat cleared, and no speech",
        f"{best} for want of anything louder",
        "An evening for people who read footnotes",
        "Small change, carefully counted",
        "The news is that there is none",
        "Patience, priced at the close",
        "A pause with prices attached",
        "A session for the archive and nobody else",
    ]
    if led >= 2:
        options += [
            "A quiet day, and small caps keep the lead they had",
            "Nothing happened, which suits the leader",
        ]
    elif led <= -2:
        options += [
            "A quiet day does nothing for those who need a loud one",
            "Nothing happened, and small caps needed something to",
        ]
    if dull:
        options += [
            "A market with nothing to say, saying it slowly",
            "The tape took the day off. The trend did not",
        ]
    else:
        options += [
            "A day with a direction and without a plot",
            "The session had a direction. The argument had its own",
        ]
    if not ranked:  # no names to change with the evening
        large = ev.need(ev.large).value
        options += composed("small and large", "level" if dull else "up" if large > 0 else "down")
    return title(ev, 104, options)


def _doubts(ev: Evening) -> tuple[Doubt, ...]:
    return doubt.kept(
        ev,
        doubt.over_average(ev),
        doubt.under_average(ev),
        doubt.ahead(ev, ev.small, ev.large, "3m"),
        doubt.behind(ev, ev.small, ev.large, "3m"),
        doubt.against_the_tide(ev),
    )


THEME = Theme("quiet", "Markets · Opinion", "neither", weigh, argue)

"""Handover: small caps and the average stock beat the giants, and it is not a fluke of the tape."""

from newsletter.draft import doubt, grounds, tape
from newsletter.draft.calls import race
from newsletter.draft.doubt import Doubt
from newsletter.draft.evening import Evening
from newsletter.draft.prose import capital, foremost, mix, moved, pick, sentences, title
from newsletter.draft.theme import Argument, Theme


def weigh(ev: Evening) -> float:
    """Grow with the day's lead of small over large, if small caps rose."""
    small = ev.value(f"{ev.small}.return.1d")
    lead = ev.gap(ev.small, ev.large)
    return 1.0 + 0.8 * lead if lead >= 0.6 and small > 0.2 else 0.0


def argue(ev: Evening) -> Argument:
    """Argue that the rotation has a pulse, with its terms stated."""
    small, large = ev.need(ev.small), ev.need(ev.large)
    weak_growth = ev.value("QQQ.return.1d") < -0.05
    opening = sentences(
        mix(
            ev,
            41,
            f"{capital(ev.name(ev.small))} {moved(small)} on a day when {ev.name(ev.large)} {moved(large)}",
            (
                "; that is what a change of leadership looks like while it happens.",
                ", and small companies had the better of large ones without a helping hand.",
                ": the smaller half of the market with a will of its own.",
                ", a margin that does not come from rounding.",
                ", a margin well beyond the usual noise.",
            ),
        ),
        _swap(ev, weak_growth),
        tape.leaders(ev),
        tape.laggards(ev),
        tape.average_stock(ev),
    )
    return Argument(
        headline=_headline(ev),
        dek=_dek(ev),
        opening=opening,
        reading=sentences(_reading(ev, weak_growth), tape.ratio(ev), _lesson(ev)),
        verdict=_verdict(ev),
        tell=mix(
            ev,
            48,
            f"{ev.name(ev.small)} {moved(small)} and {ev.name(ev.large)} {moved(large)}",
            (
                ": a preference, not a tide",
                ", which is choosing and not floating",
                ": somebody chose",
            ),
        ),
        doubts=_doubts(ev),
        calls=race(ev, "up"),
    )


def _swap(ev: Evening, weak_growth: bool) -> str | None:
    growth = ev.move("QQQ")
    if growth is None:
        return None
    return mix(
        ev,
        43,
        f"Meanwhile {ev.name('QQQ')} {moved(growth)}",
        (
            (
                ", so this was a swap and not merely a tide.",
                ": what one side bought, the other had sold.",
                ", and a rotation needs exactly that second leg.",
            )
            if weak_growth
            else (
                ", so nobody had to be robbed to pay for it.",
                ": not a case of robbing one to pay the other.",
                ", an addition and not an exchange.",
            )
        ),
    )


def _headline(ev: Evening) -> str:
    best = foremost(ev)
    return title(
        ev,
        42,
        (
            "Small caps did the leading today, and for once nobody carried them",
            "The handover has a pulse. Now it needs a bad day",
            "The unloved half of the market had the better argument today",
            f"{best} rose, small caps rose more than large, and it was no accident",
            "Small caps without a crutch, for one day",
            "The larger point of the day, from the smaller half",
            "A day on which size was a handicap",
            f"{best} for the company, small caps for the argument",
            "Preference is a strong word. Tonight it fits",
            "The average owner of shares wants something smaller",
            "Small is the answer to a question few asked",
            "Rotation, on the evidence of one evening",
            "A vote for the provinces",
            "The second row of the market comes to the front",
            "Less size, more conviction",
            "An argument for small, made by buyers",
            "The other half of the market would like a word",
            "Not a tide, and not an accident either",
            f"{best} and the small fry: a day for the other half",
        ),
    )


def _dek(ev: Evening) -> str:
    return mix(
        ev,
        44,
        (
            "A fact for one day, and a habit not yet proved",
            "Small companies beat large ones on the day, and the day was not made for them",
            "One day is a fact, a run of them would be a trend",
            "Somebody preferred the smaller half, and paid for the preference",
        ),
        "; ",
        grounds.of_the_day(ev) or (grounds.pair_of(ev),),
        ".",
    )


def _reading(ev: Evening, weak_growth: bool) -> str:
    claims = (
        (
            "the preference is real",
            "buyers crossed the road to the smaller houses",
            "money left one room and was seen entering the other",
        )
        if weak_growth
        else (
            "appetite is widening",
            "a rising tide is the friendliest test a laggard can be given, and small caps did more than float",
            "the extra return of small caps was chosen, not merely carried along",
        )
    )
    return grounds.reading(
        ev, 45, claims, grounds.of_the_race(ev, ratio=False), grounds.of_the_mood(ev)
    )


def _lesson(ev: Evening) -> str:
    return pick(
        ev,
        46,
        (
            "What would make us more confident is not another day like this but a bad one survived.",
            "The next test is dull: to hold the gain on a day when nobody is looking.",
            "To announce a new leader is cheap; to keep one is dear.",
            "We have believed in such days before and been given our money's worth of regret.",
            "A lead needs witnesses on the way down.",
        ),
    )


def _verdict(ev: Evening) -> str:
    return mix(
        ev,
        47,
        (
            "The rotation is alive, and not yet proof against a punch",
            "We side with small caps tonight, on terms",
            "The smaller half has earned the benefit of the doubt",
            "It can run, and whether it can stand is the next question",
        ),
        "; ",
        grounds.of_the_race(ev) or (grounds.pair_of(ev),),
        ".",
    )


def _doubts(ev: Evening) -> tuple[Doubt, ...]:
    return doubt.kept(
        ev,
        *doubt.overturned(ev, "for"),
        doubt.behind(ev, ev.small, ev.large),
        doubt.fair_weather(ev),
        doubt.left_behind(ev),
    )


THEME = Theme("handover", "Rotation · Opinion", "for", weigh, argue)

"""Remarks on the sectors: who leads over which stretch, and who has changed places."""

from newsletter.config import plain
from newsletter.draft.evening import Evening
from newsletter.draft.prose import capital, has_have, is_are, mix
from newsletter.draft.remark import Found, Remark

_STRETCHES = {
    "5d": ("five sessions", 5.0),
    "1m": ("the past month", 9.0),
    "3m": ("three months", 16.0),
    "ytd": ("the year so far", 25.0),
}


def _field(ev: Evening) -> Found:
    """Name the ends of the field over a stretch."""
    for window, (words, wide) in _STRETCHES.items():
        ranked = ev.ranked(window)
        if len(ranked) < 8 or (window == "ytd" and ev.first_session):
            continue
        (best, top), (worst, bottom) = ranked[0], ranked[-1]
        spread = top.value - bottom.value
        tails = (
            (
                "",
                ": an index over such a field is an average of two markets",
                ", and a gap that wide means somebody has been making up his mind",
                ", too far apart for one story to cover both",
            )
            if spread >= wide
            else (
                "",
                ", a field with little daylight in it",
                ", so the choice of sector was no great matter",
            )
            if spread < wide / 2
            else (
                "",
                ", dividends counted",
                ", which is about as wide as such a field gets in peace",
            )
        )
        text = mix(
            ev,
            521,
            (
                (
                    f"Over {words} {ev.name(best)} {has_have(ev.name(best))} been the best of the sectors "
                    f"with {top.signed} and {ev.name(worst)} the worst with {bottom.signed}"
                ),
                (
                    f"The sectors' table over {words} has {ev.name(best)} at the top ({top.signed}) and "
                    f"{ev.name(worst)} at the bottom ({bottom.signed})"
                ),
                (
                    f"From {ev.name(best)} at {top.signed} down to {ev.name(worst)} at {bottom.signed}: "
                    f"that is the range of the sectors over {words}"
                ),
            ),
            tails,
            ".",
        )
        yield Remark("sector", "field", 0.6 + min(spread / wide, 2) / 2, text)


def _turnabout(ev: Evening) -> Found:
    """Set a sector's week or month against its longer record."""
    for symbol in ev.universe.sectors:
        name = ev.name(symbol)
        for short, long, first, then in (
            ("1d", "ytd", "today", "this year"),
            ("5d", "3m", "over five sessions", "over three months"),
            ("1m", "ytd", "over the past month", "this year"),
        ):
            a, b = ev.value(f"{symbol}.rank.{short}"), ev.value(f"{symbol}.rank.{long}")
            x, y = ev.move(symbol, short), ev.move(symbol, long)
            if not a or not b or not x or not y or abs(a - b) < 8:
                continue
            if ev.first_session and "ytd" in (short, long):
                continue
            text = mix(
                ev,
                525,
                (
                    (
                        f"{capital(name)} {is_are(name)} {{{{{symbol}.rank.{short}}}}} of the sectors "
                        f"{first} ({x.signed}) and {{{{{symbol}.rank.{long}}}}} {then} ({y.signed})"
                    ),
                    (
                        f"{capital(name)} {has_have(name)} changed places: {{{{{symbol}.rank.{long}}}}} of the "
                        f"sectors {then} at {y.signed}, {{{{{symbol}.rank.{short}}}}} {first} at {x.signed}"
                    ),
                ),
                (
                    "",
                    ", and reversals like that are either noise or the first page of something",
                    ", as complete a change of fortune as the table allows",
                ),
                ".",
            )
            yield Remark("sector", "turnabout", 0.7 + abs(a - b) / 10, text)


def _crossings(ev: Evening) -> Found:
    """Say that a sector or an index has crossed one of its averages."""
    for symbol in (*ev.universe.indices, *ev.universe.sectors):
        name, stem = ev.name(symbol), f"{plain(symbol)}.cross"
        for kind, days, extra in (("close_50d", "50-day", 0.0), ("close_200d", "200-day", 0.6)):
            state, fact = ev.state(f"{stem}.{kind}.state"), ev.ledger.get(f"{stem}.{kind}.date")
            count = ev.value(f"{stem}.{kind}.sessions", 99)
            if fact is None or state not in {"above", "below"}:
                continue
            if fact.value == ev.ledger.session.date:
                text = mix(
                    ev,
                    527,
                    (
                        (
                            f"{capital(name)} crossed to the {'upper' if state == 'above' else 'lower'} side of "
                            f"{_its(name)} {days} average today"
                        ),
                        (
                            f"{capital(name)} closed {state} {_its(name)} {days} average, where {_it(name)} "
                            "did not stand the day before"
                        ),
                    )[:1],
                    (
                        "",
                        ", and the first day on a new side proves only that the line was near",
                        ", which matters if it is still so in a week",
                    ),
                    ".",
                )
                yield Remark("sector", "crossing", 1.3 + extra, text)
            elif count >= 120:
                text = mix(
                    ev,
                    529,
                    (
                        (
                            f"{capital(name)} {has_have(name)} closed {state} {_its(name)} {days} average "
                            f"ever since {{{{{stem}.{kind}.date}}}}"
                        ),
                    ),
                    ("", ", a run that asks for no explanation and gets many"),
                    ".",
                )
                yield Remark("sector", "crossing", 0.5 + extra / 2, text)


def _extremes(ev: Evening) -> Found:
    """Name closes at the highest or lowest since some date, and stretched oscillators."""
    for symbol in ev.universe.instruments:
        stem, name = plain(symbol), ev.name(symbol)
        if symbol in {ev.universe.volatility, "^VIX3M"}:
            continue
        for what, word in (("highest", "highest"), ("lowest", "lowest")):
            fact = f"{stem}.{what}_close_since.date"
            if ev.has(fact):
                text = mix(
                    ev,
                    531,
                    (
                        f"{capital(name)} closed at {_its(name)} {word} since {{{{{fact}}}}}",
                        f"{capital(name)} had {_its(name)} {word} close since {{{{{fact}}}}}",
                    ),
                    (
                        "",
                        ", without much of an audience",
                        ", a date to keep in mind when the talk is of fresh starts",
                    ),
                    ".",
                )
                yield Remark("sector", "extreme", 1.2, text)
        rsi = ev.figure(f"{stem}.rsi.14d")
        if rsi and not 26 < rsi.value < 74:
            high = rsi.value >= 74
            text = mix(
                ev,
                533,
                (
                    f"{capital(name)} {has_have(name)} a 14-day RSI of {rsi.plain}",
                    f"The 14-day RSI of {name} stands at {rsi.plain}",
                ),
                (
                    (
                        ", overbought by the usual reckoning, which is no reason to fall and a poor time to chase",
                        ", overbought in the language of chartists",
                    )
                    if high
                    else (
                        ", oversold by the usual reckoning",
                        ", oversold in the language of chartists",
                    )
                ),
                ".",
            )
            yield Remark("sector", "extreme", 0.9 + abs(rsi.value - 50) / 40, text)


def _quadrants(ev: Evening) -> Found:
    """Say that a sector changed its quadrant of the rotation map tonight."""
    for symbol in ev.universe.sectors:
        fact, state = (
            ev.ledger.get(f"{symbol}.rotation.since"),
            ev.state(f"{symbol}.rotation.quadrant"),
        )
        if fact is None or not state or fact.value != ev.ledger.session.date:
            continue
        text = mix(
            ev,
            535,
            (f"On the rotation map {ev.name(symbol)} moved into the {state} quadrant today",),
            ("", ", a slow gauge that does not move for a single loud session"),
            ".",
        )
        yield Remark("sector", "quadrant", 1.1, text)


def _its(name: str) -> str:
    return "their" if is_are(name) == "are" else "its"


def _it(name: str) -> str:
    return "they" if is_are(name) == "are" else "it"


MAKERS = (_field, _turnabout, _crossings, _extremes, _quadrants)

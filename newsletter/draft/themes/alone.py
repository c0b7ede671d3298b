"""Alone: a house that follows no second side has one fund to speak of, and its own past."""

import math

from newsletter.config import plain
from newsletter.draft import doubt, grounds, tape
from newsletter.draft.doubt import Doubt
from newsletter.draft.evening import Evening
from newsletter.draft.headlines import Mood, composed
from newsletter.draft.prose import capital, mix, moved, pick, sentences, standing, title
from newsletter.draft.theme import Argument, Theme

USUAL, SESSIONS = 16.0, 252
"""Annualised volatility in percent where none is known; sessions of a year."""
STILL, LOUD = 0.4, 1.8
"""Usual days' moves below which a day is level, and from which it is a large one."""


def weigh(ev: Evening) -> float:
    """Weigh the same on every evening: there is no other thesis."""
    return 1.0 if ev.move(ev.large) else 0.0


def argue(ev: Evening) -> Argument:
    """Argue from the fund's own trend how much one day may change."""
    size = _size(ev)
    mood: Mood = "level" if abs(size) < STILL else "up" if size > 0 else "down"
    opening = sentences(
        _day(ev, mood, loud=abs(size) >= LOUD),
        _trend(ev),
        tape.leaders(ev),
        tape.laggards(ev),
        tape.sector_count(ev),
        tape.average_stock(ev),
    )
    own = _own(ev)  # in three parts: a figure said three times over is no argument
    return Argument(
        headline=title(ev, 111, composed(ev.name(ev.large), mood)),
        dek=mix(ev, 112, _DEKS[mood], "; ", own[::3], "."),
        opening=opening,
        reading=sentences(_reading(ev, mood, own[2::3]), pick(ev, 114, _LESSONS)),
        verdict=mix(ev, 115, _VERDICTS[mood], "; ", own[1::3] or own, "."),
        tell=mix(ev, 116, own[1::3] or own, _TELLS),
        doubts=_doubts(ev),
    )


def _size(ev: Evening) -> float:
    """Return the day's move in usual days' moves: two per cent is much of one, little of another."""
    yearly = ev.value(f"{plain(ev.large)}.volatility.21d", USUAL)
    return ev.need(ev.large).value / max(yearly / math.sqrt(SESSIONS), 0.1)


def _day(ev: Evening, mood: Mood, *, loud: bool) -> str:
    move, name = ev.need(ev.large), ev.name(ev.large)
    return mix(
        ev,
        117,
        (
            f"{capital(name)} {moved(move)} on the day",
            f"In the session {name} {moved(move)}",
            f"On the day {name} {moved(move)}",
        ),
        _LOUD[mood] if loud else _DAYS[mood],
    )


def _trend(ev: Evening) -> str | None:
    """Say where the fund stands against its averages."""
    stem, name = plain(ev.large), ev.name(ev.large)
    fifty, long = ev.figure(f"{stem}.gap.50d"), ev.figure(f"{stem}.gap.200d")
    if not fifty or not long or not fifty.value or not long.value:
        return None
    first, second = ("above" if gap.over else "below" for gap in (fifty, long))
    return mix(
        ev,
        118,
        (
            (
                f"{capital(name)} stands {fifty.plain} {first} its 50-day average and {long.plain} "
                f"{second} its 200-day average"
            ),
            (
                f"{capital(name)} is {long.plain} {second} its 200-day average and {fifty.plain} "
                f"{first} its 50-day average"
            ),
        ),
        _STANDS[(fifty.value > 0, long.value > 0)],
        ".",
    )


def _own(ev: Evening) -> tuple[str, ...]:
    """Return clauses on the fund's own trend and longer stretches."""
    stem, name, found = plain(ev.large), ev.name(ev.large), []
    for days in ("50d", "200d"):
        gap = ev.figure(f"{stem}.gap.{days}")
        if gap and abs(gap.value) >= 0.1:
            side = "above" if gap.over else "below"
            found.append(f"{name} is {gap.plain} {side} its {days[:-1]}-day average")
    for window, words in (("5d", "five sessions"), ("1m", "a month"), ("3m", "three months")):
        move = ev.move(ev.large, window)
        if move and abs(move.value) >= 0.1:
            found.append(f"over {words} {name} {standing(move)}")
    return tuple(found) or ("the rest is opinion",)


def _reading(ev: Evening, mood: Mood, own: tuple[str, ...]) -> str:
    return grounds.reading(
        ev, 113, _CLAIMS[mood], own, grounds.of_the_day(ev), grounds.of_the_mood(ev)
    )


def _doubts(ev: Evening) -> tuple[Doubt, ...]:
    stem, name = plain(ev.large), ev.name(ev.large)
    found = []
    for days in ("50d", "200d"):
        gap = ev.figure(f"{stem}.gap.{days}")
        if gap is not None and gap.value:
            over = gap.value > 0
            side, now = ("below", "above") if over else ("above", "below")
            words = f"{capital(name)} {side} its {days[:-1]}-day average: tonight {name} stands "
            words += f"{gap.plain} {now} it."
            found.append(Doubt(words, doubt.below(gap) if over else doubt.above(gap)))
    for window in ("1m", "3m"):
        move = ev.move(ev.large, window)
        if move is not None and move.value:
            fallen = move.value < 0
            words = f"{capital(name)} {'up' if fallen else 'down'} over {doubt.STRETCH[window]}: "
            words += f"so far {name} {standing(move)} over {doubt.STRETCH[window]}."
            turned = doubt.rises if fallen else doubt.falls
            found.append(Doubt(words, turned(ev, ev.large, window)))
    return doubt.kept(ev, *found)


_DAYS: dict[Mood, tuple[str, ...]] = {
    "up": (
        ", a step in one direction and nothing more yet.",
        ", and no reason was delivered with it.",
        ": a day that owners will remember fondly and briefly.",
        "; the explanation can wait until it is known.",
        ", which settles little.",
        ", enough for a smile and too little for a theory.",
    ),
    "down": (
        ", a step in one direction and nothing more yet.",
        ", and no reason was delivered with it.",
        ": a day that owners will want to explain.",
        "; the explanation can wait until it is known.",
        ", which settles little.",
        ", enough for a frown and too little for a theory.",
    ),
    "level": (
        ", and there is no shame in calling that nothing.",
        ": little happened, and it happened slowly.",
        ", which is the day told in a line.",
        "; the rest of the session was waiting.",
        ", numbers that would embarrass a headline writer.",
        ", and anyone who says that meant something is selling it.",
    ),
}
_LOUD: dict[Mood, tuple[str, ...]] = {
    "up": (
        ", and that is no ordinary day for it.",
        "; a day of that size asks a question and does not answer it.",
        ": somebody could not wait, and haste is not knowledge.",
    ),
    "down": (
        ", and that is no ordinary day for it.",
        "; a day of that size asks a question and does not answer it.",
        ": somebody wanted out, and said so.",
    ),
    "level": (", which is the day told in a line.",),
}
_STANDS = {
    (True, True): ("", ": two clocks, one time", ", and nothing in that is broken"),
    (False, False): ("", ": two clocks, one time", ", and there is work to do"),
    (True, False): ("", ": two clocks, two times", ", so the repair is younger than the damage"),
    (False, True): ("", ": two clocks, two times", ", so the doubt is younger than the trend"),
}
_DEKS: dict[Mood, tuple[str, ...]] = {
    "up": (
        "One good day is a fact, a run of them would be a habit",
        "The day was kind, and kindness is not evidence",
        "What matters is what was true before today",
        "We set the day against the months and see which one argues",
    ),
    "down": (
        "One bad day is a fact, a run of them would be a habit",
        "The day was unkind, and unkindness is not evidence",
        "What matters is what was true before today",
        "We set the day against the months and see which one argues",
    ),
    "level": (
        "The session gave no reason to change an opinion",
        "No news is not good news, only a chance to read the old news again",
        "When there is no news, older news can finish its sentence",
        "The slower numbers, for want of faster ones",
    ),
}
_CLAIMS: dict[Mood, tuple[str, ...]] = {
    "up": (
        "the day belongs to the trend and not the other way round",
        "buyers needed no excuse, and offered none",
        "today was one vote in a long count",
        "the burden of proof lies with those who would sell",
    ),
    "down": (
        "the day set an exam, and the marks come later",
        "sellers needed no excuse, and offered none",
        "today was one vote in a long count",
        "the burden of proof lies with those who would buy",
    ),
    "level": (
        "the slow facts matter more tonight than the fast ones",
        "nothing in the session argues with what was there before it",
        "patience was the only trade on offer",
        "days like this are when positions are changed without fuss",
    ),
}
_VERDICTS: dict[Mood, tuple[str, ...]] = {
    "up": (
        "We note the day and keep the opinion that the months have given us",
        "A pleasant evening for owners and none for conclusions",
        "A kind word for tonight, and not yet a promise",
    ),
    "down": (
        "We note the day and keep the opinion that the months have given us",
        "An unpleasant evening for owners and none for conclusions",
        "An answer is owed, and there is time to give it",
    ),
    "level": (
        "No change of view, and that is a finding",
        "We learned little and will not pretend otherwise",
        "We hold our opinion and lower our voice",
        "The burden of proof stays where it was",
    ),
}
_TELLS = (
    ": the slower clock",
    ", whatever the day said",
    ", and that is the longer story",
    ": one day does not undo that",
)
_LESSONS = (
    "A single price is a poor witness, for it never contradicts itself.",
    "Whoever watches one thing only should at least watch it over more than one day.",
    "If an explanation of today sounds good, ask whether it would have sounded as good the other way round.",
    "A thesis that needs news every evening is not a thesis; it is a hobby.",
    "The tape owes nobody a story.",
    "What the close does not say, we shall not say for it.",
)

THEME = Theme("alone", "Markets · Opinion", "neither", weigh, argue, raced=False)

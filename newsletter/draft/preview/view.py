"""The week's view: four things that must agree before a side is taken for a quarter.

The race of small companies against large over five sessions and over three months, the trend
of their ratio, and whether the crowd of members is growing. At least three must point the
same way and none the other.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

from newsletter.draft import doubt
from newsletter.draft.claims import Call
from newsletter.draft.doubt import Doubt
from newsletter.draft.evening import Evening, Figure
from newsletter.draft.prose import ahead, capital, pick, round_robin, sentences
from newsletter.draft.theme import Stance

NEEDED = 3
"""How many must agree."""
FLAT = 0.05
"""Percent or points below which a figure points nowhere."""


@dataclass(frozen=True, slots=True)
class Pointer:
    """One of the four.

    Parameters
    ----------
    way : int
        1 towards small companies and risk, -1 away, 0 neither.
    words : str
        A clause with its figure.
    """

    way: int
    words: str


class View:
    """What a week's facts come to.

    Parameters
    ----------
    ev : Evening
        The ledger on the week's last session.
    """

    def __init__(self, ev: Evening) -> None:
        self.ev = ev

    @cached_property
    def pointers(self) -> tuple[Pointer, ...]:
        """Those of the four that the ledger knows."""
        return tuple(_pointers(self.ev))

    @cached_property
    def stance(self) -> Stance:
        """The side taken: ``for`` or ``against`` small companies, or ``neither``."""
        ways = [pointer.way for pointer in self.pointers]
        if ways.count(1) >= NEEDED and -1 not in ways:
            return "for"
        return "against" if ways.count(-1) >= NEEDED and 1 not in ways else "neither"

    @cached_property
    def calls(self) -> tuple[Call, ...]:
        """The side as a call over three months; none where no side is taken."""
        spread = self.ev.spread(self.ev.small, self.ev.large, "3m")
        if spread is None or self.stance == "neither":
            return ()
        direction = "up" if self.stance == "for" else "down"
        return (Call(spread.fact.subject, direction, "3m"),)  # type: ignore[arg-type]

    @cached_property
    def headline(self) -> str:
        """The view in a line."""
        return round_robin(self.ev, 771, *_HEADLINES[self.stance])

    @cached_property
    def dek(self) -> str:
        """The view in a sentence, with what it rests on."""
        ev, spread = self.ev, self.ev.spread(self.ev.small, self.ev.large, "5d")
        if spread is None or abs(spread.value) < FLAT:
            return pick(ev, 773, _DEKS[self.stance]) + "."
        clause = f"{ev.name(ev.small)} is {against(spread, ev.name(ev.large))} over five sessions"
        return f"{pick(ev, 773, _DEKS[self.stance])}: {clause}."

    @cached_property
    def reading(self) -> str:
        """The paragraph that states the rule, what each part says tonight, and the outcome."""
        ev = self.ev
        return sentences(
            pick(ev, 775, _RULE),
            *_listed(self.pointers, 1, _FOR),
            *_listed(self.pointers, -1, _AGAINST),
            pick(ev, 777, _OUTCOMES[self.stance]),
        )

    @cached_property
    def verdict(self) -> str:
        """One or two sentences."""
        return pick(self.ev, 779, _VERDICTS[self.stance])

    @cached_property
    def doubts(self) -> tuple[Doubt, ...]:
        """What would change the view: longer stretches than an evening looks at."""
        ev, small, large = self.ev, self.ev.small, self.ev.large
        value = next((p for p in ev.universe.pairs if p.theme == "style"), None)
        weight = next((p for p in ev.universe.pairs if p.theme == "weighting"), None)
        found = [*_month(ev, small, large)]
        if self.stance == "against":
            found.reverse()
        ratio = "A close of the ratio of small caps to large {} its 50-day average."
        found.append(Doubt(ratio.format("below"), doubt.under_average(ev).condition))
        found.append(Doubt(ratio.format("above"), doubt.over_average(ev).condition))
        for pair in (weight, value):
            found += _month(ev, pair.first, pair.second) if pair is not None else ()
        return doubt.kept(ev, *found)


def _month(ev: Evening, first: str, second: str) -> Iterator[Doubt]:
    """Yield the month in which one fund falls behind another, and the one in which it leads."""
    for word, made in (("behind", doubt.behind), ("ahead of", doubt.ahead)):
        name = ev.name(first)
        words = f"A month that ends with {name} {word} {ev.name(second)}."
        yield Doubt(words, made(ev, first, second, "1m").condition)


def against(spread: Figure, other: str) -> str:
    """Return ``ahead of growth by …``, ``behind growth by …`` or ``level with growth``."""
    state = ahead(spread)
    if state == "level":
        return f"level with {other}"
    word, _, figure = state.partition(" by ")
    return f"{word}{' of' if word == 'ahead' else ''} {other} by {figure}"


def _listed(pointers: Iterable[Pointer], way: int, words: tuple[str, str]) -> list[str]:
    """Return what points one way, a sentence each: a figure keeps its own period."""
    found = [capital(p.words) + "." for p in pointers if p.way == way]
    return [words[0], *found] if found else [words[1]]


def _way(figure: Figure) -> int:
    return (figure.value > FLAT) - (figure.value < -FLAT)


def _pointers(ev: Evening) -> Iterator[Pointer]:
    name, other = ev.name(ev.small), ev.name(ev.large)
    for window, stretch in (("5d", "five sessions"), ("3m", "three months")):
        spread = ev.spread(ev.small, ev.large, window)
        if spread is not None:
            yield Pointer(_way(spread), f"{name} is {against(spread, other)} over {stretch}")
    gap = ev.figure(f"{ev.ratio}.50d_gap")
    if gap is not None:
        side = "above" if gap.over else "below"
        text = f"the ratio of small caps to large stands {gap.plain} {side} its 50-day average"
        yield Pointer(_way(gap), text)
    now, then = ev.figure(f"{ev.breadth}.above_50d"), ev.figure(f"{ev.breadth}.above_50d.21d_ago")
    if now is not None and then is not None:
        step = round(now.value) - round(then.value)
        how = "up from" if step > 0 else "down from" if step < 0 else "no different from"
        text = (
            f"the share of {ev.members} above their 50-day average is {now.plain}, {how} "
            f"{then.plain} a month earlier"
        )
        yield Pointer((step > 0) - (step < 0), text)


_FOR = ("First, the answers in favour of small companies.", "No answer favours small companies.")
_AGAINST = ("Then the answers against them.", "No answer speaks against them.")
_HEADLINES: dict[Stance, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "for": (
        (
            "Everything we count points to the smaller half",
            "The smaller half passes a longer exam",
            "More than a mood for small companies",
            "Small companies have the evidence",
            "The friends of small caps may stay",
            "A side taken: the smaller half",
            "Our questions get one answer",
            "Small caps, with reasons",
        ),
        (
            ", so we count again",
            ", and agreement is no proof",
            ", for the quarter at least",
            ", and what would end it",
            ": the case and its holes",
            ", and still no blank cheque",
        ),
    ),
    "against": (
        (
            "Nothing we count speaks for the smaller half",
            "The case for small caps fails the longer exam",
            "The burden of proof lies with small caps",
            "Patience with small companies needs a reason",
            "A side taken, and not for small caps",
            "Small companies are out of arguments",
            "Small companies have to argue their case",
            "No case for the smaller half",
        ),
        (
            ", for the quarter at least",
            ", and what would change that",
            ", and agreement is no proof",
            ": the reasons and their holes",
            ", and we take it slowly",
            ", so we count again",
        ),
    ),
    "neither": (
        (
            "No side has earned its keep",
            "Too many witnesses, too little agreement",
            "A week for looking, and not for concluding",
            "Half an argument is no argument",
            "Not proven, for another week",
            "The jury asks for more time",
            "An open question stays open",
            "Our tests disagree",
            "We would rather be late than loud",
            "Evidence for everybody",
            "A split decision",
        ),
        (
            ", so we keep our hands still",
            ": no side for the quarter",
            ": a shrug with reasons",
            ", and the levels will decide",
            ": what is settled, and what is not",
            ", and that is an answer too",
        ),
    ),
}
_DEKS: dict[Stance, tuple[str, ...]] = {
    "for": (
        "What we count leans one way for once",
        "Asked one by one, our questions get one answer",
        "We lean to small companies, on more than a mood",
    ),
    "against": (
        "What we count leans one way, and not kindly",
        "We lean away from small companies, on more than a mood",
        "Patience with small companies has to be argued for, not assumed",
    ),
    "neither": (
        "The evidence is split, and so are we",
        "Our tests do not agree, and we do not pretend that they do",
        "We take no side yet",
    ),
}
_RULE = (
    (
        "Before we take a side for longer than a day, the week, the quarter, the trend and "
        "the crowd "
        "have to agree."
    ),
    (
        "We ask the same questions every week: who led over five sessions, who led over "
        "three months, "
        "which way the ratio trends, and whether the crowd is growing."
    ),
    (
        "A view that is to last a quarter should survive more than one question, so we put "
        "the same "
        "ones every week."
    ),
)
_OUTCOMES: dict[Stance, tuple[str, ...]] = {
    "for": (
        (
            "That is agreement, and we take the side of small companies for the coming quarter; "
            "agreement is also what every late entrant sees."
        ),
        (
            "So we lean to small companies for the coming quarter, knowing that trends look their "
            "best just before they stop."
        ),
    ),
    "against": (
        (
            "That is agreement, and we side against small companies for the coming quarter; they "
            "would have to prove us wrong over weeks, not over an afternoon."
        ),
        (
            "So we lean away from small companies for the coming quarter, knowing that what "
            "everybody "
            "has left cannot be left again."
        ),
    ),
    "neither": (
        (
            "That is not agreement, so we take no side for the quarter; a view held without "
            "evidence "
            "is a habit."
        ),
        "With witnesses at odds we would rather be late than loud.",
        "That leaves the quarter open, and we leave it open too.",
    ),
}
_VERDICTS: dict[Stance, tuple[str, ...]] = {
    "for": (
        (
            "We think small companies may keep their lead over the coming three months, and "
            "the first "
            "week in which the ratio loses its average will find us revising this."
        ),
        (
            "The smaller half has earned the benefit of the doubt for a quarter; it has not "
            "earned a "
            "blank cheque."
        ),
    ),
    "against": (
        (
            "We think small companies may go on trailing over the coming three months, and "
            "we would "
            "be glad to be shown otherwise by the ratio, not by a headline."
        ),
        (
            "For the coming quarter the burden of proof lies with small companies, and in these "
            "five sessions they did not lift it."
        ),
    ),
    "neither": (
        (
            "No side for the quarter: we watch the levels above and wait until the shorter "
            "stretch and "
            "the longer one agree."
        ),
        (
            "An honest shrug is worth more than a forced opinion; the levels above will say "
            "when to "
            "stop shrugging."
        ),
        "We enter the week without a thesis to defend, which is the best way to notice one.",
    ),
}

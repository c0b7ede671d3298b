"""Salvage: a brief made into a draft, and what could not be mended taken from the house.

A sentence that two repairs have not made true is left out. A part that thereby falls to
nothing, or cannot do without its sentence (the headline, the bullets), comes from the house
writer; and where too much is wrong the whole briefing does.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from newsletter.compute.facts import Ledger
from newsletter.draft import brief as shapes
from newsletter.draft.brief import Brief, Part, Plan
from newsletter.draft.calls import outcome
from newsletter.draft.claims import AUTHOR, Call, Draft, Hand, Section, Table
from newsletter.draft.dictation import BOUNDS, Problem
from newsletter.draft.library import Offer
from newsletter.draft.model import Fault, ModelError
from newsletter.draft.prose import count_words
from newsletter.draft.track_record import TITLE as RECORD

FEWEST_WORDS = 250
"""In what is left of the body; a briefing below it is the house writer's."""
MOST_LOST = 1 / 3
"""Share of sentences that may be lost before the house writer takes the whole."""
MOST_TABLES = 4
"""Of those asked for; our own record stands beside them where it is due."""
_LINES = ("kicker", "headline", "dek", "preheader")


@dataclass(frozen=True, slots=True)
class Stand:
    """What a plan commits its briefing to.

    Parameters
    ----------
    stance : str
        As in `Draft`.
    calls : tuple of Call
        Those that facts can settle.
    """

    stance: str = ""
    calls: tuple[Call, ...] = ()

    @classmethod
    def of(cls, plan: Plan, ledger: Ledger) -> "Stand":
        """Return a plan's; a call on what tonight's facts do not measure is passed over."""
        call = Call(plan.call.subject, plan.call.direction, plan.call.horizon)
        known = outcome(ledger, call.subject, call.horizon) is not None
        return cls(plan.stance, (call,) if known else ())


NONE = Stand()


def assembled(brief: Brief, house: Draft, author: str, offer: Offer, stand: Stand = NONE) -> Draft:
    """Return a brief as a draft, nothing of it exchanged.

    Parameters
    ----------
    brief : Brief
        What the model wrote.
    house : Draft
        Tonight's house draft: its tables and charts stand where none was asked for.
    author : str
        The model's hand.
    offer : Offer
        The charts and tables there are; others asked for are passed over.
    stand : Stand
        What the plan committed it to.
    """
    doubts = brief.change_mind[: BOUNDS["change_mind"][1]]
    return Draft(
        author=author,
        theme="model",
        kicker=brief.kicker,
        headline=brief.headline,
        dek=brief.dek,
        preheader=brief.preheader,
        tickers=tuple(dict.fromkeys(brief.tickers))[:8] or house.tickers,
        bullets=tuple(s.text for s in brief.bullets[: BOUNDS["bullets"][1]]),
        sections=tuple(
            _section(part) for part in brief.sections[: BOUNDS["sections"][1]] if part.paragraphs
        ),
        counter=_section(brief.counter),
        watch=tuple(s.text for s in brief.watch[: BOUNDS["watch"][1]]),
        change_mind=tuple(doubt.sentence.text for doubt in doubts),
        verdict=" ".join(s.text for s in brief.verdict[: BOUNDS["verdict"][1]]),
        tables=_tables(brief, house, offer),
        charts=offer.asked_charts(brief.charts) or house.charts,
        calls=stand.calls,
        conditions=tuple(doubt.condition for doubt in doubts),
        stance=stand.stance,
    )


def _tables(brief: Brief, house: Draft, offer: Offer) -> tuple[Table, ...]:
    """Return those asked for; nobody who writes can leave our own record out."""
    asked = offer.asked_tables(brief.tables)[:MOST_TABLES]
    owed = tuple(t for t in house.tables if t.title == RECORD and t not in asked)
    return (*asked, *owed) if asked else house.tables


def filled_up(brief: Brief, house: Draft, author: str, offer: Offer, stand: Stand = NONE) -> Draft:
    """Return a brief as a draft, what it lacks filled from the house draft."""
    return _whole(assembled(brief, house, author, offer, stand), brief, house)


def salvaged(
    brief: Brief,
    problems: Iterable[Problem],
    house: Draft,
    author: str,
    offer: Offer,
    stand: Stand = NONE,
) -> Draft:
    """Return the best draft that can be made of a brief with problems left.

    Parameters
    ----------
    brief, house, author, offer, stand
        As for `assembled`.
    problems : iterable of Problem
        What is still wrong; none gives the brief as it is.

    Returns
    -------
    Draft
        Its ``hands`` name every part that is the house writer's.

    Raises
    ------
    ModelError
        With `Fault.MALFORMED` where too little is left; the house draft then stands alone.
    """
    faulty = {problem.place for problem in problems if problem.place}
    total = sum(1 for _ in shapes.sentences(brief))
    lost = sum(place in faulty for place, _ in shapes.sentences(brief))
    if not total or lost > MOST_LOST * total:
        raise ModelError(
            f"{lost} of {total} sentences could not be mended; the house writer's briefing stands.",
            Fault.MALFORMED,
        )
    kept = shapes.rewritten(brief, dict.fromkeys(faulty))
    draft = filled_up(kept, house, author, offer, stand)
    words = sum(count_words(p) for s in (*draft.sections, draft.counter) for p in s.paragraphs)
    if words < FEWEST_WORDS:
        raise ModelError(
            f"Only {words} words of the body stood; the house writer's briefing stands.",
            Fault.MALFORMED,
        )
    return draft


def _whole(draft: Draft, kept: Brief, house: Draft) -> Draft:
    """Fill what is missing from the house draft, and say so."""
    borrowed = [name for name in _LINES if not getattr(draft, name).strip()]
    for name in ("bullets", "watch", "change_mind", "verdict"):
        fewest, _ = BOUNDS[name]
        if len(getattr(kept, name)) < fewest:
            borrowed.append(name)
    if not draft.counter.paragraphs:
        borrowed.append("counter")
    if "headline" in borrowed and "dek" not in borrowed:
        borrowed.append("dek")  # a standfirst explains its own headline
    changes = {name: getattr(house, name) for name in borrowed}
    if "change_mind" in borrowed:
        changes["conditions"] = house.conditions
    hands = tuple(Hand(name, AUTHOR) for name in borrowed)
    return replace(draft, **changes, hands=hands)


def _section(part: Part) -> Section:
    paragraphs = (" ".join(s.text for s in paragraph) for paragraph in part.paragraphs)
    return Section(part.heading, tuple(p for p in paragraphs if p.strip()))

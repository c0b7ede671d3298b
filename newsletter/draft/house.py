"""The house writer: a whole briefing from the ledger by rules, with no model.

It weighs every theme, argues the heaviest, sets the strongest points of the other side
against it, cites the base rate, and says what would change its mind. Every figure is a
slot, so that nothing it prints can differ from the ledger. Where what we said would change
our mind has happened, it says so first; where the view is the opposite of an earlier one, it
owns to it.
"""

from collections.abc import Collection, Iterable

from newsletter.compute.facts import Ledger
from newsletter.config import Universe, plain
from newsletter.draft import pictures, remembered, tape, track_record
from newsletter.draft.calls import side
from newsletter.draft.claims import AUTHOR, SLOT, Draft, Section, Table
from newsletter.draft.evening import Evening
from newsletter.draft.evidence import evidence
from newsletter.draft.longer_view import length_of, longer_view
from newsletter.draft.odds import odds_bullet, odds_paragraph
from newsletter.draft.points import Point, points
from newsletter.draft.prose import capital, lowered, mix, pick, sentences
from newsletter.draft.scoreboard import scoreboard, sectors
from newsletter.draft.theme import Argument, Stance, Theme, themes
from newsletter.draft.watch import watch
from newsletter.errors import DraftError

VIEW_HEADINGS = (
    "The longer view",
    "Step back",
    "The score so far",
    "Behind the day",
    "What else stands out",
    "From further off",
)
READING_HEADINGS = (
    "What we make of it",
    "The argument",
    "Where we come down",
    "Our reading",
    "The point",
)
ODDS_HEADINGS = ("What followed before", "The odds", "History's answer", "The record", "Base rates")
BULLS = (
    "Bulls can fairly point to what is not broken",
    "The case against our caution is a good one",
    "Optimists have evidence, and it is not thin",
    "A fair opponent would start here",
    "There is a brighter way to read the same tape",
    "Anyone more cheerful than we are can say this",
)
BEARS = (
    "Sceptics have the better charts",
    "The case against our view deserves its strongest form",
    "Bears can fairly ask what all this rests on",
    "A fair opponent would start here",
    "There is a darker way to read the same tape",
    "Anyone more worried than we are can say this",
)
FEW = (
    "The other side has less to show than usual, but it has this",
    "One fact speaks for the other side",
    "The opposing case is short, and should be heard the more carefully for it",
)
UNOPPOSED = (
    (
        "Tonight's figures offer the other side little, which is itself a reason for care: a view that "
        "nothing speaks against is usually a view that everybody holds."
    ),
    (
        "We looked for the opposing case and came back with little; that should worry us more than a "
        "strong one would, for agreement is what tops and bottoms are made of."
    ),
)
GRANTED = (
    "We take the point, and set one of our own against it",
    "All true, and not the whole of the evidence",
    "We grant that much, and no more",
    "Weigh that against this",
    "The answer to it is not silence",
    "The scales have another side all the same",
    "We would give in sooner but for one thing",
)
YIELDED = (
    "We take the point; it is why the verdict below is worded as it is.",
    "All of that is true, and we hold our view with a looser grip for it.",
    "We have no figure that answers this, and say so.",
    "None of it is easily answered, and we shall not pretend to.",
)


def write(ledger: Ledger, universe: Universe, said: Collection[str] = ()) -> Draft:
    """Write tonight's briefing.

    Parameters
    ----------
    ledger : Ledger
        The facts.
    universe : Universe
        Names and roles of the instruments.
    said : collection of str
        What the list's last editions said (`newsletter.draft.freshness.said_in`): what need
        not be said again is not.

    Returns
    -------
    Draft
        With a body of 450 to 700 words wherever the facts allow it.

    Raises
    ------
    DraftError
        If not even the large- and small-cap funds have a return for the session.
    """
    ev = Evening(ledger, universe, said)
    theme = choose(ev)
    argument = theme.argue(ev)
    stance = theme.stance if argument.stance == "theme" else argument.stance
    counter = _counter(ev, stance, f"{argument.opening} {argument.reading}")
    stance_taken = side(argument.calls, universe)
    owed = remembered.lead(ev, stance_taken), remembered.change(ev, stance_taken)
    sections = _sections(ev, argument, counter, *owed)
    return Draft(
        author=AUTHOR,
        theme=theme.id,
        kicker=theme.kicker,
        headline=argument.headline,
        dek=argument.dek,
        preheader=_preheader(ev, argument),
        tickers=_tickers(ev, argument, counter),
        bullets=_bullets(ev, argument),
        sections=sections,
        counter=counter,
        watch=watch(ev),
        change_mind=tuple(doubt.words for doubt in argument.doubts),
        verdict=argument.verdict,
        tables=tuple(t for t in _tables(ev) if t.rows),
        charts=pictures.evening(theme.id, ledger, universe),
        calls=argument.calls,
        conditions=tuple(doubt.condition for doubt in argument.doubts),
        stance=stance_taken,
    )


def _tables(ev: Evening) -> tuple[Table, ...]:
    return scoreboard(ev), sectors(ev), evidence(ev), track_record.table(ev)


def choose(ev: Evening) -> Theme:
    """Return the theme that weighs most tonight; ties go to the first by name.

    Raises
    ------
    DraftError
        If none can be argued.
    """
    fit = (theme for theme in themes().values() if theme.raced == ev.raced)
    weighed = [(theme.weigh(ev), theme) for theme in fit]
    weight, theme = max(weighed, key=lambda pair: pair[0])
    if weight <= 0:
        raise DraftError(
            f"No briefing can be written for {ev.ledger.session}: the ledger has no one-day return "
            f"for {ev.large} and {ev.small}. Check the data with `newsletter facts`."
        )
    return theme


def _sections(
    ev: Evening, argument: Argument, counter: Section, happened: str | None, change: str | None
) -> tuple[Section, ...]:
    """Order the body: what happened, the longer view, our reading, the odds.

    What has become of our own words comes first of all, and a change of view before the
    new one. The longer view is as long as the body needs it to be.
    """
    told = sentences(ev.fresh(argument.opening), tape.uncounted(ev))
    # Apart: the periods of what we said then are not those of what happened today.
    opening = Section("", tuple(filter(None, (happened, told))))
    reading = Section(
        pick(ev, 202, READING_HEADINGS), (sentences(change, ev.fresh(argument.reading)),)
    )
    odds = Section(pick(ev, 203, ODDS_HEADINGS), tuple(filter(None, (odds_paragraph(ev),))))
    rest = (opening, reading, odds, counter)
    said = _read(rest)
    view = Section(pick(ev, 201, VIEW_HEADINGS), longer_view(ev, length_of(ev, said), said))
    return tuple(section for section in (opening, view, reading, odds) if any(section.paragraphs))


def _read(sections: Iterable[Section]) -> str:
    return " ".join(paragraph for section in sections for paragraph in section.paragraphs)


def _counter(ev: Evening, stance: Stance, taken: str) -> Section:
    """Make the strongest case against the thesis from tonight's own facts.

    What the thesis itself has said is not said against it.
    """
    used = set(SLOT.findall(taken))
    found = [p for p in points(ev) if not set(SLOT.findall(p.text)) <= used]
    side = {"for": "against", "against": "for"}.get(stance)
    if side is None:
        side = found[0].side if found else "for"
    chosen = _apart([point for point in found if point.side == side])[:4]
    if not chosen:
        return Section("The other side", (pick(ev, 215, UNOPPOSED),))
    topics = {point.topic for point in chosen}
    other = [point for point in found if point.side != side and point.topic not in topics]
    leads = FEW if len(chosen) == 1 else BULLS if side == "for" else BEARS
    first = mix(ev, 211, leads, (f": {lowered(chosen[0].text)}",))
    parts = (first, *(point.text for point in chosen[1:]))
    return Section("The other side", (sentences(*parts), _concession(ev, other)))


def _apart(found: list[Point]) -> list[Point]:
    """Return the strongest point of each topic."""
    first: dict[str, Point] = {}
    for point in found:
        first.setdefault(point.topic, point)
    return list(first.values())


def _concession(ev: Evening, other: list[Point]) -> str:
    if other:
        return mix(ev, 213, GRANTED, (f": {lowered(other[0].text)}",))
    return pick(ev, 214, YIELDED)


def _bullets(ev: Evening, argument: Argument) -> tuple[str, ...]:
    symbols = tuple(dict.fromkeys(("QQQ", ev.large, ev.small)))
    ranked = ev.ranked()
    best = f"; best sector {ev.name(ranked[0][0])}, {ranked[0][1].signed}" if ranked else ""
    worst = f", worst {ev.name(ranked[-1][0])}, {ranked[-1][1].signed}" if len(ranked) > 1 else ""
    day = f"The day: {tape.funds(ev, symbols)}{best}{worst}."
    return (day, f"The tell: {argument.tell}.", odds_bullet(ev))


def _preheader(ev: Evening, argument: Argument) -> str:
    ranked = ev.ranked()
    small = ev.move(ev.small)
    parts = [
        f"{capital(ev.universe.label(ev.small))} {small.signed}" if small else "",
        f"{ev.name(ranked[0][0])} {ranked[0][1].signed} at the top" if ranked else "",
        f"{ev.name(ranked[-1][0])} {ranked[-1][1].signed} at the bottom" if ranked else "",
    ]
    text = ", ".join(part for part in parts if part)
    return capital(text) + "." if text else argument.dek


def _tickers(ev: Evening, argument: Argument, counter: Section) -> tuple[str, ...]:
    """List the instruments discussed: the funds first, then sectors that stand out."""
    ranked = [symbol for symbol, _ in ev.ranked()]
    named = [ev.small, ev.large, "QQQ", *ranked[:2], *ranked[-2:]]
    text = " ".join((argument.opening, argument.reading, *counter.paragraphs))
    named += [s for s in ("SMH", "KRE") if f"{{{{{s}." in text]
    named.append(ev.universe.volatility)
    return tuple(dict.fromkeys(plain(symbol) for symbol in named))[:8]

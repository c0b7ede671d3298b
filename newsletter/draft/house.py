"""The house writer: a whole briefing from the ledger by rules, with no model.

It weighs every theme, argues the heaviest, sets the strongest points of the other side
against it, cites the base rate, and says what would change its mind. Every figure is a
slot, so that nothing it prints can differ from the ledger.
"""

from newsletter.compute.facts import Ledger
from newsletter.config import Universe, plain
from newsletter.draft import fillers, tape
from newsletter.draft.claims import AUTHOR, Draft, Section
from newsletter.draft.evening import Evening
from newsletter.draft.evidence import evidence
from newsletter.draft.odds import odds_bullet, odds_paragraph
from newsletter.draft.points import Point, points
from newsletter.draft.prose import capital, count_words, pick, sentences
from newsletter.draft.scoreboard import scoreboard, sectors
from newsletter.draft.theme import Argument, Stance, Theme, themes
from newsletter.errors import DraftError

FEWEST_WORDS = 480
CHARTS = ("size_ratio", "sectors", "breadth")


def write(ledger: Ledger, universe: Universe) -> Draft:
    """Write tonight's briefing.

    Parameters
    ----------
    ledger : Ledger
        The facts.
    universe : Universe
        Names and roles of the instruments.

    Returns
    -------
    Draft
        With a body of 450 to 700 words wherever the facts allow it.

    Raises
    ------
    DraftError
        If not even the large- and small-cap funds have a return for the session.
    """
    ev = Evening(ledger, universe)
    theme = choose(ev)
    argument = theme.argue(ev)
    stance = theme.stance if argument.stance == "theme" else argument.stance
    counter = _counter(ev, stance)
    sections = _sections(ev, argument, counter)
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
        watch=_watch(ev),
        change_mind=argument.change_mind,
        verdict=argument.verdict,
        tables=tuple(t for t in (scoreboard(ev), sectors(ev), evidence(ev)) if t.rows),
        charts=CHARTS,
    )


def choose(ev: Evening) -> Theme:
    """Return the theme that weighs most tonight; ties go to the first by name.

    Raises
    ------
    DraftError
        If none can be argued.
    """
    weighed = [(theme.weigh(ev), theme) for theme in themes().values()]
    weight, theme = max(weighed, key=lambda pair: pair[0])
    if weight <= 0:
        raise DraftError(
            f"No briefing can be written for {ev.ledger.session}: the ledger has no one-day return "
            f"for {ev.large} and {ev.small}. Check the data with `newsletter facts`."
        )
    return theme


def _sections(ev: Evening, argument: Argument, counter: Section) -> tuple[Section, ...]:
    """Order the body and add evidence until it is long enough."""
    evidence = [tape.year(ev), tape.style(ev), tape.week(ev), tape.giants(ev)]
    body = [
        Section("", (argument.opening,)),
        Section(
            pick(ev, 201, ("The longer view", "Step back", "The score so far")),
            tuple(filter(None, (sentences(*evidence),))),
        ),
        Section(
            pick(ev, 202, ("What we make of it", "The argument", "Where we come down")),
            (argument.reading,),
        ),
    ]
    odds = odds_paragraph(ev)
    if odds:
        body.append(
            Section(
                pick(ev, 203, ("What followed before", "The odds", "History's answer")), (odds,)
            )
        )
    for filler in fillers.paragraphs(ev):
        if _length(body, counter) < FEWEST_WORDS:
            body[1] = Section(body[1].heading, (*body[1].paragraphs, filler))
    return tuple(section for section in body if section.paragraphs)


def _length(body: list[Section], counter: Section) -> int:
    return sum(count_words(p) for section in (*body, counter) for p in section.paragraphs)


def _counter(ev: Evening, stance: Stance) -> Section:
    """Make the strongest case against the thesis from tonight's own facts."""
    found = points(ev)
    side = {"for": "against", "against": "for"}.get(stance)
    if side is None:
        side = found[0].side if found else "for"
    chosen = [point for point in found if point.side == side][:4]
    topics = {point.topic for point in chosen}
    other = [point for point in found if point.side != side and point.topic not in topics]
    if len(chosen) == 1:
        lead = "The other side has less to show tonight, but it has this."
    elif side == "for":
        lead = pick(
            ev,
            211,
            (
                "Bulls can fairly point to what is not broken.",
                "The case against our caution is a good one.",
                "Optimists have evidence, and it is not thin.",
            ),
        )
    else:
        lead = pick(
            ev,
            212,
            (
                "Sceptics have the better charts.",
                "The case against our view deserves its strongest form.",
                "Bears can fairly ask what all this rests on.",
            ),
        )
    if not chosen:
        text = (
            "Tonight's figures offer the other side little, which is itself a reason for care: "
            "a view that nothing speaks against is usually a view that everybody holds."
        )
        return Section("The other side", (text,))
    close = _concession(ev, other)
    first = sentences(lead, *(point.text for point in chosen))
    return Section("The other side", (first, close))


def _concession(ev: Evening, other: list[Point]) -> str:
    if other:
        return sentences(
            pick(
                ev,
                213,
                (
                    "We take the point, and set one of our own against it.",
                    "All true, and not the whole of the evidence.",
                    "We grant that much, and no more.",
                ),
            ),
            other[0].text,
        )
    return pick(
        ev,
        214,
        (
            "We take the point; it is why the verdict below is worded as it is.",
            "All of that is true, and we hold our view with a looser grip because of it.",
        ),
    )


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


def _watch(ev: Evening) -> tuple[str, ...]:
    """Name what to look at next, with levels that are facts and not yet reached."""
    found: list[str] = []
    record, distance = (
        f"{plain(ev.small)}.record_close.level",
        ev.figure(f"{plain(ev.small)}.distance_from_record.close"),
    )
    if distance and ev.has(record) and -15 <= distance.value < 0:
        found.append(
            f"Whether {ev.name(ev.small)} can close above {{{{{record}}}}}, its record close."
        )
    gap = ev.figure(f"{ev.ratio}.50d_gap")
    if gap:
        found.append(
            "Whether the ratio of small caps to large "
            + ("holds above" if gap.value >= 0 else "gets back above")
            + " its 50-day average."
        )
    banks, large_banks = ev.move("KRE"), ev.move("XLF")
    if banks and large_banks and banks.value < large_banks.value:
        found.append(f"Whether {ev.name('KRE')} follows the large banks, or goes on trailing them.")
    average = next((p for p in ev.universe.pairs if p.theme == "weighting"), None)
    if average and ev.move(average.first):
        found.append(
            f"Whether {ev.name(average.first)} keeps up on the next day that technology leads."
        )
    calm = ev.value(f"{plain(ev.universe.volatility)}.percentile_1y", 100) <= 50
    if ev.has(f"{plain(ev.universe.volatility)}.level") and calm:
        found.append(
            f"{capital(ev.name(ev.universe.volatility))}, at "
            f"{{{{{plain(ev.universe.volatility)}.level}}}} tonight: a rise while shares "
            "are calm would be the first sign of people paying for doubt."
        )
    if not calm and ev.has(f"{plain(ev.universe.volatility)}.level"):
        found.append(
            f"Whether {ev.name(ev.universe.volatility)} falls from {{{{{plain(ev.universe.volatility)}.level}}}}, "
            "and whether shares notice."
        )
    return tuple(found[:4])

"""Weekly: a preview for the week's end; the week behind, the calendar, levels and scorecard."""

from collections.abc import Collection

from newsletter.compute.facts import Ledger
from newsletter.config import Universe, plain
from newsletter.draft import pictures, remembered, track_record
from newsletter.draft.calls import side
from newsletter.draft.claims import AUTHOR, Draft, Section, Table
from newsletter.draft.evening import Evening
from newsletter.draft.form import Form
from newsletter.draft.preview import ahead, behind, levels, odds, rebuttal, record, tables
from newsletter.draft.preview.view import View
from newsletter.draft.prose import capital, pick, sentences
from newsletter.errors import DraftError


def write(ledger: Ledger, universe: Universe, said: Collection[str] = ()) -> Draft:
    """Write the preview on the last session of a week.

    Parameters
    ----------
    ledger : Ledger
        The facts.
    universe : Universe
        Names and roles of the instruments.
    said : collection of str
        What the list's last editions said (`newsletter.draft.freshness.said_in`).

    Raises
    ------
    DraftError
        If neither the large- nor the small-cap fund has a return over five sessions, or the house
        follows no small companies.
    """
    ev = Evening(ledger, universe, said)
    if not ev.raced:
        raise DraftError(
            f"No weekly preview can be written for {ledger.session}: it asks who leads, small "
            "companies or large, and universe.small_caps names no fund of small ones. Name one, or "
            "leave the edition out of config.yaml."
        )
    if not behind.funds(ev, (ev.large, ev.small), behind.WEEK):
        raise DraftError(
            f"No weekly preview can be written for {ledger.session}: the ledger has no five-session "
            f"return for {ev.large} or {ev.small}. Check the data with `newsletter facts`."
        )
    view = View(ev)
    taken = side(view.calls, universe)
    counter = rebuttal.other_side(ev, view.stance)
    return Draft(
        author=AUTHOR,
        theme=f"weekly_{view.stance}",
        kicker="The week ahead · Opinion",
        headline=view.headline,
        dek=capital(view.dek),
        preheader=_preheader(ev, view),
        tickers=_tickers(ev),
        bullets=_bullets(ev),
        sections=_sections(ev, view, remembered.lead(ev, taken), remembered.change(ev, taken)),
        counter=counter,
        watch=levels.watch(ev),
        change_mind=tuple(one.words for one in view.doubts),
        verdict=view.verdict,
        tables=tuple(table for table in _tables(ev) if table.rows),
        charts=pictures.weekly(ledger, universe),
        calls=view.calls,
        conditions=tuple(one.condition for one in view.doubts),
        stance=taken,
    )


def _tables(ev: Evening) -> tuple[Table, ...]:
    return levels.table(ev), tables.funds(ev), tables.sectors(ev), track_record.table(ev)


def _sections(
    ev: Evening, view: View, happened: str | None, change: str | None
) -> tuple[Section, ...]:
    held = record.paragraph(ev)
    body = (
        Section("", tuple(filter(None, (happened, behind.five_sentences(ev))))),
        Section(pick(ev, 841, ("The longer stretch", "In proportion", "One step back")),
                (behind.longer(ev),)),
        Section(pick(ev, 843, ("Where that leaves us", "Our reading", "What it adds up to")),
                (sentences(change, view.reading),)),
        Section(pick(ev, 845, ("The week ahead", "Dates", "What is already settled")),
                tuple(filter(None, (ahead.calendar(ev), ahead.owned(ev))))),
        Section("Levels that matter", (levels.paragraph(ev),)),
        Section(pick(ev, 847, ("A month on", "From the files", "Precedent")),
                (odds.paragraph(ev) or "",)),
        Section("What we said", (held or "",)),
    )  # fmt: skip
    return tuple(
        Section(section.heading, kept)
        for section in body
        if (kept := tuple(text for text in section.paragraphs if text))
    )


def _bullets(ev: Evening) -> tuple[str, ...]:
    told = behind.funds(ev, ev.sides, behind.WEEK)
    coming = ahead.told_in_a_line(ev)
    first = f"Behind us: over five sessions {told}."
    second = f"Ahead of us: {coming}." if coming else "Ahead of us: nothing on the calendar."
    return (first, second, odds.line(ev))


def _preheader(ev: Evening, view: View) -> str:
    ranked = ev.ranked(behind.WEEK)
    small = ev.move(ev.small, behind.WEEK)
    if small is None or len(ranked) < 2:
        told = behind.funds(ev, ev.sides, behind.WEEK)  # a dek may be cut before its stretch
        return f"Over five sessions {told}." if told else view.dek
    best, worst = ranked[0], ranked[-1]
    return (
        f"Five sessions: {ev.universe.label(ev.small).lower()} {small.signed}, "
        f"{ev.name(best[0])} {best[1].signed}, {ev.name(worst[0])} {worst[1].signed}."
    )


def _tickers(ev: Evening) -> tuple[str, ...]:
    ranked = [symbol for symbol, _ in ev.ranked(behind.WEEK)]
    named = (ev.small, ev.large, "QQQ", *ranked[:2], *ranked[-1:], ev.universe.volatility)
    return tuple(dict.fromkeys(plain(symbol) for symbol in named))


WEEKLY = Form(id="weekly", write=write, prompt="weekly")

"""Stock: one stock worth watching, chosen by rule, with evidence on both sides and no advice."""

from collections.abc import Collection

from newsletter.compute.facts import Ledger
from newsletter.config import Universe, plain
from newsletter.draft.claims import AUTHOR, Draft, Section
from newsletter.draft.evening import Evening
from newsletter.draft.form import Form
from newsletter.draft.prose import capital, pick
from newsletter.draft.watched import Watched, choose, figures, others

CHARTS = ("breadth",)


def write(ledger: Ledger, universe: Universe, said: Collection[str] = ()) -> Draft:
    """Write about the stock whose last five sessions were furthest from its own habit.

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
        If no stock's move could be measured.
    """
    ev = Evening(ledger, universe, said)
    one = choose(ev)
    doubts = one.doubts()
    return Draft(
        author=AUTHOR,
        theme="stock_up" if one.up else "stock_down",
        kicker="One stock to watch · Opinion",
        headline=one.headline(),
        dek=capital(one.dek()),
        preheader=one.preheader(),
        tickers=tuple(dict.fromkeys((one.id, plain(ev.large), plain(ev.small)))),
        bullets=one.bullets(),
        sections=_sections(ev, one),
        counter=Section("The other side", (one.against(), one.answer())),
        watch=one.watch(),
        change_mind=tuple(doubt.words for doubt in doubts),
        verdict=one.verdict(),
        tables=tuple(table for table in (figures(one), others(ev, one)) if table.rows),
        charts=CHARTS,
        conditions=tuple(doubt.condition for doubt in doubts),
        stance="neither",
    )


def _sections(ev: Evening, one: Watched) -> tuple[Section, ...]:
    body = (
        Section("", (one.opening(), one.disclaimer())),
        Section("How it was chosen", (one.method(),)),
        Section(pick(ev, 901, ("The evidence", "What the prices say")), (one.evidence(),)),
        Section(pick(ev, 903, ("What followed before", "Precedent")), (one.odds(),)),
    )
    return tuple(section for section in body if any(section.paragraphs))


STOCK = Form(id="stock", write=write, prompt="stock")

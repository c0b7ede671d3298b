"""Library: the tables and charts that a writer may ask for by name."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from newsletter.draft import scoreboard
from newsletter.draft.claims import Draft, Table
from newsletter.draft.evening import Evening
from newsletter.draft.evidence import evidence
from newsletter.draft.preview import levels
from newsletter.draft.preview import tables as stretches

TABLES: Mapping[str, Callable[[Evening], Table]] = {
    "scoreboard": scoreboard.scoreboard,
    "sectors": scoreboard.sectors,
    "signals": evidence,
    "levels": levels.table,
    "fund_stretches": stretches.funds,
    "sector_stretches": stretches.sectors,
}
"""Tables that stand on any evening's facts, by name."""


@dataclass(frozen=True, slots=True)
class Offer:
    """What there is tonight.

    Parameters
    ----------
    charts : tuple of str
        Names of the charts.
    tables : mapping of str to Table
        The tables by name, none of them empty.
    """

    charts: tuple[str, ...] = ()
    tables: Mapping[str, Table] = field(default_factory=dict)

    def asked_tables(self, names: list[str]) -> tuple[Table, ...]:
        """Return those asked for, each once; unknown names are passed over."""
        return tuple(self.tables[name] for name in dict.fromkeys(names) if name in self.tables)

    def asked_charts(self, names: list[str]) -> tuple[str, ...]:
        """Return the names of those asked for, each once; unknown names are passed over."""
        return tuple(name for name in dict.fromkeys(names) if name in self.charts)


def offer(ev: Evening, charts: tuple[str, ...], own: Draft) -> Offer:
    """Return what can be asked for on an evening.

    Parameters
    ----------
    ev : Evening
        Tonight.
    charts : tuple of str
        Charts that can be drawn.
    own : Draft
        The house writer's: tables of its form that are in no library, such as those of one
        stock, are offered under their titles.
    """
    found = {name: table for name, make in TABLES.items() if (table := make(ev)).rows}
    titles = {table.title for table in found.values()}
    found |= {_slug(table.title): table for table in own.tables if table.title not in titles}
    return Offer(charts, found)


def _slug(title: str) -> str:
    return "_".join("".join(c if c.isalnum() else " " for c in title.lower()).split())

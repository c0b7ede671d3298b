"""Draft: the structure of a briefing, and the slots through which facts enter prose.

Prose never holds typed market digits. It holds slots, ``{{IWM.return.ytd}}`` or with a
form ``{{IWM.return.ytd|signed}}``, which `fill` replaces by the ledger's own strings; and
predicates (`newsletter.draft.predicate`), words that stand only where a condition holds.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal

from newsletter.compute.facts import Ledger
from newsletter.draft.erratum import Erratum
from newsletter.draft.predicate import conditions, print_predicates
from newsletter.errors import DraftError, UnknownSlot

AUTHOR = "house-writer@3"
"""The hand of the house writer; raised when it writes differently on the same facts."""

MODEL = "model:"
"""What the hand of a language model begins with; its configured name follows."""

SLOT = re.compile(r"\{\{\s*([^{}|\s]+)\s*(?:\|\s*([a-z]+)\s*)?\}\}")
"""A slot: fact id, and optionally the name of one of the fact's printed forms."""


_ADDED = frozenset(
    {"hands", "calls", "conditions", "stance", "transcript", "fallback", "after", "erratum"}
)
"""Fields that came after the first drafts were kept."""

_NO_TEXT = _ADDED | {"author", "theme", "tickers", "charts"}
"""Fields that readers do not see as they stand."""


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of body text under a heading (which may be empty)."""

    heading: str
    paragraphs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """A data table: the first column names the row.

    Parameters
    ----------
    title : str
        Printed above it.
    columns : tuple of str
        Header cells.
    rows : tuple of tuple of str
        Cells, as slots or words; an absent figure is ``"n/a"``.
    note : str
        Printed below: what kind of return, which period.
    """

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Hand:
    """Who wrote a part, where it is not the draft's author.

    Parameters
    ----------
    part : str
        Name of a field of the draft, such as ``"headline"``.
    author : str
        The hand.
    """

    part: str
    author: str


@dataclass(frozen=True, slots=True)
class Call:
    """A view that time will judge.

    Parameters
    ----------
    subject : str
        A fund (``"IWM"``) or the first of a pair against the second (``"IWM-SPY"``), as
        fact ids name them.
    direction : {"up", "down"}
        Which way; of a pair, whether the first leads or trails.
    horizon : {"5d", "1m", "3m"}
        Over which stretch from this session's close.
    """

    subject: str
    direction: Literal["up", "down"]
    horizon: Literal["5d", "1m", "3m"]


@dataclass(frozen=True, slots=True)
class Draft:
    """One briefing before layout.

    Parameters
    ----------
    author : str
        The hand that wrote it, e.g. ``"house-writer@3"`` or an editor's name.
    kicker, headline, dek, preheader : str
        Line above, title, standfirst, inbox preview.
    theme : str
        Name of the thesis the writer chose, e.g. ``"flight_from_growth"``.
    tickers : tuple of str
        Subjects discussed, as fact ids name them.
    bullets : tuple of str
        Summary, three of them.
    sections : tuple of Section
        The body.
    counter : Section
        The strongest opposing argument, stated fairly.
    watch, change_mind : tuple of str
        What we watch; what would change our mind.
    verdict : str
        One or two sentences.
    tables : tuple of Table
        Data tables.
    charts : tuple of str
        Names of charts asked for, see `newsletter.render.charts`.
    hands : tuple of Hand
        Parts that another hand than the author wrote.
    calls : tuple of Call
        What the thesis comes to, in a form that a later session decides.
    conditions : tuple of str
        To each of `change_mind` the condition over facts that says the same
        (`newsletter.draft.condition`); empty where there is none.
    stance : str
        The side taken on small companies against large: ``"for"``, ``"against"`` or
        ``"neither"``; empty where it is not known.
    transcript : str
        Hash of what a model was asked and answered for it; empty where none was.
    fallback : str
        Why the house writer wrote it although a model was to; empty otherwise.
    after : tuple of str
        Hashes of the finished mails whose sentences it was written not to repeat.
    erratum : Erratum or None
        What a correction says; then all other parts are empty.
    """

    author: str
    theme: str
    kicker: str
    headline: str
    dek: str
    preheader: str
    tickers: tuple[str, ...]
    bullets: tuple[str, ...]
    sections: tuple[Section, ...]
    counter: Section
    watch: tuple[str, ...]
    change_mind: tuple[str, ...]
    verdict: str
    tables: tuple[Table, ...] = ()
    charts: tuple[str, ...] = ()
    hands: tuple[Hand, ...] = ()
    calls: tuple[Call, ...] = ()
    conditions: tuple[str, ...] = ()
    stance: str = ""
    transcript: str = ""
    fallback: str = ""
    after: tuple[str, ...] = ()
    erratum: Erratum | None = None

    @property
    def by_model(self) -> bool:
        """Whether a language model wrote it or a part of it, or what an editor's version was."""
        hands = (self.author, *(hand.author for hand in self.hands))
        written = any(hand.startswith(MODEL) for hand in hands)
        return written or bool(self.transcript and not self.fallback)

    def passages(self) -> Iterator[str]:
        """Yield every piece of text, in reading order, tables included."""
        yield from (self.kicker, self.headline, self.dek, self.preheader, *self.bullets)
        for section in (*self.sections, self.counter):
            yield section.heading
            yield from section.paragraphs
        yield from (*self.watch, *self.change_mind, self.verdict)
        for table in self.tables:
            yield from (table.title, *table.columns)
            for row in table.rows:
                yield from row
            yield table.note

    def body(self) -> str:
        """Return the running text (sections, counter-argument, verdict) with its slots."""
        parts = [p for s in (*self.sections, self.counter) for p in s.paragraphs]
        return "\n\n".join((*parts, *self.watch, *self.change_mind, self.verdict))

    def used(self) -> tuple[str, ...]:
        """Return the ids of the facts the draft uses, sorted and unique."""
        said = self.erratum.passages() if self.erratum else ()
        passages = (*self.passages(), *said)
        found = {match[1] for text in passages for match in SLOT.finditer(text)}
        asked = {
            id for text in passages for condition in conditions(text) for id in condition.facts
        }
        return tuple(sorted(found | asked))

    def map(self, change: Callable[[str], str]) -> "Draft":
        """Return a copy with every passage passed through a function."""
        return replace(
            self,
            **{
                field.name: _mapped(getattr(self, field.name), change)
                for field in fields(self)
                if field.name not in _NO_TEXT
            },
        )

    def to_json(self) -> dict[str, Any]:
        """Return the draft as plain JSON data.

        What came after the first drafts is told only where it says something, so that the
        hash of an old draft stays what it was.
        """
        data = asdict(self)
        return {"schema": "draft/1", **{k: v for k, v in data.items() if v or k not in _ADDED}}

    def to_bytes(self) -> bytes:
        """Return the canonical JSON bytes."""
        return json.dumps(
            self.to_json(), sort_keys=True, ensure_ascii=False, separators=(",", ":")
        ).encode()

    @property
    def sha256(self) -> str:
        """Hash of the canonical JSON."""
        return hashlib.sha256(self.to_bytes()).hexdigest()

    @classmethod
    def from_json(cls, data: dict[str, Any]) -> "Draft":
        """Read a ``draft/1`` document.

        Raises
        ------
        DraftError
            If it is not one, naming what is missing or unknown.
        """
        given = {key: value for key, value in data.items() if key != "schema"}
        names = {field.name for field in fields(cls)}
        if data.get("schema") != "draft/1" or set(given) | _ADDED != names:
            odd = (
                ", ".join(sorted((set(given) | _ADDED) ^ names)) or f"schema {data.get('schema')!r}"
            )
            raise DraftError(f"This is no draft/1 document; check these keys: {odd}.")
        try:
            return cls(
                **{
                    **{key: _frozen(value) for key, value in given.items()},
                    "sections": tuple(_section(section) for section in given["sections"]),
                    "counter": _section(given["counter"]),
                    "tables": tuple(_table(table) for table in given["tables"]),
                    "hands": tuple(Hand(**hand) for hand in given.get("hands", ())),
                    "calls": tuple(Call(**call) for call in given.get("calls", ())),
                    "erratum": Erratum.from_json(found)
                    if (found := given.get("erratum"))
                    else None,
                }
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise DraftError(f"The draft document is malformed near {error}.") from error

    @classmethod
    def from_bytes(cls, data: bytes) -> "Draft":
        """Read back what `to_bytes` wrote."""
        return cls.from_json(json.loads(data))


def fill(text: str, ledger: Ledger) -> str:
    """Replace every slot by the ledger's printed form, and every predicate by its words.

    Parameters
    ----------
    text : str
        Prose with slots. A slot without a form prints ``plain``.
    ledger : Ledger
        The only source of figures.

    Returns
    -------
    str
        Prose as readers see it.

    Raises
    ------
    UnknownSlot
        If the fact is absent or has no such form.
    FalsePredicate
        If words stand on a condition that does not hold.
    """

    def one(match: re.Match[str]) -> str:
        fact = ledger.get(match[1])
        forms = fact.forms if fact else {}
        try:
            return forms[match[2] or "plain"]
        except KeyError as error:
            raise UnknownSlot(match[0].strip("{}").strip()) from error

    return SLOT.sub(one, print_predicates(text, ledger))


def filled(draft: Draft, ledger: Ledger) -> Draft:
    """Return the draft with every slot filled."""
    return draft.map(lambda text: fill(text, ledger))


def _mapped(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, Section):
        return Section(change(value.heading), _mapped(value.paragraphs, change))
    if isinstance(value, Table):
        return Table(
            change(value.title),
            _mapped(value.columns, change),
            _mapped(value.rows, change),
            change(value.note),
        )
    if isinstance(value, tuple):
        return tuple(_mapped(item, change) for item in value)
    return value


def _frozen(value: Any) -> Any:
    return tuple(_frozen(item) for item in value) if isinstance(value, list | tuple) else value


def _section(data: dict[str, Any]) -> Section:
    return Section(data["heading"], tuple(data["paragraphs"]))


def _table(data: dict[str, Any]) -> Table:
    rows = tuple(tuple(row) for row in data["rows"])
    return Table(data["title"], tuple(data["columns"]), rows, data["note"])

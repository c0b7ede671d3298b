"""Segments: which readers of a list an edition goes to, as a sentence a person can write.

``country in ["IN", "GB"] and "AAPL" in tickers and joined > 2026-01-01``. Such a sentence is
read into a tree of a few kinds of nodes and is never run: `holds` judges one reader by it, and
the store makes one query of the same tree.

==========  ================================  ==========================================
Fields      ``country jurisdiction language   ``==``, ``!=``, ``in [...]``, ``not in``
            source status domain custom.KEY``
Sets        ``tickers tags days``             ``"AAPL" in tickers``; alone: "has any"
Dates       ``joined``                        ``== != < <= > >=``, as ``2026-01-31``
==========  ================================  ==========================================

They are joined by ``and``, ``or``, ``not`` and brackets.
"""

import datetime as dt
import difflib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from newsletter.errors import ConfigError
from newsletter.send import readers
from newsletter.send.addresses import AddressError, a_labels
from newsletter.send.readers import DAYS, JURISDICTIONS, KEY, OTHER, Card, Status

LONGEST: Final = 2000
DEEPEST: Final = 30
CUSTOM: Final = "custom."
TEXTS: Final = ("country", "jurisdiction", "language", "source", "status", "domain")
SETS: Final = ("tickers", "tags", "days")
DATES: Final = ("joined",)
_ORDER: Final[Mapping[str, Callable[[dt.date, dt.date], bool]]] = MappingProxyType(
    {
        "==": dt.date.__eq__, "!=": dt.date.__ne__, "<": dt.date.__lt__,
        "<=": dt.date.__le__, ">": dt.date.__gt__, ">=": dt.date.__ge__,
    }
)  # fmt: skip
_WORDS: Final = frozenset({"and", "or", "not", "in"})
_TOKEN: Final = re.compile(
    r"""\s*(?:(?P<text>"[^"]*"|'[^']*')|(?P<date>\d{4}-\d{2}-\d{2}(?![\w-]))|(?P<sign>==|!=|<=|>=|[<>()\[\],])
    |(?P<name>[A-Za-z_][\w.]*)|(?P<end>$))""",
    re.VERBOSE | re.ASCII,
)


class SegmentError(ConfigError):
    """A segment cannot be read: the sentence names the place and what would be right."""

    @classmethod
    def at(cls, place: int, problem: str) -> "SegmentError":
        """Make the sentence of a problem at a character, counted from 1."""
        end = "" if problem.endswith("?") else "."
        return cls(f"The segment cannot be read at character {place}: {problem}{end}")


@dataclass(frozen=True, slots=True)
class Among:
    """A field's text is one of some texts."""

    field: str
    values: frozenset[str]


@dataclass(frozen=True, slots=True)
class Holds:
    """A set has a member, or any where none is named."""

    field: str
    member: str | None


@dataclass(frozen=True, slots=True)
class Dated:
    """A date stands so to another."""

    field: str
    sign: str
    date: dt.date


@dataclass(frozen=True, slots=True)
class Not:
    """The contrary."""

    inner: "Node"


@dataclass(frozen=True, slots=True)
class Joined:
    """All of some conditions, or any of them."""

    every: bool
    parts: tuple["Node", ...]


Node = Among | Holds | Dated | Not | Joined


@dataclass(frozen=True, slots=True)
class Segment:
    """Some readers of a list.

    Parameters
    ----------
    name : str
        What it is called.
    expression : str
        As it was written.
    tree : Among or Holds or Dated or Not or Joined
        As it was read.
    """

    name: str
    expression: str
    tree: Node

    @classmethod
    def of(cls, name: str, expression: str) -> "Segment":
        """Read an expression.

        Raises
        ------
        SegmentError
            Naming the place, and the nearest known name where one is unknown.
        """
        return cls(name, expression, parse(expression))

    def holds(self, reader: Card) -> bool:
        """Tell whether a reader is of the segment."""
        return _holds(self.tree, reader)


def parse(expression: str) -> Node:
    """Read an expression into its tree; `SegmentError` where it cannot be read."""
    if len(expression) > LONGEST:
        raise SegmentError.at(LONGEST, f"it is longer than {LONGEST} characters; make two of it")
    return _Parser(expression).whole()


def text_of(reader: Card, field: str) -> str:
    """Return a reader's text in a field; empty where nothing is known."""
    if field.startswith(CUSTOM):
        return reader.profile.custom.get(field.removeprefix(CUSTOM), "")
    if field == "status":
        return str(reader.status)
    if field == "domain":
        return reader.email.rpartition("@")[2].lower()
    if field == "source":
        return reader.profile.source.casefold()
    found: str = getattr(reader.profile, field)
    return found


def _holds(node: Node, reader: Card) -> bool:
    if isinstance(node, Joined):
        judge = all if node.every else any
        return judge(_holds(part, reader) for part in node.parts)
    if isinstance(node, Not):
        return not _holds(node.inner, reader)
    if isinstance(node, Among):
        return text_of(reader, node.field) in node.values
    if isinstance(node, Holds):
        members: tuple[str, ...] = getattr(reader.profile, node.field)
        return bool(members) if node.member is None else node.member in members
    return _ORDER[node.sign](reader.joined, node.date)


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    place: int


class _Parser:
    """Recursive descent: or, and, not, one condition."""

    def __init__(self, expression: str) -> None:
        self._tokens = list(_tokens(expression))
        self._at = self._depth = 0

    def whole(self) -> Node:
        if self._next.kind == "end":
            raise SegmentError.at(1, 'it is empty; write for example country == "US"')
        found = self._joined(every=False)
        if self._next.kind != "end":
            raise self._wrong("'and', 'or' or the end is expected here")
        return found

    @property
    def _next(self) -> _Token:
        return self._tokens[self._at]

    def _take(self) -> _Token:
        token = self._next
        self._at += 1
        return token

    def _is(self, *texts: str) -> bool:
        return self._next.kind in {"word", "sign"} and self._next.text in texts

    def _expect(self, text: str) -> None:
        if not self._is(text):
            raise self._wrong(f"{text!r} is expected here")
        self._take()

    def _wrong(self, problem: str) -> SegmentError:
        token = self._next
        found = f"{token.text!r} was found; " if token.text else "it ends; "
        return SegmentError.at(token.place, found + problem)

    def _joined(self, *, every: bool) -> Node:
        def part() -> Node:
            return self._condition() if every else self._joined(every=True)

        parts = [part()]
        while self._is("and" if every else "or"):
            self._take()
            parts.append(part())
        return parts[0] if len(parts) == 1 else Joined(every, tuple(parts))

    def _condition(self) -> Node:
        self._depth += 1
        if self._depth > DEEPEST:
            raise self._wrong(f"there are more than {DEEPEST} brackets within each other")
        try:
            if self._is("not"):
                self._take()
                return Not(self._condition())
            if self._is("("):
                self._take()
                inner = self._joined(every=False)
                self._expect(")")
                return inner
            return self._member() if self._next.kind == "text" else self._about()
        finally:
            self._depth -= 1

    def _member(self) -> Node:
        """Read ``"AAPL" in tickers``."""
        member = self._take()
        contrary = self._is("not")
        if contrary:
            self._take()
        self._expect("in")
        if self._next.text not in SETS:
            raise self._wrong(f"one of {', '.join(SETS)} is expected here")
        field = self._take().text
        found = Holds(field, _checked(field, member))
        return Not(found) if contrary else found

    def _about(self) -> Node:
        """Read what begins with the name of a field."""
        if self._next.kind != "name":
            raise self._wrong("the name of a field is expected here")
        token = self._take()
        field = token.text
        if field in SETS:
            return Holds(field, None)
        if field in DATES:
            return self._dated(field)
        if field not in TEXTS:
            _require_custom(token)
        return self._text(field)

    def _dated(self, field: str) -> Node:
        if not self._is(*_ORDER):
            raise self._wrong(f"one of {' '.join(_ORDER)} is expected here")
        sign = self._take().text
        token = self._next
        if token.kind not in {"date", "text"}:
            raise self._wrong("a date such as 2026-01-31 is expected here")
        self._take()
        try:
            date = dt.date.fromisoformat(token.text.strip("\"'"))
        except ValueError as error:
            raise SegmentError.at(token.place, f"{token.text} is no day of the calendar") from error
        if not 1900 <= date.year <= 2200:
            raise SegmentError.at(token.place, "the year must lie between 1900 and 2200")
        return Dated(field, sign, date)

    def _text(self, field: str) -> Node:
        contrary = self._is("!=", "not")
        if self._is("==", "!="):
            self._take()
            found = Among(field, frozenset({self._value(field)}))
            return Not(found) if contrary else found
        if contrary:
            self._take()
        if not self._is("in"):
            raise self._wrong("'==', '!=', 'in' or 'not in' is expected here")
        self._take()
        self._expect("[")
        values = [self._value(field)]
        while self._is(","):
            self._take()
            values.append(self._value(field))
        self._expect("]")
        found = Among(field, frozenset(values))
        return Not(found) if contrary else found

    def _value(self, field: str) -> str:
        if self._next.kind != "text":
            raise self._wrong("a text in quotation marks is expected here")
        return _checked(field, self._take())


def _tokens(expression: str) -> list[_Token]:
    found, at = [], 0
    while True:
        match = _TOKEN.match(expression, at)
        if match is None:
            rest = expression[at:].lstrip()
            place = len(expression) - len(rest) + 1
            problem = "a quotation mark is not closed" if rest[0] in "\"'" else (
                f"{rest[0]!r} means nothing here; texts stand in quotation marks, dates as "
                "2026-01-31"
            )  # fmt: skip
            raise SegmentError.at(place, problem)
        kind = match.lastgroup or "end"
        text = match[kind]
        kind = "word" if kind == "name" and text in _WORDS else kind
        found.append(_Token(kind, text, match.start(match.lastgroup or "end") + 1))
        if kind == "end":
            return found
        at = match.end()


def _require_custom(token: _Token) -> None:
    key = token.text.removeprefix(CUSTOM)
    if key != token.text and KEY.fullmatch(key):
        return
    known = (*TEXTS, *SETS, *DATES)
    near = difflib.get_close_matches(token.text.lower(), known, 1)
    hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(known)}, custom.KEY"
    raise SegmentError.at(token.place, f"there is no field {token.text[:40]!r}; {hint}")


def _checked(field: str, token: _Token) -> str:
    """Return a value as readers' fields hold it; the empty text means "not known"."""
    text = token.text[1:-1].strip()
    try:
        readers.line(text, "text")
        if field in {"jurisdiction", "status", "days"}:
            return _choice(field, text, token.place)
        if field in {"tickers", "tags"}:
            found = getattr(readers, field)([text])
            return str(found[0]) if found else _empty(field, token.place)
        if field in {"country", "language"}:
            return str(getattr(readers, field)(text))
        if field == "domain":
            return a_labels(text) if text else ""
    except AddressError as error:
        raise SegmentError.at(token.place, str(error).rstrip(".")) from error
    return text.casefold() if field == "source" else text


def _choice(field: str, text: str, place: int) -> str:
    known = {
        "jurisdiction": (*JURISDICTIONS, OTHER), "status": tuple(map(str, Status)), "days": DAYS,
    }[field]  # fmt: skip
    by_case = {one.casefold(): one for one in known}
    if text.casefold() in by_case:
        return by_case[text.casefold()]
    near = difflib.get_close_matches(text.casefold(), by_case, 1)
    hint = f"did you mean {by_case[near[0]]!r}?" if near else f"there are {', '.join(known)}"
    raise SegmentError.at(place, f"{field} is never {text[:40]!r}; {hint}")


def _empty(field: str, place: int) -> str:
    raise SegmentError.at(place, f"nothing is named; write for example not {field}")

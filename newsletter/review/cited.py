"""Cited: a fact that nobody computed, added by an editor with its source, date and link.

It is proved by that source alone: preflight accepts the figure only in a sentence that
names the subject, and only where the source stands in the same part (rules F01 to F03).
The mail prints the source under the text. What an editor types here goes to every reader,
so it is checked as hostile input is.
"""

import datetime as dt
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal

from newsletter.compute.facts import CITED, Fact, Ledger, Period, index_facts
from newsletter.errors import ConfigError
from newsletter.render.clean import clean
from newsletter.units import Unit, as_decimal

FORMULA = "cited@1"
UNITS = (Unit.PERCENT, Unit.POINTS, Unit.BPS, Unit.USD, Unit.INDEX, Unit.NUMBER, Unit.COUNT)
"""Units an editor may cite; a ratio of the source's is a number; ranks, dates
and states follow from what the house computes."""
EARLIEST = dt.date(1900, 1, 1)
LONGEST = {"name": 60, "source": 120, "link": 300}
"""Characters of each field."""
MOST_DIGITS = 12
"""More no market figure has, and a float holds them exactly."""

_VALUE = re.compile(r"[+−-]?(?P<whole>[0-9]{1,12})(?:\.(?P<places>[0-9]{1,6}))?", re.ASCII)
_WORDS = re.compile(r"[^\W_](?:[\w&'’.,/ -]|\(|\))*")
_ID = re.compile(r"[a-z][a-z_]{1,39}", re.ASCII)
_HOST = r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.){1,8}(?P<top>[a-z]{2,24}|xn--[a-z0-9-]{2,59})"
_LINK = re.compile(rf"https://{_HOST}(?:[/?#][A-Za-z0-9._~!$&*+,;=:@%/?#-]*)?", re.ASCII)
_LOCAL = frozenset({"internal", "invalid", "lan", "local", "localhost", "onion", "test"})
_SECRET = re.compile(
    r"[?&#](?:access_?token|api_?key|auth\w*|key|pass\w*|pwd|secret|session\w*|sig\w*|token)=",
    re.IGNORECASE,
)
_STOP = re.compile(
    r"(?:the|an?|and|or|of|in|on|for|to|at|by|with|than|it|its|they|this|that|was|were|is|are|has"
    r"|have|had|today|tonight|not|no|all)",
    re.IGNORECASE,
)
_OURS = re.compile(
    r"\b(?:returns?|prices?|levels?|clos(?:e|es|ed|ing)|performance|moves?|shares?|funds?|index"
    r"|stocks?|etfs?|today|tonight)\b",
    re.IGNORECASE,
)
"""What the house computes of its own subjects: nobody else is cited for that."""


@dataclass(frozen=True, slots=True)
class Citation:
    """What an editor says of a fact, as typed.

    Parameters
    ----------
    name : str
        The subject in words, as the text calls it: ``unemployment expectations``.
    value : str
        A plain decimal number in `unit`, with the decimals its source prints.
    unit : str
        One of `UNITS`.
    source : str
        Who published it, and where.
    link : str
        An ``https`` address at which it can be read.
    date : str
        Day it was published or holds for, ``2026-06-08``; not after the session.
    id : str
        Middle of the fact's id, made from the name where empty.
    period : str
        A period the text must name with the figure: ``1m``, ``ytd``, ``1y`` …
    change : bool
        Whether the figure is a change (prices rose 0.3 %) and not a level.
    """

    name: str
    value: str
    unit: str
    source: str
    link: str
    date: str
    id: str = ""
    period: str = ""
    change: bool = False

    @property
    def fact(self) -> str:
        """Id of the fact, ``cited.NAME.value``."""
        slug = self.id or re.sub(r"[^a-z]+", "_", self.name.lower()).strip("_")[:40]
        return f"{CITED}.{slug}.value"

    def told(self) -> dict[str, str]:
        """Return what the audit log keeps."""
        return {
            "fact": self.fact,
            "name": clean(self.name),
            "value": self.value,
            "unit": self.unit,
            "source": clean(self.source),
            "link": self.link,
            "date": self.date,
        }


def cite(ledger: Ledger, citation: Citation) -> Ledger:
    """Return a ledger with one more cited fact, or with a cited fact corrected.

    Raises
    ------
    ConfigError
        If a field cannot be used, the fact would replace a computed one, or its name is one
        under which the house's own figures stand.
    """
    fact = _fact(citation, ledger.session.date)
    known = ledger.get(fact.id)
    taken = {one.subject for one in ledger if one.kind != CITED}
    if (known is not None and known.kind != CITED) or fact.subject in taken:
        raise ConfigError(f"{fact.id} is a computed fact; nothing replaces it. Give another --id.")
    _refuse_our_own(fact.name, ledger)
    others = [one for one in ledger if one.id != fact.id]
    return replace(ledger, facts=index_facts([*others, fact]))


def with_cited(computed: Ledger, kept: Ledger) -> Ledger:
    """Return a computed ledger with the cited facts of another of the same session."""
    cited = [fact for fact in kept if fact.kind == CITED]
    if not cited:
        return computed
    return replace(computed, facts=index_facts([*computed, *cited]))


def _fact(citation: Citation, session: dt.date) -> Fact:
    from newsletter.preflight.figures import cues

    unit = _unit(citation.unit)
    value, places = _number(citation.value, unit)
    day = _day(citation.date, session)
    id = citation.fact
    subject = id.removesuffix(".value")
    if not _ID.fullmatch(subject.removeprefix(f"{CITED}.")):
        raise ConfigError(
            f"--id is {citation.id or subject!r}; it takes 2 to 40 letters a to z and underscores."
        )
    if citation.period and citation.period not in cues.WINDOWS:
        known = ", ".join(sorted(cues.WINDOWS))
        raise ConfigError(f"--period is {citation.period!r}; it takes one of {known}.")
    return Fact(
        id=id,
        subject=subject,
        name=_words("name", citation.name),
        # The words "change" and "level" say how prose may state it, see preflight.cues.
        metric="change" if citation.change or value < 0 else "level",
        period=Period(citation.period or CITED, day, day),
        value=value,
        unit=unit,
        kind=CITED,
        formula=FORMULA,
        source=_words("source", citation.source),
        places=places,
        link=_link(citation.link),
    )


def _unit(text: str) -> Unit:
    if text not in set(UNITS):
        raise ConfigError(f"--unit is {text!r}; it takes one of {', '.join(UNITS)}.")
    return Unit(text)


def _number(text: str, unit: Unit) -> tuple[Decimal, int]:
    """Return the value and the decimals it was typed with."""
    match = _VALUE.fullmatch(text.strip())
    if match is None or len(match["whole"] + (match["places"] or "")) > MOST_DIGITS:
        raise ConfigError(
            f"--value is {text[:40]!r}; write a plain number such as 4.2, without unit or commas "
            f"and with at most {MOST_DIGITS} digits."
        )
    places = len(match["places"] or "")
    value = as_decimal(float(text.strip().replace("−", "-")))
    if unit is Unit.COUNT and (places or value < 0):
        raise ConfigError(f"--value is {text!r}; a count is a whole number, zero or more.")
    if unit in {Unit.USD, Unit.INDEX} and value < 0:
        raise ConfigError(f"--value is {text!r}; {unit} is a level, zero or more.")
    return value, places


def _day(text: str, session: dt.date) -> dt.date:
    try:
        day = dt.date.fromisoformat(text)
    except ValueError as error:
        raise ConfigError(f"--date is {text[:40]!r}; write it as 2026-06-08.") from error
    if not EARLIEST <= day <= session:
        raise ConfigError(
            f"--date is {day}; a source is of the session {session} or before, and not before "
            f"{EARLIEST.year}."
        )
    return day


def _words(field: str, text: str) -> str:
    """Return a name or source that is words and nothing else."""
    words = text.strip()
    good = clean(words) == words and _WORDS.fullmatch(words)
    if not good or len(words) > LONGEST[field] or not re.search(r"[A-Za-z]{3}", words):
        raise ConfigError(
            f"--{field} is {words[:40]!r}; it takes letters, digits, blanks and simple "
            f"punctuation, up to {LONGEST[field]} characters, and at least one word."
        )
    if re.search(r"://|www\.", words, re.IGNORECASE):
        raise ConfigError(f"--{field} is {words[:40]!r}; put the address into --link.")
    return words


def _link(text: str) -> str:
    match = _LINK.fullmatch(text)
    if match is None or len(text) > LONGEST["link"] or match["top"].lower() in _LOCAL:
        raise ConfigError(
            f"--link is {text[:60]!r}; it takes a public https address of at most "
            f"{LONGEST['link']} characters, without name, password or port."
        )
    if _SECRET.search(text):
        raise ConfigError(
            f"--link is {text.partition('?')[0]!r} with a key or token; every reader would get "
            "it. Give the plain address."
        )
    return text


def _refuse_our_own(name: str, ledger: Ledger) -> None:
    """Refuse names that would let a source speak for what the house computes itself."""
    # Their patterns take a while to make.
    from newsletter.preflight.figures import cues
    from newsletter.preflight.who.subjects import Subjects

    said = [
        word
        for word in re.findall(r"[A-Za-z]{3,}", name)
        if not (_STOP.fullmatch(word) or cues.DIRECTION.fullmatch(word))
    ]
    if not said or cues.PERIOD.fullmatch(name):
        raise ConfigError(f"--name is {name!r}; name what is measured, with a noun.")
    computed = replace(ledger, facts=_computed(ledger))
    mentions = Subjects(computed, {}).mentions(name)
    rest = name
    for mention in reversed(mentions):
        rest = rest[: mention.start] + rest[mention.end :]
    words = [word for word in re.findall(r"[A-Za-z]+", rest) if not _STOP.fullmatch(word)]
    ours = (
        not words or _OURS.search(rest) or cues.DIRECTION.search(rest) or cues.PERIOD.search(rest)
    )
    if mentions and ours:
        raise ConfigError(
            f"--name is {name!r}, which the house computes itself; name what the source measures."
        )


def _computed(ledger: Ledger) -> Mapping[str, Fact]:
    return {fact.id: fact for fact in ledger if fact.kind != CITED}

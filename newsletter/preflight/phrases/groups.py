"""Groups: what prose counts as one lot (the sectors, the giants, the stocks), by its cells.

A group's cells are ledger subjects, taken from the facts that count it, so that a claim
such as "most sectors" can be proved cell by cell. The stocks of an index have no facts of
their own; for them the ledger has counts.
"""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from newsletter.preflight.ledger.world import World, once_of
from newsletter.preflight.scanning.quick import quick

MEMBERS = "members"
"""The stocks of the index: counted by the ledger, without facts of their own."""
STRANGERS = "strangers"
"""Lots that the ledger neither lists nor counts: small stocks, house builders."""
_MAJORS = ("DIA", "SPY", "QQQ", "IWM")
_GIANTS = ("AAPL", "AMZN", "GOOGL", "META", "MSFT", "NVDA", "TSLA")
_FIXED = {
    "majors": _MAJORS,
    "metals": ("GC=F", "HG=F"),
    "bonds": ("HYG", "LQD", "TLT"),
    "growths": ("IWF", "IWO"),
    "values": ("IWD", "IWN"),
    "styles": ("IWD", "IWF", "IWN", "IWO"),
    "yields": ("us3m", "us2y", "us10y"),
}
_STOCK = r"(?:stocks?|shares?|compan(?:y|ies)|names?|issues?|constituents?|components?|members?)"
_KIND = (
    r"(?:(?:S&P 500|index|benchmark|listed|American|US|U\.S\.|individual|sample|sample[- ]market"
    r"|large|big|larger|blue[- ]chip|large-cap|average) )?"
)
_IN = (
    r"(?: (?:in|of|within|across) (?:the |our )?(?:S&P 500|index|sample market|sample|market"
    r"|benchmark|universe))?"
)
NOUNS = {
    "giants": (
        r"(?:(?:of |in )?the )?(?:tech(?:nology)? |seven |US )?(?:giants?|titans?|behemoths?"
        r"|mega[- ]?caps?(?: (?:stocks?|names?|compan(?:y|ies)|members?))?"
        r"|heavyweights?)(?: stocks?)?|(?:(?:stocks?|names?|members?|compan(?:y|ies)|shares?) (?:of"
        r"|in) )?the Magnificent (?:Seven|7)|(?:Magnificent (?:Seven|7)"
        r"|Mag(?:nificent)?[- ]7)(?: (?:stocks?|names?|members?|compan(?:y|ies)))?"
    ),
    "cyclicals": r"cyclical (?:sectors?|ones?|groups?|funds?)|cyclicals?",
    "defensives": r"defensive (?:sectors?|ones?|groups?|funds?)|defensives?",
    "sectors": (
        r"(?:S&P(?: 500)? |index |GICS |equity |market |stock )?sectors?(?: (?:funds?|ETFs?"
        r"|groups?))?(?: (?:of|in) the (?:market|index|S&P 500))?|sector (?:funds?|ETFs?)"
    ),
    "industries": r"industr(?:y|ies)(?: groups?)?",
    "majors": (
        r"(?:(?:big|main|major|headline|broad|flagship|large|benchmark|leading|stock|equity|US"
        r"|American) )*(?:ind(?:ex|ices|exes)(?:[- ](?:tracking )?funds?)?|averages|benchmarks?)"
    ),
    "metals": r"metals?",
    "bonds": r"bond funds?|(?:kinds|sorts|types) of bonds?",
    "growths": r"growth funds?",
    "values": r"value funds?",
    "styles": r"styles?(?: (?:box(?:es)?|funds?|corners?))?",
    "yields": r"(?:Treasury |government[- ]bond )?yields",
    STRANGERS: (
        r"(?:small(?:er)?(?:[- ]cap)?|mid(?:-sized|[- ]caps?)?|foreign|European|Asian|Japanese"
        r"|Chinese|growth|value|chip|bank(?:ing)?|oil|tech(?:nology)?|energy|health[- ]care|retail"
        r"|software|biotech|semiconductor|regional) "
        rf"(?:{_STOCK}|funds)|small[- ]caps?|mid[- ]caps?|banks|chipmakers|retailers|airlines"
        r"|house ?builders|homebuilders"
    ),
    MEMBERS: rf"{_KIND}{_STOCK}{_IN}",
}
"""What each group is called, singular and plural; earlier ones win."""
NOUN = "|".join(f"(?P<g_{name}>{words})" for name, words in NOUNS.items())
_SEEN = quick(rf"\b(?:{NOUN})(?![\w-])", re.IGNORECASE)
_SIZES = {7: "giants", 11: "sectors", 4: "majors"}
_ALIASES = {"MAGS": "giants", "mega_caps": "giants"}


@dataclass(frozen=True, slots=True)
class Group:
    """One lot.

    Parameters
    ----------
    name : str
        ``sectors``, ``giants``, ``members`` …
    cells : tuple of str
        Ledger subjects; empty where the ledger only counts or does not know it.
    names : tuple of str
        What the ledger calls them, in the same order.
    """

    name: str
    cells: tuple[str, ...] = ()
    names: tuple[str, ...] = ()


@once_of
def groups(world: World) -> dict[str, Group]:
    """Return every group of a ledger by name; built once for each world."""
    return {name: _group(world, name) for name in NOUNS}


def group_of(world: World, subjects: Iterable[str], size: int | None = None) -> Group | None:
    """Return the smallest usual group that holds all subjects: sectors, then giants, majors."""
    wanted = set(subjects)
    for name in ("sectors", "giants", "majors", "styles", "metals", "bonds"):
        group = groups(world)[name]
        if wanted and wanted <= set(group.cells) and size in {None, len(group.cells)}:
            return group
    return None


def by_size(world: World, size: int) -> Group | None:
    """Return whom ``all eleven`` or ``the seven`` means."""
    name = _SIZES.get(size)
    return groups(world)[name] if name else None


def named(match: re.Match[str]) -> str:
    """Return the group a match of `NOUN` speaks of, empty where it is none."""
    found = match.groupdict()
    return next((name for name in NOUNS if found.get(f"g_{name}")), "")


def last_named(text: str, start: int, end: int) -> str:
    """Return the group named last before a place, as ``them`` means it."""
    found = ""
    for match in _SEEN.finditer(text, start, end):
        found = named(match)
    return found


def _group(world: World, name: str) -> Group:
    finder: dict[str, Callable[[], Iterable[str]]] = {
        "sectors": lambda: _inputs(world, "sectors", "count") or _ranked(world),
        "cyclicals": lambda: _inputs(world, "cyclicals", "momentum"),
        "defensives": lambda: _inputs(world, "defensives", "momentum"),
        "giants": lambda: _inputs(world, "giants", "momentum") or _GIANTS,
        "industries": lambda: [
            fact.subject
            for fact in world.ledger
            if fact.metric == "rank" and fact.subject.startswith("sp500_")
        ],
    }
    wanted = finder.get(name, lambda: _FIXED.get(name, ()))()
    cells = tuple(dict.fromkeys(cell for cell in wanted if _moves(world, cell)))
    return Group(name, cells, tuple(_name(world, cell) for cell in cells))


def _inputs(world: World, subject: str, metric: str) -> tuple[str, ...]:
    facts = world.facts(subject, metric)
    return tuple(symbol.lstrip("^") for symbol in facts[0].inputs) if facts else ()


def _ranked(world: World) -> list[str]:
    return [f.subject for f in world.ledger if f.metric == "rank" and f.subject.isupper()]


def _moves(world: World, cell: str) -> bool:
    return bool(world.facts(cell, "return") or world.facts(cell, "change"))


def _name(world: World, cell: str) -> str:
    facts = world.facts(cell, "return") or world.facts(cell, "change")
    return facts[0].name if facts else cell

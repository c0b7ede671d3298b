"""Hand-written sentences, true and false in pairs, on four evenings of the sample market.

Three sets, written by people who did not see the checker: ``development`` was open while
the checker was built; ``held_out_*`` were not. Each line names its session, family and
style, both sentences, and the facts that decide. The ledgers are computed anew from the
sample market.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from newsletter.app import House
from newsletter.compute.facts import Ledger
from newsletter.preflight.check import check
from newsletter.preflight.report import Severity
from newsletter.preflight.rule import RuleContext
from newsletter.preflight.text.document import Document

FOLDER = Path(__file__).with_name("paraphrases")
ROOT = Path(__file__).resolve().parents[2]
Flags = Callable[[str], Iterator[tuple[int, int]]]
"""Where a checker finds fault with a text."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One thing said truly and falsely.

    Parameters
    ----------
    session, family, style : str
        Date, what is wrong with the false sentence, and the manner of both.
    context : str
        The sentence that stands before, or nothing.
    true, false : str
        The sentences.
    """

    session: str
    family: str
    style: str
    context: str
    true: str
    false: str

    def page(self, sentence: str) -> tuple[str, int]:
        """Return a text with a sentence in its place, and where that begins."""
        before = f"Session: {self.session}.\n\n" + (f"{self.context} " if self.context else "")
        return f"{before}{sentence}\n", len(before)


def pairs(name: str) -> list[Pair]:
    """Return the pairs of a set."""
    rows = map(json.loads, filter(None, (FOLDER / f"{name}.jsonl").read_text().splitlines()))
    keys = ("session", "family", "style", "context", "true", "false")
    return [Pair(*(row.get(key) or "" for key in keys)) for row in rows]


@lru_cache(maxsize=8)
def ledger(session: str) -> Ledger:
    """Return the ledger of the sample market on a session."""
    house = House(ROOT / "config.yaml")
    return house.compute(
        house.collect({"key": f"{session}.XNYS.evening", "provider": "sample", "path": ""})
    )


@lru_cache(maxsize=1)
def aliases() -> dict[str, str]:
    """Return the names that the configuration gives to instruments."""
    instruments = yaml.safe_load((ROOT / "config.yaml").read_text())["universe"]["instruments"]
    return {one["label"]: symbol.lstrip("^") for symbol, one in instruments.items()}


def blocked(session: str, said: str) -> bool:
    """Tell whether preflight blocks a sentence on an evening of the sample market."""
    flags = house(ledger(session))
    return any(True for _ in flags(f"Session: {session}.\n\n{said}\n"))


def house(facts: Ledger) -> Flags:
    """Return what preflight blocks in a text."""
    context = RuleContext(aliases=aliases())

    def flags(text: str) -> Iterator[tuple[int, int]]:
        for finding in check(Document.of_text(text), facts, context=context).findings:
            if finding.severity is Severity.BLOCK:
                yield finding.span.start, finding.span.end

    return flags


def flagged(pair: Pair, sentence: str, flags: Flags) -> bool:
    """Tell whether a checker finds fault with the sentence (not with its context)."""
    text, start = pair.page(sentence)
    return any(end > start for _, end in flags(text))

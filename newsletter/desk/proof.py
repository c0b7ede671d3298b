"""Proof: one part of a draft as readers will see it, and what preflight says of it alone."""

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from newsletter.compute.facts import Fact, Ledger
from newsletter.draft.claims import SLOT, fill
from newsletter.draft.predicate import PREDICATE
from newsletter.errors import DraftError
from newsletter.preflight.report import Claim, Finding
from newsletter.preflight.rule import RuleContext
from newsletter.preflight.text.block import Block, Context, Kind
from newsletter.preflight.text.document import Document
from newsletter.preflight.text.fold import fold

NEAR: Final = 3
"""Ids told where one is unknown."""
SHOWN: Final = 40
"""Facts told for one search."""
_ABSENT: Final = "…"
_KINDS: Final = {
    "headline": Kind.HEADING, "heading": Kind.HEADING, "preheader": Kind.PREHEADER,
    "bullets": Kind.ITEM, "watch": Kind.ITEM, "change_mind": Kind.ITEM,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Reading:
    """A part, filled and proved.

    Parameters
    ----------
    pieces : tuple of (str, Claim or None)
        The text as readers see it, cut where claims begin and end.
    troubles : tuple of str
        What keeps it from being filled, one sentence each.
    findings : tuple of Finding
        What preflight has against it.
    """

    pieces: tuple[tuple[str, Claim | None], ...]
    troubles: tuple[str, ...]
    findings: tuple[Finding, ...]

    @property
    def blocked(self) -> bool:
        """Whether it would keep the edition from being approved."""
        return bool(self.troubles) or any(one.severity.value == "block" for one in self.findings)


def alone(context: RuleContext) -> RuleContext:
    """Return what rules are told of a part: nothing that concerns the mail as a whole."""
    return replace(
        context, disclaimers={}, holdings={}, sponsors={}, past=(), licensed=None,
        licence_required=False, now=None,
    )  # fmt: skip


def read(name: str, text: str, heading: str, ledger: Ledger, context: RuleContext) -> Reading:
    """Fill a part's slots and prove what it then says.

    Parameters
    ----------
    name : str
        Of the part, which says whether it is a heading, an item or a paragraph.
    text : str
        Prose with slots, as an editor types it.
    heading : str
        The heading above it.
    ledger : Ledger
        The facts.
    context : RuleContext
        From `alone`.
    """
    troubles: list[str] = []
    shown = _filled(" ".join(text.split()), ledger, troubles)
    if not shown:
        return Reading((), tuple(troubles), ())
    kind = _KINDS.get(name.partition(".")[0], Kind.PARAGRAPH)
    kind = _KINDS.get(name.rpartition(".")[2], kind)
    document = Document(shown, (Block(kind, fold(shown), Context(heading=heading)),))
    from newsletter.preflight.check import check

    report = check(document, ledger, context=context)
    return Reading(tuple(_cut(shown, report.claims)), tuple(troubles), report.findings)


def _filled(text: str, ledger: Ledger, troubles: list[str]) -> str:
    def predicate(match: re.Match[str]) -> str:
        try:
            return fill(match[0], ledger)
        except DraftError as error:
            troubles.append(str(error))
            return _ABSENT

    def slot(match: re.Match[str]) -> str:
        fact, form = ledger.get(match[1]), match[2] or "plain"
        if fact is not None and form in fact.forms:
            return fact.forms[form]
        troubles.append(_unknown(match[1], form, ledger))
        return _ABSENT

    filled = SLOT.sub(slot, PREDICATE.sub(predicate, text))
    if "{{" in filled or "}}" in filled:
        troubles.append("A slot is not closed; it stands as {{id}} or {{id|form}}.")
    return filled


def _unknown(id: str, form: str, ledger: Ledger) -> str:
    fact = ledger.get(id)
    if fact is not None:
        return f"{id} has no form {form!r}; it has {', '.join(fact.forms)}."
    ids = near(id, ledger)
    meant = f" Near it are {', '.join(ids)}." if ids else ""
    return f"The ledger has no fact {id[:60]!r}.{meant}"


def near(id: str, ledger: Ledger) -> list[str]:
    """Return the ids of a ledger most like one that it has not."""
    subject = id.partition(".")[0].lower()
    ids = [fact.id for fact in ledger]
    same = [one for one in ids if one.partition(".")[0].lower() == subject] or ids
    found = difflib.get_close_matches(id[:80], same, NEAR, 0.5)
    return found or difflib.get_close_matches(id[:80], ids, NEAR, 0.6)


def _cut(text: str, claims: Sequence[Claim]) -> Iterator[tuple[str, Claim | None]]:
    at = 0
    for claim in sorted(claims, key=lambda one: (one.span.start, -one.span.end)):
        start, end = claim.span.start, claim.span.end
        if start < at or end <= start:
            continue
        if start > at:
            yield text[at:start], None
        yield text[start:end], claim
        at = end
    if at < len(text):
        yield text[at:], None


def searched(words: str, ledger: Ledger) -> list[Fact]:
    """Return the facts that words mean, the likeliest first.

    Every word must be found in a fact's id, name, metric or period; a fact whose id or
    subject a word is comes before one that only holds it somewhere.
    """
    wanted = words.lower().replace("{", " ").split()[:8]
    if not wanted:
        return []
    found = []
    for fact in ledger:
        id, name = fact.id.lower(), fact.name.lower()
        held = f"{id} {name} {fact.metric} {fact.period.label} {fact.kind}".lower()
        if not all(word in held for word in wanted):
            continue
        tokens = {fact.subject.lower(), *id.split("."), *name.split()}
        exact = sum(word in tokens for word in wanted) + 2 * (id in wanted)
        found.append((-exact, not id.startswith(wanted[0]), len(id), id, fact))
    return [row[-1] for row in sorted(found, key=lambda row: row[:4])[:SHOWN]]

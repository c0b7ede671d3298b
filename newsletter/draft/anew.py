"""Anew: one part of a draft in other words, from a model, as an editor wishes.

    asked → judged and proved → at most two mends → what is left, with what is wrong with it

Nothing is thrown away here and nothing saved: what stays wrong is told beside the words.
"""

import hashlib
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Final

from newsletter.compute.facts import CITED, Fact, Ledger
from newsletter.config import Universe
from newsletter.draft import brief as shapes
from newsletter.draft import dictation
from newsletter.draft.asking import Asking
from newsletter.draft.brief import Wording
from newsletter.draft.claims import Draft
from newsletter.draft.commission import Manner
from newsletter.draft.freshness import split
from newsletter.draft.model import Fault, ModelError
from newsletter.draft.relevant import listed, relevant
from newsletter.draft.untrusted import LONGEST_INSTRUCTION, fenced

MENDS: Final = 2
"""Times the model may mend what could not pass."""
MOST_TOKENS: Final = 2_000
"""Of one reply: several times the longest section."""
MOST_BEFORE: Final = 3
"""Earlier proposals that are told, the latest of them."""
MOST_PARAGRAPHS: Final = 6
"""Of a section."""
_SECTION: Final = re.compile(r"sections\.\d+")
_LINES: Final = frozenset({"kicker", "headline", "dek", "preheader", "heading"})
"""Parts that are read in one piece; others are read sentence by sentence."""
_FORMS: Final = {
    "kicker": "two words and “Opinion”", "headline": "the thesis in under 80 characters",
    "dek": "one or two sentences on the headline", "preheader": "what an inbox shows, one line",
    "heading": "a short, plain heading", "bullets": "one sentence, or two short ones",
    "verdict": "one or two sentences", "watch": "one sentence: what to look at next",
    "change_mind": "one sentence: what would change our mind, false tonight",
    "paragraphs": "one paragraph",
}  # fmt: skip

Check = Callable[[str], Iterable[str]]
"""Proves the words of a part as readers would get them; yields what would block, as sentences."""


@dataclass(frozen=True, slots=True)
class Wish:
    """What an editor wants written again.

    Parameters
    ----------
    part : str
        Its name in the draft: ``headline``, ``sections.1.paragraphs.0``, ``sections.1``.
    called : str
        As people call it.
    present : str
        How it reads now, with its slots; of a section heading and paragraphs between blank
        lines.
    instruction : str
        The editor's words; data, and may be empty.
    before : tuple of str
        What was proposed already and not taken.
    around : str
        The letter's other parts, one a line.
    draft : Draft
        The letter; the facts it uses come first.
    ledger : Ledger
        Its facts.
    universe : Universe
        Names and roles of the instruments.
    headlines : str
        Others' words, fenced already.
    """

    part: str
    called: str
    present: str
    instruction: str
    before: tuple[str, ...]
    around: str
    draft: Draft
    ledger: Ledger
    universe: Universe
    headlines: str

    @property
    def whole(self) -> bool:
        """Whether it is a section with its heading."""
        return _SECTION.fullmatch(self.part) is not None

    @property
    def headed(self) -> bool:
        """Whether it is a section that has a heading: one that has none gets none."""
        return self.whole and not self.present.startswith("\n")

    @property
    def form(self) -> str:
        """How long it is to be, in words."""
        if self.whole:
            count = len(_pieces(self.present)) - self.headed
            heading = "a short heading, and " if self.headed else "no heading, and "
            return f"a section: {heading}{count} paragraph{'s' * (count != 1)}"
        last = self.part.rpartition(".")[2]
        return _FORMS.get(last) or _FORMS[self.part.split(".")[-2]]


@dataclass(frozen=True, slots=True)
class Attempt:
    """Words for a part.

    Parameters
    ----------
    text : str
        As an editor would type them: slots, and blank lines between paragraphs.
    problems : tuple of str
        What is wrong with them, a sentence each.
    sound : bool
        Whether they keep the form of prose (`newsletter.draft.dictation.sound`); what does not
        is shown and never saved.
    note : str
        Why they were not mended, where the model failed at that.
    """

    text: str
    problems: tuple[str, ...]
    sound: bool
    note: str = ""


def ask(asking: Asking, wish: Wish, manner: Manner, check: Check) -> Attempt:
    """Ask a model for one part, and let it mend what cannot pass.

    Parameters
    ----------
    asking : Asking
        The model, its purse and its transcript.
    wish : Wish
        What is wanted.
    manner : Manner
        How the house writes.
    check : callable
        Proves the words.

    Raises
    ------
    ModelError
        If there is no usable reply at all, or somebody cancelled.
    """
    facts = _allowed(wish, manner.facts)
    order = tuple(fact.id for fact in facts)
    schema, told = shapes.schema("wording", facts=order), _told(wish, facts, manner)
    attempt: Attempt | None = None
    wrong = "Nothing yet."
    for _ in range(1 + MENDS):
        try:
            found = asking.ask("part", schema, wrong=wrong, **told)
        except ModelError as error:
            if attempt is None or error.fault is Fault.CANCELLED:
                raise
            return replace(attempt, note=str(error))
        assert isinstance(found, Wording)  # noqa: S101 - `ask` gives the schema's own shape
        attempt = _judged(found, wish, frozenset(order), manner.banned, check)
        if not attempt.problems:
            break
        lines = (f"- {why}" for why in attempt.problems)
        wrong = _marked("\n".join((attempt.text, "", *lines)))
    assert attempt is not None  # noqa: S101 - the loop runs at least once
    return attempt


def _allowed(wish: Wish, most: int) -> tuple[Fact, ...]:
    """Return the facts it may use: what editors cited first, for they did it to be used."""
    cited = [fact for fact in wish.ledger if fact.kind == CITED]
    found = (*cited, *relevant(wish.ledger, wish.universe, wish.draft, most))
    return tuple({fact.id: fact for fact in found}.values())[:most]


def _told(wish: Wish, facts: Collection[Fact], manner: Manner) -> dict[str, Any]:
    session = wish.ledger.session
    before = "\n\n".join(wish.before[-MOST_BEFORE:])
    instruction = [("Editor", wish.instruction)] if wish.instruction.strip() else []
    return {
        "voice": manner.voice,
        "session": f"{session.date:%A} {session.date}, {session.exchange}",
        "part": wish.called,
        "form": wish.form,
        "instruction": fenced(instruction, cap_each=LONGEST_INSTRUCTION),
        "present": _marked(wish.present.strip()),
        "before": _marked(before) if before else "Nothing yet.",
        "around": _marked(wish.around),
        "facts": listed(facts, wish.ledger),
        "headlines": wish.headlines,
    }


def _marked(text: str) -> str:
    """Return our own words between marks that no text can hold its own of; slots stay slots."""
    mark = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:12]
    return f"<<<DATA {mark}\n{text or '(empty)'}\nDATA {mark}>>>"


# -- judging -----------------------------------------------------------------------------------


def _judged(
    found: Wording, wish: Wish, ids: frozenset[str], banned: Collection[str], check: Check
) -> Attempt:
    heading = _line(found.heading) if wish.headed else ""
    paragraphs = [line for line in map(_line, found.paragraphs) if line]
    text = "\n\n".join((heading, *paragraphs)) if wish.whole else "\n\n".join(paragraphs)
    misshapen = list(_misshapen(wish, heading, paragraphs))
    pieces = [heading, *paragraphs] if heading else paragraphs
    wrong = misshapen + [
        why for piece in pieces for why in _faults(wish.part, piece, wish.ledger, ids, banned)
    ]
    sound = not misshapen and all(dictation.sound(piece, wish.ledger) for piece in pieces)
    if text.strip() == wish.present.strip():
        wrong.append("These are the words that stand there; write others.")
    elif paragraphs:
        wrong += check(text)
    return Attempt(text, tuple(dict.fromkeys(wrong)), sound)


def _misshapen(wish: Wish, heading: str, paragraphs: Collection[str]) -> Iterator[str]:
    if wish.headed and not heading:
        yield "The section has a heading; give it one."
    most = MOST_PARAGRAPHS if wish.whole else 1
    if not 1 <= len(paragraphs) <= most:
        wanted = f"1 to {most} paragraphs" if wish.whole else "one paragraph"
        yield f"It has {len(paragraphs)} paragraphs; give {wanted}."


def _faults(
    part: str, text: str, ledger: Ledger, ids: frozenset[str], banned: Collection[str]
) -> Iterator[str]:
    last = part.rpartition(".")[2]
    for piece in [text] if last in _LINES else split(text):
        yield from dictation.faults(last, piece, ledger, ids, banned)


def _pieces(text: str) -> list[str]:
    return [one for one in re.split(r"\n\s*\n", text) if one.strip()]


def _line(text: str) -> str:
    return " ".join(text.split())

"""Evaluation: many past editions looked at together, as a reader of all of them would.

One edition can be proved; whether a writer repeats itself, always argues the same thing or
argues against its own evidence shows only over many.
"""

import re
import statistics
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from newsletter.compute.facts import Ledger
from newsletter.compute.statistics import wilson_interval
from newsletter.draft import freshness
from newsletter.draft.claims import SLOT, Draft, filled
from newsletter.preflight.report import Report, Severity

SCHEMA = "evaluation/1"
GAUGE = "small_vs_large"
"""Signal whose sign a stance is held against: the thesis is about small against large."""
_VOWELS = re.compile(r"[aeiouy]+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Sample:
    """One evaluated edition.

    Parameters
    ----------
    session : str
        ISO date.
    draft : Draft
        With its slots.
    ledger : Ledger
        The facts.
    report : Report
        What preflight found in the finished mail.
    """

    session: str
    draft: Draft
    ledger: Ledger
    report: Report

    @property
    def clean(self) -> bool:
        """Whether nothing at all was found, warnings included."""
        return not [f for f in self.report.findings if f.severity is not Severity.INFO]


@dataclass(frozen=True, slots=True)
class Repeats:
    """How often sentences come back.

    Parameters
    ----------
    sentences : int
        In all editions together.
    same : int
        Those that stood word for word, figures included, in an earlier edition.
    worded_alike : int
        Those whose words, figures aside, stood in an earlier edition.
    most : tuple of (str, int)
        The wordings that came most often, with the number of editions.
    """

    sentences: int
    same: int
    worded_alike: int
    most: tuple[tuple[str, int], ...]

    def to_json(self) -> dict[str, Any]:
        """Return the figures as plain JSON data."""
        return {
            "sentences": self.sentences,
            "same_word_for_word": self.same,
            "same_percent": _percent(self.same, self.sentences),
            "worded_alike": self.worded_alike,
            "worded_alike_percent": _percent(self.worded_alike, self.sentences),
            "most_often": [{"wording": words, "editions": n} for words, n in self.most],
        }


def evaluate(samples: Sequence[Sample]) -> dict[str, Any]:
    """Return what many editions together say of their writer.

    Parameters
    ----------
    samples : sequence of Sample
        In order of their sessions.

    Returns
    -------
    dict
        ``evaluation/1``: cleanliness, variety, repetition, length, reading level, agreement
        of stance with the signal.
    """
    clean = sum(sample.clean for sample in samples)
    codes = Counter(
        f.rule for s in samples for f in s.report.findings if f.severity is not Severity.INFO
    )
    texts = [prose(sample.draft, sample.ledger) for sample in samples]
    words = [len(text.split()) for text in texts]
    return {
        "schema": SCHEMA,
        "sessions": len(samples),
        "first": samples[0].session if samples else None,
        "last": samples[-1].session if samples else None,
        "clean": clean,
        "clean_percent": _percent(clean, len(samples)),
        "clean_interval": _interval(clean, len(samples)),
        "findings": dict(codes.most_common()),
        "themes": dict(Counter(s.draft.theme for s in samples).most_common()),
        "headlines": len({s.draft.headline for s in samples}),
        "repeats": repeats(samples).to_json(),
        "words": _spread(words),
        "grade": _spread([grade(text) for text in texts]),
        "stance": agreement(samples),
        "hands": dict(Counter(s.draft.author for s in samples)),
        "borrowed_parts": dict(Counter(h.part for s in samples for h in s.draft.hands)),
    }


def prose(draft: Draft, ledger: Ledger) -> str:
    """Return an edition's own words as printed: bullets, body, verdict; no tables, no notices."""
    text = filled(draft, ledger)
    return " ".join((text.dek, *text.bullets, text.body().replace("\n\n", " ")))


def sentences(text: str) -> list[str]:
    """Return the sentences of prose, those of too few words to have a wording left out."""
    return [s for s in freshness.split(text) if len(s.split()) >= freshness.FEWEST]


def repeats(samples: Iterable[Sample]) -> Repeats:
    """Count sentences that came back from an earlier edition."""
    printed: set[str] = set()
    editions: Counter[str] = Counter()
    total = same = alike = 0
    for sample in samples:
        passages = (sample.draft.dek, *sample.draft.bullets, sample.draft.body())
        worded = {s for p in passages for s in sentences(SLOT.sub("#", p))}
        said = sentences(prose(sample.draft, sample.ledger))
        total += len(said)
        same += sum(sentence in printed for sentence in said)
        alike += sum(wording in editions for wording in worded)
        printed.update(said)
        editions.update(worded)
    most = tuple((words, n) for words, n in editions.most_common(10) if n > 1)
    return Repeats(total, same, alike, most)


def agreement(samples: Iterable[Sample]) -> dict[str, Any]:
    """Return how often a stance has the sign of the signal it is about.

    A stance that is neither, and an evening on which the signal says nothing, are counted
    apart: both are honest.
    """
    tally: Counter[str] = Counter()
    for sample in samples:
        stance = sample.draft.stance
        signal = next((s for s in sample.ledger.signals if s.name == GAUGE), None)
        sign = 0 if signal is None else (signal.strength > 0) - (signal.strength < 0)
        side = {"for": 1, "against": -1}.get(stance, 0)
        if not side:
            tally["neither"] += 1
        elif not sign:
            tally["no signal"] += 1
        else:
            tally["with" if side == sign else "against"] += 1
    sided = tally["with"] + tally["against"]
    return {
        **{name: tally[name] for name in ("with", "against", "neither", "no signal")},
        "with_percent": _percent(tally["with"], sided),
    }


def grade(text: str) -> float:
    """Return the Flesch-Kincaid grade: the years of school that a text asks for.

    Parameters
    ----------
    text : str
        English prose.

    Returns
    -------
    float
        ``0.39 words/sentences + 11.8 syllables/words − 15.59``, syllables counted as groups of
        vowels without a silent last ``e`` (Kincaid and others, 1975).
    """
    count = max(1, len(freshness.split(text)))
    words = re.findall(r"[A-Za-z]+(?:['’][A-Za-z]+)?", text)
    if not words:
        return 0.0
    syllables = sum(_syllables(word) for word in words)
    return 0.39 * len(words) / count + 11.8 * syllables / len(words) - 15.59


def _syllables(word: str) -> int:
    found = len(_VOWELS.findall(word))
    silent = word.lower().endswith("e") and not word.lower().endswith(("le", "ee"))
    return max(1, found - (silent and found > 1))


def _spread(values: Sequence[float]) -> dict[str, float] | None:
    if not values:
        return None
    return {
        "least": round(min(values), 1),
        "median": round(statistics.median(values), 1),
        "most": round(max(values), 1),
    }


def _percent(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 1) if whole else None


def _interval(part: int, whole: int) -> list[float] | None:
    if not whole:
        return None
    low, high = wilson_interval(part, whole)
    return [round(low, 1), round(high, 1)]

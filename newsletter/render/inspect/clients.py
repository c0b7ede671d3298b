"""What each mail program makes of a mail: features used against caniemail's data."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from newsletter.render.inspect.document import Document
from newsletter.render.inspect.features import Use, uses
from newsletter.render.inspect.meaning import MEANING
from newsletter.render.inspect.remark import Level, Remark
from newsletter.render.inspect.support import GATE, Feature, State, Verdict, support
from newsletter.render.rendered import Image

Weight = Literal["changes", "keeps", "unjudged"]


@dataclass(frozen=True, slots=True)
class Used:
    """One feature that the mail uses, and who supports it.

    Parameters
    ----------
    slug, title : str
        caniemail's.
    line : int
        First use in the HTML; 0 for a picture's format.
    sample : str
        The words of the first use.
    count : int
        How often it is used.
    weight : {"changes", "keeps", "unjudged"}
        Whether losing it changes what a reader understands.
    why : str
        The reason.
    verdicts : tuple of Verdict
        Of every mail program that was tested.
    """

    slug: str
    title: str
    line: int
    sample: str
    count: int
    weight: Weight
    why: str
    verdicts: tuple[Verdict, ...]

    def clients(self, state: State) -> tuple[str, ...]:
        """Return the programs in one of whose platforms the feature has this state."""
        return tuple(dict.fromkeys(v.client for v in self.verdicts if v.state == state))


@dataclass(frozen=True, slots=True)
class Clients:
    """Result of the check.

    Parameters
    ----------
    date : str
        Of caniemail's data.
    features : tuple of Used
        Those with most consequence first.
    unlisted : tuple of str
        Properties and elements that caniemail knows nothing of.
    counts : mapping of str to mapping of str to int
        For each program the number of features by state; a program is as good as the
        worst of its platforms.
    """

    date: str
    features: tuple[Used, ...]
    unlisted: tuple[str, ...]
    counts: Mapping[str, Mapping[State, int]]


_WORST: tuple[State, ...] = ("unsupported", "partial", "unknown", "supported")
_ORDER: tuple[Weight, ...] = ("changes", "unjudged", "keeps")


def check(document: Document, images: tuple[Image, ...]) -> tuple[Clients, tuple[Remark, ...]]:
    """Look every feature of a mail up.

    Parameters
    ----------
    document : Document
        The mail.
    images : tuple of Image
        Its pictures.

    Returns
    -------
    Clients, tuple of Remark
        An error for each feature whose loss changes the meaning and which a program of
        `GATE` does not support; a warning where nobody has judged it or where it is
        supported in part; a note for what is lost without harm.
    """
    data = support()
    first: dict[str, Use] = {}
    counted: dict[str, int] = {}
    for use in uses(document, images, data.features):
        first.setdefault(use.slug, use)
        counted[use.slug] = counted.get(use.slug, 0) + 1
    features = sorted(
        (
            _used(data.features[slug], use, counted[slug])
            for slug, use in first.items()
            if slug in data.features
        ),
        key=lambda used: (_ORDER.index(used.weight), used.slug),
    )
    unlisted = tuple(sorted(slug for slug in first if slug not in data.features))
    counts = {name: _counts(name, features) for name in _names(features)}
    remarks = tuple(remark for used in features for remark in _remarks(used))
    return Clients(data.date, tuple(features), unlisted, counts), remarks


def _used(feature: Feature, use: Use, count: int) -> Used:
    judged = MEANING.get(feature.slug)
    weight: Weight = "unjudged" if judged is None else "changes" if judged.changes else "keeps"
    why = "" if judged is None else judged.why
    return Used(
        feature.slug, feature.title, use.line, use.sample, count, weight, why, feature.verdicts
    )


def _names(features: list[Used]) -> list[str]:
    others = {v.client for used in features for v in used.verdicts} - set(GATE)
    return [*GATE, *sorted(others)]


def _counts(client: str, features: list[Used]) -> Mapping[State, int]:
    counts: dict[State, int] = dict.fromkeys(reversed(_WORST), 0)
    for used in features:
        states = {v.state for v in used.verdicts if v.client == client}
        counts[next((state for state in _WORST if state in states), "unknown")] += 1
    return counts


def _remarks(used: Used) -> list[Remark]:
    found = []
    levels: Mapping[Weight, Level] = {"changes": "error", "unjudged": "warning", "keeps": "info"}
    if lost := tuple(name for name in used.clients("unsupported") if name in GATE):
        reason = used.why or "Nobody has judged yet whether that changes the meaning."
        message = f"{used.title} is not supported by {', '.join(lost)}. {reason}"
        found.append(_remark(used, levels[used.weight], message, lost))
    partly = tuple(n for n in used.clients("partial") if n in GATE and n not in lost)
    if partly:
        notes = [
            n for v in used.verdicts if v.client in partly and v.state == "partial" for n in v.notes
        ]
        said = f" {notes[0]}" if notes else ""
        # Most such notes are about values that mail does not use: look only where it matters.
        level: Level = "warning" if used.weight == "changes" else "info"
        message = f"{used.title} is supported in part by {', '.join(partly)}.{said}"
        found.append(_remark(used, level, message, partly))
    others = tuple(n for n in used.clients("unsupported") if n not in GATE)
    if others and used.weight == "changes":
        message = f"{used.title} is not supported by {', '.join(others)}. {used.why}"
        found.append(_remark(used, "warning", message, others))
    return found


def _remark(used: Used, level: Level, message: str, clients: tuple[str, ...]) -> Remark:
    return Remark("clients", level, message, used.sample, used.line, clients)

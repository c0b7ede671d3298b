"""The narration: a script to be read aloud, laid out from the words that the mail prints.

It says what the mail says and nothing else, in the same order: figures in words, tickers
letter by letter. Tables and charts are named and left to the eye.
"""

from collections.abc import Iterator, Sequence

from newsletter.draft.claims import Draft, Section
from newsletter.render.context import Context
from newsletter.render.narration_words import spoken

WORDS_A_MINUTE = 163
"""Pace at the usual speed, measured with espeak-ng on whole editions."""

_BELOW = "Full notices below."
_ELSEWHERE = "The full notices stand in the written edition."
_SIMULATED = "Sample data. A simulated market: nothing in this edition happened."
_SYNTHETIC = "This is read by a synthetic voice."
_ALOUD = ("PAID", "AI")
"""Notices that are read in full: who paid, and that a model wrote it."""


def narration(context: Context) -> str:
    """Return the script of an edition's audio.

    Parameters
    ----------
    context : Context
        From `newsletter.render.context.edition_context`.

    Returns
    -------
    str
        Paragraphs parted by empty lines, every one ending with a full stop or its like, no
        digit and no sign in it; how long it takes stands near its beginning.

    Examples
    --------
    >>> from newsletter.render.narration_words import spoken
    >>> spoken("▼ −0.6% on 2 July 2026")
    'down zero point six percent on the second of July, twenty twenty-six.'
    """
    words = context.words
    draft: Draft = words["draft"]
    known = (*draft.tickers, *(move.ticker for move in words["strip"].moves))
    opening = [*_opening(context), _SYNTHETIC]
    rest = [*_argument(draft), *_shown(context), *_conclusion(draft), *_closing(context)]
    said = [[aloud for text in part if (aloud := spoken(text, known))] for part in (opening, rest)]
    length = minutes_aloud("\n".join((*said[0], *said[1])))
    about = spoken(f"It takes about {length} {'minute' if length == 1 else 'minutes'}")
    said[0][-1] += f" {about}"
    return "\n\n".join((*said[0], *said[1])) + "\n"


def minutes_aloud(script: str) -> int:
    """Return how long a script takes to read aloud, whole minutes, at least one."""
    return max(1, round(len(script.split()) / WORDS_A_MINUTE))


def _opening(context: Context) -> Iterator[str]:
    words = context.words
    if words["simulated"]:
        yield _SIMULATED
    yield words["publication"]
    if words["tagline"]:
        yield words["tagline"]
    yield f"{words['long_date']}, after the {words['close']}"
    notice = words["short_notice"]
    yield f"{notice.title}. {notice.text.replace(_BELOW, _ELSEWHERE)}"


def _argument(draft: Draft) -> Iterator[str]:
    yield draft.headline
    yield draft.dek
    yield from draft.bullets
    for section in draft.sections:
        yield from _section(section)


def _section(section: Section) -> Iterator[str]:
    if section.heading:
        yield section.heading
    yield from section.paragraphs


def _shown(context: Context) -> Iterator[str]:
    exhibits = context.words["exhibits"]
    plates = [plate for place in exhibits.placed for plate in place]
    charts = _listed("chart", [plate.title for plate in plates])
    tables = _listed("table", [table.title for table in exhibits.tables])
    if charts or tables:
        yield f"The written edition shows {' and '.join(filter(None, (charts, tables)))}"


def _listed(kind: str, titles: Sequence[str]) -> str:
    if not titles:
        return ""
    names = "; ".join(title.rstrip(".") for title in titles)
    return f"the {kind}{'s' if len(titles) > 1 else ''}: {names};"


def _conclusion(draft: Draft) -> Iterator[str]:
    other = "The other side"
    yield other
    yield from _section(draft.counter if draft.counter.heading != other else Section(
        "", draft.counter.paragraphs
    ))  # fmt: skip
    for heading, items in (
        ("What we watch", draft.watch),
        ("What would change our mind", draft.change_mind),
    ):
        if items:
            yield heading
            yield from items
    yield "Verdict"
    yield draft.verdict


def _closing(context: Context) -> Iterator[str]:
    words = context.words
    yield words["hand_line"]
    for notice in words["notices"]:
        if notice.id.partition("@")[0] in _ALOUD:
            yield f"{notice.title}. {notice.text}"
    yield f"That was {words['publication']}, from {words['publisher']}"
    yield f"The figures, their sources, the tables and {_ELSEWHERE[0].lower()}{_ELSEWHERE[1:]}"
    if words["simulated"]:
        yield _SIMULATED

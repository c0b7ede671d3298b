"""The row of an inbox: what stands of sender, subject and preview before the mail is opened."""

import re
from dataclasses import dataclass

from newsletter.render.inspect.document import Document, runs
from newsletter.render.inspect.reading import squeezed
from newsletter.render.inspect.remark import Remark
from newsletter.render.rendered import Rendered

LISTS = (
    ("Gmail, desktop", 20, 70, 100),
    ("Gmail, phone", 26, 38, 42),
    ("Apple Mail, Mac", 30, 48, 110),
    ("Apple Mail, iPhone", 26, 38, 82),
    ("Outlook, Windows", 30, 50, 54),
    ("Outlook, phone", 26, 38, 78),
    ("Yahoo, desktop", 22, 60, 70),
)
"""List, and the characters of sender, subject and preview that fit at usual widths; fonts
are proportional, so a few more or fewer may."""
WIDEST = max(row[3] for row in LISTS)
_FILL = "\u00a0"
_FILLED = re.compile("[\u00ad\u034f\u2007\u200b-\u200d\u2060\ufeff]+[ \u00a0]?")
_SPACES = re.compile(r"[ \t\r\n]+")


@dataclass(frozen=True, slots=True)
class Row:
    """One list's row.

    Parameters
    ----------
    client : str
        The list.
    sender, subject, preview : str
        As shown, with an ellipsis where cut.
    subject_cut, preview_cut : int
        Characters that do not fit.
    """

    client: str
    sender: str
    subject: str
    preview: str
    subject_cut: int
    preview_cut: int


@dataclass(frozen=True, slots=True)
class Inbox:
    """Result of the check.

    Parameters
    ----------
    rows : tuple of Row
        In the order of `LISTS`.
    leak : str
        Words of the body that follow the preheader in the preview; empty when none do.
    """

    rows: tuple[Row, ...]
    leak: str


def check(
    mail: Rendered, document: Document, from_name: str, from_address: str
) -> tuple[Inbox, tuple[Remark, ...]]:
    """Lay the rows out.

    Parameters
    ----------
    mail : Rendered
        The mail.
    document : Document
        Its HTML, read.
    from_name, from_address : str
        Of the sender; the address stands in for an empty name.
    """
    shown, leak = _preview(document, squeezed(mail.preheader))
    sender, subject = squeezed(from_name or from_address), squeezed(mail.subject)
    rows = tuple(
        Row(
            client=name,
            sender=_cut(sender, wide),
            subject=_cut(subject, room),
            preview=_cut(shown, preview),
            subject_cut=max(0, len(subject) - room),
            preview_cut=max(0, len(squeezed(mail.preheader)) - preview),
        )
        for name, wide, room, preview in LISTS
    )
    return Inbox(rows, leak), tuple(_remarks(mail, rows, leak))


def _preview(document: Document, preheader: str) -> tuple[str, str]:
    """Return the preview as lists make it, from the first words of the body, and its leak."""
    body = next(document.elements("body"), None)
    text = ""
    for run in runs(document):
        if body is None or body in document.ancestors(run.element):
            text += run.text
        if len(text) > 4 * WIDEST + len(preheader):
            break
    # Lists squeeze common white space only: a space kept from its neighbours by something
    # invisible takes a place of its own, which is how preheaders are filled up.
    shown = _SPACES.sub(" ", _FILLED.sub(_FILL, text)).strip(" ")
    if not preheader or not squeezed(shown).startswith(preheader):
        return squeezed(shown)[: 2 * WIDEST], ""
    leak = squeezed(shown[len(preheader) : WIDEST])
    return (f"{preheader} {leak}" if leak else preheader), leak


def _cut(text: str, room: int) -> str:
    return text if len(text) <= room else text[: room - 1].rstrip() + "…"


def _remarks(mail: Rendered, rows: tuple[Row, ...], leak: str) -> list[Remark]:
    found = []
    subject, preheader = squeezed(mail.subject), squeezed(mail.preheader)
    if not subject:
        found.append(Remark("inbox", "error", "The mail has no subject."))
    if not preheader:
        message = "There is no preheader; lists show the first words of the page instead."
        found.append(Remark("inbox", "warning", message))
    elif preheader.casefold() == subject.casefold():
        found.append(Remark("inbox", "warning", "The preheader only repeats the subject."))
    if leak:
        message = "Words of the page follow the preheader in the list; fill it up."
        found.append(Remark("inbox", "warning", message, leak))
    cut = [row for row in rows if row.subject_cut]
    if cut:
        shortest = min(cut, key=lambda row: len(row.subject))
        names = tuple(row.client for row in cut)
        message = f"The subject has {len(subject)} characters and is cut in some lists."
        found.append(Remark("inbox", "info", message, shortest.subject, clients=names))
    return found

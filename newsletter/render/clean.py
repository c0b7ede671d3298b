"""Text on its way into mail: nothing in it may steer a client, a reader or a checker."""

import re
import unicodedata
from collections.abc import Iterable

from newsletter.errors import DraftError, RenderError

FURNITURE = "~~~"
"""In the plain text: a line of this parts furniture from what the edition says."""

_INVISIBLE = {"Cf", "Cc", "Co", "Cs", "Cn", "Zl", "Zp"}
_TILDES = re.compile("~{3,}")
_ADDRESS = re.compile(
    r"\b(?:[a-z][a-z0-9+.-]{1,20}://|www\.|mailto:|javascript:|data:text)\S*", re.IGNORECASE
)


def clean(text: str) -> str:
    r"""Return text without control, direction and zero-width characters.

    White space becomes single blanks, and a run of tildes is cut short so that prose can
    never look like the line that fences furniture off from checked text.

    Examples
    --------
    >>> clean("a\u202eb\u200b  c\x00 ~~~~")
    'ab c ~~'
    """
    text = re.sub(r"\s+", " ", text)
    kept = "".join(c for c in text if c == " " or unicodedata.category(c) not in _INVISIBLE)
    return _TILDES.sub("~~", kept).strip()


def refuse_slots(passages: Iterable[str]) -> None:
    """Refuse text in which a slot was left unfilled.

    Raises
    ------
    RenderError
        Naming the first such passage: a mail must never show its own machinery.
    """
    for passage in passages:
        if "{{" in passage or "}}" in passage:
            raise RenderError(
                f"The draft still holds {{{{ or }}}} after its slots were filled, in "
                f"{passage[:60]!r}; write the slot as {{{{FACT.id}}}} or remove the braces."
            )


def refuse_links(passages: Iterable[str]) -> None:
    """Refuse text with addresses: mail links to its own house and to cited sources only.

    Raises
    ------
    DraftError
        Naming the first address.
    """
    for passage in passages:
        if found := _ADDRESS.search(passage):
            raise DraftError(
                f"The draft holds the address {found[0][:60]!r}; take it out, or cite a figure "
                "from it with `newsletter fact add`, which prints the link."
            )


def shortened(text: str, most: int) -> str:
    """Cut at a word so that at most `most` characters remain, ellipsis included.

    Examples
    --------
    >>> shortened("Money left the chip trade today", 20)
    'Money left the chip…'
    """
    if len(text) <= most:
        return text
    head = text[: most - 1]
    whole = text[most - 1] == " " or " " not in head
    return (head if whole else head[: head.rfind(" ")]).rstrip(" ,;:.–-") + "…"

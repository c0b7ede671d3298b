"""Presentational attributes as CSS: what HTML calls obsolete, said the way it wants it said.

MJML and the house's templates set tables with ``align``, ``bgcolor``, ``cellpadding`` and the
like. Every program that reads mail, Outlook's Word engine included, takes the same from a
``style`` attribute, and only that is valid HTML. An attribute is weaker than the element's own
style, so it becomes a declaration only where the style says nothing of the matter.

Word takes cell spacing and the padding of all cells of a table from attributes alone or from
names of its own; these stand in `WORD`, a sheet that only Outlook reads. A tag whose own style
has names of Word's is written twice: as it is for Outlook, and without them for all others.
"""

import re
from dataclasses import dataclass, field

WORD = (
    "<!--[if mso]><style>\n"
    "table { mso-cellspacing: 0; mso-padding-alt: 0 0 0 0; }\n"
    "td, th { padding: 0; }\n"
    "</style><![endif]-->"
)
"""What ``cellspacing="0"`` and ``cellpadding="0"`` said to Word."""

_PAIR = r"""\s+[\w:-]+(?:\s*=\s*(?:"[^"<>]*"|'[^'<>]*'|[^\s"'<>=`]+))?"""
_TAG = re.compile(rf"<(table|tr|td|th)((?:{_PAIR}){{0,40}})\s*>|</table\s*>", re.IGNORECASE)
_ATTRIBUTE = re.compile(
    r"""\s+(?P<name>[\w:-]+)(?:\s*=\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>\S+)))?"""
)
_LENGTH = re.compile(r"\s*(\d{1,4}(?:\.\d{1,4})?)\s*(%|px)?\s*")
_COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}|[a-zA-Z]{3,30}")
_OFFICE = re.compile(r"(?:(?<=;)|^)\s*mso-[\w-]+\s*:[^;]*(?:;|$)", re.IGNORECASE)
_SIDES = frozenset({"left", "right", "center", "justify"})
_HEIGHTS = frozenset({"top", "middle", "bottom", "baseline"})


@dataclass
class Restyler:
    """Rewrites the tags of one page, whose pieces are given in order.

    Parameters
    ----------
    paddings : list of str
        Of the cells of each table that is open, innermost last; empty where it says none.
    changed : bool
        Whether a table lost an attribute that `WORD` makes good.
    """

    paddings: list[str] = field(default_factory=list)
    changed: bool = False

    def restyled(self, html: str) -> str:
        """Return a piece of HTML with attributes of tables, rows and cells said in CSS.

        An attribute with a value that CSS has no like for stays, for a validator to name.

        Parameters
        ----------
        html : str
            Outside conditional comments: what only Outlook reads needs no change.

        Examples
        --------
        >>> Restyler().restyled('<td align="left" style="padding:0">')
        '<td style="text-align:left;padding:0">'
        """
        return _TAG.sub(self._tag, html)

    def _tag(self, found: "re.Match[str]") -> str:
        if found[1] is None:
            if self.paddings:
                self.paddings.pop()
            return found[0]
        tag, attributes = found[1].lower(), list(_ATTRIBUTE.finditer(found[2]))
        given: dict[str, str] = {}
        for one in attributes:  # of two with one name, the first counts
            given.setdefault(one["name"].lower(), _value(one))
        own = given.get("style", "")
        said = {
            name.strip().lower(): value.strip()
            for name, _, value in (part.partition(":") for part in own.split(";"))
        }
        css: list[str] = []
        gone = set()
        for name, value in given.items():
            if (told := _told(tag, name, value, said)) is not None:
                gone.add(name)
                css += told
        self.changed |= bool(gone & {"cellpadding", "cellspacing"})
        css += self._padding(tag, given, said)
        kept = "".join(one[0] for one in attributes if one["name"].lower() not in gone | {"style"})
        word = _OFFICE.search(own) is not None
        made = _start(found[1], kept, [*css, own]) if gone or css else found[0]
        if not word:
            return made
        bare = _start(found[1], kept, [*css, _OFFICE.sub("", own)])
        return f"<!--[if mso]>{made}<![endif]--><!--[if !mso]><!-->{bare}<!--<![endif]-->"

    def _padding(self, tag: str, given: dict[str, str], said: dict[str, str]) -> list[str]:
        """Note a table's padding of cells, or hand it to one of its cells."""
        if tag == "table":
            padding = _length(given.get("cellpadding", ""))
            self.paddings.append(padding)
        elif tag in {"td", "th"} and "padding" not in said and self.paddings and self.paddings[-1]:
            return [f"padding:{self.paddings[-1]}"]
        return []


def _start(tag: str, attributes: str, style: list[str]) -> str:
    """Return a start tag with what its style says, nothing where it says nothing."""
    said = ";".join(part for part in style if part)
    quote = "'" if '"' in said else '"'
    return f"<{tag}{attributes}{f' style={quote}{said}{quote}' if said else ''}>"


def _value(attribute: "re.Match[str]") -> str:
    return attribute["double"] or attribute["single"] or attribute["bare"] or ""


def _length(value: str) -> str:
    """Return an attribute's length in CSS, empty when it is none."""
    found = _LENGTH.fullmatch(value)
    if found is None:
        return ""
    return "0" if float(found[1]) == 0 else f"{found[1]}{found[2] or 'px'}"


def _told(tag: str, name: str, value: str, said: dict[str, str]) -> list[str] | None:
    """Return what an attribute says in CSS; None when it is none of ours, or beyond CSS."""
    if tag == "table" and name in {"align", "border", "cellpadding", "cellspacing"}:
        return _of_table(name, value.strip().lower(), said)
    if name in {"width", "height"} and tag != "tr" and (length := _length(value)):
        return [] if name in said else [f"{name}:{length}"]
    if name == "bgcolor" and _COLOUR.fullmatch(value):
        known = "background" in said or "background-color" in said
        return [] if known else [f"background-color:{value}"]
    if name == "align" and tag != "table" and value.lower() in _SIDES:
        return [] if "text-align" in said else [f"text-align:{value.lower()}"]
    if name == "valign" and tag != "table" and value.lower() in _HEIGHTS:
        return [] if "vertical-align" in said else [f"vertical-align:{value.lower()}"]
    return None


def _of_table(name: str, value: str, said: dict[str, str]) -> list[str] | None:
    if name == "cellpadding":
        return [] if _length(value) else None
    if name == "border":
        return [] if value == "0" else None  # none is what CSS has by default
    if name == "cellspacing":
        spacing = _length(value)
        if not spacing or "border-spacing" in said:
            return [] if spacing else None
        if spacing == "0" and "border-collapse" not in said:
            return ["border-collapse:collapse"]
        return [f"border-spacing:{spacing}"]
    if value != "center":  # left and right would float: no layout for mail
        return None
    return [] if "margin" in said or said.get("width") == "100%" else ["margin:0 auto"]

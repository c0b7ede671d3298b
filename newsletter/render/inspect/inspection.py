"""Inspection: everything that can be said of a finished mail without sending it."""

import dataclasses
from dataclasses import dataclass
from typing import Any

from newsletter.render.inspect import (
    clients,
    contrast,
    inbox,
    links,
    parity,
    pictures,
    size,
    structure,
    validity,
)
from newsletter.render.inspect.document import parse
from newsletter.render.inspect.remark import Remark
from newsletter.render.rendered import Rendered

SCHEMA = "inspection/1"
MOST_REMARKS = 200
"""Of one check; what is wrong more often is wrong at its root."""


@dataclass(frozen=True)
class Inspection:
    """What each check found.

    Parameters
    ----------
    clients : Clients
        Features used, and who supports them.
    contrast : Contrast
        Pairs of ink and ground in four modes.
    inbox : Inbox
        Rows of mail lists.
    links : Links
        Every link.
    parity : Parity
        Text part against HTML part.
    pictures : Pictures
        Every picture.
    size : Size
        Bytes.
    structure : Structure
        Language, headings, tables, lists.
    validity : Validity
        Parse errors.
    remarks : tuple of Remark
        Of all checks in this order.
    """

    clients: clients.Clients
    contrast: contrast.Contrast
    inbox: inbox.Inbox
    links: links.Links
    parity: parity.Parity
    pictures: pictures.Pictures
    size: size.Size
    structure: structure.Structure
    validity: validity.Validity
    remarks: tuple[Remark, ...]

    @property
    def errors(self) -> tuple[Remark, ...]:
        """Remarks by which readers lose something."""
        return tuple(remark for remark in self.remarks if remark.level == "error")

    def to_json(self) -> dict[str, Any]:
        """Return plain values (schema ``inspection/1``).

        Returns
        -------
        dict
            One key a check, named and shaped like its result, and ``remarks``. What each
            program makes of a feature is written short, as ``"verdicts": {"gmail.ios":
            ["unsupported", "2022-12", "2020-01", [notes]]}``: state, newest version tested,
            first version with that state, notes.
        """
        data: dict[str, Any] = {"schema": SCHEMA}
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            if field.name == "remarks":
                data["remarks"] = [dataclasses.asdict(remark) for remark in value]
            elif field.name != "clients":
                data[field.name] = dataclasses.asdict(value)
        data["clients"] = _clients(self.clients)
        return data


def inspect(mail: Rendered, *, from_name: str = "", from_address: str = "") -> Inspection:
    """Inspect a finished mail.

    Parameters
    ----------
    mail : Rendered
        The mail. Its contents are hostile: whatever they hold, the answer comes in bounded
        time and nothing is raised.
    from_name, from_address : str
        Of the sender, for the inbox row.

    Returns
    -------
    Inspection
        What is wrong is a `Remark`, never an exception.
    """
    document = parse(mail.html)
    found = {
        "clients": clients.check(document, mail.images),
        "contrast": contrast.check(document),
        "inbox": inbox.check(mail, document, from_name, from_address),
        "links": links.check(document),
        "parity": parity.check(document, mail.text),
        "pictures": pictures.check(mail, document),
        "size": size.check(mail, document),
        "structure": structure.check(mail, document),
        "validity": validity.check(document),
    }
    results: dict[str, Any] = {name: result for name, (result, _) in found.items()}
    remarks = tuple(remark for _, said in found.values() for remark in _shortened(said))
    return Inspection(**results, remarks=remarks)


def _shortened(said: tuple[Remark, ...]) -> tuple[Remark, ...]:
    if len(said) <= MOST_REMARKS:
        return said
    more = f"{len(said) - MOST_REMARKS:,} more remarks of this kind are left out."
    last = said[MOST_REMARKS]
    return (*said[:MOST_REMARKS], Remark(last.check, last.level, more))


def _clients(result: clients.Clients) -> dict[str, Any]:
    features = []
    for used in result.features:
        row = {
            field.name: getattr(used, field.name)
            for field in dataclasses.fields(used)
            if field.name != "verdicts"
        }
        row["verdicts"] = {
            v.column: [v.state, v.version, v.since, list(v.notes)] for v in used.verdicts
        }
        features.append(row)
    counts = {name: dict(states) for name, states in result.counts.items()}
    return {
        "date": result.date,
        "features": features,
        "unlisted": list(result.unlisted),
        "counts": counts,
    }

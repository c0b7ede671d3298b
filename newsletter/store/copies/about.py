"""What is said of a copy when it is made, and compared with it ever after."""

from dataclasses import dataclass, field
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Copied:
    """One table as it was copied.

    Parameters
    ----------
    name : str
        With its schema where that is not the product's own.
    rows : int
        As the database counted them in the copy's own instant.
    columns : tuple of (str, str)
        Names and types, in the copy's order; empty where the copy tells them itself.
    """

    name: str
    rows: int
    columns: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class About:
    """What a copy holds.

    Parameters
    ----------
    kind : str
        ``sqlite`` or ``postgresql``.
    schema : str
        Number of the newest migration it has seen.
    tables : tuple of Copied
        In the order in which they are put back.
    audit : tuple of (int, str) or None
        Number and hash of the audit log's last entry: what was cut off at its end shows by it.
    numbers : dict of str to int
        Of each counter, what it had reached.
    """

    kind: str
    schema: str
    tables: tuple[Copied, ...]
    audit: tuple[int, str] | None = None
    numbers: dict[str, int] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Return it as plain JSON data."""
        tables = [
            {"name": one.name, "rows": one.rows, "columns": [list(each) for each in one.columns]}
            for one in self.tables
        ]
        audit = list(self.audit) if self.audit else None
        return {
            "kind": self.kind, "schema": self.schema, "tables": tables, "audit": audit,
            "numbers": self.numbers,
        }  # fmt: skip

    @classmethod
    def from_json(cls, data: Any) -> Self:
        """Read it back; what is amiss raises KeyError, TypeError or ValueError."""
        tables = tuple(
            Copied(
                str(one["name"]),
                int(one["rows"]),
                tuple((str(name), str(kind)) for name, kind in one["columns"]),
            )
            for one in data["tables"]
        )
        audit = data["audit"]
        return cls(
            str(data["kind"]),
            str(data["schema"]),
            tables,
            (int(audit[0]), str(audit[1])) if audit else None,
            {str(name): int(value) for name, value in data["numbers"].items()},
        )

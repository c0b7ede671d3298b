"""Write the newest schema, filled with rows, to tests/corpus/schemas: what a release leaves behind.

Run once for each migration, before the next one is begun; a file that is there stays as it is.
"""

import sqlite3
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from newsletter.store.database import HEAD, Database

FOLDER = Path(__file__).resolve().parents[1] / "tests" / "corpus" / "schemas"
ROWS = (1, 2)


def value(column: dict[str, Any], number: int) -> Any:
    """Return what a row has in a column: of its type, and its own."""
    kind, name = column["type"], column["name"]
    if isinstance(kind, sa.Boolean):
        return number % 2
    if isinstance(kind, sa.Integer):
        return number
    if isinstance(kind, sa.LargeBinary):
        return bytes([number, 0, 255])
    if isinstance(kind, sa.DateTime):
        return f"2026-07-0{number} 21:30:00.000000"
    if isinstance(kind, sa.Date):
        return f"2026-07-0{number}"
    if isinstance(kind, sa.JSON):
        return "{}"
    length = getattr(kind, "length", None)
    return f"{name} {number}"[-length:] if length else f"{name} {number}"


def fill(connection: sa.Connection) -> None:
    """Put rows into every table, each referring to the row of its number."""
    asked = sa.inspect(connection)
    told: dict[tuple[str, int], dict[str, Any]] = {}
    for table, _ in asked.get_sorted_table_and_fkc_names():
        if table is None or table == "alembic_version":
            continue
        columns = asked.get_columns(table)
        names = ", ".join(f'"{each["name"]}"' for each in columns)
        marks = ", ".join(f":{each['name']}" for each in columns)
        for number in ROWS:
            row = {each["name"]: value(each, number) for each in columns}
            if connection.dialect.name == "postgresql":
                row = {
                    name: bool(row[name]) if isinstance(kind, sa.Boolean) else row[name]
                    for name, kind in ((each["name"], each["type"]) for each in columns)
                }
            told[table, number] = row
            for key in asked.get_foreign_keys(table):
                other = told[key["referred_table"], number]
                pairs = zip(key["constrained_columns"], key["referred_columns"], strict=True)
                row.update({own: other[there] for own, there in pairs})
            statement = f'insert into "{table}" ({names}) values ({marks})'  # noqa: S608
            connection.execute(sa.text(statement), row)


def main() -> None:
    """Write the file of the newest schema, where it is not there yet."""
    target = FOLDER / f"{sys.argv[1] if len(sys.argv) > 1 else HEAD}.sql"
    if target.exists():
        sys.exit(f"{target} is there already and stays as it is.")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "news.db"
        database = Database(f"sqlite:///{file}")
        with database.engine.begin() as connection:
            fill(connection)
        database.close()
        with closing(sqlite3.connect(file)) as raw:
            target.write_text("\n".join(raw.iterdump()) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()

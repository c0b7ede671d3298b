"""Where each kept value of a symbol came from: since when, what it was before, and why."""

import datetime as dt
from typing import Any

import numpy as np

from newsletter.collect.adjusting import EPOCH, actions_of, as_of, days
from newsletter.collect.shelf import VALUES, VERDICTS, Versions
from newsletter.errors import NotFound

SCHEMA = "kept/1"


def explain(symbol: str, versions: Versions, session: dt.date, last: int = 10) -> dict[str, Any]:
    """Tell of the last values of a symbol where each came from.

    Parameters
    ----------
    symbol : str
        The instrument.
    versions : Versions
        What was known, every version, of this symbol at least.
    session : datetime.date
        In whose units, and up to which day.
    last : int
        How many days.

    Returns
    -------
    dict
        Plain JSON data: ``rows`` (newest first) with the values used and every version as it
        was given, ``actions`` and ``verdicts``.

    Raises
    ------
    newsletter.errors.NotFound
        If nothing of it is kept up to the session.
    """
    used = as_of(versions, session)
    used = used.of(used.slice(symbol))
    if not len(used.day):
        raise NotFound(
            f"Nothing of {symbol} is kept up to {session}; look at its spelling, or collect first."
        )
    events = versions.events[versions.events["symbol"] == symbol]
    standing = actions_of(versions)
    standing = standing[(standing["symbol"] == symbol) & (standing["date"] <= days(session))]
    given = versions.of(versions.slice(symbol))
    rows = [_row(used, given, row, standing) for row in range(len(used.day))[: -last - 1 : -1]]
    verdicts = events[events["kind"].isin(VERDICTS)]
    return {
        "schema": SCHEMA,
        "symbol": symbol,
        "session": session.isoformat(),
        "rows": rows,
        "actions": [_action(versions, *one) for one in _columns(standing)],
        "verdicts": [
            {
                "date": _iso(date), "verdict": kind, "reason": note,
                "known": versions.batches[batch].known.isoformat(),
            }
            for date, kind, _, note, batch in _columns(verdicts)
        ],
    }  # fmt: skip


def _columns(events: Any) -> Any:
    names = ("date", "kind", "value", "note", "batch")
    return zip(*(events[name].tolist() for name in names), strict=True)


def _iso(day: int) -> str:
    return (EPOCH + dt.timedelta(days=int(day))).isoformat()


def _values(rows: Versions, row: int) -> dict[str, float | None]:
    found = {name: float(column[row]) for name, column in zip(VALUES, rows.values, strict=True)}
    return {name: None if np.isnan(value) else value for name, value in found.items()}


def _action(versions: Versions, date: int, kind: str, value: float, note: str, batch: int) -> Any:
    del note
    known, source = versions.batches[batch].known, versions.batches[batch].source
    return {
        "date": _iso(date), "kind": kind, "value": value, "known": known.isoformat(),
        "source": source,
    }  # fmt: skip


def _row(used: Versions, given: Versions, row: int, standing: Any) -> dict[str, Any]:
    """Tell of one day: the values used, and every version of them, newest first."""
    day = int(used.day[row])
    own = [r for r in range(len(given.day)) if given.day[r] == day]
    versions = []
    for place in reversed(own):
        batch = given.batches[given.batch[place]]
        versions.append(
            {
                "known": batch.known.isoformat(),
                "source": batch.source,
                "splits_in_it_up_to": batch.basis.isoformat() if batch.basis else None,
                "as_given": _values(given, place),
            }
        )
    later = standing[standing["date"] > day]
    applied = [
        f"{kind} {value:.10g} on {_iso(date)}" for date, kind, value, _, _ in _columns(later)
    ]
    batch = used.batches[used.batch[row]]
    return {
        "date": _iso(day), "values": _values(used, row), "source": batch.source,
        "known": batch.known.isoformat(), "actions_since": applied, "versions": versions,
    }  # fmt: skip


def as_text(found: dict[str, Any]) -> str:
    """Return what `explain` told as lines for a terminal."""
    lines = [f"{found['symbol']} as of {found['session']}"]
    for row in found["rows"]:
        values = "  ".join(
            f"{name} {value:.10g}" for name, value in row["values"].items() if value is not None
        )
        lines.append(f"{row['date']}  {values}")
        lines.append(f"    from {row['source']}, known since {_minute(row['known'])}")
        if row["actions_since"]:
            lines.append(f"    since then: {'; '.join(row['actions_since'])}")
        for version in row["versions"][1:]:
            close = version["as_given"]["close"]
            told = "no close" if close is None else f"close {close:.10g}"
            lines.append(f"    before: {told}, known since {_minute(version['known'])}")
    lines += [f"{v['verdict']} {_minute(v['known'])}: {v['reason']}" for v in found["verdicts"]]
    return "\n".join(lines)


def _minute(instant: str) -> str:
    return dt.datetime.fromisoformat(instant).strftime("%Y-%m-%d %H:%M UTC")

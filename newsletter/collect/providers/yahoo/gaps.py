"""Sessions that Yahoo left out: found by the exchange's calendar, asked for once more."""

import datetime as dt
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from newsletter.collect import gates
from newsletter.collect.providers.yahoo.asking import Answer, Outcome, Question
from newsletter.collect.sessions import TradingDays

RECENT = 260
"""Sessions in which a hole is looked for: a year, the longest window most figures take."""

LATE = 10
"""A series that ended longer ago is no gap; the gates tell of it."""

APART = 5
"""Holes at most so many sessions apart are asked for as one."""

MOST_RANGES, MOST_QUESTIONS = 3, 60
"""Holes asked for of one symbol, and in one run."""

FEW = 3
"""With fewer symbols nothing is said of the exchange from what all of them lack."""

Ask = Callable[[list[Question]], Mapping[Question, Outcome]]
Holes = Mapping[str, pd.DatetimeIndex]


def fill(
    answers: dict[str, Answer], last: dt.date, days: TradingDays, starts: Mapping[str, dt.date],
    ask: Ask,
) -> tuple[dict[str, Answer], Holes]:  # fmt: skip
    """Ask once more for sessions without a close, and for nothing else.

    Parameters
    ----------
    answers : dict of str to Answer
        By symbol, the more important ones first.
    last : datetime.date
        The edition's session.
    days : TradingDays
        The edition's exchange.
    starts : mapping of str to datetime.date
        Since when a symbol is known to be traded, where that is known.
    ask : callable
        Puts questions, and returns what was answered.

    Returns
    -------
    dict of str to Answer
        With what came.
    mapping of str to pandas.DatetimeIndex
        What is still missing between bars of a symbol; at its end the gates see it.
    """
    holes = {s: found for s, a in answers.items() if len(found := _holes(a, last, days, starts))}
    common = _common(holes, answers)
    if len(common):  # one symbol tells whether Yahoo has that day at all
        first = next(iter(answers))
        answers = _filled(answers, {first: holes[first]}, days, ask)
        if not len(common.difference(_holes(answers[first], last, days, starts))):
            holes = {symbol: found.difference(common) for symbol, found in holes.items()}
        holes.pop(first)
    answers = _filled(answers, {s: found for s, found in holes.items() if len(found)}, days, ask)
    left = {
        symbol: found[found < answer.bars["date"].iloc[-1]]
        for symbol, answer in answers.items()
        if len(found := _holes(answer, last, days, starts))
    }
    return answers, {symbol: found for symbol, found in left.items() if len(found)}


def notes(left: Holes, answers: Mapping[str, Answer], named: Collection[str], members: str) -> (
    tuple[gates.Warning, ...]
):  # fmt: skip
    """Return what editors are told of sessions that are still missing.

    Parameters
    ----------
    left : mapping of str to pandas.DatetimeIndex
        By symbol.
    answers : mapping of str to Answer
        Of all symbols.
    named : collection of str
        Instruments: each has a line of its own. The others share one.
    members : str
        Id of the breadth universe.
    """
    common = _common(left, answers)
    told = []
    if len(common):
        told.append(gates.Warning("yahoo", f"No symbol has a bar on {_days(common)} at Yahoo "
                                  "Finance; the exchange may have been closed."))  # fmt: skip
    own = {symbol: found.difference(common) for symbol, found in left.items()}
    own = {symbol: found for symbol, found in own.items() if len(found)}
    told += [
        gates.Warning(
            symbol, f"{symbol} has no close on {_days(own[symbol])} at Yahoo Finance, "
            "also when asked again; figures that need it are left out.",
        )
        for symbol in sorted(set(own) & set(named))
    ]  # fmt: skip
    others = sorted(set(own) - set(named))
    if others:
        shown = ", ".join(others[:8]) + (" …" if len(others) > 8 else "")
        told.append(gates.Warning(members, f"{len(others)} members lack closes of sessions of "
                                  f"the last year at Yahoo Finance: {shown}."))  # fmt: skip
    return tuple(told)


def spans(found: pd.DatetimeIndex, days: TradingDays) -> list[tuple[dt.date, dt.date]]:
    """Return the newest runs of sessions, near ones as one, newest first."""
    at = days.index.searchsorted(found)
    runs: list[tuple[int, int]] = []
    for place in map(int, sorted(at, reverse=True)):
        if runs and runs[-1][0] - place <= APART:
            runs[-1] = place, runs[-1][1]
        else:
            runs.append((place, place))
    return [(days.index[a].date(), days.index[b].date()) for a, b in runs[:MOST_RANGES]]


def _holes(
    answer: Answer, last: dt.date, days: TradingDays, starts: Mapping[str, dt.date]
) -> pd.DatetimeIndex:
    """Return the sessions without a close between a symbol's first bar and the last session."""
    if not answer.at_home:  # its own exchange has other holidays
        return pd.DatetimeIndex([])
    dates = answer.bars["date"].to_numpy("datetime64[ns]")
    closed = dates[answer.bars["close"].notna().to_numpy()]
    index = days.index.to_numpy("datetime64[ns]")
    end = int(index.searchsorted(np.datetime64(last, "ns"), side="right"))
    first = starts.get(str(answer.bars["symbol"].iloc[0]))
    since = dates[0] if first is None else np.datetime64(first, "ns")
    due = index[max(int(index.searchsorted(since)), end - RECENT) : end]
    if not len(closed) or int((due > closed[-1]).sum()) > LATE:
        due = due[due < dates[-1]]
    return pd.DatetimeIndex(due[~np.isin(due, closed[-2 * RECENT :])])


def _common(holes: Holes, answers: Mapping[str, Answer]) -> pd.DatetimeIndex:
    """Return the sessions that not one symbol of the exchange has."""
    home = [symbol for symbol, answer in answers.items() if answer.at_home]
    if len(home) < FEW or len(home) < len(answers) or any(s not in holes for s in home):
        return pd.DatetimeIndex([])
    common = holes[home[0]]
    for symbol in home[1:]:
        common = common.intersection(holes[symbol])
    return common


def _filled(
    answers: dict[str, Answer], holes: Holes, days: TradingDays, ask: Ask
) -> dict[str, Answer]:
    questions = [
        Question(symbol, first, last)
        for symbol in answers
        for first, last in (spans(holes[symbol], days) if symbol in holes else ())
    ]
    if not questions:
        return answers
    out = dict(answers)
    for question, outcome in ask(questions[:MOST_QUESTIONS]).items():
        if isinstance(outcome, Answer):
            out[question.symbol] = _joined(out[question.symbol], outcome, holes[question.symbol])
    return out


def _joined(answer: Answer, more: Answer, wanted: pd.DatetimeIndex) -> Answer:
    """Return an answer with the closes of the days wanted, and nothing else of the second."""
    fresh = more.bars[more.bars["date"].isin(wanted) & more.bars["close"].notna()]
    kept = answer.bars[~answer.bars["date"].isin(fresh["date"])]
    bars = pd.concat([kept, fresh], ignore_index=True).sort_values("date", kind="stable")
    actions = more.actions[more.actions["date"].isin(wanted)]
    if len(actions) and len(answer.actions):
        actions = pd.concat([answer.actions, actions]).drop_duplicates(["date", "kind"])
    elif actions.empty:
        actions = answer.actions
    actions = actions.sort_values(["date", "kind"])
    return replace(answer, bars=bars.reset_index(drop=True), actions=actions.reset_index(drop=True))


def _days(found: pd.DatetimeIndex) -> str:
    newest = f"{found.max():%Y-%m-%d}"
    return newest if len(found) == 1 else f"{newest} and {len(found) - 1} earlier sessions"

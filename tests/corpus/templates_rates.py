"""True sentences about rates, whole years, gauges, spreads and the calendar."""

import datetime as dt
import random
from collections.abc import Iterator

from corpus.briefings import Sentence
from corpus.templates import (
    CLEAR,
    NAMES,
    WHEN,
    ids,
    number,
    sign,
    slot,
    stated,
    template,
)  # fmt: skip
from corpus.templates_levels import FUNDS

from newsletter.compute.facts import Ledger

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")
_RATES = {
    "us10y": "the ten-year Treasury yield",
    "us2y": "the two-year Treasury yield",
    "unemployment": "the unemployment rate",
    "breakeven_10y": "the ten-year breakeven inflation rate",
}


@template
def rates(ledger: Ledger, rng: random.Random) -> Iterator[Sentence]:
    """State rates and their changes."""
    for subject, name in _RATES.items():
        level = ledger.get(f"{subject}.level")
        if level is not None and not isinstance(level.value, str | dt.date):
            yield stated(ledger, f"{name} stands at {slot(level.id)}.", (level.id,))
        for window, when in (("5d", "over five sessions"), ("21d", "over the past month")):
            change = ledger.get(f"{subject}.change.{window}")
            if change is None or abs(float(change.number)) < 2:
                continue
            verb, other = ("risen", "fallen") if change.number > 0 else ("fallen", "risen")
            why = f"{change.id} is {change.number}"
            text = f"{name} has {verb} by {slot(change.id)} {when}."
            bare = f"{name} has {verb} {when}."
            lies = (
                ("flipped_direction", bare.replace(verb, other), why),
                ("negation", bare.replace("has", "has not", 1), why),
            )
            yield stated(ledger, text, (change.id,), *lies)
            yield stated(ledger, bare, (change.id,), *lies)


@template
def policy(ledger: Ledger, rng: random.Random) -> Iterator[Sentence]:
    """Say how the curve slopes and what the Fed did."""
    curve = number(ledger, "us10y-us2y.curve.close")
    if curve is not None and abs(curve) > 3:
        side, other = ("above", "below") if curve > 0 else ("below", "above")
        text = f"the ten-year Treasury yield is {side} the two-year yield."
        slope, why = "inverted" if curve > 0 else "upward-sloping", f"the gap is {curve:.0f} bps"
        lies = [
            ("flipped_comparison", text.replace(side, other), why),
            ("negation", text.replace("is", "is not", 1), why),
        ]
        bills = number(ledger, "us10y-us3m.curve.close")
        if bills is None or bills * curve > 0:  # else the curve has that slope, by the bills
            lies.append(("flipped_comparison", f"the yield curve is {slope}.", why))
        yield stated(ledger, text, ("us10y-us2y.curve.close",), *lies)
    for what, done in (("cuts", "cut"), ("hikes", "raised")):
        fact = ledger.get(f"fed_funds.{what}.ytd")
        if fact is None:
            continue
        texts = [f"the Fed has {word}{done} rates this year." for word in ("", "not ")]
        true, false = texts[::-1] if fact.number == 0 else texts
        yield stated(ledger, true, (fact.id,), ("negation", false, f"{fact.id} is {fact.number}"))


@template
def years(ledger: Ledger, rng: random.Random) -> Iterator[Sentence]:
    """State whole years."""
    for symbol in (*FUNDS, "XLK", "XLE", "XLU"):
        for year in range(ledger.session.date.year - 5, ledger.session.date.year):
            way = sign(ledger, f"{symbol}.return.cal:{year}")
            found = ids(ledger, f"{symbol}.return.cal:{year}")
            if not way or not found:
                continue
            fact, name = ledger[found[0]], NAMES[symbol][0]
            verb, other = ("gained", "lost") if way > 0 else ("lost", "gained")
            why, print_ = f"{fact.id} is {fact.display}", slot(fact.id)
            lies = [("flipped_direction", f"{name} {other} {print_} in {year}.", why)]
            for another in (year - 1, year + 1, year - 2):
                kin = [ledger[i] for i in ids(ledger, f"{symbol}.return.cal:{another}")]
                if kin and all(fact.forms["plain"] != one.forms["plain"] for one in kin):
                    lies.append(("wrong_date", f"{name} {verb} {print_} in {another}.", why))
                    break
            yield stated(ledger, f"{name} {verb} {print_} in {year}.", (fact.id,), *lies)
            did, not_done = ("made", "lost") if way > 0 else ("lost", "made")
            false = ("flipped_direction", f"{name} {not_done} money in {year}.", why)
            yield stated(ledger, f"{name} {did} money in {year}.", (fact.id,), false)


@template
def deepest_falls(ledger: Ledger, rng: random.Random) -> Iterator[Sentence]:
    """State the deepest fall of a history with its dates."""
    for symbol in FUNDS:
        parts = tuple(f"{symbol}.drawdown.{what}" for what in ("max", "max_peak", "max_trough"))
        if all(part in ledger for part in parts):
            text = (
                f"the deepest fall in the history of {NAMES[symbol][0]} was {slot(parts[0])}, "
                f"from {slot(parts[1])} to {slot(parts[2])}."
            )
            yield stated(ledger, text, parts)


_MEASURES = (
    ("{s}.level", "{n} closed at {v}."),
    ("{s}.rsi.14d", "the 14-day RSI of {n} is {v}."),
    ("{s}.drawdown.now", "{n} is {v} below its high of the past year."),
    ("{s}.volatility.21d", "the annualised volatility of {n} over the past month is {v}."),
    ("{s}.forward_pe.snapshot", "{n} trades at {v} times forward earnings."),
    ("{s}.beta.1y", "the one-year beta of {n} is {v}."),
    ("{s}.correlation.63d",
     "the correlation of {n} with the S&P 500 fund over three months is {v}."),
    ("{s}.volatility.percentile_1y",
     "the volatility of {n} is in the {v} percentile of its past year."),
)  # fmt: skip


@template
def measures(ledger: Ledger, rng: random.Random) -> Iterator[Sentence]:
    """State prices, gauges and multiples in figures."""
    for symbol in NAMES:
        for id, shape in _MEASURES:
            fact = ledger.get(id.format(s=symbol))
            if fact is None or (fact.metric == "drawdown" and abs(float(fact.number)) < CLEAR):
                continue
            text = shape.format(n=NAMES[symbol][0], v=slot(fact.id))
            yield stated(ledger, text, (fact.id,))


@template
def changes(ledger: Ledger, rng: random.Random) -> Iterator[Sentence]:
    """State returns with figures over every period."""
    for symbol in (*NAMES, *NAMES):
        window = rng.choice(list(WHEN))
        found = ids(ledger, f"{symbol}.return.{window}")
        way = sign(ledger, f"{symbol}.return.{window}")
        if not way or not found:
            continue
        # A return of a ranked sector that says nothing of dividends is the one it is ranked on.
        fact = ledger[found[-1 if ledger.get(f"{symbol}.rank.{window}") else 0]]
        verb = rng.choice(("gained", "rose", "is up") if way > 0 else ("lost", "fell", "is down"))
        basis = " with dividends" if fact.kind == "total" else ""
        when = rng.choice(WHEN[window])
        text = f"{NAMES[symbol][0]} {verb} {slot(fact.id)}{basis} {when}."
        yield stated(ledger, text, (fact.id,))


@template
def leads(ledger: Ledger, rng: random.Random) -> Iterator[Sentence]:
    """State by how many points one fund leads another."""
    for a, b in (("IWM", "SPY"), ("IWM", "QQQ"), ("RSP", "SPY"), ("IWD", "IWF")):
        for window, phrases in WHEN.items():
            found = ids(ledger, f"{a}-{b}.spread.{window}")
            way = sign(ledger, f"{a}-{b}.spread.{window}")
            if not way or not found:
                continue
            fact = ledger[found[0]]
            basis = ", dividends included," if fact.kind == "total" else ""
            tail = f"{NAMES[b][0]} by {slot(fact.id)}{basis} {rng.choice(phrases)}."
            verb, turned = ("leads", "trails") if way > 0 else ("trails", "leads")
            lie = ("flipped_comparison", f"{NAMES[a][0]} {turned} {tail}", fact.id)
            yield stated(ledger, f"{NAMES[a][0]} {verb} {tail}", (fact.id,), lie)


@template
def calendar(ledger: Ledger, rng: random.Random) -> Iterator[Sentence]:
    """Name the session's weekday and the day of a record."""
    session = ledger.session.date
    for symbol in FUNDS:
        name, way = NAMES[symbol][0], sign(ledger, f"{symbol}.return.1d")
        if way:
            verb, other = ("rose", "fell") if way > 0 else ("fell", "rose")
            today = _WEEKDAYS[session.weekday()]
            false = ("flipped_direction", f"{name} {other} on {today}.", f"{symbol} {verb}")
            facts = ids(ledger, f"{symbol}.return.1d")
            yield stated(ledger, f"{name} {verb} on {today}.", facts, false)
        record = ledger.get(f"{symbol}.record_close.date")
        if record is None or not isinstance(record.value, dt.date) or record.value == session:
            continue
        weekday = _WEEKDAYS[record.value.weekday()]
        wrong = rng.choice([day for day in _WEEKDAYS if day != weekday])
        text = f"{name} made its record close on {slot(record.id, 'long')}."
        swapped = f"{name} made its record close on {wrong} {slot(record.id)}."
        lie = ("wrong_date", swapped, f"{record.value} is a {weekday}")
        yield stated(ledger, text, (record.id,), lie)

"""True sentences about levels, averages, records, breadth, streaks, rates and long histories."""

import datetime as dt
import random
from collections.abc import Iterator

from corpus.briefings import Sentence
from corpus.templates import CLEAR, NAMES, SECTORS, number, slot, stated, template

from newsletter.compute.facts import Ledger

FUNDS = ("SPY", "IWM", "QQQ", "DIA")


@template
def averages(ledger: Ledger, rng: random.Random) -> Iterator[Sentence]:
    """Say who stands above or below an average."""
    shapes = (
        ("{n} stands {s} its {d}-day average.", "{n} does not stand {s} its {d}-day average."),
        ("{n} closed {s} its {d}-day average.", "{n} did not close {s} its {d}-day average."),
        ("{n} is still {s} its {d}-day average.", "{n} is no longer {s} its {d}-day average."),
        ("{n} ended the session {s} its {d}-day average.",
         "{n} ended the session without being {s} its {d}-day average."),
    )  # fmt: skip
    for symbol in NAMES:
        for days in ("50", "200"):
            gap = number(ledger, f"{symbol}.gap.{days}d")
            if gap is None or abs(gap) < CLEAR:
                continue
            side, other = ("above", "below") if gap > 0 else ("below", "above")
            name = NAMES[symbol][0]
            words = {"n": name, "d": days}
            true, denied = rng.choice(shapes)
            why = f"{symbol}.gap.{days}d is {gap:.2f}"
            lies = [
                ("flipped_comparison", true.format(s=other, **words), why),
                ("negation", denied.format(s=side, **words), why),
            ]
            for third in rng.sample(list(NAMES), len(NAMES)):
                value = number(ledger, f"{third}.gap.{days}d")
                if value is not None and value * gap < 0 and abs(value) > CLEAR:
                    swapped = true.format(s=side, n=NAMES[third][0], d=days)
                    lies.append(("swapped_entity", swapped, f"{third}.gap.{days}d is {value:.2f}"))
                    break
            yield stated(ledger, true.format(s=side, **words), (f"{symbol}.gap.{days}d",), *lies)
            text = f"{name} stands {slot(f'{symbol}.gap.{days}d')} {side} its {days}-day average."
            yield stated(ledger, text, (f"{symbol}.gap.{days}d",), *lies)


@template
def crossings(ledger: Ledger, rng: random.Random) -> Iterator[Sentence]:
    """Say since when a fund has stood on its side of an average."""
    for symbol in (*FUNDS, *SECTORS):
        for days in ("50", "200"):
            stem = f"{symbol}.cross.close_{days}d"
            state = ledger.get(f"{stem}.state")
            if (
                state is None
                or state.value not in {"above", "below"}
                or f"{stem}.date" not in ledger
            ):
                continue
            side, other = ("above", "below") if state.value == "above" else ("below", "above")
            name, why = NAMES[symbol][0], f"{stem}.state is {state.value}"
            text = f"{name} has closed {side} its {days}-day average since {slot(f'{stem}.date')}."
            turned = text.replace(f"closed {side}", f"closed {other}")
            lies = [("flipped_comparison", turned, why)]
            if (number(ledger, f"{stem}.sessions") or 0) >= 2:
                first = f"{name} closed {side} its {days}-day average for the first time in months."
                lies.append(("wrong_extreme", first, f"{stem}.sessions"))
            yield stated(ledger, text, (state.id,), *lies)


@template
def records(ledger: Ledger, rng: random.Random) -> Iterator[Sentence]:
    """Say how far a fund is from its record close."""
    for symbol in (*FUNDS, "AAPL", "AMZN", "META", "MSFT", "NVDA", "TSLA"):
        stem = f"{symbol}.distance_from_record.close"
        distance, date = number(ledger, stem), ledger.get(f"{symbol}.record_close.date")
        if distance is None or date is None:
            continue
        name, why = rng.choice(NAMES[symbol]), f"{stem} is {distance:.2f}"
        if distance == 0:
            yield stated(
                ledger,
                rng.choice((f"{name} closed at a record.", f"{name} made a record close today.")),
                (stem, date.id),
                ("negation", f"{name} did not close at a record.", why),
                ("negation", f"{name} failed to set a record today.", why),
                ("wrong_extreme", f"{name} closed short of its record.", why),
                ("wrong_extreme", f"{name} closed at a one-year low.", why),
                ("flipped_comparison", f"{name} closed below its record.", why),
            )
        if distance <= -CLEAR:
            lies = (
                ("wrong_extreme", f"{name} closed at a record.", why),
                ("wrong_extreme", f"{name} has never closed higher than it did today.", why),
                ("wrong_extreme", f"{name} set an all-time high today.", why),
                ("wrong_extreme", f"{name} finished at its highest close on record.", why),
                ("flipped_comparison", f"{name} stands above its former record close.", why),
                ("negation", f"{name} has not fallen short of its record close.", why),
                ("wrong_extreme", f"{name} has never been lower.", "it has a long history"),
                ("wrong_extreme", f"{name} closed at the lowest level in its history.",
                 "it has a long history"),
            )  # fmt: skip
            shapes = (
                f"{name} is below its record close.",
                f"{name} has yet to regain its record close.",
                f"{name} remains short of its record.",
            )
            yield stated(ledger, rng.choice(shapes), (stem,), *lies)
            text = f"{name} is {slot(stem)} below its record close of {slot(date.id)}."
            yield stated(ledger, text, (stem, date.id), *lies)


@template
def standing(ledger: Ledger, rng: random.Random) -> Iterator[Sentence]:
    """Say where something stands in its past year."""
    for stem, name in (
        ("VIX.percentile_1y", "the VIX"),
        ("IWM/SPY.ratio.percentile_1y", "the ratio of small caps to large"),
        ("IWM/QQQ.ratio.percentile_1y", "the ratio of the small-cap fund to the Nasdaq-100 fund"),
    ):
        value = number(ledger, stem)
        if value is None:
            continue
        why = f"{stem} is {value:.0f}"
        lies = []
        if value < 97:
            lies.append(("wrong_extreme", f"{name} closed at its highest of the past year.", why))
            lies.append(("wrong_extreme", f"{name} has not been higher in twelve months.", why))
        if value > 3:
            lies.append(("wrong_extreme", f"{name} closed at its lowest of the past year.", why))
            lies.append(("wrong_extreme", f"{name} has not been lower in twelve months.", why))
        if abs(value - 50) > 8:
            more, less = ("higher", "lower") if value > 50 else ("lower", "higher")
            days = "than on most days of the past year."
            lies += [
                ("flipped_comparison", f"{name} is {less} {days}", why),
                ("negation", f"{name} is not {more} {days}", why),
            ]
            yield stated(ledger, f"{name} is {more} {days}", (stem,), *lies)
            text = f"{name} stands in the {slot(stem)} percentile of its past year."
            yield stated(ledger, text, (stem,), *lies)


@template
def fear(ledger: Ledger, rng: random.Random) -> Iterator[Sentence]:
    """Set the VIX against round numbers."""
    level = number(ledger, "VIX.level")
    if level is None:
        return
    for mark in (12, 15, 20, 25, 30, 40):
        if abs(level - mark) < 0.05 or abs(level - mark) > 12:
            continue
        side, other = ("above", "below") if level > mark else ("below", "above")
        why = f"VIX.level is {level}"
        shape = rng.choice(("the VIX is {} {}.", "the VIX closed {} {}.", "the VIX ended {} {}."))
        denied = {"the VIX is {} {}.": "the VIX is not {} {}.",
                  "the VIX closed {} {}.": "the VIX did not close {} {}.",
                  "the VIX ended {} {}.": "the VIX did not end {} {}."}[shape]  # fmt: skip
        yield stated(
            ledger,
            shape.format(side, mark),
            ("VIX.level",),
            ("flipped_comparison", shape.format(other, mark), why),
            ("negation", denied.format(side, mark), why),
        )


@template
def fear_moves(ledger: Ledger, rng: random.Random) -> Iterator[Sentence]:
    """Say which way the VIX went."""
    change, level = number(ledger, "VIX.change.1d"), number(ledger, "VIX.level")
    if change is not None and level is not None and abs(change) > CLEAR:
        verb, other = ("rose", "fell") if change > 0 else ("fell", "rose")
        why = f"VIX.change.1d is {change}"
        base = {"rose": "rise", "fell": "fall"}[verb]
        lies = [
            ("flipped_direction", f"the VIX {other} today.", why),
            ("flipped_direction", f"the VIX {'eased' if change > 0 else 'jumped'} today.", why),
            ("negation", f"the VIX did not {base} today.", why),
        ]
        peak = number(ledger, "VIX.record_close.level")
        if peak is not None and level < peak - 1:
            lies.append(
                ("wrong_extreme", "the VIX closed at an all-time high.", "VIX.record_close")
            )
        if level > 20:
            lies.append(("wrong_extreme", "the VIX has never closed lower.", "it was below 10"))
        yield stated(ledger, f"the VIX {verb} today.", ("VIX.change.1d",), *lies)
        text = f"the VIX {verb} {slot('VIX.change.1d')} to {slot('VIX.level')}."
        yield stated(ledger, text, ("VIX.change.1d", "VIX.level"), *lies)


@template
def breadth(ledger: Ledger, rng: random.Random) -> Iterator[Sentence]:
    """Say how many members stand above an average, and when last more did."""
    for days in ("50", "200"):
        stem, far = f"sp500.breadth.above_{days}d", f"their {days}-day average."
        share = number(ledger, stem)
        if share is None:
            continue
        members, why = "S&P 500 members", f"{share:.1f} % stand above"
        if abs(share - 50) > 3:
            side, other = ("above", "below") if share > 50 else ("below", "above")
            lies = (
                ("flipped_comparison", f"most {members} stand {other} {far}", why),
                ("negation", f"most {members} do not stand {side} {far}", why),
                ("negation", f"no majority of {members} stands {side} {far}", why),
                ("fabricated_in_words", f"nine tenths of {members} stand {other} {far}", why),
                ("wrong_extreme", f"all {members} stand {side} {far}", why),
            )
            yield stated(ledger, f"most {members} stand {side} {far}", (stem,), *lies)
        words = rng.choice(("a quarter", "about a third"))
        far_off = abs(share - 25) > 6 and abs(share - 33.3) > 6
        lie = ("fabricated_in_words", f"{words} of {members} closed above {far}", why)
        text = f"{slot(stem)} of {members} closed above {far}"
        yield stated(ledger, text, (stem,), *([lie] if far_off else []))
        since = ledger.get(f"{stem}_highest_since")
        if since is not None and isinstance(since.value, dt.date):
            share_of = f"the share of {members} above {far[:-1]} is the"
            low = f"{share_of} lowest since {slot(since.id)}."
            yield stated(
                ledger,
                f"{share_of} highest since {slot(since.id)}.",
                (since.id,),
                ("wrong_extreme", low, since.id),
                ("wrong_extreme", f"{share_of} highest on record.", since.id),
                ("flipped_comparison", low, since.id),
            )


@template
def members(ledger: Ledger, rng: random.Random) -> Iterator[Sentence]:
    """Set the members that rose against those that fell."""
    facts = ("sp500.breadth.advancers.1d", "sp500.breadth.decliners.1d")
    up, down = (number(ledger, fact) for fact in facts)
    if up is None or down is None or abs(up - down) <= 10:
        return
    most, few = ("rose", "fell") if up > down else ("fell", "rose")
    why = f"{up:.0f} rose and {down:.0f} fell"
    lies = (
        ("flipped_comparison", f"more S&P 500 members {few} than {most} today.", why),
        ("flipped_direction", f"most of the S&P 500's members {few} today.", why),
        ("negation", f"no more S&P 500 members {most} than {few} today.", why),
    )
    yield stated(ledger, f"more S&P 500 members {most} than {few} today.", facts, *lies)
    text = f"{slot(facts[0])} S&P 500 members rose and {slot(facts[1])} fell."
    yield stated(ledger, text, facts, *lies)


@template
def streaks(ledger: Ledger, rng: random.Random) -> Iterator[Sentence]:
    """Count sessions in a row."""
    for symbol in FUNDS:
        for way, verb, other in (("up", "risen", "fallen"), ("down", "fallen", "risen")):
            fact = ledger.get(f"{symbol}.streak.{way}")
            if fact is None or int(fact.number) < 2:
                continue
            name = NAMES[symbol][0]
            why = f"{fact.id} is {fact.number}"
            past = "rose" if way == "up" else "fell"
            text = f"{name} has {verb} for {slot(fact.id, 'word')} sessions in a row."
            yield stated(ledger, text, (fact.id,),
                         ("flipped_direction", text.replace(verb, other), why),
                         ("wrong_extreme", f"{name} {past} for the first time in a week.", why),
                         ("wrong_extreme", f"{name} {past} for the first time in two weeks.", why),
                         ("negation", text.replace("has", "has not", 1), why))  # fmt: skip

"""Signals: the rotation map, the gauge, base rates, runs, and extremes since a day."""

import datetime as dt
from collections.abc import Iterator

from corpus.grids.grid import NUMBERS, ORDERS, Case, case, date, day, number
from corpus.grids.places import NAMES as SECTORS

from newsletter.compute.facts import Ledger

QUADRANTS = ("leading", "weakening", "lagging", "improving")
MAP = """
{N} is in the {q} quadrant of the rotation map.
On the rotation map {N} is {q}.
{N} stands in the {q} quadrant.
{N} has been in the {q} quadrant since {d}.
The rotation map puts {N} among the {q} sectors.
""".strip().splitlines()
GAUGE = """
The rotation gauge stands at {v}.
The rotation gauge stands at {v}, {s} since {d}.
The rotation gauge has been {s} since {d}.
At {v} the rotation gauge is {s}.
""".strip().splitlines()
_AFTER = "After small caps have gained {t:.0f}% on large caps over a quarter, "
RATES = (
    _AFTER + "they led again {w} {h}% of the time.",
    _AFTER + "they led again {w} in {h}% of {k} cases.",
    _AFTER + "they led {w} in {h}% of {k} cases, against {a}% over all days.",
    "Of {k} such cases {w} ended with small caps ahead in {h}%.",
)
HORIZONS = {
    "5d": "over the next five sessions",
    "21d": "over the next month",
    "63d": "over the next quarter",
}
RUNS = """
{A} beat {B} for the {o} session in a row.
{A} has now beaten {B} {n} sessions running.
{B} trailed {A} for {n} sessions in a row.
""".strip().splitlines()
SIDES = {"IWM": "small caps", "SPY": "large caps", "IWD": "value", "IWF": "growth"}
SINCE = """
{A} closed at its {e} since {d}.
{A} made its {e} close since {d}.
Not since {d} has {A} closed so {x}.
""".strip().splitlines()
CLOSES = {
    "IWM": "the small-cap fund", "SPY": "the S&P 500 fund", "QQQ": "the Nasdaq-100 fund",
    "VIX": "the VIX", "CL=F": "oil",
}  # fmt: skip


def _text(ledger: Ledger, fact: str) -> str:
    found = ledger.get(fact)
    return "" if found is None else str(found.value)


def quadrants(ledger: Ledger) -> Iterator[Case]:
    """Yield where sectors lie on the rotation map: other quadrants, other days."""
    for symbol, name in SECTORS.items():
        where = _text(ledger, f"{symbol}.rotation.quadrant")
        since = date(ledger, f"{symbol}.rotation.since")
        if not where or since is None or since >= ledger.session.date:
            continue
        for pattern in MAP:

            def filled(said: str, at: dt.date, pattern: str = pattern, name: str = name) -> str:
                return pattern.format(N=name, q=said, d=day(at))

            wrong = [filled(one, since) for one in QUADRANTS if one != where]
            if "{d}" in pattern:
                wrong += [filled(where, since + dt.timedelta(days=n)) for n in (1, -1, 30)]
            yield case(pattern, filled(where, since), wrong)


def gauge(ledger: Ledger) -> Iterator[Case]:
    """Yield the gauge: another level, the other sign, another state, another day."""
    level = number(ledger, "rotation_gauge.level")
    state = _text(ledger, "rotation_gauge.signal.state")
    since = date(ledger, "rotation_gauge.signal.since")
    if level is None or since is None or abs(level) < 1:
        return
    for pattern in GAUGE:

        def filled(at: float, said: str, when: dt.date, pattern: str = pattern) -> str:
            return pattern.format(v=f"{at:+.0f}".replace("-", "−"), s=said, d=day(when))

        wrong = []
        if "{v}" in pattern:
            wrong += [filled(one, state, since) for one in (level + 1, level - 1, -level)]
        if "{s}" in pattern:
            states = ("rotation on", "rotation off", "mixed")
            wrong += [filled(level, one, since) for one in states if one != state]
        if "{d}" in pattern:
            wrong += [filled(level, state, since + dt.timedelta(days=n)) for n in (1, -30)]
        yield case(pattern, filled(level, state, since), wrong)


def rates(ledger: Ledger) -> Iterator[Case]:
    """Yield base rates: another share, count, way, horizon, and both shares changed about."""
    stem = "small_vs_large.base_rate"
    limit = number(ledger, f"{stem}.threshold") or 5.0
    hits = {one: number(ledger, f"{stem}.{one}.hit_rate") for one in HORIZONS}
    for horizon, words in HORIZONS.items():
        hit, known = hits[horizon], number(ledger, f"{stem}.{horizon}.known")
        usual = number(ledger, f"{stem}.{horizon}.all_days_hit_rate")
        if hit is None or known is None or usual is None:
            continue
        cases = int(known)
        for pattern in RATES:

            def filled(
                share: float, count: int, others: float,
                pattern: str = pattern, over: str = words,
            ) -> str:  # fmt: skip
                return pattern.format(t=limit, w=over, h=f"{share:.0f}", k=count, a=f"{others:.0f}")

            right = filled(hit, cases, usual)
            wrong = [filled(hit + more, cases, usual) for more in (1, -1, 10)]
            wrong += [right.replace("they led", "they trailed").replace("ahead", "behind")]
            if abs(hit - 50) > 1:
                wrong.append(filled(100 - hit, cases, usual))
            if "{k}" in pattern:
                wrong += [filled(hit, cases + more, usual) for more in (1, -1)]
            if "{a}" in pattern:
                wrong += [filled(hit, cases, usual + 1), filled(usual, cases, hit)]
            for other, over in HORIZONS.items():
                theirs = hits[other]
                if theirs is not None and f"{theirs:.0f}" != f"{hit:.0f}":
                    wrong.append(filled(hit, cases, usual, over=over))
            yield case(pattern, right, wrong)


def runs(ledger: Ledger) -> Iterator[Case]:
    """Yield how long one has been ahead of another: longer, shorter, turned round."""
    for first, second in (("IWM", "SPY"), ("IWD", "IWF")):
        for side, ahead, behind in (("ahead", first, second), ("behind", second, first)):
            long = number(ledger, f"{first}-{second}.streak.{side}")
            if long is None or not 2 <= long <= 9:
                continue
            count = int(long)
            for pattern in RUNS:

                def filled(
                    many: int, one: str = ahead, other: str = behind, pattern: str = pattern
                ) -> str:
                    return pattern.format(
                        A=SIDES[one], B=SIDES[other], n=NUMBERS[many], o=ORDERS[many]
                    )

                wrong = [filled(count + 1), filled(count, behind, ahead)]
                wrong += [filled(count - 1)] if count > 2 else []
                yield case(pattern, filled(count), wrong)


def since(ledger: Ledger) -> Iterator[Case]:
    """Yield the highest and the lowest close since a day: other days, the other end."""
    for symbol, name in CLOSES.items():
        for end, back in (("highest", "lowest"), ("lowest", "highest")):
            when = date(ledger, f"{symbol}.{end}_close_since.date")
            if when is None:
                continue
            for pattern in SINCE:

                def filled(said: str, at: dt.date, name: str = name, pattern: str = pattern) -> str:
                    how = "high" if said == "highest" else "low"
                    return pattern.format(A=name, e=said, x=how, d=day(at))

                days = (when + dt.timedelta(days=n) for n in (1, -40, 20))
                wrong = [filled(back, when), *(filled(end, at) for at in days)]
                yield case(pattern, filled(end, when), wrong)

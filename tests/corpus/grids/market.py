"""The market: breadth, new highs, volatility, yields, gold and oil."""

from collections.abc import Iterator

from corpus.grids.grid import PERIODS, Case, case, number, one_place

from newsletter.compute.facts import Ledger

SHARES = """
{q}% of S&P 500 members closed above their {nm} average.
{q}% of the members of the S&P 500 are above their {nm} average.
Above their {nm} average stand {q}% of S&P 500 members.
The share of S&P 500 members above their {nm} average is {q}%.
{r}% of S&P 500 members are below their {nm} average.
""".strip().splitlines()
TALLIES = """
{A} members of the S&P 500 rose and {D} fell.
Among S&P 500 members {A} rose against {D} that fell.
In the S&P 500 {D} stocks fell and {A} rose.
""".strip().splitlines()
EXTREMES = """
{H} members of the S&P 500 made new one-year highs and {L} new lows.
There were {H} new one-year highs in the S&P 500 against {L} new lows.
The S&P 500 counted {H} new one-year highs and {L} new lows.
New one-year highs: {H}; new lows: {L}.
""".strip().splitlines()
VIX = """
The VIX closed at {v}.
The VIX {d} {c} points to {v}.
The VIX {d} to {v} today.
At {v} the VIX is {c} points {m} than the day before.
The VIX ended at {v}, {u} {c}.
""".strip().splitlines()
YIELDS = """
{N} stands at {v}%.
{N} closed at {v}%.
{N} {d} {b} basis points today.
{N} {d} to {v}% today.
""".strip().splitlines()
COMMODITIES = """
{N} {d} {q}% {w}.
{w} {N} {d} {q}%.
{N} is {u} {q}% {w}.
""".strip().splitlines()


def _ways(value: float) -> dict[str, str]:
    """Return the words for the way of a change."""
    up = value > 0
    return {
        "d": "rose" if up else "fell",
        "u": "up" if up else "down",
        "m": "higher" if up else "lower",
    }


def shares(ledger: Ledger) -> Iterator[Case]:
    """Yield the share of members above an average: another share, average or side."""
    known = {days: number(ledger, f"sp500.breadth.above_{days}d") for days in (50, 200)}
    for days, share in known.items():
        other = known[250 - days]
        if share is None or other is None:
            continue

        def filled(pattern: str, value: float, average: int) -> str:
            return pattern.format(q=f"{value:.0f}", r=f"{100 - value:.0f}", nm=f"{average}-day")

        for pattern in SHARES:
            wrong = [filled(pattern, share + more, days) for more in (1, -1, 10)]
            if f"{other:.0f}" != f"{share:.0f}":
                wrong.append(filled(pattern, share, 250 - days))
            if abs(share - 50) > 1:
                wrong.append(filled(pattern, 100 - share, days))
            yield case(pattern, filled(pattern, share, days), wrong)


def tallies(ledger: Ledger) -> Iterator[Case]:
    """Yield how many rose and fell, and made new highs and lows: others, and turned round."""
    for patterns, facts, keys in (
        (TALLIES, ("advancers.1d", "decliners.1d"), ("A", "D")),
        (EXTREMES, ("new_highs.1y", "new_lows.1y"), ("H", "L")),
    ):
        both = [number(ledger, f"sp500.breadth.{one}") for one in facts]
        if both[0] is None or both[1] is None or both[0] == both[1]:
            continue
        first, second = int(both[0]), int(both[1])
        wrong = ((second, first), (first + 1, second), (first, second + 1), (first + 10, second))
        for pattern in patterns:

            def filled(one: int, two: int, pattern: str = pattern, keys: tuple[str, str] = keys):
                return pattern.format(**{keys[0]: one, keys[1]: two})

            yield case(pattern, filled(first, second), [filled(*pair) for pair in wrong])


def vix(ledger: Ledger) -> Iterator[Case]:
    """Yield the VIX: another level, another change, the other way."""
    level, change = number(ledger, "VIX.level"), number(ledger, "VIX.change.1d")
    if level is None or change is None or abs(change) < 0.02:
        return
    for pattern in VIX:

        def filled(at: float, by: float, pattern: str = pattern) -> str:
            return pattern.format(v=f"{at:.2f}", c=f"{abs(by):.2f}", **_ways(by))

        wrong = [filled(level + more, change) for more in (0.01, 1.0)]
        if "{c}" in pattern:
            wrong.append(filled(level, change * 1.5 + (0.02 if change > 0 else -0.02)))
        wrong.append(filled(level, -change))
        yield case(pattern, filled(level, change), wrong)


def yields(ledger: Ledger) -> Iterator[Case]:
    """Yield two yields: another level, the other's, another change, the other way."""
    names = {"us10y": "the 10-year yield", "us2y": "the two-year yield"}
    levels = {one: number(ledger, f"{one}.level") for one in names}
    for bond, level in levels.items():
        change = number(ledger, f"{bond}.change.1d")
        if level is None or change is None or abs(change) < 1:
            continue
        name, rest = names[bond], next(one for one in names if one != bond)

        def filled(pattern: str, at: float, by: float, who: str = name) -> str:
            return pattern.format(N=who, v=f"{at:.2f}", b=f"{abs(by):.0f}", **_ways(by))

        for pattern in YIELDS:
            wrong = [filled(pattern, level + more, change) for more in (0.01, -0.01, 1.0)]
            if "{v}" in pattern and levels[rest] is not None:
                wrong.append(filled(pattern, level, change, names[rest]))
            if "{b}" in pattern:
                wrong.append(filled(pattern, level, change * 2 + 1))
            if "{d}" in pattern:
                wrong.append(filled(pattern, level, -change))
            yield case(pattern, filled(pattern, level, change), wrong)


def commodities(ledger: Ledger) -> Iterator[Case]:
    """Yield the moves of gold and oil: another size, the other way, the other one."""
    names = {"GC=F": "gold", "CL=F": "oil"}
    for future, name in names.items():
        rest = next(one for one in names if one != future)
        for label, words in PERIODS.items():
            move = number(ledger, f"{future}.return.{label}")
            theirs = number(ledger, f"{rest}.return.{label}")
            if move is None or theirs is None or abs(move) < 0.1:
                continue

            def filled(pattern: str, by: float, who: str = name, words: str = words) -> str:
                return pattern.format(N=who, q=one_place(by), w=words, **_ways(by))

            for pattern in COMMODITIES:
                wrong = [filled(pattern, -move), filled(pattern, move * 1.1 + 0.1)]
                if one_place(theirs) != one_place(move):
                    wrong.append(filled(pattern, move, names[rest]))
                yield case(pattern, filled(pattern, move), wrong)

"""Giants, ratios, base rates of other pairs, volatility and valuations."""

import re
from collections.abc import Iterator, Mapping
from itertools import product

from corpus.grids.grid import NUMBERS, Case, case, number, one_place
from corpus.grids.signals import HORIZONS

from newsletter.compute.facts import Ledger

GIANTS = {
    "AAPL": "Apple", "AMZN": "Amazon", "GOOGL": "Alphabet", "META": "Meta",
    "MSFT": "Microsoft", "NVDA": "Nvidia", "TSLA": "Tesla",
}  # fmt: skip
FUNDS = {
    "IWM": "the small-cap fund", "SPY": "the S&P 500 fund", "QQQ": "the Nasdaq-100 fund",
    "RSP": "the equal-weight S&P 500 fund",
}  # fmt: skip
RATIOS = {
    "IWM/SPY": "the ratio of small caps to large",
    "IWD/IWF": "the ratio of value to growth",
    "RSP/SPY": "the ratio of the equal-weight S&P 500 to the S&P 500",
}
SIGNALS = {
    "value_vs_growth": ("value", "growth"),
    "equal_vs_cap": ("the equal-weight S&P 500", "the S&P 500"),
}
PLACES = """
{1} was the best of the seven giants today.
{7} was the worst of the giants today.
{1} led the giants today, ahead of {2}.
{2} came second among the giants today.
{3} ranked third of the seven today.
Among the giants {1} did best and {7} did worst today.
Only {1} beat {2} among the giants today.
{7} was last of the Magnificent Seven today.
""".strip().splitlines()
COUNTS = ("{N} of the seven giants rose today.", "{M} of the giants fell today.")
STANDS = """
{A} stands at {c}.
{A} closed at {c}, {q}% {s} its 50-day average.
{A} is {q}% {s} its 50-day average.
{A} is {s} its 50-day average.
{A} stands in the {p} percentile of its year.
""".strip().splitlines()
RATES = (
    "In {k} past cases like tonight's {a} was ahead of {b} {w} in {h}%.",
    "{a} beat {b} {w} in {h}% of {k} cases.",
    "{a} led {b} {w} in {h}% of cases, by a median of {m} points.",
)
VOLATILITY = """
The 21-day volatility of {A} is {v}%.
{A} has had a volatility of {v}% over the past 21 sessions.
""".strip().splitlines()
SHARES = {
    "mega_caps.weight.snapshot": "The seven giants make up {v}% of the S&P 500 by weight.",
    "sp500.forward_pe_median.snapshot": (
        "The median S&P 500 member trades at {v} times forward earnings."
    ),
}


def giants(ledger: Ledger) -> Iterator[Case]:
    """Yield places of the day among the giants, and how many of them rose."""
    moves = {one: number(ledger, f"{one}.return.1d") for one in GIANTS}
    known = {one: move for one, move in moves.items() if move is not None}
    by = sorted(known, key=lambda one: -known[one])
    if len(by) < len(GIANTS):
        return
    for pattern in PLACES:
        own = sorted({int(found) for found in re.findall(r"\{(\d)\}", pattern)})
        right = {place: place for place in own}
        wrong = [
            right | {place: other} for place, other in product(own, range(1, 8)) if other not in own
        ]
        wrong += [{own[0]: own[1], own[1]: own[0]}] if len(own) == 2 else []
        yield case(
            pattern, _placed(pattern, by, right), [_placed(pattern, by, one) for one in wrong]
        )
    up = sum(move > 0 for move in known.values())
    down = sum(move < 0 for move in known.values())
    for pattern in COUNTS if 0 < up < 7 and down > 0 else ():
        mine = up if "{N}" in pattern else down
        key = "N" if "{N}" in pattern else "M"
        wrong_counts = [pattern.format(**{key: NUMBERS[n]}) for n in range(1, 7) if n != mine]
        yield case(pattern, pattern.format(**{key: NUMBERS[mine]}), wrong_counts)


def _placed(pattern: str, by: list[str], places: Mapping[int, int]) -> str:
    return re.sub(r"\{(\d)\}", lambda found: GIANTS[by[places[int(found[1])] - 1]], pattern)


def _ordinal(value: float) -> str:
    whole = round(value)
    teen = 10 <= whole % 100 <= 20
    return f"{whole}{'th' if teen else {1: 'st', 2: 'nd', 3: 'rd'}.get(whole % 10, 'th')}"


def ratios(ledger: Ledger) -> Iterator[Case]:
    """Yield where ratios stand: other levels, sides, distances, percentiles, ratios."""
    keys = ("close", "50d_gap", "percentile_1y")
    known = {one: [number(ledger, f"{one}.ratio.{key}") for key in keys] for one in RATIOS}
    for ratio, figures in known.items():
        level, gap, place = figures
        if level is None or gap is None or place is None or abs(gap) < 0.1:
            continue
        side, back = ("above", "below") if gap > 0 else ("below", "above")
        said = {
            "A": RATIOS[ratio], "c": f"{level:.3f}", "q": one_place(gap), "s": side,
            "p": _ordinal(place),
        }  # fmt: skip
        for pattern in STANDS:
            wrong = [said | {"c": f"{level + more:.3f}"} for more in (0.001, 0.1)]
            wrong += [said | {"s": back}, said | {"q": one_place(abs(gap) + 0.1)}]
            wrong += [said | {"p": _ordinal(place + 1 if place < 98 else place - 1)}]
            for one, theirs in known.items():
                apart = [
                    a is not None and b is not None and f"{a:.1f}" != f"{b:.1f}"
                    for a, b in zip(figures[1:], theirs[1:], strict=True)
                ]
                if one != ratio and all(apart) and "{q}" in pattern:
                    wrong.append(said | {"A": RATIOS[one]})
            yield case(pattern, pattern.format(**said), [pattern.format(**one) for one in wrong])


def rates(ledger: Ledger) -> Iterator[Case]:
    """Yield base rates of other pairs: another share, count, median, side and horizon."""
    for signal, (first, second) in SIGNALS.items():
        stem = f"{signal}.base_rate"
        hits = {one: number(ledger, f"{stem}.{one}.hit_rate") for one in HORIZONS}
        for horizon, words in HORIZONS.items():
            hit, known = hits[horizon], number(ledger, f"{stem}.{horizon}.known")
            median = number(ledger, f"{stem}.{horizon}.median")
            if hit is None or known is None or median is None or abs(median) < 0.1:
                continue
            said = {"a": first, "b": second, "w": words, "h": f"{hit:.0f}", "k": str(int(known))}
            said["m"] = f"{median:+.1f}".replace("-", "−")
            for pattern in RATES:
                wrong = [said | {"h": f"{hit + more:.0f}"} for more in (1, -1)]
                wrong.append(said | {"a": second, "b": first})
                if abs(hit - 50) > 1:
                    wrong.append(said | {"h": f"{100 - hit:.0f}"})
                wrong += [said | {"k": str(int(known) + more)} for more in (1, -1)]
                wrong.append(said | {"m": f"{-median:+.1f}".replace("-", "−")})
                for other, over in HORIZONS.items():
                    theirs = hits[other]
                    if theirs is not None and f"{theirs:.0f}" != said["h"]:
                        wrong.append(said | {"w": over})
                yield case(
                    pattern, pattern.format(**said), [pattern.format(**one) for one in wrong]
                )


def volatility(ledger: Ledger) -> Iterator[Case]:
    """Yield how much funds swing, weights and valuations: other figures, other funds."""
    known = {fund: number(ledger, f"{fund}.volatility.21d") for fund in FUNDS}
    for fund, value in known.items():
        if value is None:
            continue
        others = [
            one
            for one, theirs in known.items()
            if theirs is not None and one_place(theirs) != one_place(value)
        ]
        for pattern in VOLATILITY:

            def filled(size: float, who: str = fund, pattern: str = pattern) -> str:
                return pattern.format(A=FUNDS[who], v=one_place(size))

            wrong = [filled(value + more) for more in (0.1, 1.0)]
            yield case(pattern, filled(value), wrong + [filled(value, one) for one in others])
    for fact, pattern in SHARES.items():
        size = number(ledger, fact)
        if size is not None:
            wrong = [pattern.format(v=one_place(size + more)) for more in (0.1, 1.0, -1.0)]
            yield case(pattern, pattern.format(v=one_place(size)), wrong)

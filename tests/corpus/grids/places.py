"""Places, counts and distances of the eleven sectors."""

import re
from collections.abc import Iterator, Mapping
from itertools import product

from corpus.grids.grid import NUMBERS, PERIODS, Case, case, number, one_place

from newsletter.compute.facts import Ledger

NAMES = {
    "XLB": "materials", "XLC": "communication services", "XLE": "energy", "XLF": "financials",
    "XLI": "industrials", "XLK": "technology", "XLP": "consumer staples", "XLRE": "real estate",
    "XLU": "utilities", "XLV": "health care", "XLY": "consumer discretionary",
}  # fmt: skip
PLACES = """
{1} took the top spot today, {2} the second and {3} the third.
{1} edged out {2} for first place among the sectors today.
{2} was a close second among the sectors today.
{2} was the best of the rest among the sectors today, behind {1}.
{1} won the day among the sectors; {2} had to settle for second.
{1} beat {2} to the top of the sector table today.
The day's top three sectors were {1}, {2} and {3}.
The day's bottom two sectors were {10} and {11}.
{1}, {2} and {3} filled the first three places among the sectors today.
{11} and {10} filled the last two places among the sectors today.
{1} headed today's sector table, ahead of {2} and {3}.
{1} led the sectors today, then came {2}, then {3}.
{1} led the sectors today ahead of {2}.
{1} led the sectors today, followed by {2}.
{1} led the sectors today, followed by {2}, {3} and {4}.
{1} led the sectors today, with {2} close behind.
{1} led the sectors today, with {2} and {3} next.
{11} was the worst sector today, followed by {10}.
{3} was third among the sectors today, behind {1} and {2}.
{3} completed the top three of the sectors today.
{2} was runner-up to {1} today.
{2} came second to {1} among the sectors today.
{2} was second only to {1} among the sectors today.
{11} brought up the rear among the sectors today, just below {10}.
{11} was last of the sectors today and {10} last but one.
Today's best sector was {1}, its worst {11}.
From {1} at the top to {11} at the bottom, the sectors were spread wide today.
{1} beat every other sector today, and {2} all but one.
{2} beat all the sectors but {1} today.
{3} beat all the sectors but two today.
{10} beat only {11} among the sectors today.
{10} beat nobody but {11} among the sectors today.
Only {1} beat {2} among the sectors today.
Two sectors beat {3} today: {1} and {2}.
Ten sectors beat {11} today.
Three sectors did better than {4} today.
Four sectors did worse than {7} today.
{6} sat in the middle of the sector table today, sixth of eleven.
{5} ranked fifth of the eleven sectors today.
{9} finished ninth of eleven today.
{4} came in fourth today among the sectors.
Among the sectors today {1} did best and {11} did worst.
Nobody among the sectors outdid {1} today.
No sector did worse than {11} today.
{2} trailed only {1} among the sectors today.
{2} lost only to {1} among the sectors today.
{2} was beaten only by {1} among the sectors today.
{2} finished one place below {1} in today's sector table.
{3} finished two places below {1} in today's sector table.
{1} topped the sectors today; {11} propped them up.
First among the sectors today was {1}; last was {11}.
Next to last among the sectors today was {10}.
{1} was the sector of the day.
{11} was the day's wooden spoon among the sectors.
The honours among the sectors went to {1} today, the spoon to {11}.
{2} ranked below {1} and above {3} today.
{2} slotted in between {1} and {3} in today's sector table.
In the sector table today {5} came right behind {4}.
Above {4} in the sector table today stand {1}, {2} and {3}.
Below {9} in the sector table today stand {10} and {11}.
{1} was unbeaten among the sectors today.
The winner among the sectors today: {1}. The loser: {11}.
""".strip().splitlines()
COUNTS = """
{N} of the eleven sectors rose {w}.
{N} sectors rose {w} and {M} fell.
{N} sectors are up {w}.
{N} sectors gained {w}, {M} lost.
Of the eleven sectors {N} rose {w}.
Only {M} of the eleven sectors fell {w}.
All but {R} sectors rose {w}.
Gains outnumbered losses among the sectors by {N} to {M} {w}.
The sectors split {N} to {M} {w}.
""".strip().splitlines()
DISTANCES = """
The spread between the best and the worst sector {w} was {v} points.
{A} beat {B} by {v} points {w}.
{A} gained {v} points more than {B} {w}.
{v} points separated {A} from {B} {w}.
{A} finished {v} points ahead of {B} {w}.
{B} trailed {A} by {v} points {w}.
The gap between {A} and {B} {w} was {v} points.
""".strip().splitlines()
GAINS = """
{A} rose {v}% {w}.
{A} led the sectors {w} with a gain of {v}%.
{A} gained {v}% {w}, more than any other sector.
""".strip().splitlines()


def places(ledger: Ledger) -> Iterator[Case]:
    """Yield places of the day: one sector put in another's place, or two changed about."""
    by = {int(number(ledger, f"{symbol}.rank.1d") or 0): symbol for symbol in NAMES}
    if len(by) < len(NAMES):
        return  # two share a place
    for pattern in PLACES:
        own = sorted({int(found) for found in re.findall(r"\{(\d+)\}", pattern)})
        right = {place: place for place in own}
        wrong = [right | {place: other} for place, other in product(own, by) if other not in own]
        listed = " and " in pattern and "two sectors" in pattern  # a pair has no order
        if len(own) == 2 and not listed:
            wrong.append({own[0]: own[1], own[1]: own[0]})
        yield case(
            pattern, _placed(pattern, by, right), [_placed(pattern, by, one) for one in wrong]
        )


def _placed(pattern: str, by: Mapping[int, str], places: Mapping[int, int]) -> str:
    return re.sub(r"\{(\d+)\}", lambda found: NAMES[by[places[int(found[1])]]], pattern)


def _returns(ledger: Ledger, label: str) -> dict[str, float]:
    found = {symbol: number(ledger, f"{symbol}.return.{label}.total") for symbol in NAMES}
    return {symbol: value for symbol, value in found.items() if value is not None}


def counts(ledger: Ledger) -> Iterator[Case]:
    """Yield how many sectors rose and fell: either number off by up to three."""
    for label, words in PERIODS.items():
        moves = _returns(ledger, label)
        up, down = (sum(sign * one > 0 for one in moves.values()) for sign in (1, -1))
        if len(moves) < len(NAMES):
            continue
        for pattern in COUNTS:
            if "outnumbered" in pattern and up <= down:
                continue

            def filled(rose: int, fell: int, pattern: str = pattern, words: str = words) -> str:
                rest = 11 - rose
                return pattern.format(N=NUMBERS[rose], M=NUMBERS[fell], R=NUMBERS[rest], w=words)

            near = product(range(up - 3, up + 4), range(down - 3, down + 4))
            wrong = [
                (rose, fell)
                for rose, fell in near
                if 1 <= rose <= 10 and 1 <= fell <= 10 and (rose == up) + (fell == down) < 2
                and not ("split" in pattern and (fell, rose) == (up, down))
                and not ("{M}" not in pattern and rose == up)
                and not ("{N}" not in pattern and "{R}" not in pattern and fell == down)
            ]  # fmt: skip
            if up and down:
                yield case(pattern, filled(up, down), [filled(*one) for one in wrong])


def distances(ledger: Ledger) -> Iterator[Case]:
    """Yield the distance of the best from the worst: other distances, other sides."""
    for label, words in PERIODS.items():
        moves = _returns(ledger, label)
        ranked = sorted(moves, key=lambda symbol: -moves[symbol])
        if len(ranked) < len(NAMES):
            continue
        best, worst = ranked[0], ranked[-1]
        wide = moves[best] - moves[worst]
        price = [number(ledger, f"{one}.return.{label}") or 0.0 for one in (best, worst)]
        # Who subtracts what is printed may be off by a tenth, and is right all the same.
        near = {wide, price[0] - price[1], round(price[0], 1) - round(price[1], 1)}
        near.add(round(moves[best], 1) - round(moves[worst], 1))
        fair = {one_place(one) for one in near}
        for pattern in DISTANCES:

            def filled(
                size: float, first: str = best, second: str = worst,
                pattern: str = pattern, words: str = words,
            ) -> str:  # fmt: skip
                return pattern.format(A=NAMES[first], B=NAMES[second], v=one_place(size), w=words)

            sizes = (wide + more for more in (0.3, -0.3, 1.0, -1.0, 10.0))
            wrong = [filled(size) for size in sizes if one_place(size) not in fair]
            if "{A}" in pattern:
                wrong += [filled(wide, ranked[1]), filled(wide, best, ranked[-2])]
                if "separated" not in pattern and "gap" not in pattern:
                    wrong.append(filled(wide, worst, best))
            yield case(pattern, filled(wide), wrong)


def gains(ledger: Ledger) -> Iterator[Case]:
    """Yield the gain of the best: another figure, another sector."""
    for label, words in PERIODS.items():
        moves = _returns(ledger, label)
        ranked = sorted(moves, key=lambda symbol: -moves[symbol])
        if len(ranked) < len(NAMES) or moves[ranked[0]] < 0.1:
            continue
        best, gain = ranked[0], moves[ranked[0]]
        fair = {one_place(gain), one_place(number(ledger, f"{best}.return.{label}") or gain)}
        for pattern in GAINS:

            def filled(
                size: float, who: str = best, pattern: str = pattern, words: str = words
            ) -> str:
                return pattern.format(A=NAMES[who], v=one_place(size), w=words)

            sizes = (gain + 0.1, gain - 0.1, gain + 1.0, moves[ranked[1]])
            wrong = [filled(size) for size in sizes if one_place(size) not in fair]
            wrong += [filled(gain, one) for one in (ranked[1], ranked[-1])]
            yield case(pattern, filled(gain), wrong)

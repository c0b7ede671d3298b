"""How often a base rate calls noise a signal.

Prices that follow nothing (normal, fat-tailed and volatility-clustered walks) are given
conditions that rest on the past alone; every verdict ``signal`` is then a false alarm.
The house's interval promises at most 5 %.

Usage: python benchmarks/false_signals.py [--walks 400] [--seed 1]
"""

import argparse
import datetime as dt
import json
from collections import Counter
from collections.abc import Iterator

import numpy as np

from newsletter.compute.base_rates import ENOUGH, HORIZONS, base_rate
from newsletter.compute.readings import SIGNAL, TOO_FEW

SESSIONS = 6_500
SINCE = dt.date(2000, 1, 3)


def walks(count: int, draw: np.random.Generator) -> Iterator[tuple[str, np.ndarray]]:
    """Yield daily log returns of each kind, named."""
    for _ in range(count):
        yield "normal", draw.normal(0.0, 0.01, SESSIONS)
        yield "student", draw.standard_t(3, SESSIONS) * 0.006
        yield "clustered", _clustered(draw)


def _clustered(draw: np.random.Generator) -> np.ndarray:
    """Return returns of a GARCH(1, 1) with the persistence of share indices."""
    shocks, out = draw.normal(size=SESSIONS), np.empty(SESSIONS)
    variance = 1e-4
    for row, shock in enumerate(shocks):
        out[row] = shock * variance**0.5
        variance = 2e-6 + 0.09 * out[row] ** 2 + 0.89 * variance
    return out


def conditions(level: np.ndarray) -> Iterator[np.ndarray]:
    """Yield where a lead over a quarter is large: common, usual and rare."""
    lead = np.full(len(level), np.nan)
    lead[63:] = level[63:] / level[:-63] - 1.0
    spread = np.nanstd(lead)
    for threshold in (0.5, 1.0, 2.0):
        with np.errstate(invalid="ignore"):
            yield lead >= threshold * spread


def main() -> None:
    """Print the shares of false alarms as JSON."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--walks", type=int, default=400, help="walks of each kind")
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    called: Counter[tuple[str, str]] = Counter()
    for kind, moves in walks(asked.walks, np.random.default_rng(asked.seed)):
        level = 100.0 * np.exp(moves.cumsum())
        for holds in conditions(level):
            for horizon in HORIZONS:
                rate = base_rate(holds, level, sign=1, horizon=horizon, since=SINCE)
                if rate.verdict == TOO_FEW:
                    continue
                few = f"{ENOUGH}-14 events" if rate.known < 15 else "15 events or more"
                for cell in ("all", kind, f"{horizon} ahead", few):
                    called[cell, "compared"] += 1
                    called[cell, "signal"] += rate.verdict == SIGNAL
    cells = dict.fromkeys(cell for cell, _ in called)
    print(
        json.dumps(
            {
                cell: {
                    "compared": called[cell, "compared"],
                    "called_signal": called[cell, "signal"],
                    "percent": round(100 * called[cell, "signal"] / called[cell, "compared"], 2),
                }
                for cell in cells
            },
            indent=1,
        )
    )


if __name__ == "__main__":
    main()

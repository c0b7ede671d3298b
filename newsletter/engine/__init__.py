"""Door to the durable engine: flows whose finished steps survive a crash.

The product knows only `Engine` and `Flow`; DBOS stands behind them. Work is asked for through
the `Worklist` by processes that may execute nothing, and done by workers (ADR 0025).
"""

from collections.abc import Sequence

from newsletter.engine.durable import DurableEngine
from newsletter.engine.port import Engine, Flow, PlainEngine, Step
from newsletter.engine.rows import State, Work
from newsletter.engine.shared import opened
from newsletter.engine.worklist import Worklist

__all__: Sequence[str] = (
    "DurableEngine", "Engine", "Flow", "PlainEngine", "State", "Step", "Work", "Worklist", "opened",
)  # fmt: skip

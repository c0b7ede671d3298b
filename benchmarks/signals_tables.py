"""The results of benchmarks/signals.py as Markdown tables."""

from pathlib import Path
from typing import Any

BEGIN, END = "<!-- signals: begin -->", "<!-- signals: end -->"
WAYS = {
    "pandas_loop": "loop over symbols, pandas, TA-Lib for RSI",
    "talib_loop": "loop over symbols, TA-Lib throughout",
    "pandas_frame": "pandas on the whole frame, counts only",
}


def tables(result: dict[str, Any]) -> str:
    """Return the results as Markdown."""
    parts = [_against(result["against"]), _growth(result["growth"]), _floor(result["floor"])]
    if result["real"]:
        parts.insert(1, _real(result["real"]))
    return "\n\n".join(parts)


def write_docs(path: Path, text: str) -> None:
    """Replace what stands between the markers; append a section where there are none."""
    old = path.read_text(encoding="utf-8")
    if BEGIN not in old:
        old = f"{old.rstrip()}\n\n## Signals\n\n{BEGIN}\n{END}\n"
    head, rest = old.split(BEGIN)
    path.write_text(f"{head}{BEGIN}\n{text}\n{END}{rest.split(END)[1]}", encoding="utf-8")


def _against(a: dict[str, Any]) -> str:
    title = (
        f"**Whole-market counts and cross-section** ({a['symbols']:,} generated symbols × "
        f"{a['sessions']:,} sessions; thirteen counts a session, nine figures a symbol; fastest "
        f"of {a['runs']} runs or more; all gave the same counts; the engine uses two threads, "
        "and processor seconds add them up):"
    )
    ours, head = a["engine"], ("way", "seconds", "× engine", "processor seconds", "× engine")
    rows = [("the engine", f"{ours['seconds']:.3f}", "1", f"{ours['cpu_seconds']:.3f}", "1")]
    rows += [
        (
            text,
            f"{a[name]['seconds']:.2f}",
            f"{a[name]['ratio']:.0f}",
            f"{a[name]['cpu_seconds']:.2f}",
            f"{a[name]['cpu_ratio']:.0f}",
        )
        for name, text in WAYS.items()
    ]
    return _table(title, head, rows)


def _real(r: dict[str, Any]) -> str:
    return (
        f"**The real ledger** (session {r['session']}, {r['bars']:,} bars of {r['symbols']} "
        f"symbols, {r['facts']:,} facts, {r['signals']} signals): {r['seconds']:.2f} s, "
        "alignment included."
    )


def _growth(sizes: list[dict[str, Any]]) -> str:
    title = (
        f"**Growth** ({sizes[0]['sessions']:,} sessions; inputs are price and adjusted closes; "
        "peak is the largest the process grew beyond its size before they were made, in sizes "
        "of the inputs, these included; the ledger runs once):"
    )
    head = (
        "symbols", "inputs MB", "counts s", "ns a cell", "peak", "whole ledger s", "ns a cell",
        "peak",
    )  # fmt: skip
    rows = [
        (
            f"{g['symbols']:,}",
            f"{g['input_mb']:.0f}",
            f"{g['counts_seconds']:.2f}",
            f"{g['counts_ns_per_cell']:.1f}",
            f"{g['counts_peak_over_inputs']:.2f}",
            f"{g['ledger_seconds']:.2f}",
            f"{g['ledger_ns_per_cell']:.1f}",
            f"{g['ledger_peak_over_inputs']:.2f}",
        )
        for g in sizes
    ]
    return _table(title, head, rows)


def _floor(f: dict[str, Any]) -> str:
    return (
        f"**The floor** ({f['mb']:.0f} MB of closes): one plain read at "
        f"{f['read_gb_per_second']:.1f} GB/s takes {1000 * f['memory_floor_seconds']:.0f} ms (copy "
        f"{f['copy_gb_per_second']:.1f}, add {f['add_gb_per_second']:.1f} GB/s); the counts take "
        f"{1000 * f['counts_seconds']:.0f} ms, {f['times_memory_floor']:.1f} times that. They read "
        f"memory once and then make about {f['passes']} passes in the cache, which at the speed of "
        f"a plain addition there would take {1000 * f['cache_floor_seconds']:.0f} ms on two cores: "
        f"{f['times_cache_floor']:.1f} times that floor."
    )


def _table(title: str, head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join([title, "", *(f"| {' | '.join(line)} |" for line in lines)])

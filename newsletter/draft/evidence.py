"""The table that tells signal from noise: each signal, what followed before, and a verdict."""

from newsletter.compute.facts import Signal
from newsletter.draft.claims import Table
from newsletter.draft.evening import Evening

MOST = 9
"""Rows a reader will look at."""

_LAST = ("rotation_gauge",)
_ABSENT = "n/a"


def label(name: str) -> str:
    """Return a signal's name as a table prints it.

    Examples
    --------
    >>> label("value_vs_growth"), label("vix_slope")
    ('Value vs growth', 'VIX slope')
    """
    words = name.replace("_", " ")
    return words.replace("vix", "VIX") if words.startswith("vix") else words[:1].upper() + words[1:]


def evidence(ev: Evening) -> Table:
    """Set every signal beside its own past.

    The first row is the house's own subject, then those whose past stands out, then the
    rest by name; the composite closes the table. Signals with too few past events are
    left out: they have nothing to be set beside.
    """
    told = [signal for signal in ev.ledger.signals if signal.base_rate is not None]
    ranked = sorted(told, key=_order)
    closing = [signal for signal in ranked if signal.name in _LAST]
    others = [signal for signal in ranked if signal.name not in _LAST]
    rows = [_row(ev, signal) for signal in (*others[: MOST - len(closing)], *closing)]
    note = (
        "Median change over the quarter that followed when things stood as tonight, beside "
        "that of all quarters: of the first side against the second in points, else of "
        f"{'the large-cap fund' if ev.raced else ev.name(ev.large)} in percent. Noise: no further "
        "apart than chance would have it. Signals "
        "with too few past cases are left out."
    )
    note += _by_chance(ev)
    columns = ("Signal tonight", "Next quarter, median", "All quarters", "Verdict")
    return Table("Signal or noise", columns, tuple(rows), note)


def _by_chance(ev: Evening) -> str:
    """Say how many comparisons stand out, and how many would by chance."""
    if not ev.has("evidence.compared", "evidence.distinct", "evidence.expected"):
        return ""
    count = ev.value("evidence.distinct")
    who = "{{evidence.distinct|capital}}" if count else "None"
    return (
        f" {who} of {{{{evidence.compared}}}} such comparisons over all horizons "
        f"{'stands' if count <= 1 else 'stand'} out; chance alone would give "
        "{{evidence.expected}} at most."
    )


def _order(signal: Signal) -> tuple[int, str]:
    if signal.name == "small_vs_large":
        return 0, ""
    if signal.name in _LAST:
        return 3, ""
    rate = signal.base_rate
    return (1 if rate and rate.verdict == "signal" else 2), signal.name


def _row(ev: Evening, signal: Signal) -> tuple[str, ...]:
    stem = f"{signal.name}.base_rate.63d"
    median, usual = ev.figure(f"{stem}.median"), ev.figure(f"{stem}.all_days_median")
    return (
        f"{label(signal.name)}, {signal.state}",
        median.signed if median else _ABSENT,
        usual.signed if usual else _ABSENT,
        ev.state(f"{stem}.verdict") or _ABSENT,
    )

"""Remarks on what stands beside shares: bonds, the Fed, metals, oil and the dollar."""

import datetime as dt

from newsletter.config import plain
from newsletter.draft.evening import Evening, Figure
from newsletter.draft.prose import capital, mix, moved
from newsletter.draft.remark import Found, Remark


def _yields(ev: Evening) -> Found:
    """Report Treasury yields where they moved."""
    ten, day = ev.figure("us10y.level"), ev.figure("us10y.change.1d")
    if ten is None or day is None:
        return
    text = mix(
        ev,
        561,
        (f"The ten-year Treasury yield stands at {ten.plain}, {_change(day)} on the day",),
        (
            "",
            ", news for anyone with a loan to renew",
            ", a price that every other price is measured against",
        ),
        ".",
    )
    yield Remark("crowd", "yields", 0.5 + min(abs(day.value), 16) / 8, text)


def _change(figure: Figure) -> str:
    if figure.value == 0:
        return "unchanged"
    return f"{'up' if figure.value > 0 else 'down'} {figure.plain}"


def _curve(ev: Evening) -> Found:
    gap, since = ev.figure("us10y-us2y.curve.close"), "us10y-us2y.curve.since"
    state = ev.state("us10y-us2y.curve.state")
    if gap is None or not ev.has(since) or state not in {"upward", "inverted"}:
        return
    text = mix(
        ev,
        563,
        (
            (
                f"The Treasury curve from two years to ten has sloped upward since {{{{{since}}}}}"
                if state == "upward"
                else f"The Treasury curve from two years to ten has been inverted since {{{{{since}}}}}"
            ),
        ),
        ("", ", which is how a curve looks when nobody is waiting for rescue")
        if state == "upward"
        else ("", ", which is how a curve looks when somebody is waiting for rescue"),
        ".",
    )
    yield Remark("crowd", "curve", 0.4, text)


def _fed(ev: Evening) -> Found:
    """Report a change of the Fed's target range that is new, or the range itself."""
    low, high = ev.figure("fed_funds.target_low.close"), ev.figure("fed_funds.target_high.close")
    fact, change = ev.ledger.get("fed_funds.in_force.last"), ev.figure("fed_funds.change.last")
    if low is None or high is None or fact is None or change is None:
        return
    days = (ev.ledger.session.date - fact.value).days if isinstance(fact.value, dt.date) else 999
    text = mix(
        ev,
        565,
        (
            (
                f"The Fed's target range runs from {low.plain} to {high.plain}, and its last change, of "
                f"{change.plain}, has been in force since {{{{fed_funds.in_force.last}}}}"
            ),
        ),
        ".",
    )
    yield Remark("crowd", "fed", 2.2 if days <= 2 else 0.45, text)


def _assets(ev: Evening) -> Found:
    """Report the day or the month of gold, oil, copper, the dollar and bonds."""
    for symbol, large, wide in (
        ("GC=F", 1.2, 6),
        ("CL=F", 2.5, 10),
        ("HG=F", 1.8, 7),
        ("DX-Y.NYB", 0.5, 2),
        ("TLT", 0.9, 3.5),
        ("HYG", 0.4, 1.5),
    ):
        day, month = ev.move(symbol), ev.move(symbol, "1m")
        if day is None or month is None:
            continue
        name = ev.name(symbol)
        if abs(day.value) >= large / 2:
            text = mix(
                ev,
                567,
                (
                    f"{capital(name)} {moved(day)} on the day, which makes {month.signed} for the month",
                    f"Beside the shares, {name} {moved(day)}; over a month the figure is {month.signed}",
                    f"Outside the stock market {name} {moved(day)} today",
                ),
                _ASSET_TAILS.get((symbol, day.value > 0), ("",)),
                ".",
            )
            yield Remark("sector", "asset", 0.5 + abs(day.value) / large / 1.5, text)
        elif abs(month.value) >= wide:
            text = mix(
                ev,
                569,
                (f"{capital(name)} made {month.signed} over the past month",),
                ("", ", a move that the stock market has treated as somebody else's business"),
                ".",
            )
            yield Remark("sector", "asset", 0.4 + abs(month.value) / wide / 2, text)


_ASSET_TAILS = {
    ("GC=F", True): ("", ", a metal with no dividend and no promises"),
    ("GC=F", False): ("", ", so the demand for shelter had its limits"),
    ("CL=F", True): ("", ", a tax on everybody who is not a producer"),
    ("CL=F", False): (
        "",
        ", a relief to whoever pays for fuel and a grief to whoever lends to drillers",
    ),
    ("HG=F", True): ("", ", a metal for people with something to build"),
    ("HG=F", False): ("", ", a metal with little talent for optimism today"),
    ("DX-Y.NYB", True): (
        "",
        ", a headwind for large exporters and hardly for small companies",
    ),
    ("DX-Y.NYB", False): (
        "",
        ", a help to large exporters and none to companies that sell at home",
    ),
    ("TLT", True): ("", ", a hedge that worked"),
    ("TLT", False): ("", ", and those who hold bonds for comfort had little of it"),
    ("HYG", True): ("", ", a good day for lenders"),
    ("HYG", False): ("", ", and lenders usually notice trouble before shareholders do"),
}


def _pairs_of_assets(ev: Evening) -> Found:
    """Set the signals' ages beside each other: what has changed its state of late."""
    for signal in ev.ledger.signals:
        stem = f"{signal.name}.signal"
        since, count = ev.ledger.get(f"{stem}.since"), ev.value(f"{stem}.sessions", 999)
        if (
            since is None
            or not ev.has(f"{stem}.state", f"{stem}.since")
            or signal.name == "rotation_gauge"
        ):
            continue
        if since.value == ev.ledger.session.date:
            text = f"Our gauge of {since.name} changed its state today."
            yield Remark("crowd", "signal", 1.3, text)
        elif count >= 150 and _speaks_for_itself(signal.name, since.name):
            text = f"Our gauge of {since.name} has read “{{{{{stem}.state}}}}” since {{{{{stem}.since}}}}."
            yield Remark("crowd", "signal", 0.4, text)


def _speaks_for_itself(signal: str, name: str) -> bool:
    """Tell whether a race's name says which race it is: a house may name its funds as it likes."""
    return "_vs_" not in signal or signal.partition("_")[0] in name.casefold()


def _flows(ev: Evening) -> Found:
    flow = ev.figure(f"{plain(ev.small)}.flow.5d")
    if flow is None or abs(flow.fact.number) < 50_000_000:
        return
    text = mix(
        ev,
        571,
        f"Over five sessions {flow.plain} came into {ev.name(ev.small)}"
        if flow.fact.number > 0  # a sum that left is printed with its sign
        else f"The flow of {ev.name(ev.small)} over five sessions was {flow.signed}",
        ("", ", money that had to be moved by hand", ", and creations do not lie about appetite"),
        ".",
    )
    yield Remark("race", "flow", 1.0, text)


MAKERS = (_yields, _curve, _fed, _assets, _pairs_of_assets, _flows)

"""Watch: what to look at next, each with tonight's level and not yet reached."""

from newsletter.config import plain
from newsletter.draft.evening import Evening
from newsletter.draft.prose import capital, mix, moved

MOST = 4


def watch(ev: Evening) -> tuple[str, ...]:
    """Return what we watch, the least worn first where there is a choice."""
    found = [
        item for make in (_record, _ratio, _banks, _fear, _weights, _crowd) if (item := make(ev))
    ]
    ranked = sorted(range(len(found)), key=lambda i: (ev.worn(found[i]), i))[:MOST]
    return tuple(found[i] for i in sorted(ranked))


def _record(ev: Evening) -> str | None:
    stem = plain(ev.small)
    record, distance = f"{stem}.record_close.level", ev.figure(f"{stem}.distance_from_record.close")
    if not distance or not ev.has(record) or not -15 <= distance.value < 0:
        return None
    return mix(
        ev,
        621,
        (
            f"Whether {ev.name(ev.small)} can close above {{{{{record}}}}}, its record close",
            f"Whether {ev.name(ev.small)} gets past its record close of {{{{{record}}}}}",
        ),
        (f", {distance.plain} from here", f"; it stands {distance.plain} below it tonight"),
        ".",
    )


def _ratio(ev: Evening) -> str | None:
    gap = ev.figure(f"{ev.ratio}.50d_gap")
    if not gap or abs(gap.value) < 0.05:
        return None
    up = gap.value > 0
    return mix(
        ev,
        623,
        f"Whether the ratio of small caps to large, {gap.plain} {'above' if up else 'below'} its "
        "50-day average tonight, ",
        ("holds above it", "stays there", "can stay there")
        if up
        else ("gets back above it", "finds its way back above it"),
        ".",
    )


def _banks(ev: Evening) -> str | None:
    banks, large = ev.move("KRE"), ev.move("XLF")
    if not banks or not large or abs(banks.value - large.value) < 0.1:
        return None
    behind = banks.value < large.value
    name = ev.name("KRE")
    return mix(
        ev,
        625,
        (
            f"Whether {name} follows the large banks",
            f"Whether {name} makes up its ground on the large banks",
        )
        if behind
        else (f"Whether {name} stays in front of the large banks",),
        (
            f", after a day on which {name} {moved(banks)} and financials {moved(large)}",
            f": on the day {name} {moved(banks)} and financials {moved(large)}",
        ),
        ".",
    )


def _fear(ev: Evening) -> str | None:
    stem = plain(ev.universe.volatility)
    level, rank = f"{stem}.level", ev.figure(f"{stem}.percentile_1y")
    if not ev.has(level):
        return None
    name = ev.name(ev.universe.volatility)
    if rank is not None and rank.value > 50:
        return mix(
            ev,
            627,
            f"Whether {name} falls from {{{{{level}}}}}",
            (
                ", and whether shares notice",
                ", and who sells the insurance",
                ", without help from a rally",
            ),
            ".",
        )
    return mix(
        ev,
        629,
        f"{capital(name)}, at {{{{{level}}}}} tonight",
        (
            ": a rise while shares are calm would be the first sign of people paying for doubt",
            ", for a climb from here on a calm day would say more than a storm does",
            "; it is the cheapest witness we have, and the first to change its story",
        ),
        ".",
    )


def _weights(ev: Evening) -> str | None:
    pair = next((p for p in ev.universe.pairs if p.theme == "weighting"), None)
    spread = ev.spread(pair.first, pair.second, "5d") if pair else None
    if pair is None or spread is None or abs(spread.value) < 0.1:
        return None
    lead = spread.value > 0
    name = ev.name(pair.first)
    return mix(
        ev,
        631,
        f"Whether {name}, {'ahead of' if lead else 'behind'} {ev.name(pair.second)} by "
        f"{spread.plain} "
        "over five sessions, ",
        (
            "keeps up when technology leads.",
            "can win when the giants rise.",
        ),
    )


def _crowd(ev: Evening) -> str | None:
    share = ev.figure(f"{ev.breadth}.above_50d")
    if share is None:
        return None
    return mix(
        ev,
        633,
        (
            (
                f"Whether more {ev.members} than tonight's {share.plain} can stand above their "
                "50-day average"
            ),
            f"How many {ev.members} are above their 50-day average: {share.plain} tonight",
        ),
        (
            "",
            ", because a general needs soldiers",
            ", a figure that no handful of giants can move",
        ),
        ".",
    )

"""What followed in the past, stated with its sample; never a promise."""

from newsletter.draft.evening import Evening, crowded
from newsletter.draft.prose import capital, listed, pick, sentences
from newsletter.units import Unit

STEM = "small_vs_large.base_rate"
QUARTER = f"{STEM}.63d"
_RATES = ("known", "hit_rate", "median", "all_days_hit_rate", "all_days_median", "verdict")
_NEEDED = (*(f"{QUARTER}.{rate}" for rate in _RATES), f"{STEM}.since", f"{STEM}.threshold")
_STRETCHES = (("1m", "one month"), ("3m", "three months"), ("1y", "one year"))
_AHEAD = {21: "the next month", 63: "the next quarter", 252: "the next year"}


def odds_paragraph(ev: Evening) -> str | None:
    """Cite two base rates: that of small against large, and one of another gauge."""
    return sentences(_cited(ev), _other(ev)) or None


def _own(ev: Evening) -> str:
    """Cite what followed for small against large, over the horizon least worn."""
    state = ev.state(f"{STEM}.condition")
    found = []
    for days, words in _AHEAD.items():
        stem = f"{STEM}.{days}d"
        if not ev.has(*(f"{stem}.{rate}" for rate in _RATES)):
            continue
        led = {"neutral": "small caps led", "lagging": "they trailed again"}.get(
            state, "they led again"
        )
        found.append(
            f"Since {{{{{STEM}.since|year}}}} {_case(state)} {{{{{stem}.events|word}}}} separate times; "
            f"of the {{{{{stem}.known|word}}}} with a known sequel, {led} over {words} in "
            f"{{{{{stem}.hit_rate}}}}, by a median of {{{{{stem}.median|signed}}}}, against "
            f"{{{{{stem}.all_days_hit_rate}}}} and {{{{{stem}.all_days_median|signed}}}} for all days."
        )
    return pick(ev, 302, found)


def _case(state: str) -> str:
    if state == "neutral":
        return (
            f"the race has stood like tonight, with neither side ahead by {{{{{STEM}.threshold}}}},"
        )
    done = "lost" if state == "lagging" else "gained"
    return f"small caps have {done} {{{{{STEM}.threshold}}}} or more on large over a quarter"


def _judged(ev: Evening) -> str | None:
    """Say what the figures are worth, as the verdict has it."""
    if ev.state(f"{QUARTER}.verdict") == "noise":
        return pick(
            ev,
            301,
            (
                "As a forecast, that is worth about what it cost.",
                "A fair coin would be hard to tell from it.",
                "Whoever calls that an edge has low standards for edges.",
                "The past was asked and shrugged.",
                "It is a number to know and not a number to trade on.",
                "Chance could have written it.",
            ),
        )
    if ev.value(f"{QUARTER}.hit_rate") > ev.value(f"{QUARTER}.all_days_hit_rate"):
        return "That is more than chance alone would usually give, which is rare enough to mention."
    return "If anything, the past leaned the other way."


def _other(ev: Evening) -> str | None:
    """Cite what followed another gauge's present state, for the large-cap fund."""
    found = []
    for signal in ev.ledger.signals:
        if signal.name.startswith("breadth_") and not crowded(ev.ledger, ev.universe):
            continue
        for days, words in _AHEAD.items():
            stem = f"{signal.name}.base_rate.{days}d"
            median = ev.ledger.get(f"{stem}.median")
            state = ev.ledger.get(f"{signal.name}.signal.state")
            if median is None or state is None or median.unit is not Unit.PERCENT:
                continue
            if not ev.has(
                f"{stem}.all_days_median", f"{stem}.known", f"{signal.name}.base_rate.since"
            ):
                continue
            noise = ev.state(f"{stem}.verdict") == "noise"
            when = (
                (
                    f"In the {{{{{stem}.known|word}}}} known cases since "
                    f"{{{{{signal.name}.base_rate.since|year}}}} in which {state.name} read "
                    f"“{{{{{state.id}}}}}”, the median over {words} was {{{{{median.id}|signed}}}}"
                ),
                (
                    f"When {state.name} was {{{{{state.id}}}}}, as tonight, the median over {words} was "
                    f"{{{{{median.id}|signed}}}}"
                ),
            )
            found += [
                f"{text}, against {{{{{stem}.all_days_median|signed}}}} for all days{tail}."
                for text in when
                for tail in (_NOISE if noise else _SIGNAL)
            ]
    return pick(ev, 303, found) if found else None


_NOISE = (
    "",
    ": no further apart than chance would have it",
    ", a difference that we would not pay for",
    ", a description and no forecast",
    "; call it weather",
)
_SIGNAL = (
    "",
    ": further apart than chance usually has it",
    ", one of the few differences worth a second look",
)


def odds_bullet(ev: Evening) -> str:
    """Give in a line the base rate that the body gives too, with where the race stands.

    Where the body has none that is not said already, the line is the race alone: a summary
    holds nothing that the body does not bear out.
    """
    if not ev.raced:
        return _so_far(ev)
    if not _known(ev):
        return (
            "The odds: history is too short here for a base rate, so this is opinion without one."
        )
    own = _cited(ev)
    days = next((days for days in _AHEAD if f"{STEM}.{days}d.hit_rate" in own), None)
    if days is None:
        return f"The race so far: {_race(ev)}."
    state, rate = ev.state(f"{STEM}.condition"), f"{STEM}.{days}d"
    again = {"neutral": "small caps led", "lagging": "they trailed again"}.get(
        state, "they led again"
    )
    start = {
        "neutral": "with neither side ahead by {0}",
        "lagging": "after small caps have lost {0} on large over a quarter",
    }.get(state, "after small caps have gained {0} on large over a quarter")
    return (
        f"The odds: {start.format(f'{{{{{STEM}.threshold}}}}')}, {again} over {_AHEAD[days]} "
        f"{{{{{rate}.hit_rate}}}} of the time; over all days it is {{{{{rate}.all_days_hit_rate}}}}. "
        f"{capital(_race(ev))}."
    )


def _so_far(ev: Evening) -> str:
    """Say what the one fund of a house has made over the longer stretches."""
    made = [f"{move.signed} over {words}" for window, words in _STRETCHES if
            (move := ev.move(ev.large, window))]  # fmt: skip
    name = ev.name(ev.large)
    if made:
        return f"The longer run of {name}: {listed(made)}."
    return "The longer run: history is too short here to tell of one."


def _race(ev: Evening) -> str:
    spread = ev.spread(ev.small, ev.large, "3m")
    if spread is None or abs(spread.value) < 0.05:
        return "the race over three months is level"
    side = "ahead of" if spread.value > 0 else "behind"
    return f"over three months {ev.name(ev.small)} is {side} {ev.name(ev.large)} by {spread.plain}"


def _cited(ev: Evening) -> str:
    """Return the base rate that the body cites tonight; empty where it was all said before."""
    own = ev.fresh(_own(ev)) if _known(ev) else ""
    # What is said of it stands and falls with it.
    return sentences(own, ev.fresh(_judged(ev))) if own else ""


def _known(ev: Evening) -> bool:
    return ev.has(*_NEEDED, f"{QUARTER}.events")

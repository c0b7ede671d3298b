"""What followed in the past, stated with its sample; never a promise."""

from newsletter.draft.evening import Evening
from newsletter.draft.prose import pick, sentences

STEM = "small_vs_large.base_rate"
QUARTER = f"{STEM}.63d"
_NEEDED = (
    f"{QUARTER}.events",
    f"{QUARTER}.known",
    f"{QUARTER}.hit_rate",
    f"{QUARTER}.median",
    f"{QUARTER}.all_days_hit_rate",
    f"{QUARTER}.all_days_median",
    f"{QUARTER}.verdict",
    f"{STEM}.since",
    f"{STEM}.threshold",
)


def odds_paragraph(ev: Evening) -> str | None:
    """Cite the base rate behind small against large."""
    if not _known(ev):
        return None
    if ev.state(f"{STEM}.condition") == "neutral":
        return sentences(_level_race(), _judged(ev))
    led = ev.state(f"{STEM}.condition") != "lagging"
    small = "small caps"
    did, again = ("gained", "led again") if led else ("lost", "trailed again")
    return sentences(
        f"Since {{{{{STEM}.since|year}}}} {small} have {did} "
        f"{{{{{STEM}.threshold}}}} or more on large over a quarter "
        f"{{{{{QUARTER}.events|word}}}} separate times.",
        f"Of the {{{{{QUARTER}.known|word}}}} with a known sequel, they {again} over the next "
        f"quarter in {{{{{QUARTER}.hit_rate}}}}, by a median of "
        f"{{{{{QUARTER}.median|signed}}}}, against {{{{{QUARTER}.all_days_hit_rate}}}} and "
        f"{{{{{QUARTER}.all_days_median|signed}}}} for all days.",
        _judged(ev),
    )


def _level_race() -> str:
    return (
        f"Since {{{{{STEM}.since|year}}}} there have been {{{{{QUARTER}.events|word}}}} separate "
        f"quarters that began, like tonight, with neither side ahead by {{{{{STEM}.threshold}}}}. "
        f"Of the {{{{{QUARTER}.known|word}}}} with a known sequel, small caps led over the next "
        f"quarter in {{{{{QUARTER}.hit_rate}}}}, by a median of {{{{{QUARTER}.median|signed}}}}, "
        f"against {{{{{QUARTER}.all_days_hit_rate}}}} and "
        f"{{{{{QUARTER}.all_days_median|signed}}}} for all days."
    )


def _judged(ev: Evening) -> str:
    """Say what the figures are worth, as the verdict has it."""
    if ev.state(f"{QUARTER}.verdict") == "noise":
        return pick(
            ev,
            301,
            (
                "As a forecast, that is worth about what it cost.",
                "A fair coin would be hard to tell from it.",
                "Whoever calls that an edge has low standards for edges.",
            ),
        )
    if ev.value(f"{QUARTER}.hit_rate") > ev.value(f"{QUARTER}.all_days_hit_rate"):
        return "That is more than chance alone would usually give, which is rare enough to mention."
    return "If anything, the past leaned the other way."


def odds_bullet(ev: Evening) -> str:
    """Give the base rate in a line, or say that there is none."""
    if not _known(ev):
        return (
            "The odds: history is too short here for a base rate, so this is opinion without one."
        )
    if ev.state(f"{STEM}.condition") == "neutral":
        return (
            f"The odds: with neither side ahead by {{{{{STEM}.threshold}}}}, small caps led over "
            f"the next quarter {{{{{QUARTER}.hit_rate}}}} of the time; over all days it is "
            f"{{{{{QUARTER}.all_days_hit_rate}}}}."
        )
    led = ev.state(f"{STEM}.condition") != "lagging"
    done, again = ("gained", "led again") if led else ("lost", "trailed again")
    return (
        f"The odds: after small caps have {done} {{{{{STEM}.threshold}}}} on large "
        f"over a quarter, they {again} over the next quarter "
        f"{{{{{QUARTER}.hit_rate}}}} of the time; over all days it is "
        f"{{{{{QUARTER}.all_days_hit_rate}}}}."
    )


def _known(ev: Evening) -> bool:
    return ev.has(*_NEEDED)

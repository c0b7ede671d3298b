"""What followed in the past, stated with its sample; never a promise."""

from newsletter.draft.evening import Evening
from newsletter.draft.prose import pick, sentences

STEM = "small_vs_large.base_rate"
_NEEDED = (
    "events",
    "known",
    "hit_rate",
    "median",
    "all_days_hit_rate",
    "all_days_median",
    "since",
    "threshold",
    "horizon",
)


def odds_paragraph(ev: Evening) -> str | None:
    """Cite the base rate behind small against large."""
    if not _known(ev):
        return None
    led = ev.state(f"{STEM}.condition") != "lagging"
    small = "small caps"
    did, again = ("beaten", "led again") if led else ("trailed", "trailed again")
    hit, base = ev.value(f"{STEM}.hit_rate"), ev.value(f"{STEM}.all_days_hit_rate")
    difference = abs(hit - base)
    judgement = (
        pick(
            ev,
            301,
            (
                "As a forecast, that is worth about what it cost.",
                "A fair coin would be hard to tell from it.",
                "Whoever calls that an edge has low standards for edges.",
            ),
        )
        if difference < 8
        else "That is more than a coin would give, on a sample too small to lean on."
        if hit > base
        else "If anything, the past leaned the other way."
    )
    return sentences(
        f"Since {{{{{STEM}.since|year}}}} {small} have {did} large by "
        f"{{{{{STEM}.threshold}}}} or more over {{{{{STEM}.horizon}}}} sessions "
        f"{{{{{STEM}.events|word}}}} separate times.",
        f"Of the {{{{{STEM}.known|word}}}} with a known sequel, they {again} over the next "
        f"{{{{{STEM}.horizon}}}} in {{{{{STEM}.hit_rate}}}}, by a median of "
        f"{{{{{STEM}.median|signed}}}}, against {{{{{STEM}.all_days_hit_rate}}}} and "
        f"{{{{{STEM}.all_days_median|signed}}}} for all days.",
        judgement,
    )


def odds_bullet(ev: Evening) -> str:
    """Give the base rate in a line, or say that there is none."""
    if not _known(ev):
        return (
            "The odds: history is too short here for a base rate, so this is opinion without one."
        )
    led = ev.state(f"{STEM}.condition") != "lagging"
    done, again = ("led", "led again") if led else ("trailed", "trailed again")
    return (
        f"The odds: after small caps have {done} by {{{{{STEM}.threshold}}}} over "
        f"{{{{{STEM}.horizon}}}} sessions, they {again} over the next as many "
        f"{{{{{STEM}.hit_rate}}}} of the time; over all days it is "
        f"{{{{{STEM}.all_days_hit_rate}}}}."
    )


def _known(ev: Evening) -> bool:
    return ev.has(*(f"{STEM}.{part}" for part in _NEEDED))

"""The base rate a month ahead: what followed when the race stood as it stands now."""

from newsletter.draft.evening import Evening
from newsletter.draft.prose import pick, sentences

STEM = "small_vs_large.base_rate"
MONTH = f"{STEM}.21d"
_NEEDED = (
    *(f"{MONTH}.{what}" for what in ("known", "hit_rate", "hit_rate_low", "hit_rate_high", "median",
                                     "all_days_hit_rate", "all_days_median", "verdict")),
    f"{STEM}.since", f"{STEM}.condition",
)  # fmt: skip
_LAGGED = "lagging"


def known(ev: Evening) -> bool:
    """Tell whether there is a base rate to cite."""
    return ev.has(*_NEEDED)


def paragraph(ev: Evening) -> str | None:
    """Cite it with its sample and its interval, and say what it is worth."""
    if not known(ev):
        return None
    return sentences(
        f"Since {{{{{STEM}.since|year}}}}, with small caps {_state(ev)} over a quarter as they do "
        f"now, they {_did(ev)} over the next month in {{{{{MONTH}.hit_rate}}}} of the "
        f"{{{{{MONTH}.known|word}}}} separate cases with a known sequel.",
        f"Their median lead over the next month was {{{{{MONTH}.median|signed}}}}, against "
        f"{{{{{MONTH}.all_days_median|signed}}}} for all days.",
        f"Over all days they {_did(ev)} over the next month {{{{{MONTH}.all_days_hit_rate}}}} of "
        "the time.",
        _worth(ev),
    )


def line(ev: Evening) -> str:
    """Give it in a line for a bullet, or say that there is none."""
    if not known(ev):
        return "The odds: too little history for a base rate a month ahead."
    return (
        f"The odds: after quarters like this one small caps {_did(ev)} over the next month "
        f"{{{{{MONTH}.hit_rate}}}} of the time; over all days it is "
        f"{{{{{MONTH}.all_days_hit_rate}}}}."
    )


def _state(ev: Evening) -> str:
    condition = ev.state(f"{STEM}.condition")
    return "trailing large" if condition == _LAGGED else "level with large" if condition == (
        "neutral") else "leading large"  # fmt: skip


def _did(ev: Evening) -> str:
    return "trailed" if ev.state(f"{STEM}.condition") == _LAGGED else "led"


def _worth(ev: Evening) -> str:
    if ev.state(f"{MONTH}.verdict") == "noise":
        return pick(ev, 821, (
            "The past takes no side here, and we do not put words in its mouth.",
            "History, asked politely, declines to comment.",
            "That is a coin with a long record.",
        ))  # fmt: skip
    return "That is further from the usual than chance often gives, and still no promise."

"""Giants: growth leads, small caps are left, and the market narrows again."""

from newsletter.draft import tape
from newsletter.draft.evening import Evening
from newsletter.draft.prose import capital, moved, pick, sentences
from newsletter.draft.theme import Argument, Theme


def weigh(ev: Evening) -> float:
    """Grow with the day's lead of growth over small, if growth rose."""
    growth = ev.value("QQQ.return.1d")
    lead = ev.gap("QQQ", ev.small)
    return 0.9 + 0.6 * lead if lead >= 0.7 and growth > 0.2 else 0.0


def argue(ev: Evening) -> Argument:
    """Argue that the old habit is back, and what it costs."""
    growth, small = ev.need("QQQ"), ev.need(ev.small)
    opening = sentences(
        pick(
            ev,
            51,
            (
                (
                    f"{capital(ev.name('QQQ'))} {moved(growth)} and {ev.name(ev.small)} {moved(small)}. "
                    "The market had a choice today and went back to what it knows."
                ),
                (
                    f"Old habits paid again: {ev.name('QQQ')} {moved(growth)}, {ev.name(ev.small)} "
                    f"{moved(small)}."
                ),
            ),
        ),
        tape.leaders(ev),
        tape.laggards(ev),
        tape.average_stock(ev),
        tape.sector_count(ev),
    )
    reading = sentences(
        "Our reading is that the rotation was waiting for somebody else to go first.",
        (
            "Small companies fell on a day when money was being put to work, and there is no kinder "
            "way to say it."
            if small.value < -0.05
            else "Small companies were not sold; they were ignored, which in a rising market comes "
            "to the same thing more slowly."
        ),
        tape.ratio(ev),
        "Narrow leadership is no reason for a market to fall. It is a reason for it to fall "
        "further when it does, because everyone is leaving by the same door.",
    )
    return Argument(
        headline=pick(
            ev,
            52,
            (
                "Given a choice, the market went back to the giants",
                "The rotation lost an argument with habit today",
                "Growth took the day, and small caps took notes",
            ),
        ),
        dek=(
            "Buyers who say they want a broader market bought a narrower one. The tape keeps "
            "better records than the commentary."
        ),
        opening=opening,
        reading=reading,
        verdict="The rotation is not dead, but today nobody needed it. A trend that waits for permission is a hope.",
        tell=f"{ev.name('QQQ')} {moved(growth)} while {ev.name(ev.small)} {moved(small)}: the crowd went home",
        change_mind=(
            f"{capital(ev.name(ev.small))} ahead of {ev.name('QQQ')} over five sessions in which both rise.",
            "The equal-weight fund leading the cap-weighted one for a week.",
        ),
    )


THEME = Theme("giants", "Concentration · Opinion", "against", weigh, argue)

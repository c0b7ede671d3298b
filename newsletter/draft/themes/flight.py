"""Flight: money leaves growth, and what it buys is shelter rather than small caps."""

from newsletter.draft import tape
from newsletter.draft.evening import DEFENSIVE, Evening
from newsletter.draft.prose import capital, listed, moved, pick, sentences
from newsletter.draft.theme import Argument, Theme


def weigh(ev: Evening) -> float:
    """Grow with the fall of growth and the rise of shelter, if small caps do not gain."""
    growth, shelter = ev.value("QQQ.return.1d"), ev.average(DEFENSIVE)
    small = ev.value(f"{ev.small}.return.1d")
    if growth > -0.6 or shelter < 0.3 or small > 0.15:
        return 0.0
    return 1.0 + 0.5 * (shelter - growth)


def argue(ev: Evening) -> Argument:
    """Argue that leaving growth is not the same as going to small caps."""
    growth, small, chips = ev.need("QQQ"), ev.need(ev.small), ev.move("SMH")
    culprit, fall = (
        (ev.name("SMH"), chips)
        if chips and chips.value < growth.value
        else (ev.name("QQQ"), growth)
    )
    shelters = listed(
        f"{ev.name(s)} ({{{{{s}.return.1d.total|signed}}}})"
        for s, m in ev.ranked()
        if s in DEFENSIVE and m.value > 0
    )
    banks = ev.move("KRE")
    opening = sentences(
        pick(
            ev,
            31,
            (
                (
                    f"Sellers went after growth: {culprit} lost {fall.plain}. Somebody sold, and "
                    "somebody had to decide what to hold instead; the second decision is the one "
                    "worth reading."
                ),
                (
                    f"{capital(culprit)} lost {fall.plain} today. Money seldom leaves the room; it "
                    "changes chairs, and the chairs are the story."
                ),
            ),
        ),
        f"What was bought was {shelters}: a list of places to wait, not of places to go."
        if shelters
        else None,
        f"{capital(ev.name(ev.small))} {moved(small)}.",
        tape.laggards(ev),
        (
            f"Financials rose and {ev.name('KRE')} fell {banks.plain}: the banks that were bought "
            "were the large ones."
            if banks and banks.value < -0.05 and ev.value("XLF.return.1d.total") > 0.05
            else None
        ),
        tape.sector_count(ev),
    )
    reading = sentences(
        "Our reading is that the sale of growth and the purchase of small companies are "
        "separate decisions, often reported as one. Today offered everybody a reason for the "
        "first. Hardly anybody took the second, on a day when it could not have been easier.",
        tape.average_stock(ev),
        tape.ratio(ev),
    )
    return Argument(
        headline=pick(
            ev,
            32,
            (
                "Growth was sold for shelter, and small caps were not on the list",
                "The exit from growth is busy. The other door is not",
                "They sold the future and bought the dividend, not the small caps",
            ),
        ),
        dek=(
            "A rotation needs two legs: something sold and something bought. Today had the first "
            "and, where small caps are concerned, not the second."
        ),
        opening=opening,
        reading=reading,
        verdict=(
            "Selling growth has become a habit. Buying small caps with the proceeds has not, and "
            "until it does the rotation is half a trade."
        ),
        tell=f"{ev.name(ev.small)} {moved(small)} while shelter was bought: a retreat, not an advance",
        change_mind=(
            (
                f"{capital(ev.name(ev.small))} beating {ev.name(ev.large)} over five sessions in which "
                "growth rises too: that would be an advance."
            ),
            "A day on which the defensive sectors fall and small caps do not.",
        ),
    )


THEME = Theme("flight", "Rotation · Opinion", "against", weigh, argue)

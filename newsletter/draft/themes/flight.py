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
                    f"When {culprit} loses {fall.plain} in a session, a genuine handover should show up "
                    "in the hands it is handed to."
                ),
                (
                    f"{capital(culprit)} lost {fall.plain} today, and the money that left it had to be "
                    "put somewhere."
                ),
            ),
        ),
        f"It did, but not in the ones the rotation story names. It went to {shelters}."
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
        "Our reading is that two different trades have been travelling under one name. The "
        "first, out of crowded growth, is alive. The second, into small companies because they "
        "are small, was not taken up on a day made for it.",
        tape.average_stock(ev),
        tape.ratio(ev),
    )
    return Argument(
        headline=pick(
            ev,
            32,
            (
                "Money left growth today and walked straight past small caps",
                "The exit from growth is busy. The door marked small caps is not",
                "What was bought today looks like shelter, not appetite",
            ),
        ),
        dek=(
            "The giants of growth fell on a day the rotation story needed small caps to rise. "
            "What was bought instead tells you why."
        ),
        opening=opening,
        reading=reading,
        verdict=(
            "The move out of crowded growth is real. The move into small caps is a passenger, "
            "and today it missed the train."
        ),
        tell=f"{ev.name(ev.small)} {moved(small)} while shelter was bought: flight, not appetite",
        change_mind=(
            (
                f"{capital(ev.name(ev.small))} beating {ev.name(ev.large)} over five sessions in which "
                "growth rises too: that would be appetite, not flight."
            ),
            "A day on which the defensive sectors fall and small caps do not.",
        ),
    )


THEME = Theme("flight", "Theme · Opinion", "against", weigh, argue)

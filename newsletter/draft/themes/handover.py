"""Handover: small caps and the average stock beat the giants, and it is not a fluke of the tape."""

from newsletter.draft import tape
from newsletter.draft.evening import Evening
from newsletter.draft.prose import capital, moved, pick, sentences
from newsletter.draft.theme import Argument, Theme


def weigh(ev: Evening) -> float:
    """Grow with the day's lead of small over large, if small caps rose."""
    small = ev.value(f"{ev.small}.return.1d")
    lead = ev.gap(ev.small, ev.large)
    return 1.0 + 0.8 * lead if lead >= 0.6 and small > 0.2 else 0.0


def argue(ev: Evening) -> Argument:
    """Argue that the rotation has a pulse, with its terms stated."""
    small, large = ev.need(ev.small), ev.need(ev.large)
    weak_growth = ev.value("QQQ.return.1d") < -0.05
    opening = sentences(
        pick(
            ev,
            41,
            (
                (
                    f"{capital(ev.name(ev.small))} {moved(small)} on a day when {ev.name(ev.large)} "
                    f"{moved(large)}. That is what a change of leadership looks like while it happens."
                ),
                (
                    f"Small companies had the better of large ones: {ev.name(ev.small)} {moved(small)}, "
                    f"{ev.name(ev.large)} {moved(large)}."
                ),
            ),
        ),
        (
            "It came with growth on offer, so this was a swap and not merely a tide."
            if weak_growth
            else "The Nasdaq-100 rose too or held its ground, so nobody had to be robbed to pay for it."
        ),
        tape.leaders(ev),
        tape.laggards(ev),
        tape.average_stock(ev),
    )
    reading = sentences(
        (
            "Our reading is that the preference is real. Buyers who could have had the giants at "
            "a discount chose their small rivals instead, and they had to cross the road to do it."
            if weak_growth
            else "Our reading is that appetite is widening. A rising tide is the friendliest test a "
            "laggard can be given; small caps did more than float."
        ),
        tape.ratio(ev),
        "What would make us more confident is not another day like this but a bad one survived.",
    )
    return Argument(
        headline=pick(
            ev,
            42,
            (
                "Small caps did the leading today, and for once nobody carried them",
                "The handover has a pulse. Now it needs a bad day",
                "The unloved half of the market had the better argument today",
            ),
        ),
        dek=(
            f"{capital(ev.name(ev.small))} beat {ev.name(ev.large)} on the day. The lead is real; "
            "the habit is not proved."
        ),
        opening=opening,
        reading=reading,
        verdict="The rotation is alive. It has shown that it can run; it has yet to show that it can take a punch.",
        tell=f"{ev.name(ev.small)} {moved(small)} and {ev.name(ev.large)} {moved(large)}: a preference, not a tide",
        change_mind=(
            f"{capital(ev.name(ev.small))} giving back the lead within five sessions.",
            (
                f"A day on which {ev.name(ev.large)} falls and small caps fall further: leadership that "
                "needs fair weather is not leadership."
            ),
        ),
    )


THEME = Theme("handover", "Rotation · Opinion", "for", weigh, argue)

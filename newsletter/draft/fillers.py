"""Evidence paragraphs of the longer view, in order of interest; used until the body is full."""

from collections.abc import Iterator

from newsletter.config import plain
from newsletter.draft.evening import Evening, Figure
from newsletter.draft.prose import pick, sentences


def paragraphs(ev: Evening) -> Iterator[str]:
    """Yield the paragraphs that tonight's facts allow."""
    for make in (_month, _breadth, _volatility, _distance, _caution):
        text = make(ev)
        if text:
            yield text


def _month(ev: Evening) -> str | None:
    ranked = ev.ranked("1m")
    if len(ranked) < 8:
        return None
    (best, top), (worst, bottom) = ranked[0], ranked[-1]
    spread = top.value - bottom.value
    tail = (
        pick(
            ev,
            231,
            (
                "A gap that wide means somebody has been making up their mind.",
                "With that much between first and last, the index is an average of two markets.",
            ),
        )
        if spread >= 8
        else pick(
            ev,
            232,
            (
                "For a month of trading that is a narrow field.",
                "There is not much between first and last, and so not much of a message.",
            ),
        )
    )
    return sentences(
        f"Over the past month {ev.name(best)} has been the best of the sectors, with "
        f"{top.signed}, and {ev.name(worst)} the worst, with {bottom.signed}, dividends included.",
        tail,
    )


def _breadth(ev: Evening) -> str | None:
    fifty, ago = f"{ev.breadth}.above_50d", f"{ev.breadth}.above_50d.21d_ago"
    now, then = ev.figure(fifty), ev.figure(ago)
    if now is None or then is None:
        return None
    difference = round(now.value) - round(then.value)
    turn = "up from" if difference > 0 else "down from" if difference < 0 else "no different from"
    tail = (
        "The crowd is joining in."
        if difference >= 8
        else "The crowd is thinning."
        if difference <= -8
        else "Under the surface, too, less has changed than the daily noise suggests."
    )
    return (
        f"Beneath the averages, {{{{{fifty}}}}} of {ev.members} stand above their 50-day average, "
        f"{turn} {{{{{ago}}}}} a month earlier. {tail}"
    )


def _volatility(ev: Evening) -> str | None:
    calm = ev.figure(f"{plain(ev.large)}.volatility.21d")
    restless = ev.figure(f"{plain(ev.small)}.volatility.21d")
    if not calm or not restless:
        return None
    tail = (
        "Whatever small caps earn over large ones has to be divided by that before it is admired."
        if restless.value > calm.value + 1
        else "That the smaller companies have not been the jumpier ones is unusual enough to note."
    )
    return (
        f"Over the past month {ev.name(ev.small)} has moved with an annualised volatility of "
        f"{restless.plain}, against {calm.plain} for {ev.name(ev.large)}. {tail}"
    )


def _distance(ev: Evening) -> str | None:
    found = [
        (symbol, ev.figure(f"{plain(symbol)}.distance_from_record.close"))
        for symbol in (ev.large, ev.small)
    ]
    parts = [f"{ev.name(symbol)} {_below(figure)}" for symbol, figure in found if figure]
    if len(parts) < 2:
        return None
    return (
        f"For orientation: {parts[0]} and {parts[1]}. Distance from a high is no signal by itself, "
        "but it says how much has to go right before anyone can speak of a breakout."
    )


def _below(figure: Figure) -> str:
    if figure.fact.number == 0:
        return "closed at its record"
    if figure.value == 0:  # the distance would print as nothing
        return "stands just below its record close"
    return f"stands {figure.plain} below its record close"


def _caution(ev: Evening) -> str:
    return pick(
        ev,
        221,
        (
            (
                "None of this requires a story about why. Prices move first and reasons are found for "
                "them afterwards, usually by people who did not trade. What can be said with "
                "confidence is what was preferred to what, over which stretch of time, and how often "
                "such a preference has lasted. The rest is opinion, and we try to mark it as such."
            ),
            (
                "It is worth saying what is not here. We do not know who sold, or why, and neither "
                "does anyone who tells you by the close. The tape records choices, not motives; read "
                "over more than one window it can at least show whether a choice is becoming a habit."
            ),
        ),
    )

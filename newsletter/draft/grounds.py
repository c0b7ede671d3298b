"""Grounds: tonight's figures as clauses, for a claim to stand on.

A claim repeated is a slogan; with the evening's own figures behind it it can be checked.
"""

from newsletter.config import plain
from newsletter.draft.evening import Evening
from newsletter.draft.prose import listed, mix, moved

STARTS = ("Our reading is that ", "We take it that ", "Our view is that ", "We conclude that ")


def reading(ev: Evening, salt: int, claims: tuple[str, ...], *kinds: tuple[str, ...]) -> str:
    """Return our reading: a claim that could be wrong, and what it stands on.

    Parameters
    ----------
    ev : Evening
        The facts.
    salt : int
        As for `mix`.
    claims : tuple of str
        Clauses that follow "Our reading is that".
    *kinds : tuple of str
        Clauses of figures; one of them follows behind a semicolon.
    """
    found = [clause for clauses in kinds for clause in clauses]
    behind = tuple(f"; {clause}" for clause in found) or ("",)
    return mix(ev, salt, STARTS, claims, behind, ".")


def of_the_day(ev: Evening) -> tuple[str, ...]:
    """Return clauses on how the day was spread."""
    found = []
    rising, total = "sectors.advancing.1d", "sectors.count.1d"
    if ev.has(rising, total) and 1 < ev.value(rising) < ev.value(total):
        found.append(f"{{{{{rising}|word}}}} of the {{{{{total}|word}}}} sectors rose")
    up, down = f"{ev.breadth}.advancers.1d", f"{ev.breadth}.decliners.1d"
    if ev.has(up, down) and 1 not in (ev.value(up), ev.value(down)):  # "1 members rose"
        found.append(f"{{{{{up}}}}} {ev.members} rose and {{{{{down}}}}} fell")
    ranked = ev.ranked()
    if len(ranked) > 2:
        (best, top), (worst, bottom) = ranked[0], ranked[-1]
        found.append(f"{ev.name(best)} made {top.signed} and {ev.name(worst)} {bottom.signed}")
    for pair in ev.universe.pairs:
        a, b = ev.move(pair.first), ev.move(pair.second)
        if pair.theme in {"weighting", "style"} and a and b:
            found.append(f"{ev.name(pair.first)} {moved(a)} and {ev.name(pair.second)} {moved(b)}")
    return tuple(found)


def of_the_race(ev: Evening, *, ratio: bool = True) -> tuple[str, ...]:
    """Return clauses on small against large over more than the day, with the ratio or without."""
    found = []
    for window, words in (("5d", "five sessions"), ("1m", "a month"), ("3m", "three months")):
        spread = ev.spread(ev.small, ev.large, window)
        if spread and abs(spread.value) >= 0.1:
            side = "ahead of" if spread.value > 0 else "behind"
            found.append(
                f"over {words} {ev.name(ev.small)} is {side} {ev.name(ev.large)} by {spread.plain}"
            )
    gap = ev.figure(f"{ev.ratio}.50d_gap")
    if ratio and gap and abs(gap.value) >= 0.1:
        side = "above" if gap.over else "below"
        found.append(f"the ratio of small caps to large is {gap.plain} {side} its 50-day average")
    return tuple(found)


def of_the_mood(ev: Evening) -> tuple[str, ...]:
    """Return clauses on fear and on the crowd."""
    found = []
    stem = plain(ev.universe.volatility)
    level, day = ev.figure(f"{stem}.level"), ev.figure(f"{stem}.change.1d")
    if level and day and abs(day.value) >= 0.05:
        way = "up" if day.value > 0 else "down"
        found.append(
            f"{ev.name(ev.universe.volatility)} closed at {level.plain}, {way} {day.plain}"
        )
    share = f"{ev.breadth}.above_50d"
    if ev.has(share):
        found.append(f"{{{{{share}}}}} of {ev.members} are above their 50-day average")
    return tuple(found)


def pair_of(ev: Evening) -> str:
    """Return what small and large companies did today, as a clause."""
    return listed(f"{ev.name(s)} {moved(m)}" for s in reversed(ev.sides) if (m := ev.move(s)))

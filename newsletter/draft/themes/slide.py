"""Slide: a plainly bad day that still sorts winners from losers."""

from newsletter.draft import doubt, grounds, tape
from newsletter.draft.calls import race
from newsletter.draft.doubt import Doubt
from newsletter.draft.evening import DEFENSIVE, Evening
from newsletter.draft.prose import capital, foremost, listed, mix, moved, pick, sentences, title
from newsletter.draft.theme import Argument, Theme


def weigh(ev: Evening) -> float:
    """Grow with the fall of the large-cap fund beyond eight tenths of a per cent."""
    fall = -ev.value(f"{ev.large}.return.1d")
    return 0.8 + 0.5 * fall if fall >= 0.8 else 0.0


def argue(ev: Evening) -> Argument:
    """Argue from what held up rather than from what fell."""
    large, small = ev.need(ev.large), ev.need(ev.small)
    sturdy = small.value >= large.value + 0.3
    frail = small.value <= large.value - 0.3
    opening = sentences(
        mix(
            ev,
            61,
            f"{capital(ev.name(ev.large))} {moved(large)} and {ev.name(ev.small)} {moved(small)}",
            (
                "; bad days are good teachers, provided one looks at the exceptions.",
                ": a bad day, of the informative sort.",
                ", and the interesting question is in what order.",
                ", a day for seeing who owns what by mistake.",
                "; on such a day the list of exceptions is the news.",
            ),
        ),
        tape.laggards(ev, 3),
        tape.leaders(ev, 2),
        tape.sector_count(ev),
        tape.average_stock(ev),
    )
    return Argument(
        headline=_headline(ev, sturdy, frail),
        dek=_dek(ev),
        opening=opening,
        reading=sentences(_reading(ev, sturdy, frail), _shelter(ev), tape.ratio(ev)),
        verdict=_verdict(ev, sturdy, frail),
        tell=f"{ev.name(ev.small)} {moved(small)} against {ev.name(ev.large)}, which {moved(large)}: "
        + _in_a_word(ev, sturdy, frail),
        doubts=_doubts(ev, sturdy),
        calls=race(ev, "up" if sturdy else "down") if sturdy or frail else (),
        stance="for" if sturdy else "against" if frail else "neither",
    )


def _in_a_word(ev: Evening, sturdy: bool, frail: bool) -> str:
    return pick(
        ev,
        65,
        ("sturdier than its reputation", "a bad day well borne", "steadier than usual")
        if sturdy
        else ("no help when help was wanted", "fair-weather friends", "first out of the door")
        if frail
        else ("no sorting", "one trade in two sizes", "nobody chose"),
    )


def _dek(ev: Evening) -> str:
    return mix(
        ev,
        66,
        (
            "The order is of more interest than the size",
            "On a bad day one learns what the good days were made of",
            "Not everything followed the index",
            "Selling is a sharper judge than buying",
        ),
        "; ",
        grounds.of_the_day(ev) or (grounds.pair_of(ev),),
        ".",
    )


def _reading(ev: Evening, sturdy: bool, frail: bool) -> str:
    if sturdy:
        claims: tuple[str, ...] = (
            "small caps passed a test they usually fail",
            "sellers started with what they had most of, and that was not small caps",
            "a down day on which small companies hold up is worth several good ones",
        )
    elif frail:
        claims = (
            "small caps failed the only test that counts, for anyone can lead on a good day",
            "the smaller half is still the first thing people sell when they are unsure",
            "support for small caps is wide in good weather and shallow in bad",
        )
    else:
        claims = (
            "the fall was about the level of the market and not about its order",
            "both ends were sold, so nobody was choosing",
            "this was less risk wanted, and no opinion about size",
        )
    return grounds.reading(
        ev, 67, claims, grounds.of_the_race(ev, ratio=False), grounds.of_the_mood(ev)
    )


def _shelter(ev: Evening) -> str | None:
    shelter = ev.average(DEFENSIVE)
    names = listed(f"{ev.name(s)} ({m.signed})" for s, m in ev.ranked() if s in DEFENSIVE)
    if not names:
        return None
    kind = (shelter > 0.05) - (shelter < -0.3)
    return mix(
        ev,
        68,
        f"As for shelter today, the record is {names}",
        {
            1: (
                ": the sellers had somewhere to go.",
                ": money that stayed in the room.",
                ", which is how an orderly retreat looks.",
            ),
            -1: (
                ": not a change of seats, then, but people leaving the room.",
                ", and where shelter is sold, cash is what was wanted.",
                ", no refuge for anyone who was fully invested.",
            ),
            0: (
                ", too little either way to mean much.",
                ": neither a refuge nor a trap.",
                ", which leaves the question of motive open.",
            ),
        }[kind],
    )


def _verdict(ev: Evening, sturdy: bool, frail: bool) -> str:
    return mix(
        ev,
        69,
        (
            "A down day survived is worth several good ones",
            "We think better of small caps than we did",
            "Sure feet on a bad day: that is what we ask of a leader",
        )
        if sturdy
        else (
            "Leadership is what you do when it rains, and small caps went indoors",
            "We trust the smaller half less than we did this morning",
            "What is sold first is owned least firmly",
        )
        if frail
        else (
            "The level broke, the order did not",
            "We wait for the market to show a preference",
            "A fall without a favourite proves no thesis, ours included",
        ),
        "; ",
        grounds.of_the_race(ev) or (grounds.pair_of(ev),),
        ".",
    )


def _headline(ev: Evening, sturdy: bool, frail: bool) -> str:
    worst = foremost(ev, last=True)
    if sturdy:
        return title(
            ev,
            62,
            (
                "Small caps with a chin: a punch taken, and no count",
                "A bad day, and no stampede",
                f"{worst} and then the rest, with small caps late in the queue",
                "The market fell. The smaller half fell less",
            ),
        )
    if frail:
        return title(
            ev,
            63,
            (
                "Good days prove little. This bad one, rather more",
                "The rotation met its first cloud and went indoors",
                f"{worst} fell hardest, small caps fell easiest",
                "Small caps near the door, and the door open",
            ),
        )
    return title(
        ev,
        64,
        (
            "The market fell in good order, which is not the same as good news",
            "Everything fell a little, and nothing was settled",
            f"{worst} led the way down, and the way was short",
            "Sold without distinction, which distinguishes nothing",
        ),
    )


def _doubts(ev: Evening, sturdy: bool) -> tuple[Doubt, ...]:
    slow = doubt.overturned(ev, "for" if sturdy else "against")
    return doubt.kept(
        ev,
        slow[0],
        doubt.ahead(ev, "cyclicals", "defensives", "1m", ": sellers would then be buyers again"),
        *slow[1:],
        doubt.fair_weather(ev) if sturdy else doubt.against_the_tide(ev),
        doubt.left_behind(ev) if sturdy else doubt.lifted(ev),
    )


THEME = Theme("slide", "Markets · Opinion", "against", weigh, argue)

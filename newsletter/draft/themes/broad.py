"""Broad: a good day that most of the market took part in."""

from newsletter.draft import doubt, grounds, tape
from newsletter.draft.doubt import Doubt
from newsletter.draft.evening import Evening
from newsletter.draft.prose import capital, foremost, mix, moved, pick, sentences, title
from newsletter.draft.theme import Argument, Theme


def weigh(ev: Evening) -> float:
    """Heavy when the market rises and most sectors with it."""
    rise = ev.value(f"{ev.large}.return.1d")
    rising = ev.value("sectors.advancing.1d")
    total = ev.value("sectors.count.1d", 11)
    return 0.7 + 0.5 * rise if rise >= 0.4 and rising >= 0.7 * total else 0.0


def argue(ev: Evening) -> Argument:
    """Argue that breadth is the news, and that breadth is not yet rotation."""
    large, small = ev.need(ev.large), ev.need(ev.small)
    ahead = small.value >= large.value + 0.2
    opening = sentences(
        mix(
            ev,
            71,
            f"{capital(ev.name(ev.large))} {moved(large)} and {ev.name(ev.small)} {moved(small)}",
            (
                ", and for once the average owner of shares had the average day.",
                ", a good day and an evenly spread one.",
                "; few corners of the market were left out.",
                ", and there were few ways to miss it.",
                ": whatever was bought, nearly everything was bought.",
                ", in the kind of session that makes every method look sound.",
            ),
        ),
        tape.sector_count(ev),
        tape.leaders(ev),
        tape.laggards(ev),
        tape.average_stock(ev),
    )
    return Argument(
        headline=_headline(ev, ahead),
        dek=_dek(ev),
        opening=opening,
        reading=sentences(_reading(ev, ahead), tape.ratio(ev), _lesson(ev)),
        verdict=_verdict(ev),
        tell=_tell(ev, ahead),
        doubts=_doubts(ev),
    )


def _headline(ev: Evening, ahead: bool) -> str:
    best = foremost(ev)
    ours = (
        (
            "A rising tide, and the light boats rose most",
            "Everybody was right today, small caps a little more so",
            "Breadth came back. Leadership has not been asked yet",
            "Small caps led a day that needed no leader",
            f"{best} set the pace and small companies kept up",
        )
        if ahead
        else (
            "A rising tide is pleasant. It is not a rotation",
            "Everybody was right today, which proves nobody right",
            "The water rose. The boats kept their order",
            "A good day for owning shares, whichever they were",
            f"{best} and company: a crowd, not a rotation",
        )
    )
    return title(
        ev,
        72,
        (
            *ours,
            f"{best} first, and hardly anybody last",
            "A rally with no favourites",
            "Everybody in, nobody in charge",
            "The whole field moved, and the order stayed",
            f"Broad as it was, the day belonged to {best[:1].lower()}{best[1:]}",
            "Most of the market rose, and most of it for no reason of its own",
        ),
    )


def _dek(ev: Evening) -> str:
    return mix(
        ev,
        73,
        (
            "The day was sociable, and sociable days flatter everybody",
            "When most sectors rise together, the order among them is what is left to read",
            "A day on which it was hard to lose says little about who is winning",
            "Breadth is a virtue in a market and a nuisance in an argument",
        ),
        "; ",
        grounds.of_the_day(ev) or (grounds.pair_of(ev),),
        ".",
    )


def _reading(ev: Evening, ahead: bool) -> str:
    claims = (
        (
            "light boats float high, and buoyancy should not be mistaken for leadership",
            "the extra was the wage of risk and not yet of merit",
            "a lead on a day like this is the cheapest kind there is",
            "small companies came along with the market and not instead of it",
        )
        if ahead
        else (
            "this was a day of rising water, not of changing course",
            "small caps had no lead worth the name, and if not on such a day one must ask when",
            "buyers wanted shares and did not much care which",
            "the order of the market survived a day that could have changed it",
        )
    )
    return grounds.reading(
        ev, 75, claims, grounds.of_the_race(ev, ratio=False), grounds.of_the_mood(ev)
    )


def _lesson(ev: Evening) -> str:
    return pick(
        ev,
        76,
        (
            "Broad days are good for nerves and poor for theses: when everything rises, everyone is right.",
            "We would learn more from one bad session than from a string of these.",
            "Anyone who changes his mind on such a day had little of it to begin with.",
            "What we want to see is who keeps the gain, for getting it took no talent.",
            "Generosity of this kind teaches nothing about skill.",
            "A test that everybody passes is not a test.",
        ),
    )


def _verdict(ev: Evening) -> str:
    return mix(
        ev,
        77,
        (
            "Take the breadth and leave the conclusion",
            "A good day for everything is evidence for nothing in particular",
            "We note the health of it and change no opinion",
            "Enjoy it, and do not build on it",
            "The crowd has come back, and whom it follows is another question",
        ),
        "; ",
        grounds.of_the_race(ev) or (grounds.pair_of(ev),),
        ".",
    )


def _tell(ev: Evening, ahead: bool) -> str:
    return mix(
        ev,
        78,
        grounds.pair_of(ev),
        (
            (
                ": buoyancy, so far",
                ": help from the wind included",
                ": more of the same, not something else",
            )
            if ahead
            else (
                ": no lead worth the name with the wind behind it",
                ", and such a day should flatter the smaller half more",
                ": a tide, and no race in it",
            )
        ),
    )


def _doubts(ev: Evening) -> tuple[Doubt, ...]:
    rising = ev.figure("sectors.advancing.1d")
    total = "sectors.count.1d"
    so_far = (
        f": today {{{{{rising.fact.id}}}}} of {{{{{total}}}}} rose"
        if rising and ev.has(total)
        else ""
    )
    most = int(ev.value("sectors.count.1d", 11)) // 2
    return doubt.kept(
        ev,
        doubt.against_the_tide(ev),
        Doubt(
            f"A day on which {ev.name(ev.large)} falls and most of the sectors rise{so_far}.",
            doubt.both(doubt.falls(ev, ev.large), f"{rising.fact.id} > {most}" if rising else ""),
        ),
        doubt.ahead(ev, ev.small, ev.large, "1m"),
    )


THEME = Theme("broad", "Breadth · Opinion", "for", weigh, argue)

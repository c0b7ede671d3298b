"""Rout: a session bad enough that everything is one trade."""

from newsletter.config import plain
from newsletter.draft import doubt, grounds, tape
from newsletter.draft.doubt import Doubt
from newsletter.draft.evening import DEFENSIVE, Evening
from newsletter.draft.prose import capital, listed, mix, pick, sentences, title
from newsletter.draft.theme import Argument, Theme


def weigh(ev: Evening) -> float:
    """Heavy once the large-cap fund loses two and a half per cent."""
    fall = -ev.value(f"{ev.large}.return.1d")
    return 2 + fall / 2 if fall >= 2.5 else 0.0


def argue(ev: Evening) -> Argument:
    """Argue that a rout sorts nothing: rotation waits until selling stops."""
    large, small = ev.need(ev.large), ev.move(ev.small)
    harder = small is not None and small.value < large.value - 0.3
    opening = sentences(
        mix(
            ev,
            11,
            f"{capital(ev.name(ev.large))} lost {large.plain} in a session",
            (
                ", and the honest summary is that people wanted out.",
                "; in a fall of that size the question of which stocks are preferred nearly answers itself: cash.",
                ". There are days for analysis and days for counting.",
                ", and no amount of commentary will make that orderly.",
            ),
        ),
        f"{capital(ev.name(ev.small))} lost {small.plain}." if small and small.value < 0 else None,
        tape.leaders(ev),
        tape.laggards(ev, 3),
        tape.sector_count(ev),
    )
    return Argument(
        headline=title(
            ev,
            12,
            (
                "Nothing rotated today. Everything was sold",
                "In a rout there is only one trade, and it is out",
                "The day the differences stopped mattering",
                "Cash, and at any price",
                "Today nobody wanted small, large or anything between",
                "Sold at once, to be sorted later",
                "A rout has no favourites",
                "The baby, the bathwater and the tub",
                "No theme today but the door",
                "The exit was the only crowded trade",
                "Selling without a shopping list",
                "Nowhere to rotate to",
                "One thing in demand, and that was cash",
            ),
        ),
        dek=mix(
            ev,
            13,
            f"{capital(ev.name(ev.large))} lost {large.plain}",
            (
                "; the story of who leads whom is suspended until somebody wants to own something.",
                ", and the order within it is not yet an argument.",
                ", a day on which holding cash was a thesis.",
            ),
        ),
        opening=opening,
        reading=sentences(_reading(ev, harder), _shelter(ev), _lesson(ev)),
        verdict=mix(
            ev,
            17,
            (
                "This was a sale, not a verdict",
                "What refuses to fall the second time is worth a look, and nothing else yet",
                "We have no opinion about size on a day without bids",
                "First the selling has to stop, then the sorting can start",
            ),
            "; ",
            grounds.of_the_mood(ev) or ("the list cannot be written tonight",),
            ".",
        ),
        tell=mix(
            ev,
            18,
            grounds.pair_of(ev),
            (": the bid was for liquidity", ", and the smaller half found fewer bids")
            if harder
            else (": nobody was choosing", ", one trade in two sizes"),
        ),
        doubts=_doubts(ev),
    )


def _reading(ev: Evening, harder: bool) -> str:
    claims = (
        "nothing was rotated today; things were sold",
        (
            "small companies were sold harder than large ones, as happens when liquidity is the thing wanted"
            if harder
            else "between small and large there was little to choose, a curiosity and not yet a message"
        ),
        "the sellers were not expressing a view, they were raising cash",
    )
    return grounds.reading(ev, 14, claims, grounds.of_the_day(ev), grounds.of_the_mood(ev))


def _shelter(ev: Evening) -> str | None:
    shelters = [(s, m) for s, m in ev.ranked() if s in DEFENSIVE]
    if not shelters:
        return None
    all_fell = all(move.value < 0 for _, move in shelters)
    return mix(
        ev,
        15,
        f"The usual shelters today: {listed(f'{ev.name(s)} {m.signed}' for s, m in shelters)}",
        (
            ("; even they were sold, so this was not a change of taste.", ", no refuge in sight.")
            if all_fell
            else ("; not a clean sweep, which speaks of fear and not of compulsion.",)
        ),
    )


def _lesson(ev: Evening) -> str:
    return pick(
        ev,
        16,
        (
            "Correlations rise in a rout, and with them falls the information in any single price.",
            "We would sooner be late with a thesis than early with a guess.",
            "On such days the tape records who had to sell, and not what anything is worth.",
            "A forecast made on a day like this says more about its maker than about the market.",
        ),
    )


def _doubts(ev: Evening) -> tuple[Doubt, ...]:
    volatility = plain(ev.universe.volatility)
    calmer = doubt.below(ev.figure(f"{volatility}.change.1d"))
    return doubt.kept(
        ev,
        doubt.overturned(ev, "against")[0],
        Doubt(
            f"A day on which {ev.name(ev.large)} falls and {ev.name(ev.universe.volatility)} "
            "falls with it: exhaustion usually looks like that.",
            doubt.both(doubt.falls(ev, ev.large), calmer),
        ),
        *doubt.overturned(ev, "against")[1:],
        doubt.against_the_tide(ev, ": which would be choice at last"),
    )


THEME = Theme("rout", "Sell-off · Opinion", "against", weigh, argue)

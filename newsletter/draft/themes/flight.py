"""Flight: money leaves growth, and what it buys is shelter rather than small caps."""

from newsletter.draft import doubt, grounds, tape
from newsletter.draft.calls import race
from newsletter.draft.doubt import Doubt
from newsletter.draft.evening import DEFENSIVE, Evening, Figure
from newsletter.draft.prose import capital, foremost, listed, mix, moved, sentences, title
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
    opening = sentences(
        _sold(ev, culprit, fall),
        mix(
            ev,
            33,
            f"What was bought was {shelters}",
            (
                ": a list of places to wait, not of places to go.",
                ", the market's sick-bay.",
                ": the market's idea of an umbrella.",
            ),
        )
        if shelters
        else None,
        f"{capital(ev.name(ev.small))} {moved(small)}.",
        tape.laggards(ev),
        _banks(ev),
        tape.sector_count(ev),
    )
    return Argument(
        headline=_headline(ev),
        dek=_dek(ev),
        opening=opening,
        reading=sentences(_reading(ev), tape.average_stock(ev), tape.ratio(ev)),
        verdict=_verdict(ev),
        tell=mix(
            ev,
            36,
            f"{ev.name(ev.small)} {moved(small)} while shelter was bought",
            (
                ": a retreat, not an advance",
                ", a choice of waiting room",
                ": the other door stayed shut",
            ),
        ),
        doubts=_doubts(ev),
        calls=race(ev, "down"),
    )


def _sold(ev: Evening, culprit: str, fall: Figure) -> str:
    return mix(
        ev,
        31,
        f"{capital(culprit)} lost {fall.plain} today",
        (
            "; somebody sold, and what he held instead is the part worth reading.",
            ". Money seldom leaves the room; it changes chairs, and the chairs are the story.",
            ", and nothing smaller was wanted in its place.",
            ", the price of being everybody's favourite.",
        ),
    )


def _banks(ev: Evening) -> str | None:
    banks = ev.move("KRE")
    if not banks or banks.value >= -0.05 or ev.value("XLF.return.1d.total") <= 0.05:
        return None
    return (
        f"Financials rose and {ev.name('KRE')} fell {banks.plain}: the banks that were bought "
        "were the large ones."
    )


def _headline(ev: Evening) -> str:
    best = foremost(ev)
    return title(
        ev,
        32,
        (
            "Growth was sold for shelter, and small caps were not on the list",
            "The exit from growth is busy. The other door is not",
            "They sold the future and bought the dividend, not the small caps",
            f"{best} for the nerves, and small caps for another day",
            "A rotation out, and none in",
            "An umbrella was bought, and no small company",
            f"{best} as a waiting room",
            "Growth for sale, patience for hire",
            "The sellers of growth wanted rest, not adventure",
        ),
    )


def _dek(ev: Evening) -> str:
    return mix(
        ev,
        34,
        (
            "A rotation needs two legs, something sold and something bought, and for small caps it ends with the first",
            "Leaving one crowd is not the same as joining another",
            "The day's sellers knew what they wanted, and it was not risk of a smaller size",
        ),
        "; ",
        grounds.of_the_day(ev) or (grounds.pair_of(ev),),
        ".",
    )


def _reading(ev: Evening) -> str:
    claims = (
        "the sale of growth and the purchase of small companies are separate decisions, often reported as one",
        "this was a flight from price and not a search for value",
        "what sellers wanted was sleep, not a smaller sort of excitement",
        "hardly anybody took the second step, on a day when it could not have been easier",
    )
    return grounds.reading(
        ev, 35, claims, grounds.of_the_race(ev, ratio=False), grounds.of_the_mood(ev)
    )


def _verdict(ev: Evening) -> str:
    return mix(
        ev,
        37,
        (
            "Selling growth has become a habit, and buying small caps with the proceeds has not",
            "Until the second leg appears, the rotation is half a trade",
            "We count what was bought, a count without small caps",
        ),
        "; ",
        grounds.of_the_race(ev) or (grounds.pair_of(ev),),
        ".",
    )


def _doubts(ev: Evening) -> tuple[Doubt, ...]:
    sheltered = (doubt.falls(ev, symbol) for symbol in DEFENSIVE)
    slow = doubt.overturned(ev, "against")
    return doubt.kept(
        ev,
        slow[0],
        Doubt(
            f"A day on which {listed(ev.name(s) for s in DEFENSIVE)} fall and "
            f"{ev.name(ev.small)} rises{doubt.today(ev)}.",
            doubt.both(*sheltered, doubt.rises(ev, ev.small)),
        ),
        *slow[1:],
        doubt.against_the_tide(ev),
    )


THEME = Theme("flight", "Rotation · Opinion", "against", weigh, argue)

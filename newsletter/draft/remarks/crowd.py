"""Remarks on the crowd: how many take part, and how nervous they are."""

from newsletter.config import plain
from newsletter.draft.evening import Evening, Figure
from newsletter.draft.prose import capital, mix
from newsletter.draft.remark import Found, Remark


def _shares(ev: Evening) -> Found:
    """Follow the share of members above an average over a week or a month."""
    for days, ago, words, wide in (
        ("50d", "21d", "a month earlier", 12),
        ("50d", "5d", "five sessions earlier", 7),
        ("200d", "21d", "a month earlier", 7),
        ("20d", "5d", "five sessions earlier", 15),
    ):
        now = ev.figure(f"{ev.breadth}.above_{days}")
        then = ev.figure(f"{ev.breadth}.above_{days}.{ago}_ago")
        if now is None or then is None:
            continue
        difference = round(now.value) - round(then.value)
        if abs(difference) < wide:
            continue
        up = difference > 0
        text = mix(
            ev,
            541,
            (
                (
                    f"Beneath the averages, {now.plain} of {ev.members} stand above their {days[:-1]}-day "
                    f"average, {'up' if up else 'down'} from {then.plain} {words}"
                ),
                (
                    f"Of {ev.members}, {now.plain} closed above their {days[:-1]}-day average, against "
                    f"{then.plain} {words}"
                ),
            ),
            (
                (
                    "",
                    ": the party has grown",
                    ", and a crowd that grows is harder to argue with",
                    ", which no handful of giants can arrange by themselves",
                )
                if up
                else (
                    "",
                    ": the party is emptying",
                    ", and prices that hold while the crowd leaves are held by few hands",
                    ", a thin place to stand",
                )
            ),
            ".",
        )
        yield Remark("crowd", "breadth", 0.6 + abs(difference) / wide / 2, text)


def _level(ev: Evening) -> Found:
    fifty, long = (ev.figure(f"{ev.breadth}.above_{days}") for days in ("50d", "200d"))
    if fifty is None or long is None or abs(fifty.value - long.value) < 5:
        return
    recent = fifty.value > long.value
    text = mix(
        ev,
        543,
        (
            (
                f"{fifty.plain} of {ev.members} stand above their 50-day average and {long.plain} above "
                "their 200-day"
            ),
            (
                f"By share, {fifty.plain} of {ev.members} are above their 50-day average and {long.plain} "
                "above their 200-day"
            ),
        ),
        (
            (
                "",
                ": the repair is younger than the damage",
                ", as is usual when a market mends from the inside",
            )
            if recent
            else (
                "",
                ": the old trends are intact and the young ones are not",
                ", so the weakness is recent and the strength is old",
            )
        ),
        ".",
    )
    yield Remark("crowd", "breadth", 0.7 + abs(fifty.value - long.value) / 30, text)


def _highs(ev: Evening) -> Found:
    """Set new highs against new lows."""
    high, low = (ev.figure(f"{ev.breadth}.new_{what}.1y") for what in ("highs", "lows"))
    if high is None or low is None or high.value + low.value < 15 or 1 in (high.value, low.value):
        return
    up = high.value >= low.value
    text = mix(
        ev,
        545,
        (
            f"The session brought {_count(high)} new one-year highs and {_count(low)} new lows",
            f"Today brought {_count(high)} new one-year highs and {_count(low)} new lows",
        ),
        (
            ("", ": strength, where there is any, is new", ", a ratio that bulls may frame")
            if high.value >= 3 * low.value
            else (
                "",
                ": weakness is the newer fact",
                ", and trouble of that sort is sociable",
            )
            if low.value >= 3 * high.value
            else ("", ", a market that produces both at once and has not made up its mind")
        ),
        ".",
    )
    share = abs(high.value - low.value) / 40
    yield Remark("crowd", "highs", 0.7 + min(share, 1.5) if up else 0.8 + min(share, 1.5), text)


def _count(figure: Figure) -> str:
    return f"{{{{{figure.fact.id}}}}}"


def _stretched(ev: Evening) -> Found:
    """Count overbought and oversold members."""
    hot, cold = (ev.figure(f"{ev.breadth}.{what}.14d") for what in ("overbought", "oversold"))
    if hot is None or cold is None or max(hot.value, cold.value) < 40:
        return
    more, word, other, less = (
        (hot, "overbought", "oversold", cold)
        if hot.value >= cold.value
        else (cold, "oversold", "overbought", hot)
    )
    text = mix(
        ev,
        547,
        (f"By the 14-day RSI {_count(more)} {ev.members} are {word} and {_count(less)} {other}",),
        (
            ("", ": enthusiasm has been paid for", ", and enthusiasm is a debt that comes due")
            if word == "overbought"
            else (
                "",
                ": thorough work by the sellers",
                ", a list on which patience is spent",
            )
        ),
        ".",
    )
    yield Remark("crowd", "stretched", 0.6 + more.value / 100, text)


def _day(ev: Evening) -> Found:
    up, down = ev.figure(f"{ev.breadth}.advancers.1d"), ev.figure(f"{ev.breadth}.decliners.1d")
    if up is None or down is None or 1 in (up.value, down.value):
        return
    large = ev.move(ev.large)
    odd = (
        large is not None
        and abs(large.value) >= 0.1
        and (large.value > 0) != (up.value > down.value)
    )
    told = ev.universe.benchmark_index is not None  # else our fund's day is no index's
    text = mix(
        ev,
        549,
        (
            f"{_count(up)} {ev.members} rose today and {_count(down)} fell",
            f"Among {ev.members} {_count(up)} rose and {_count(down)} fell",
        ),
        (
            (
                "",
                ", and the index said the opposite: weight is not number",
                ", though by weight the verdict is another",
            )
            if odd and told
            else (
                "",
                ", which is the day in one line",
                *([", so the index told the truth about its members"] if told else []),
            )
        ),
        ".",
    )
    lopsided = abs(up.value - down.value) / max(up.value + down.value, 1)
    yield Remark("crowd", "day", 0.5 + lopsided + (0.9 if odd and told else 0), text)


def _fear(ev: Evening) -> Found:
    """Follow the volatility index over a day, or against its past."""
    stem = plain(ev.universe.volatility)
    level, day, rank = (
        ev.figure(f"{stem}.{what}") for what in ("level", "change.1d", "percentile_1y")
    )
    if level is None or day is None or rank is None:
        return
    name = ev.name(ev.universe.volatility)
    large = ev.move(ev.large)
    odd = large is not None and day.value * large.value > 0 and abs(day.value) >= 0.3
    way, ours = "up" if day.value > 0 else "down", ev.name(ev.large)
    tails = (
        (
            "",
            f", on a day when {ours} rose as well: somebody is paying for doubt that is not in the price"
            if way == "up"
            else f", on a day when {ours} fell as well",
        )
        if odd and abs(day.value) >= 0.05
        else ("", ", about what such a day would suggest")
    )
    moved = f"{way} {day.plain} on the day" if abs(day.value) >= 0.05 else "unchanged on the day"
    text = mix(
        ev,
        551,
        (
            (
                f"{capital(name)} closed at {level.plain}, {moved} and in the {rank.plain} percentile "
                "of its past year"
            ),
            f"{capital(name)} stands at {level.plain}, {moved}",
        ),
        tails,
        ".",
    )
    weight = 0.6 + abs(rank.value - 50) / 60 + min(abs(day.value), 4) / 4 + (0.4 if odd else 0)
    yield Remark("crowd", "fear", weight, text)


def _slope(ev: Evening) -> Found:
    if not ev.universe.volatility_3m:
        return
    stem = f"{plain(ev.universe.volatility)}/{plain(ev.universe.volatility_3m)}"
    ratio, count = ev.figure(f"{stem}.ratio.close"), ev.figure(f"{stem}.inverted.1y")
    if ratio is None:
        return
    if ratio.fact.number > 1:
        text = mix(
            ev,
            553,
            (
                (
                    f"The ratio of the VIX to the three-month VIX closed at {ratio.plain}, above one, which is rare: "
                    "the near future is what people insure against"
                ),
            ),
            ("", ", and that is fear with a date on it", ", the order in which fires are insured"),
            ".",
        )
        yield Remark("crowd", "slope", 1.6, text)
    elif count is not None and count.value >= 1:
        text = mix(
            ev,
            553,
            (
                (
                    f"The ratio of the VIX to the three-month VIX closed at {ratio.plain}, on the calm side of one"
                ),
            ),
            ("", ", the order of things in a market without alarm"),
            ".",
        )
        yield Remark("crowd", "slope", 0.4, text)


def _bumpy(ev: Evening) -> Found:
    """Compare how restless small and large companies have been."""
    calm = ev.figure(f"{plain(ev.large)}.volatility.21d")
    restless = ev.figure(f"{plain(ev.small)}.volatility.21d")
    if not ev.raced or not calm or not restless:
        return
    usual = restless.value > calm.value + 1
    text = mix(
        ev,
        555,
        (
            (
                f"Over the past month {ev.name(ev.small)} has moved with an annualised volatility of "
                f"{restless.plain}, against {calm.plain} for {ev.name(ev.large)}"
            ),
            (
                f"The month's annualised volatility was {restless.plain} for {ev.name(ev.small)} and "
                f"{calm.plain} for {ev.name(ev.large)}"
            ),
        ),
        (
            (
                "",
                ", and whatever small caps earn has to be divided by that before it is admired",
                ", the price of the ticket for anyone who likes the smaller half",
            )
            if usual
            else ("", ", and that the smaller companies were not the jumpier ones deserves a note")
        ),
        ".",
    )
    yield Remark("crowd", "bumpy", 0.5 + abs(restless.value - calm.value) / 12, text)


def _herd(ev: Evening) -> Found:
    """Say how alike the sectors move."""
    figure, rank = (
        ev.figure("sectors.correlation.63d"),
        ev.figure("sectors.correlation.percentile_5y"),
    )
    if figure is None or rank is None or 15 < rank.value < 85:
        return
    high = rank.value >= 85
    text = mix(
        ev,
        557,
        (
            (
                f"The average correlation of the sectors over three months is {figure.plain}, a reading "
                + (
                    "that few sessions of late years have passed"
                    if high
                    else "low by the standard of late years"
                )
            ),
        ),
        (
            (
                "",
                ": one tide moves everything",
                ", and where all boats move together none of them is news",
            )
            if high
            else (
                "",
                ": a market of stocks rather than one market",
                ", as good as it gets for those who pick",
            )
        ),
        ".",
    )
    yield Remark("crowd", "herd", 0.6 + abs(rank.value - 50) / 80, text)


def _records(ev: Evening) -> Found:
    """Say how far the funds stand from their records."""
    found = [
        (s, f)
        for s in dict.fromkeys(("QQQ", ev.large, ev.small))
        if (f := ev.figure(f"{plain(s)}.distance_from_record.close"))
        and (f.value != 0 or f.fact.number == 0)  # a distance that prints as nothing is no news
    ]
    if len(found) < 2:
        return
    parts = [f"{ev.name(s)} {below_record(f)}" for s, f in found]
    text = mix(
        ev,
        559,
        ("For orientation: ", "As for heights: ", "On the map of past closes "),
        (f"{', '.join(parts[:-1])} and {parts[-1]}",),
        (
            "",
            "; distance from a high is no signal by itself, only a measure of what must go right first",
            ", which is geography and not yet an argument",
        ),
        ".",
    )
    yield Remark("crowd", "records", 0.9, text)


def below_record(figure: Figure) -> str:
    """Return ``stands … below its record close``, or that the close was the record."""
    if figure.fact.number == 0:
        return "closed at its record"
    return f"stands {figure.plain} below its record close"


MAKERS = (
    _shares,
    _level,
    _highs,
    _stretched,
    _day,
    _fear,
    _slope,
    _bumpy,
    _herd,
    _records,
)

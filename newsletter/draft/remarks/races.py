"""Remarks on who leads whom: small and large, value and growth, the many and the few."""

from newsletter.config import plain
from newsletter.draft.evening import Evening
from newsletter.draft.prose import capital, has_have, is_are, mix, standing
from newsletter.draft.remark import Found, Remark

_WINDOWS = (("1m", "a month", 3.0), ("3m", "three months", 6.0), ("1y", "a year", 12.0))


def _year(ev: Evening) -> Found:
    small, large, growth = (ev.move(s, "ytd") for s in (ev.small, ev.large, "QQQ"))
    if ev.first_session or not ev.raced or not small or not large:
        return
    third = ev.name("QQQ")
    lead = small.value > large.value
    tails = (
        (
            "",
            ", and whoever bought the unloved half in January may feel clever",
            ", a head start that months built and weeks can undo",
            ", which is a cushion and not a moat",
        )
        if lead
        else (
            "",
            ", and patience with small companies has cost real money",
            ", a handicap that no single good week repairs",
            ", so the burden of proof lies with the smaller half",
        )
    )
    text = mix(
        ev,
        501,
        (
            (
                f"{capital(ev.name(ev.small))} {standing(small)} this year, against "
                f"{large.signed} for {ev.name(ev.large)}"
                + (f" and {growth.signed} for {third}" if growth else "")
            ),
            (
                f"Since the year began {ev.name(ev.small)} has made {small.signed}"
                + (
                    f", {ev.name(ev.large)} {large.signed} and {third} {growth.signed}"
                    if growth
                    else f" and {ev.name(ev.large)} {large.signed}"
                )
            ),
            (
                f"The year's account stands at {small.signed} for {ev.name(ev.small)}"
                + (
                    f", {large.signed} for {ev.name(ev.large)} and {growth.signed} for {third}"
                    if growth
                    else f" and {large.signed} for {ev.name(ev.large)}"
                )
            ),
        ),
        tails,
        ".",
    )
    yield Remark("race", "year", 0.9 + min(abs(small.value - large.value), 12) / 20, text)


def _week(ev: Evening) -> Found:
    small, large = ev.move(ev.small, "5d"), ev.move(ev.large, "5d")
    spread = ev.spread(ev.small, ev.large, "5d")
    if not small or not large or not spread or abs(spread.value) < 0.3:
        return
    side = "ahead of" if spread.value > 0 else "behind"
    text = mix(
        ev,
        503,
        (
            (
                f"Over five sessions {ev.name(ev.small)} {standing(small)}, which leaves it {side} "
                f"{ev.name(ev.large)} by {spread.plain}"
            ),
            f"The race over five sessions has {ev.name(ev.small)} {side} {ev.name(ev.large)} by {spread.plain}",
            (
                f"Take the last five sessions together and {ev.name(ev.small)} is {side} "
                f"{ev.name(ev.large)} by {spread.plain}"
            ),
        ),
        (
            "",
            ", a margin that is quickly wiped out",
            ": a short witness, though a recent one",
            ", which is the shortest stretch we take seriously",
        ),
        ".",
    )
    yield Remark("race", "week", 0.7 + min(abs(spread.value), 5) / 4, text)


def _pairs(ev: Evening) -> Found:
    """Speak of a configured pair whose lead is wide for its window."""
    for pair in ev.universe.pairs:
        for window, words, wide in _WINDOWS:
            spread = ev.spread(pair.first, pair.second, window)
            if spread is None or abs(spread.value) < wide / 3:
                continue
            lead = spread.value > 0
            first, second = ev.name(pair.first), ev.name(pair.second)
            basis = ", dividends included" if spread.fact.kind == "total" else ""
            text = mix(
                ev,
                505,
                (
                    (
                        f"Over {words} {first} {is_are(first)} {'ahead of' if lead else 'behind'} {second} by "
                        f"{spread.plain}{basis}"
                    ),
                    (
                        f"{capital(first)} {has_have(first)} {'beaten' if lead else 'lost to'} {second} by "
                        f"{spread.plain} over {words}{basis}"
                    ),
                ),
                _PAIR_TAILS.get((pair.theme, lead), ("",)),
                ".",
            )
            weight = 0.3 + min(abs(spread.value) / wide, 2.0)
            yield Remark("race", "pair", weight, text)


_PAIR_TAILS = {
    ("style", True): (
        "",
        ": the cheap half of the market is no longer only cheap",
        ", and that is a rotation in which size plays no part",
    ),
    ("style", False): (
        "",
        ": growth by any other name",
        ", so the preference for growth is a matter of record and not of taste",
    ),
    ("weighting", True): (
        "",
        ": the average company outran the index it sits in",
        ", a broad market in one figure",
    ),
    ("weighting", False): (
        "",
        ": an index with a few long coat-tails",
        ", and an index that leans on a few names is only as sound as they are",
    ),
    ("risk", True): (
        "",
        ": risk was rewarded, so far",
        ", hardly the choice of a frightened market",
    ),
    ("risk", False): (
        "",
        ": the choice of the cautious",
        ", and caution of that kind is no mere mood",
    ),
    ("size", True): ("", ": size has been a burden"),
    ("size", False): ("", ": size has been a comfort"),
    ("leadership", True): ("", ": the giants are not the only story in town"),
    ("leadership", False): ("", ": the old spell again"),
}


def _streaks(ev: Evening) -> Found:
    """Count the sessions or weeks in a row that one side has led."""
    for pair in ev.universe.pairs:
        stem = f"{plain(pair.first)}-{plain(pair.second)}.streak"
        first, second = ev.name(pair.first), ev.name(pair.second)
        for what, verb, unit, least in (
            ("ahead", "beaten", "sessions", 3),
            ("behind", "lost to", "sessions", 3),
        ):
            count, day = ev.value(f"{stem}.{what}"), ev.spread(pair.first, pair.second, "1d")
            if count < least or pair.second == "giants":
                continue
            # Where the day went the other way, the run of weeks is not what is news tonight.
            if day is None or abs(day.value) < 0.05 or (day.value > 0) != ("ahead" in what):
                continue
            slot = f"{{{{{stem}.{what}|word}}}}"
            text = mix(
                ev,
                507,
                (
                    f"Day by day, {first} {has_have(first)} now {verb} {second} {slot} {unit} in a row",
                    f"Including today, {first} {has_have(first)} {verb} {second} {slot} {unit} running",
                ),
                (
                    "",
                    ", and runs of that kind end without a word of warning",
                    ": by now a habit, which is what worries us about it",
                    ", long enough to be noticed and too short to be a law",
                ),
                ".",
            )
            yield Remark("race", "streak", 0.5 + count / 4, text)


def _ratios(ev: Evening) -> Found:
    """Say that a ratio is at its highest or lowest for long, or far from its average."""
    for pair in ev.universe.pairs:
        stem = f"{plain(pair.first)}/{plain(pair.second)}.ratio"
        name = f"the ratio of {ev.name(pair.first)} to {ev.name(pair.second)}"
        for what, word in (("highest_since", "highest"), ("lowest_since", "lowest")):
            fact = ev.ledger.get(f"{stem}.{what}")
            if fact is not None and pair.second not in {"giants", "LQD"}:
                text = mix(
                    ev,
                    509,
                    f"{capital(name)} closed at its {word} since {{{{{stem}.{what}}}}}",
                    ("", ", a fact with some weight"),
                    ".",
                )
                yield Remark("race", "extreme ratio", 1.5, text)
        gap = ev.figure(f"{stem}.50d_gap")
        if gap and abs(gap.value) >= 2 and pair.second != "giants":
            side = "above" if gap.over else "below"
            text = mix(
                ev,
                511,
                (
                    f"{capital(name)} stands {gap.plain} {side} its 50-day average",
                    f"{capital(name)} is stretched at {gap.plain} {side} its 50-day average",
                ),
                ("", ", and rubber bands are a poor place to lean", ", a long way for a ratio"),
                ".",
            )
            yield Remark("race", "gap", 0.4 + abs(gap.value) / 4, text)


def _giants(ev: Evening) -> Found:
    """Count the seven giants that trail the small-cap fund, and name the day's extremes."""
    giants = [(s, m) for s in ev.universe.mega_caps if (m := ev.move(s))]
    if len(giants) < 7:
        return
    ranked = sorted(giants, key=lambda pair: (-pair[1].fact.number, pair[0]))
    (best, top), (worst, bottom) = ranked[0], ranked[-1]
    if top.value - bottom.value < 1.5:
        return
    text = mix(
        ev,
        513,
        (
            (
                f"Among the seven giants {ev.name(best)} did best today with {top.signed} and "
                f"{ev.name(worst)} worst with {bottom.signed}"
            ),
            (
                f"The seven giants were out of step today: {ev.name(best)} made {top.signed}, "
                f"{ev.name(worst)} {bottom.signed}"
            ),
            (
                f"{capital(ev.name(best))} at {top.signed} and {ev.name(worst)} at {bottom.signed} were "
                "the ends of the giants' range today"
            ),
        ),
        (
            "",
            ", so to speak of them as one trade is a convenience",
            ", whatever the label says",
        ),
        ".",
    )
    yield Remark("race", "giants", 0.5 + (top.value - bottom.value) / 6, text)


def _trailing(ev: Evening) -> Found:
    small = plain(ev.small)
    for window, words in (("1d", "on the day"), ("5d", "over five sessions"), ("ytd", "this year")):
        stem = f"mega_caps.trailing_{small}.{window}"
        fact = next((id for id in (stem, f"{stem}.total") if ev.has(id)), None)
        if fact is None or len(ev.universe.mega_caps) != 7:
            continue
        count = int(ev.value(fact))
        who = {0: "None", 7: "All"}.get(count, f"{{{{{fact}|capital}}}}")
        verb = {
            0: "trails" if window != "1d" else "trailed",
            1: "trails" if window != "1d" else "trailed",
        }.get(count, "trail" if window != "1d" else "trailed")
        basis = ", dividends included" if fact.endswith(".total") else ""
        text = f"{who} of the Magnificent Seven {verb} {ev.name(ev.small)} {words}{basis}."
        yield Remark("race", "trailing", 0.4 + abs(count - 3.5) / 4, text)


MAKERS = (_year, _week, _pairs, _streaks, _ratios, _giants, _trailing)

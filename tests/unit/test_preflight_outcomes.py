"""Base rates in prose: whose they are and which way the cases went, on the sample market."""

import pytest
from corpus import paraphrases
from corpus.paraphrases import blocked

from newsletter.compute.conditions import SHARE, hit_of
from newsletter.draft.relevant import listed
from newsletter.preflight.proof import outcomes
from newsletter.units import Unit

SESSIONS = ("2026-07-02", "2024-12-18", "2024-08-05", "2020-03-16")
SPANS = {21: "month", 63: "quarter", 5: "week"}
PAIR = "{lead} over the next {span} in {hit} of {known} cases, against {usual} of all days."
MARKET = "the S&P 500 fund was {lead} a {span} later in {hit} of {known} cases."
SAID = {
    "small_vs_large": f"Of small caps on such evenings the past says that they were {PAIR}",
    "trend_break": f"After small caps broke their trend, they were {PAIR}",
    "breadth_thrust": f"After such a washout in breadth, {MARKET}",
    "volatility_regime": f"When volatility was calm, or turbulent, as tonight, {MARKET}",
    "breadth_regime": f"With the breadth regime where it is, {MARKET}",
}


def rates(name):
    """Yield what is known of a signal's cases, at every session and horizon with enough."""
    for session in SESSIONS:
        ledger = paraphrases.ledger(session)
        for days, span in SPANS.items():
            stem = f"{name}.base_rate.{days}d"
            told = {
                what: ledger.get(f"{stem}.{fact}")
                for what, fact in (
                    ("hit", "hit_rate"), ("known", "known"), ("usual", "all_days_hit_rate")
                )
            }  # fmt: skip
            if all(told.values()):
                shown = {what: whole(fact) for what, fact in told.items()}
                yield session, shown | {"span": span}, days, ledger


def ways(name, ledger):
    """Return the words for how a hit went, and for the other way."""
    words = ("ahead", "behind") if name in {"small_vs_large", "trend_break"} else (
        "higher", "lower"
    )  # fmt: skip
    share = next(f for f in ledger if f.metric == SHARE and f.subject == name)
    return words[::-1] if hit_of(share, ledger) == "trailed" else words


def whole(fact):
    """Print a figure as prose does, without places."""
    return f"{fact.number:.0f}" + "%" * (fact.unit is Unit.PERCENT)


@pytest.mark.parametrize("name", SAID)
def test_a_base_rate_is_proved_the_way_its_cases_went_and_no_other(name):
    seen = 0
    for session, told, _, ledger in rates(name):
        right, other = ways(name, ledger)
        if told["hit"] == "50%":
            continue
        seen += 1
        assert not blocked(session, SAID[name].format(lead=right, **told)), (session, told)
        assert blocked(session, SAID[name].format(lead=other, **told)), (session, told)
    assert seen >= 3


def test_the_cases_of_one_signal_are_not_told_of_another():
    seen = 0
    for session, told, days, ledger in rates("small_vs_large"):
        there = ledger.get(f"trend_break.base_rate.{days}d.hit_rate")
        if there is None or whole(there) == told["hit"]:
            continue
        right, _ = ways("small_vs_large", ledger)
        seen += 1
        assert not blocked(session, SAID["small_vs_large"].format(lead=right, **told))
        assert blocked(session, SAID["trend_break"].format(lead=right, **told)), (session, told)
    assert seen


def test_hits_are_counted_the_way_conditions_tell():
    """Where more than half of the cases are hits, their median must lie on that side."""
    seen = 0
    for session in SESSIONS:
        ledger = paraphrases.ledger(session)
        for fact in ledger:
            median = ledger.get(f"{fact.id.removesuffix('.hit_rate')}.median")
            condition = ledger.get(f"{fact.subject}.base_rate.condition")
            if fact.metric != SHARE or median is None or condition is None:
                continue
            sign = -1 if hit_of(fact, ledger) == "trailed" else 1
            assert hit_of(median, ledger) == ""
            assert (hit_of(fact, ledger) == "rose") == (median.unit is Unit.PERCENT)
            if fact.number != 50:
                seen += 1
                assert (fact.number > 50) == (sign * median.number > 0), (session, fact.id)
    assert seen > 60


def test_a_prompt_says_which_way_a_share_of_cases_counts():
    told = set()
    for session in SESSIONS:
        ledger = paraphrases.ledger(session)
        for share in (fact for fact in ledger if fact.metric == SHARE):
            line, hit = listed([share], ledger), hit_of(share, ledger)
            whom = "the market" if hit == "rose" else "the first side"
            assert f"(the share in which {whom} {hit})" in line
            told.add(hit)
    assert told == {"led", "trailed", "rose"}


def test_stocks_are_the_market_whoever_was_named_before():
    session, told, days, _ = next(rates("breadth_thrust"))
    text = (
        "Small caps fell. After a washout in breadth, stocks {way} a {span} later in {hit} of"
        " {known} cases."
    )
    before = paraphrases.ledger(session).get("IWM.return.1d")
    verb = "rose" if before.number > 0 else "fell"
    text = text.replace("fell", verb, 1)
    assert not blocked(session, text.format(way="were higher", **told)), (session, told, days)
    assert blocked(session, text.format(way="were lower", **told))


def test_small_caps_are_not_told_what_the_market_did():
    session, told, _, _ = next(rates("breadth_thrust"))
    text = SAID["breadth_thrust"].replace("the S&P 500 fund was {lead}", "small caps were higher")
    assert blocked(session, text.format(**told))


RIGHT = ("were ahead", "led", "outran large ones", "did better than large ones", "rose")
OTHER = (
    "sank", "were worse", "did worse than large ones", "were outrun", "were beaten", "stood still",
    "were the laggards", "disappointed", "did not lead", "failed to lead", "trailed", "fell",
)  # fmt: skip


@pytest.mark.parametrize("name", ["small_vs_large", "trend_break"])
def test_whatever_is_not_the_way_of_a_share_is_refused(name):
    session, told, _, ledger = next(rates(name))
    text = (
        SAID[name]
        .replace("they were {lead}", "they {way}")
        .replace("that they {way}", "they {way}")
    )
    assert ways(name, ledger) == ("ahead", "behind")
    for way in RIGHT:
        assert not blocked(session, text.format(way=way, **told)), way
    for way in OTHER:
        assert blocked(session, text.format(way=way, **told)), way


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("After small caps broke out, they led.", {"trend_break"}),
        ("After the curve inverted, stocks rose.", {"vix_slope"}),
        ("A washout in breadth and turbulence.", {"breadth_thrust", "volatility_regime"}),
        ("Small caps led large ones.", set()),
        ("They broke even on the day.", set()),
    ],
)
def test_signals_are_named_in_ordinary_words(text, said):
    assert outcomes.spoken(text) == said

"""First and second sources: which figure is used, and what an editor is told."""

import datetime as dt
from dataclasses import dataclass, replace

import pandas as pd
import pytest
from collect_support import (
    DAYS,
    MEMBERS,
    SESSION,
    SOURCE,
    bars,
    fetched,
    request,
    trading_days,
    universe,
)
from feed_servers import Answer, feed_server
from feed_support import CBOE, FRED, KITS
from hypothesis import given, settings
from hypothesis import strategies as st
from lengths import length

from newsletter.collect.feed import Fed
from newsletter.collect.gates import Warning as Told
from newsletter.collect.normalise import freeze
from newsletter.collect.progress import Progress, silent
from newsletter.collect.provider import BarRequest, Fetched
from newsletter.collect.second import combine
from newsletter.collect.snapshot import Source
from newsletter.collect.stage import gather
from newsletter.config import Providers
from newsletter.errors import DataUnavailable

OTHER = Source("other", "Other data", "none", "2026-07-02")


@dataclass(frozen=True)
class Canned:
    """A feed that gives what it is made of."""

    fed: Fed
    name: str = "other"
    label: str = "Other data"

    def fetch(self, request: BarRequest, progress: Progress = silent) -> Fed:
        return self.fed


def volatility(closes: dict[dt.date, float], symbol: str = "^VIX") -> Canned:
    frame = pd.DataFrame({"date": pd.to_datetime(list(closes)), "symbol": symbol})
    frame["close"] = frame["adj_close"] = list(closes.values())
    return Canned(Fed(bars=frame, sources=(OTHER,)))


def table(name: str, frame: pd.DataFrame) -> Canned:
    return Canned(Fed({name: frame}, sources=(replace(OTHER, covers=name),)))


def macro(series: str, values: dict[str, float]) -> pd.DataFrame:
    days = pd.to_datetime(list(values))
    return pd.DataFrame({"series": series, "date": days, "value": list(values.values()),
                         "known": days})  # fmt: skip


def holdings(known: str, **weights: float) -> pd.DataFrame:
    return pd.DataFrame({"fund": "IWM", "symbol": list(weights), "weight": list(weights.values()),
                         "known": pd.Timestamp(known)})  # fmt: skip


def beside(name: str, frame: pd.DataFrame) -> Fetched:
    main = fetched(bars("SPY", "^VIX"))
    return replace(main, tables={name: frame}, table_sources=(replace(SOURCE, covers=name),))


def vix(given_: Fetched) -> dict[str, float]:
    rows = given_.bars[given_.bars["symbol"] == "^VIX"].sort_values("date")
    return dict(zip(rows["date"].astype(str), rows["close"], strict=True))


MAIN = {day: 100.0 + step for step, day in enumerate(DAYS[:4])}
"""What `bars` gives of ^VIX up to the session."""


def words(told: tuple[Told, ...]) -> list[str]:
    return [one.message for one in told]


def test_without_an_order_nothing_is_touched() -> None:
    main = fetched(bars("SPY", "^VIX"))
    assert combine(main, request(), {})[:2] == (main, ())


def test_a_simulated_market_is_not_mixed_with_the_real_one() -> None:
    main = fetched(bars("SPY", "^VIX"))
    main = replace(main, source=replace(SOURCE, simulated=True))
    assert combine(main, request(), {"volatility": (volatility({DAYS[3]: 9.0}),)})[:2] == (main, ())


def test_where_both_agree_the_first_is_used_and_nothing_is_told() -> None:
    near = {day: close + 0.04 for day, close in MAIN.items()}
    main = fetched(bars("SPY", "^VIX"))
    used, told, _ = combine(main, request(), {"volatility": (volatility(near), None)})
    assert told == ()
    assert list(vix(used).values()) == list(near.values())
    assert [source.name for source in freeze(SESSION, used).sources] == ["test", "other"]
    kept, told, _ = combine(main, request(), {"volatility": (None, volatility(near))})
    assert (list(vix(kept).values()), told) == (list(MAIN.values()), ())
    assert [source.name for source in freeze(SESSION, kept).sources] == ["test"]


# docs/data.md: differs
@pytest.mark.parametrize("turned", [False, True])
def test_a_difference_at_the_session_leaves_the_session_out(turned: bool) -> None:
    other = volatility(MAIN | {DAYS[3]: 103.06})
    pair = (None, other) if turned else (other, None)
    used, told, _ = combine(fetched(bars("SPY", "^VIX")), request(), {"volatility": pair})
    assert list(vix(used)) == [str(day) for day in DAYS[:3]]
    a, b = ("103", "103.06") if turned else ("103.06", "103")
    one, two = ("Test data", "Other data") if turned else ("Other data", "Test data")
    assert words(told) == [
        f"^VIX on 2026-07-02: {one} gives {a}, {two} {b}; neither is used there."
    ]


def test_a_core_index_on_which_two_sources_differ_stops_the_edition() -> None:
    order = {"volatility": (volatility(MAIN | {DAYS[3]: 50.0}), None)}

    class Main:
        name = "main"

        def fetch(self, request: BarRequest, progress: Progress = silent) -> Fetched:
            return fetched(bars("SPY", "^VIX", "IWM", "XLK", *MEMBERS.symbols))

    arguments = (Main(), SESSION.date, universe(), trading_days())
    with pytest.raises(DataUnavailable, match=r"No edition for 2026-07-02: \^VIX"):
        gather(*arguments, start=dt.date(2026, 1, 1), order=order)
    order = {"volatility": (volatility(MAIN), None)}
    assert gather(*arguments, start=dt.date(2026, 1, 1), order=order).warnings == ()


# docs/data.md: differs-earlier
def test_a_difference_long_ago_is_told_and_the_first_is_used() -> None:
    days = [day.date() for day in pd.bdate_range(end="2026-07-02", periods=30)]
    main = fetched(bars("^VIX", days=tuple(days)))
    other = {day: 100.0 + step for step, day in enumerate(days)}
    order = {"volatility": (None, volatility(other | {days[2]: 9.0, days[4]: 9.5}))}
    used, told, _ = combine(main, request(), order)
    assert len(vix(used)) == 30
    (message,) = words(told)
    assert message.startswith(f"^VIX on {days[4]}: Test data gives 104, Other data 9.5")
    assert message.endswith(" (1 more such day); the first is used.")


# docs/data.md: missing-session
def test_a_first_source_without_the_session_gives_way_whole() -> None:
    late = {day: close + 0.01 for day, close in list(MAIN.items())[:3]}
    order = {"volatility": (volatility(late), None)}
    used, told, _ = combine(fetched(bars("SPY", "^VIX")), request(), order)
    assert list(vix(used).values()) == list(MAIN.values())  # no series is pieced together
    assert words(told) == ["^VIX: Other data ends on 2026-07-01; Test data stands in."]


# docs/data.md: behind
def test_a_first_source_that_fails_gives_way_and_one_alone_leaves_a_hole() -> None:
    lost = Canned(Fed(warnings=(Told("^VIX", "Other data could not be read."),)))
    main = fetched(bars("SPY", "^VIX"))
    used, told, _ = combine(main, request(), {"volatility": (lost, None)})
    assert vix(used)
    assert words(told) == [
        "Other data could not be read.",
        "^VIX: Other data has nothing of it; Test data stands in.",
    ]
    used, told, _ = combine(main, request(), {"volatility": (lost,)})
    assert vix(used) == {}
    assert used.missing == ("^VIX",)
    assert words(told) == ["Other data could not be read."]


def test_an_index_that_only_the_second_knows_is_no_longer_missing() -> None:
    main = replace(fetched(bars("SPY")), missing=("^VIX",))
    used, told, _ = combine(main, request(), {"volatility": (None, volatility(MAIN))})
    assert (list(vix(used).values()), used.missing) == (list(MAIN.values()), ())
    assert len(told) == 1


def test_macro_of_which_two_sources_differ_leaves_the_day_out() -> None:
    ours = macro("DGS10", {"2026-06-30": 4.28, "2026-07-01": 4.26})
    theirs = macro("DGS10", {"2026-06-30": 4.284, "2026-07-01": 4.62})
    used, told, _ = combine(
        beside("macro", theirs), request(), {"macro": (table("macro", ours), None)}
    )
    assert list(used.tables["macro"]["value"]) == [4.28]
    assert words(told) == [
        "DGS10 on 2026-07-01: Other data gives 4.26, Test data 4.62; neither is used there."
    ]
    assert [source.name for source in used.table_sources] == ["other"]


# docs/data.md: differs-revised
def test_two_vintages_of_a_revised_series_are_told_and_the_first_is_used() -> None:
    ours, theirs = (macro("PAYEMS", {"2026-05-01": value}) for value in (159_000.0, 158_500.0))
    used, told, _ = combine(
        beside("macro", theirs), request(), {"macro": (table("macro", ours), None)}
    )
    assert list(used.tables["macro"]["value"]) == [159_000.0]
    assert words(told)[0].endswith("gives 159000, Test data 158500; the first is used.")


def test_series_of_either_source_are_used() -> None:
    ours, theirs = macro("DGS10", {"2026-07-01": 4.2}), macro("DGS2", {"2026-07-01": 3.9})
    used, told, _ = combine(
        beside("macro", theirs), request(), {"macro": (table("macro", ours), None)}
    )
    assert sorted(used.tables["macro"]["series"]) == ["DGS10", "DGS2"]
    assert [one.symbol for one in told] == ["DGS2"]
    alone, _, _ = combine(beside("macro", theirs), request(), {"macro": (table("macro", ours),)})
    assert list(alone.tables["macro"]["series"]) == ["DGS10"]


# docs/data.md: differs-holdings
def test_lists_of_one_fund_that_differ_are_both_left_out() -> None:
    ours, theirs = holdings("2026-07-01", A=60, B=40), holdings("2026-06-30", A=57, B=40, C=3)
    order = {"holdings": (table("holdings", ours), None)}
    used, told, _ = combine(beside("holdings", theirs), request(), order)
    assert "holdings" not in used.tables
    (message,) = words(told)
    assert message.startswith("IWM: Other data and Test data differ on 3.0 % of it, most on A (6")
    assert message.endswith("(60.00 % and 57.00 %); neither list is used.")
    near = holdings("2026-06-30", A=59.2, B=40, C=0.8)
    assert combine(beside("holdings", near), request(), order)[1] == ()
    old = holdings("2026-06-19", A=57, B=40, C=3)
    assert combine(beside("holdings", old), request(), order)[1] == ()


def test_headlines_of_both_are_used() -> None:
    one, other = (
        pd.DataFrame({"source": "Wire", "text": [text], "known": pd.Timestamp("2026-07-01")})
        for text in ("Oil slips", "Gold rises")
    )
    order = {"headlines": (table("headlines", one), None)}
    used, told, _ = combine(beside("headlines", other), request(), order)
    assert sorted(used.tables["headlines"]["text"]) == ["Gold rises", "Oil slips"]
    assert told == ()


@settings(max_examples=length(15, 1_000))
@given(st.lists(st.floats(10, 40), min_size=4, max_size=4), st.floats(0, 1), st.booleans())
def test_no_figure_on_which_two_sources_differ_is_ever_used(
    closes: list[float], apart: float, turned: bool
) -> None:
    ours = dict(zip(DAYS[:4], closes, strict=True))
    theirs = {day: close + apart for day, close in ours.items()}
    frame = volatility(ours).fed.bars
    assert frame is not None
    pair = (None, volatility(theirs)) if turned else (volatility(theirs), None)
    used, told, _ = combine(fetched(frame), request(("^VIX",)), {"volatility": pair})
    for date, close in vix(used).items():
        day = dt.date.fromisoformat(date)
        assert abs(ours[day] - theirs[day]) <= 0.0501
        assert close == (ours if turned else theirs)[day]
    assert bool(told) is (len(vix(used)) < 4)


def test_real_sockets_and_the_files_of_the_house_meet() -> None:
    """FRED and Cboe first, what the source of bars gave second, over one configuration."""
    from newsletter.collect.feeds import open_feeds

    settings = Providers(bars="files", macro=("fred", "files"), volatility=("cboe", "files"))
    pages = {KITS["fred"].at: Answer(FRED.encode()), KITS["cboe"].at: Answer(CBOE.encode())}
    main = beside("macro", macro("DGS10", {"2026-07-01": 4.2}))
    with feed_server(pages) as server:
        order = open_feeds(settings, server.web())
        used, told, _ = combine(main, request(macro=("DGS10",)), order)
    assert [one.symbol for one in told] == ["DGS10", "^VIX"]
    assert "FRED gives 4.26, Test data 4.2; neither is used there." in told[0].message
    assert "Cboe gives 16.38, Test data 103" in told[1].message
    assert freeze(SESSION, used).tables["macro"]["value"].tolist() == [4.28]

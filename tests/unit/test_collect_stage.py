"""The stage as a whole, with a provider made of values."""

import datetime as dt

import pandas as pd
import pytest
from collect_support import SESSION, SOURCE, bars, trading_days, universe

from newsletter.collect.progress import Progress, silent
from newsletter.collect.provider import BarRequest, Fetched
from newsletter.collect.snapshot import Members
from newsletter.collect.stage import gather
from newsletter.errors import ConfigError, DataUnavailable

START = dt.date(2026, 1, 1)


class Canned:
    """A provider that remembers what it was asked."""

    name = "canned"

    def __init__(self, frame: pd.DataFrame) -> None:
        self.frame = frame
        self.requests: list[BarRequest] = []

    def fetch(self, request: BarRequest, progress: Progress = silent) -> Fetched:
        self.requests.append(request)
        progress(1, 1, self.name)
        members = request.configured_members() or Members(request.members, "own list", ("AAA",))
        return Fetched(self.frame, members, SOURCE, missing=("ZZZ", "YYY", "ZZZ"))


def test_gather_asks_freezes_and_gates() -> None:
    provider, seen = Canned(bars("SPY", "^VIX", "IWM", "AAA")), []
    gathered = gather(
        provider,
        SESSION.date,
        universe(),
        trading_days(),
        start=START,
        progress=lambda *step: seen.append(step),
    )
    (request,) = provider.requests
    assert request.symbols == ("IWM", "SPY", "XLK", "^VIX")
    assert (request.session, request.members, request.start) == (SESSION, "sp500", START)
    assert gathered.snapshot.session == SESSION
    assert gathered.snapshot.members.label == "own list"
    assert [warning.symbol for warning in gathered.warnings] == ["XLK"]
    assert gathered.missing == ("YYY", "ZZZ")
    assert seen == [(1, 1, "canned")]


def test_members_of_the_configuration_carry_its_label() -> None:
    provider = Canned(bars("SPY", "^VIX", "IWM", "XLK", "AAA", "BBB"))
    gathered = gather(
        provider,
        SESSION.date,
        universe(),
        trading_days(),
        start=START,
        members=("BBB", "AAA"),
    )
    assert gathered.snapshot.members == Members("sp500", "S&P 500 members", ("AAA", "BBB"))


@pytest.mark.parametrize(
    ("date", "around"),
    [
        (dt.date(2026, 7, 3), "2026-07-02 and 2026-07-06"),  # Independence Day, observed
        (dt.date(2026, 7, 4), "2026-07-02 and 2026-07-06"),  # a Saturday
        (dt.date(2026, 12, 25), "2026-12-24 and 2026-12-28"),
        (dt.date(2025, 1, 9), "2025-01-08 and 2025-01-10"),  # a day of mourning
    ],
)
def test_a_day_without_trading_is_refused_before_anything_is_fetched(
    date: dt.date, around: str
) -> None:
    provider = Canned(bars("SPY"))
    with pytest.raises(DataUnavailable, match=f"{date} is not a trading day on XNYS.*{around}"):
        gather(provider, date, universe(), trading_days(dt.date(2026, 12, 31)), start=START)
    assert provider.requests == []


def test_an_unknown_macro_series_is_refused_with_the_nearest() -> None:
    provider = Canned(bars("SPY"))
    misspelt = universe().model_copy(update={"macro": ("DSG10",)})
    with pytest.raises(ConfigError, match=r"universe\.macro names DSG10.*'DGS10'"):
        gather(provider, SESSION.date, misspelt, trading_days(dt.date(2026, 12, 31)), start=START)
    assert provider.requests == []


def test_an_early_close_is_a_session_like_any_other() -> None:
    day = dt.date(2026, 12, 24)
    days = trading_days(day)
    assert days.is_early_close(days.require(day))
    frame = bars("SPY", "^VIX", "IWM", "XLK", "AAA", days=(dt.date(2026, 12, 23), day))
    gathered = gather(Canned(frame), day, universe(), days, start=START)
    assert gathered.warnings == ()


def test_a_date_before_the_calendar_is_refused() -> None:
    with pytest.raises(DataUnavailable, match="before 1990-01-02"):
        gather(Canned(bars("SPY")), dt.date(1989, 1, 3), universe(), trading_days(), start=START)

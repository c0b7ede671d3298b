"""What every provider of bars promises, whatever stands behind it."""

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pandas as pd
import pytest
from collect_support import DAYS, REPO, SESSION, bars, request
from yahoo_loopback import FakeYahoo

from newsletter import registry
from newsletter.clock import Session
from newsletter.collect.normalise import freeze
from newsletter.collect.provider import Provider
from newsletter.collect.providers.files import Files
from newsletter.collect.providers.sample import Sample
from newsletter.collect.providers.yahoo import Yahoo

LARGE = REPO / "newsletter" / "collect" / "providers" / "us_large.csv"
HELD = ("SPY", "IWM", "^VIX", "AAPL", "MSFT")


@contextmanager
def _files(folder: Path) -> Iterator[Provider]:
    bars(*HELD).sample(frac=1, random_state=1).to_parquet(folder / "bars.parquet")
    yield Files(folder)


@contextmanager
def _sample(_: Path) -> Iterator[Provider]:
    yield Sample()


def _no_sleep(_: float) -> None:
    return


@contextmanager
def _yahoo(_: Path) -> Iterator[Provider]:
    rows = [(day, 100.0 + i, 99.5 + i, 1000) for i, day in enumerate(DAYS)]
    listed = pd.read_csv(LARGE, keep_default_na=False)["symbol"]
    with FakeYahoo(dict.fromkeys((*HELD, *listed), rows)) as server:
        yield Yahoo(session=server.session(), sleep=_no_sleep)


OPEN = {"files": _files, "sample": _sample, "yahoo": _yahoo}


@pytest.fixture(params=sorted(OPEN))
def provider(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Provider]:
    with OPEN[request.param](tmp_path) as opened:
        yield opened


ASKED = request(
    ("SPY", "IWM", "^VIX", "NOSUCH"), explicit_members=("MSFT", "AAPL", "GONE"), start=DAYS[0]
)


def test_every_provider_file_has_a_contract_test() -> None:
    found = {
        module.__name__.rsplit(".", 1)[1]
        for module in registry.modules("newsletter.collect.providers")
    }
    assert found == set(OPEN)


def test_its_name_stamps_the_source(provider: Provider) -> None:
    source = provider.fetch(ASKED).source
    assert source.name == provider.name
    assert provider.name in OPEN
    assert source.label
    assert source.licence
    assert source.redistribution is False
    assert source.simulated is (provider.name == "sample")


def test_frozen_bars_are_sorted_unique_and_end_with_the_session(provider: Provider) -> None:
    snapshot = freeze(SESSION, provider.fetch(ASKED))
    keys = list(zip(snapshot.bars["symbol"], snapshot.bars["date"], strict=True))
    assert keys == sorted(set(keys))
    assert keys[-1][1] == pd.Timestamp(SESSION.date)
    assert snapshot.bars["date"].min() == pd.Timestamp(DAYS[0])
    assert set(snapshot.bars["symbol"]) == set(HELD)
    assert snapshot.bars.groupby("symbol").size().eq(4).all()
    assert snapshot.sources[0].as_of == "2026-07-02"


def test_nothing_after_the_session_leaves_it(provider: Provider) -> None:
    assert provider.fetch(ASKED).bars["date"].max() <= pd.Timestamp(SESSION.date)


def test_close_and_adjusted_close_are_different_facts(provider: Provider) -> None:
    frame = provider.fetch(ASKED).bars
    spy = frame[frame["symbol"] == "SPY"]
    assert (spy["close"] != spy["adj_close"]).all()


def test_absent_symbols_are_reported_not_invented(provider: Provider) -> None:
    fetched = provider.fetch(ASKED)
    assert fetched.missing == ("GONE", "NOSUCH")
    assert not set(fetched.missing) & set(fetched.bars["symbol"])


def test_members_of_the_configuration_are_served_whole(provider: Provider) -> None:
    members = provider.fetch(ASKED).members
    assert members.symbols == ("AAPL", "GONE", "MSFT")
    assert (members.id, members.label) == ("sp500", "S&P 500 members")


def test_a_list_of_its_own_is_never_called_by_the_configured_name(provider: Provider) -> None:
    members = provider.fetch(request(start=DAYS[0])).members
    assert members.id == "sp500"
    assert members.label
    assert members.label != "S&P 500 members"
    if provider.name != "files":  # its own list is the files it is given
        assert len(members.symbols) >= 300


def test_the_same_question_has_the_same_answer(provider: Provider) -> None:
    first = freeze(SESSION, provider.fetch(ASKED))
    assert freeze(SESSION, provider.fetch(ASKED)).id == first.id


def test_a_later_session_changes_no_earlier_bar(provider: Provider) -> None:
    later = Session(dt.date(2026, 7, 6))
    next_evening = request(
        ASKED.symbols, session=later, explicit_members=ASKED.explicit_members, start=DAYS[0]
    )
    after = freeze(later, provider.fetch(next_evening)).bars
    before = freeze(SESSION, provider.fetch(ASKED)).bars
    common = after[after["date"] <= pd.Timestamp(SESSION.date)].reset_index(drop=True)
    assert len(after) == len(before) + len(HELD)
    pd.testing.assert_frame_equal(common, before)


def test_progress_ends_at_the_total(provider: Provider) -> None:
    seen: list[tuple[int, int, str]] = []
    provider.fetch(ASKED, lambda *step: seen.append(step))
    assert seen
    assert seen[-1][0] == seen[-1][1]
    assert all(what for _, _, what in seen)

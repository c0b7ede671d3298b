"""The house writer: prose on any evening, numbers only through slots, varied with the data."""

import datetime as dt
import itertools
import re
from dataclasses import replace
from pathlib import Path

import pytest
from lengths import length, some

from newsletter import config
from newsletter.collect.sessions import TradingDays
from newsletter.compute.facts import Ledger
from newsletter.draft.claims import SLOT, Draft, fill, filled
from newsletter.draft.house import write
from newsletter.draft.theme import themes
from newsletter.errors import DraftError, UnknownSlot
from newsletter.units import as_decimal

ROOT = Path(__file__).resolve().parents[2]
UNIVERSE = config.load(ROOT / "config.yaml").universe
NAMES = re.compile(r"S&P 500|Nasdaq-100|\d+-day")
SAMPLE_SESSIONS = ["2020-03-16", "2022-10-13", "2024-01-02", "2025-11-28", "2026-07-02"]
REAL_SESSIONS = [
    "2026-07-02", "2026-01-02", "2020-03-16", "2024-08-05", "2025-12-24", "2018-12-26",
    "2022-08-26", "2025-12-23", "2017-10-04", "2026-08-19",
]  # fmt: skip


@pytest.fixture(params=some(2, *SAMPLE_SESSIONS))
def sample_ledger(request, kept):
    return kept.ledger(request.param)


@pytest.fixture(params=some(3, *REAL_SESSIONS))
def real_ledger(request, kept, market_bars):
    return kept.ledger(request.param, market_bars)


@pytest.fixture
def full(kept):
    """An evening of the sample market with everything in it."""
    return kept.ledger("2026-07-02")


def require_good(draft: Draft, ledger: Ledger) -> None:
    """Say what every briefing must be, whatever the evening."""
    for passage in draft.passages():
        bare = NAMES.sub("", SLOT.sub("", passage))
        assert not re.search(r"\d", bare), f"a typed digit: {passage}"
    read = filled(draft, ledger)
    for passage in read.passages():
        assert "{{" not in passage
        assert "  " not in passage
        assert not re.search(r"\s[.,;:]|\(\s*\)|,\s*\.|\bNone\b(?! of)|\bnan\b", passage), passage
        for sentence in re.split(r"(?<=[.!?])\s+", passage):
            assert (
                not re.match(r"[a-z]", sentence)
                or sentence in passage.split(": ")[0]
                or (passage in read.tickers or sentence == passage)
            ), f"a sentence in lower case: {sentence}"
    words = sum(len(p.split()) for s in (*read.sections, read.counter) for p in s.paragraphs)
    assert 450 <= words <= 700
    assert len(read.bullets) == 3
    assert len(read.watch) >= 2
    assert len(read.change_mind) >= 2
    assert len(read.tables) == 2 + any(signal.base_rate for signal in ledger.signals)
    assert len(read.counter.paragraphs[0].split()) >= 25, "the other side is a straw man"
    assert 20 <= len(read.headline) <= 90
    paragraphs = [p for s in (*read.sections, read.counter) for p in s.paragraphs]
    assert len(paragraphs) == len(set(paragraphs))


def test_sample_evenings(sample_ledger):
    require_good(write(sample_ledger, UNIVERSE), sample_ledger)


@pytest.mark.market
def test_real_evenings(real_ledger):
    require_good(write(real_ledger, UNIVERSE), real_ledger)


MOVES = {
    "rout": {"SPY.return.1d": -4.1, "IWM.return.1d": -5.2, "QQQ.return.1d": -4.4},
    "surge": {"SPY.return.1d": 5.0, "IWM.return.1d": 6.1, "QQQ.return.1d": 5.5},
    "flight": {"SPY.return.1d": -0.1, "IWM.return.1d": -0.6, "QQQ.return.1d": -1.7,
               "XLP.return.1d.total": 2.0, "XLU.return.1d.total": 2.2, "XLV.return.1d.total": 2.6},
    "handover": {"SPY.return.1d": 0.1, "IWM.return.1d": 1.6, "QQQ.return.1d": -0.4},
    "giants": {"SPY.return.1d": 0.5, "IWM.return.1d": -0.6, "QQQ.return.1d": 1.2},
    "slide": {"SPY.return.1d": -1.4, "IWM.return.1d": -2.0, "QQQ.return.1d": -1.4,
              "XLP.return.1d.total": -0.5, "XLU.return.1d.total": -0.4},
    "broad": {"SPY.return.1d": 0.9, "IWM.return.1d": 1.1, "QQQ.return.1d": 0.9,
              "sectors.advancing.1d": 10},
    "fading": {"SPY.return.1d": 0.0, "IWM.return.1d": -0.2, "QQQ.return.1d": 0.0,
               "IWM-SPY.spread.5d": -1.9, "IWM-SPY.spread.3m": 4.9},
    "quiet": {"SPY.return.1d": 0.1, "IWM.return.1d": 0.1, "QQQ.return.1d": 0.1,
              "IWM-SPY.spread.5d": 0.1, "IWM-SPY.spread.3m": 0.2},
}  # fmt: skip


def moved(ledger: Ledger, moves) -> Ledger:
    """Return a ledger in which some facts have other values."""
    facts = dict(ledger.facts)
    for id, value in moves.items():
        facts[id] = replace(facts[id], value=as_decimal(value))
    return Ledger(ledger.session, ledger.snapshot, facts, ledger.signals, ledger.series)


def test_every_theme_has_an_evening_here():
    # For a house without a second side there is one of its own (test_small_houses.py).
    raced = {id for id, theme in themes().items() if theme.raced}
    assert {*MOVES, "first_session"} == raced


@pytest.mark.parametrize("theme", sorted(MOVES))
def test_every_theme_wins_on_its_evening_and_writes_a_whole_briefing(full, theme):
    ledger = moved(full, MOVES[theme])
    draft = write(ledger, UNIVERSE)
    assert draft.theme == theme
    require_good(draft, ledger)


def test_consecutive_evenings_differ(kept, market_bars):
    days = TradingDays("XNYS", dt.date(2026, 7, 2))
    sessions = [
        day.date().isoformat() for day in days.index[days.index <= "2026-07-02"][-length(3, 12) :]
    ]
    drafts = [filled(write(led, UNIVERSE), led) for led in
              (kept.ledger(s, market_bars) for s in sessions)]  # fmt: skip
    headlines = [draft.headline for draft in drafts]
    assert all(a != b for a, b in itertools.pairwise(headlines))
    for first, second in itertools.pairwise(drafts):
        shared = _sentences(first) & _sentences(second)
        assert len(shared) <= 6, shared


def _sentences(draft):
    text = " ".join(p for s in (*draft.sections, draft.counter) for p in s.paragraphs)
    return {s for s in re.split(r"(?<=[.!?])\s+", text) if len(s.split()) > 6}


def test_the_same_ledger_gives_the_same_draft(full):
    assert write(full, UNIVERSE).to_bytes() == write(full, UNIVERSE).to_bytes()


def test_a_draft_survives_its_bytes(full):
    draft = write(full, UNIVERSE)
    assert Draft.from_bytes(draft.to_bytes()) == draft


def test_absent_facts_take_their_sentences_with_them(full):
    """On half the data the briefing is shorter, and never has a hole."""
    kept = {id: f for id, f in full.facts.items() if re.match(r"(SPY|IWM|QQQ)\.return\.", id)}
    poor = Ledger(full.session, full.snapshot, kept, simulated=True)
    read = filled(write(poor, UNIVERSE), poor)
    assert all("{{" not in passage for passage in read.passages())
    assert "too short here for a base rate" in read.bullets[2]


def test_without_the_core_there_is_no_briefing(full):
    empty = Ledger(full.session, full.snapshot, {})
    with pytest.raises(DraftError, match="No briefing can be written"):
        write(empty, UNIVERSE)


@pytest.mark.parametrize("slot", ["{{NOPE.return.1d}}", "{{SPY.return.1d|shouted}}"])
def test_an_unknown_slot_or_form_is_refused(full, slot):
    with pytest.raises(UnknownSlot):
        fill(f"It moved {slot}.", full)

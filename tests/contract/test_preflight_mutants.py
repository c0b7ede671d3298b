"""False sentences made from true ones of real sessions: how many preflight lets through."""

import datetime as dt
import json
import random
import re
import sys
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

import pandas as pd
import pytest
from corpus import briefings
from corpus.mutations import FAMILIES, WORDLESS, mutants
from corpus.peers import Etorotrade, Intel
from corpus.templates import NAMES, WHEN, statements
from lengths import length

from newsletter.preflight import prover

REPO = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(REPO / "benchmarks"))
import mutants as bench  # noqa: E402

pytestmark = pytest.mark.market

CAUGHT = {
    "wrong_value": 0.92,
    "swapped_entity": 0.85,
    "swapped_period": 0.80,
    "flipped_direction": 0.30,
    "flipped_comparison": 0.08,
    "wrong_rank": 0.70,
    "wrong_count": 0.70,
    "wrong_extreme": 0.00,
    "wrong_date": 0.80,
    "wrong_unit": 0.92,
    "stale_value": 0.85,
    "fabricated_in_words": 0.72,
    "absent_fact": 0.72,
    "negation": 0.00,
}
"""Share of each family's mutants that the short form must catch, at least."""
MACRO = 0.65
FALSE_ALARMS = {"draft": 0.06, "template": 0.42}
"""Share of true sentences that may be refused, at most."""


@pytest.fixture(scope="module")
def found(market_bars):
    return bench.run(market_bars, count=length(20, 25), dates=bench.SHORT, processes=0)


@lru_cache(maxsize=4)
def evening(folder, date="2020-11-09", earlier="2018-12-04"):
    days = (dt.date.fromisoformat(one) for one in (date, earlier))
    made = briefings.briefing(next(days), folder, next(days))
    return made, [*made.sentences, *statements(made.ledger, random.Random(3), each=40)]


# -- how many get through ----------------------------------------------------------------


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_is_caught(found, family):
    made = bench.summary(found)["families"][family]
    assert made["mutants"] >= 20
    missed = [row["text"] for row in found["rows"] if row["family"] == family and not row["house"]]
    assert made["house"]["share"] >= CAUGHT[family], missed


def test_the_mean_of_families_is_far_above_both_peers(found):
    macro = bench.summary(found)["macro"]
    assert macro["house"] >= MACRO
    assert macro["house"] > 2 * max(macro["etorotrade"], macro["intel"])


@pytest.mark.parametrize("source", ["draft", "template"])
def test_true_sentences_are_let_through(found, source):
    wolf = bench.summary(found)["false_alarms"][source]["house"]
    said = [(a["text"], a["house"]) for a in found["alarms"] if a["house"]]
    assert wolf["of"] >= 300
    assert wolf["share"] <= FALSE_ALARMS[source], said


def test_a_third_of_the_wordless_families_has_no_figure(found):
    for family in WORDLESS:
        made = bench.summary(found)["families"][family]
        assert made["figureless"] * 3 >= made["mutants"], family


def test_judgements_that_are_kept_change_no_answer(market_bars):
    made, sentences = evening(market_bars)
    chosen = random.Random(1).sample(sentences, 12)
    slow = []
    for one in chosen:
        prover._PROVERS.clear()
        slow.append(bench.house(made.ledger)(one, one.text.replace("1", "2")))
    quick = bench.house(made.ledger)
    assert [quick(one, one.text.replace("1", "2")) for one in chosen * 2] == slow * 2


# -- the corpus itself -------------------------------------------------------------------


def test_sessions_are_those_of_the_rule(market_bars):
    from newsletter.collect.sessions import TradingDays

    days = TradingDays("XNYS", briefings.LAST)
    chosen = briefings.sessions_by_rule(briefings.closes(market_bars), days)
    assert chosen == briefings.SESSIONS
    assert len(chosen) >= 40
    assert set(bench.SHORT) <= set(map(str, chosen))


def test_slots_lie_where_their_facts_are_printed(market_bars):
    made, sentences = evening(market_bars)
    slots = [(one, slot) for one in sentences for slot in one.slots]
    assert len(slots) > 300
    for one, slot in slots:
        assert one.text[slot.start : slot.end] == made.ledger[slot.fact].forms[slot.form]


@pytest.mark.parametrize("family", FAMILIES)
def test_mutants_are_the_same_for_a_seed_and_never_the_original(market_bars, family):
    made, sentences = evening(market_bars)
    first, again, other = (mutants(made, sentences, family, seed, 60) for seed in "112")
    assert first == again
    assert first != other
    assert len(first) >= 20
    assert all(one.text != one.original.text and one.family == family for one in first)
    assert not {one.text for one in first} & {one.text for one in sentences if one.kind != "cell"}


def test_moved_figures_round_from_no_value_of_the_fact(market_bars):
    """Checked with another rounding routine, on the ledger's own JSON."""
    made, sentences = evening(market_bars)
    values = {f["id"]: f["value"] for f in json.loads(made.ledger.to_bytes())["facts"]}
    checked = 0
    for one in mutants(made, sentences, "wrong_value", "9", 400):
        before, after = (re.findall(r"\d[\d,]*\.?\d*", t) for t in (one.original.text, one.text))
        (at,) = [i for i, pair in enumerate(zip(before, after, strict=True)) if len(set(pair)) > 1]
        wrong = after[at].replace(",", "")
        places = len(wrong.partition(".")[2])
        id = one.why.split(" is ")[0]
        for kin in {id, f"{id}.total", id.removesuffix(".total")} & set(values):
            assert abs(abs(values[kin]) - float(wrong)) > 0.4999 * 10**-places, one
        checked += 1
    assert checked > 200


# -- an independent look-up: the bars themselves -------------------------------------------

_UP = (
    r"rose|gained ground|finished higher|advanced|went up|climbed|made money"
    r"|is in positive territory"
)
_DOWN = (
    r"fell|lost ground|finished lower|declined|went down|dropped|lost money|was sold"
    r"|is in negative territory"
)
_AHEAD = r"beat|did better than|outperformed|is ahead of|led"
_BEHIND = r"trailed|did worse than|underperformed|is behind|lagged"
_EASY = {"1d": 1, "5d": 5, "ytd": 0}


class Bars:
    """Moves of every instrument at one session, straight from the bars."""

    def __init__(self, folder: Path, date: str) -> None:
        bars = pd.concat(
            pd.read_parquet(folder / name, columns=["date", "symbol", "close", "adj_close"])
            for name in ("etf_index.parquet", "sp500.parquet")
        )
        wanted = {plain: one for one, names in NAMES.items() for plain in names}
        self.symbols = {name.lower(): symbol for name, symbol in wanted.items()}
        bars = bars[bars["symbol"].isin(set(wanted.values())) & (bars["date"] <= date)]
        bars = bars.drop_duplicates(["date", "symbol"])
        self.tables = [bars.pivot_table("close", "date", "symbol"),
                       bars.pivot_table("adj_close", "date", "symbol")]  # fmt: skip
        self.date = pd.Timestamp(date)

    def moves(self, name: str, window: str) -> list[float]:
        """Return the price and the total return, where they are known."""
        found = []
        for table in self.tables:
            column = table.get(self.symbols[name.lower()])
            if column is None or pd.isna(column.get(self.date)):
                continue
            before = column[column.index.year < self.date.year]
            base = before.iloc[-1:] if window == "ytd" else column.iloc[-1 - _EASY[window] :][:1]
            if base.notna().all() and len(base):
                found.append(float(column.loc[self.date] / base.iloc[0] - 1))
        return found

    def holds(self, text: str) -> bool | None:
        """Say whether a sentence about moves is true; None where it is of another form."""
        window = next((w for w in _EASY for p in WHEN[w] if p in text.lower()), None)
        if window is None:
            return None
        phrase = next(p for p in WHEN[window] if p in text.lower())
        body = re.sub(rf",? ?{phrase},? ?", " ", text, flags=re.IGNORECASE).strip(" .")
        move = re.fullmatch(rf"(.+?) (?:(?P<up>{_UP})|(?P<down>{_DOWN}))", body)
        if move and move[1].lower() in self.symbols:
            known = self.moves(move[1], window)
            return all(v > 0 for v in known) if move["up"] else all(v < 0 for v in known)
        duel = re.fullmatch(rf"(.+?) (?:(?P<ahead>{_AHEAD})|(?P<behind>{_BEHIND})) (.+)", body)
        if duel is None or not {duel[1].lower(), duel[4].lower()} <= set(self.symbols):
            return None
        sides = [self.moves(duel[1], window), self.moves(duel[4], window)]
        pairs = (
            zip(*sides, strict=True) if len({*map(len, sides)}) == 1 else [(s[-1] for s in sides)]
        )
        gaps = [a - b for a, b in pairs]
        return all(g > 0 for g in gaps) if duel["ahead"] else all(g < 0 for g in gaps)


def test_sentences_and_their_lies_are_judged_alike_by_the_bars(market_bars):
    truths, lies = 0, 0
    for date in ("2020-11-09", "2026-06-12"):
        bars = Bars(market_bars, date)
        ledger = briefings.briefing(dt.date.fromisoformat(date), market_bars).ledger
        for one in statements(ledger, random.Random(11), each=120):
            said = bars.holds(one.text)
            assert said is not False, one.text
            truths += said is True
            for lie in one.lies:
                judged = bars.holds(lie.text)
                assert judged is not True, (one.text, lie)
                lies += judged is False
    assert truths > 40
    assert lies > 60


# -- the peers and the arithmetic --------------------------------------------------------


def test_one_peer_sees_signed_percentages_prices_and_verbs_by_names(market_bars):
    made, _ = evening(market_bars)
    small = made.ledger["IWM.return.1d"].number
    checker = Etorotrade.of(made.ledger, briefings.aliases())

    def flagged(text):
        return [text[a:b] for a, b in checker.flags(text)]

    near = small + Decimal("0.3")
    assert flagged(f"The small-cap fund +{near:.2f}%") == []
    assert flagged("The small-cap fund +71.9%") == ["+71.9%"]
    assert flagged("The small-cap fund −71.9%") == ["−71.9%"]
    assert flagged("The small-cap fund, on earnings growth, +71.9%") == []
    assert flagged("The small-cap fund gained 71.9%") == []
    assert flagged("It costs $99,999.5 now") == ["$99,999.5"]
    assert flagged("The small-cap fund sank.") == ["small-cap fund"]
    assert flagged("The small-cap fund jumped.") == []


def test_the_other_peer_wants_every_number_in_its_evidence(market_bars):
    made, _ = evening(market_bars)
    fact = made.ledger["IWM.return.1d"]
    checker = Intel.of([fact])

    def flagged(text):
        return [text[a:b] for a, b in checker.flags(text)]

    assert flagged(f"Small caps gained {fact.forms['plain']}") == []
    assert flagged(f"Small caps lost {fact.forms['plain']}") == []
    assert flagged("Small caps gained 71.9%") == ["71.9%"]
    assert flagged("Small caps gained a third") == []


def test_intervals_are_wilson_s():
    from statsmodels.stats.proportion import proportion_confint

    for hits, of in ((0, 7), (3, 4), (25, 25), (981, 1000)):
        assert bench.wilson(hits, of) == pytest.approx(
            proportion_confint(hits, of, method="wilson"), abs=1e-12
        )


def test_the_report_names_families_means_and_alarms(found):
    made = bench.summary(found)
    text = bench.table(made)
    for family in FAMILIES:
        assert f"| {family} | " in text
    assert "macro mean" in text
    assert "false alarms, draft" in text
    assert set(bench.examples(found, 2, "1")) == {*FAMILIES, "false alarms"}

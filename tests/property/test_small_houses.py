"""Houses that follow little: the house writer is never held up, and speaks of what is there."""

import ast
import copy
import datetime as dt
import random
import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from lengths import length, some
from preflight_support import LEDGER, claims
from two_years import MEMBERS, configuration

from newsletter import config
from newsletter.app import House
from newsletter.cli.context import order
from newsletter.clock import FixedClock
from newsletter.compute.facts import MEMORY, index_facts
from newsletter.config import Universe
from newsletter.draft import freshness, odds
from newsletter.draft.claims import SLOT, fill, filled
from newsletter.draft.evening import Evening
from newsletter.draft.forms.weekly import WEEKLY
from newsletter.draft.headlines import composed
from newsletter.errors import DraftError
from newsletter.preflight.check import check
from newsletter.preflight.figures.numbers import find
from newsletter.preflight.past import EDITIONS, likeness, words
from newsletter.preflight.report import Severity, Verdict
from newsletter.preflight.rules.repeats import HEADLINE
from newsletter.preflight.text.block import Kind
from newsletter.preflight.text.document import Document
from newsletter.units import Unit

ROOT = Path(__file__).resolve().parents[2]
UNIVERSE = config.load(ROOT / "config.yaml").universe
GOLD = {"GLD": {"name": "the gold fund", "label": "Gold"}}
SECTORS = ["XLF", "XLK", "XLP", "XLU"]
HOUSES = {
    # What a house follows beside the VIX; the first is its benchmark.
    "small and large": (["SPY", "IWM", "QQQ"], {"small_caps": "IWM"}),
    "a stock": (["AAPL"], {}),
    "shares, bonds and gold": (["SPY", "IWM", "TLT", "GLD"], {"small_caps": "IWM"}),
    "one index": (["SPY"], {}),
    "sectors": (["SPY", *SECTORS], {"sectors": SECTORS}),
    "two funds": (["SPY", "QQQ"], {"pairs": [
        {"id": "growth", "first": "QQQ", "second": "SPY", "theme": "style"}]}),
}  # fmt: skip
SMALL = re.compile(r"\bsmall(?:er|est)?[- ](?:caps?|compan|half|and large)", re.IGNORECASE)
DAYS = [dt.date(2025, 1, 2) + dt.timedelta(days=n) for n in range(530)]


def house(folder, few, more):
    """Return a house of the sample market that follows these symbols and the VIX."""
    plain, shipped = configuration(), yaml.safe_load((ROOT / "config.yaml").read_text("utf-8"))
    described = {**shipped["universe"]["instruments"], **GOLD}
    universe = plain["universe"]
    universe |= {
        "instruments": {name: copy.deepcopy(described[name]) for name in (*few, "^VIX")},
        "benchmark": few[0], "benchmark_index": None, "indices": few[:3],
        "pairs": [p for p in shipped["universe"]["pairs"] if {p["first"], p["second"]} <= {*few}],
    }  # fmt: skip
    del universe["small_caps"]
    universe |= more
    (folder / "config.yaml").write_text(yaml.safe_dump(plain), encoding="utf-8")
    (folder / "members.csv").write_text(MEMBERS, encoding="utf-8")
    return House(folder / "config.yaml", clock=FixedClock(dt.datetime(2026, 11, 1, tzinfo=dt.UTC)))


def require_sound(sample, universe):
    """Say what every edition of a small house must be."""
    found = [f for f in sample.report.findings if f.severity is Severity.BLOCK]
    assert [(f.rule, f.words, f.message) for f in found] == []
    draft = filled(sample.draft, sample.ledger)
    for passage in sample.draft.passages():
        for sentence in freshness.split(passage):
            told = Counter(SLOT.findall(sentence))
            assert max(told.values(), default=1) == 1, f"a figure against itself: {sentence}"
    assert not any("\0" in passage for passage in draft.passages())
    said = " ".join(draft.passages())
    if not universe.sectors:
        assert "sector" not in said
    assert (sample.draft.theme == "alone") is not universe.raced
    if not universe.raced:
        assert not SMALL.search(said), SMALL.search(said)
        assert not [id for id in sample.ledger.facts if id.startswith("small_vs_large")]
    clauses = [c for p in draft.passages() for s in freshness.split(p) for c in freshness.tails(s)]
    tails = Counter(clause for clause in clauses if "#" not in clause)
    assert not {clause for clause, count in tails.items() if count > 2}
    assert len(draft.change_mind) >= 1
    assert len(draft.counter.paragraphs) >= 1


@pytest.mark.parametrize("name", some(3, *HOUSES))
def test_an_edition_of_a_small_house_is_never_held_up(tmp_path, name):
    opened = house(tmp_path, *HOUSES[name])
    calendar = opened.trading_days(DAYS[-1] + dt.timedelta(days=14))
    chance = random.Random(name)
    count = length(2, 30)
    days = sorted(chance.sample(calendar.between(DAYS[0], DAYS[-1]), count))
    rehearsal = opened.rehearsal()
    for day in days:
        sample, _ = rehearsal.evening(order(opened, "evening", day.isoformat(), None, None))
        require_sound(sample, opened.config.universe)


def test_a_house_without_small_companies_need_not_name_any():
    universe = configuration()["universe"]
    assert Universe.model_validate(universe).raced
    del universe["small_caps"]
    alone = Universe.model_validate(universe)
    assert (alone.small_caps, alone.raced) == (alone.benchmark, False)


def test_a_weekly_preview_needs_two_sides(kept):
    alone = UNIVERSE.model_copy(update={"small_caps": UNIVERSE.benchmark})
    with pytest.raises(DraftError, match=r"universe\.small_caps"):
        WEEKLY.write(kept.ledger("2026-07-02"), alone)


@pytest.mark.parametrize("mood", ["up", "down", "level"])
def test_headlines_of_two_halves_state_nothing_and_are_not_alike(mood):
    found = composed("the S&P 500 fund", mood)
    assert len(set(found)) == len(found) >= 2 * EDITIONS
    for one in found[:: length(4, 1)]:
        report = check(Document.of_line(one, Kind.SUBJECT), LEDGER)
        assert [(one, f.message) for f in report.findings if f.severity is not Severity.INFO] == []
    near = [words(one) for one in found[:12]]
    assert all(likeness(a, b) < HEADLINE for n, a in enumerate(near) for b in near[:n])


def test_what_a_remark_ends_in_is_said_once():
    used = freshness.tails("Over a year A is ahead of B by {{x}}: size has been a burden.")
    again = "Over a month A is ahead of C by {{y}}: size has been a burden."
    assert freshness.untailed(again, used) == "Over a month A is ahead of C by {{y}}."
    other = "Over a month A is ahead of C by {{y}}: size has been a comfort."
    assert freshness.untailed(other, used) == other


def test_what_is_said_of_a_base_rate_falls_with_it(kept):
    ledger = kept.ledger("2026-07-02")
    own = odds._own(Evening(ledger, UNIVERSE))
    assert odds._cited(Evening(ledger, UNIVERSE)).startswith(own)
    said: list[str] = []
    while (again := fill(odds._own(_having(ledger, said)), ledger)) not in said:
        said.append(again)
    assert odds._cited(_having(ledger, said)) == ""


def _having(ledger, said):
    """Return an evening on which these sentences have been printed before."""
    return Evening(ledger, UNIVERSE, freshness.said_in(said))


def test_a_handful_is_no_crowd(kept):
    ledger = kept.ledger("2026-07-02")
    stem = f"{UNIVERSE.breadth.id}.breadth"
    assert Evening(ledger, UNIVERSE).breadth == stem
    fact = ledger[f"{stem}.above_50d"]
    few = replace(fact, sample=replace(fact.sample, n=1, of=2))
    handful = replace(ledger, facts={**ledger.facts, fact.id: few})
    ev = Evening(handful, UNIVERSE)
    assert not ev.has(f"{ev.breadth}.above_50d")


@pytest.mark.parametrize(("text", "verdict"), [
    ("The small-cap fund's lead over the Nasdaq-100 fund this year is wide.", Verdict.PROVED),
    ("The lead of the small-cap fund over the Nasdaq-100 fund this year is wide.", Verdict.PROVED),
    # It leads the market's fund, which is nobody's question.
    ("The lead of the Nasdaq-100 fund over the small-cap fund this year is wide.",
     Verdict.CONTRADICTED),
    ("The Nasdaq-100 fund's lead over the small-cap fund this year is wide.", Verdict.CONTRADICTED),
    ("The lead of the Nasdaq-100 fund over the S&P 500 fund this year is wide.", Verdict.PROVED),
])  # fmt: skip
def test_a_lead_is_one_over_those_named(text, verdict):
    assert [one.verdict for one in claims(text) if one.kind == "standing"] == [verdict]


def test_no_headline_of_a_theme_holds_what_reads_as_a_figure():
    """ "A quarter of arrears" is a fourth to whoever reads it closely, and no fact says so."""
    trees = [
        ast.parse(file.read_text(encoding="utf-8"))
        for file in (ROOT / "newsletter" / "draft").rglob("*.py")
    ]
    made = [
        line
        for tree in trees
        for one in ast.walk(tree)
        if isinstance(one, ast.FunctionDef) and "headline" in one.name
        for line in one.body
        if not isinstance(line, ast.Expr)  # what it is for
    ]
    values = [n.value for one in made for n in ast.walk(one) if isinstance(n, ast.Constant)]
    told = [value for value in values if isinstance(value, str) and " " in value]
    assert len(told) > 100
    assert {text: [f.kind for f in find(text)] for text in told if find(text)} == {}


@pytest.mark.parametrize("above", ["Small caps are ahead", "The Nasdaq-100 fund at rest"])
def test_what_we_said_is_proved_under_whatever_heading(above):
    """Our own record is about us, whoever else the heading names; no other day is let through."""
    base = next(iter(LEDGER))
    day = LEDGER.session.date - dt.timedelta(days=6)
    made = [
        replace(base, id=f"memory.trigger.{name}", subject="memory.trigger", metric=metric,
                kind=MEMORY, name="our own record", value=day + dt.timedelta(days=more),
                unit=Unit.DATE, inputs=("SPY", "^VIX"))
        for name, metric, more in (("date", "mind", 0), ("fired", "happened", 3))
    ]  # fmt: skip
    book = replace(LEDGER, facts=index_facts([*LEDGER, *made]))
    first, then, no = (_long(day + dt.timedelta(days=n)) for n in (0, 3, 1))
    said = f"On {first} we said what would change our mind; on {{}} it happened."
    for text, verdict in ((said.format(then), Verdict.PROVED), (said.format(no), None)):
        report = check(Document.of_text(f"{above}\n{'=' * len(above)}\n\n{text}\n"), book)
        claims = {claim.text: claim.verdict for claim in report.claims}
        assert claims[first] is Verdict.PROVED
        assert (claims[then] if verdict else claims[no]) is (verdict or Verdict.UNSUPPORTED)


def _long(day):
    return f"{day.day} {day:%B %Y}"

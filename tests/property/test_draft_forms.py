"""Every form on any evening: figures only through slots, a mail that proves clean, no advice."""

import datetime as dt
import re
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from newsletter.app import House
from newsletter.clock import FixedClock
from newsletter.compute.facts import Ledger
from newsletter.draft import forms as package
from newsletter.draft import track_record
from newsletter.draft.claims import SLOT, Draft, filled
from newsletter.draft.condition import Condition
from newsletter.draft.form import forms
from newsletter.draft.freshness import exactly, said_in, split
from newsletter.draft.remembered import CALLS
from newsletter.errors import ConfigError, DraftError
from newsletter.review.edition import EditionKey
from newsletter.units import Unit, as_decimal

ROOT = Path(__file__).resolve().parents[2]
NAMES = re.compile(r"S&P 500|Nasdaq-100|\d+-day")
SAMPLE = ("2020-03-20", "2025-11-28", "2026-07-02")
REAL = ("2026-07-02", "2020-03-20", "2024-12-27", "2026-01-02")
FORMS = ("weekly", "stock")


@pytest.fixture(scope="module")
def house(tmp_path_factory):
    """A workspace with an edition of each form, and one whose form does not exist."""
    folder = tmp_path_factory.mktemp("forms")
    settings = yaml.safe_load((ROOT / "config.yaml").read_text())
    for form in (*FORMS, "poem"):
        settings["editions"][form] = {"form": form, "list": "weekly", "sender": "mailbox"}
    (folder / "config.yaml").write_text(yaml.safe_dump(settings))
    opened = House(folder / "config.yaml", clock=FixedClock(dt.datetime(2026, 8, 1, tzinfo=dt.UTC)))
    yield opened
    opened.close()


def draft(house: House, form: str, ledger: Ledger, said=frozenset()) -> Draft:
    return forms()[form].write(ledger, house.config.universe, said)


def require_good(made: Draft, ledger: Ledger) -> None:
    for passage in made.passages():
        assert not re.search(r"\d", NAMES.sub("", SLOT.sub("", passage))), passage
    assert all("{{" not in passage for passage in filled(made, ledger).passages())
    assert len(made.bullets) == 3
    assert made.headline
    assert made.verdict
    assert made.counter.paragraphs
    assert len(made.conditions) == len(made.change_mind) >= 1
    for condition in filter(None, made.conditions):
        assert Condition.parse(condition).against(ledger).check(ledger) is False


def require_clean(house: House, session: str, form: str, made: Draft, snapshot, ledger) -> None:
    key = EditionKey.parse(f"{session}.XNYS.{form}")
    mail = house.render(key, made, ledger, snapshot)
    report = house.preflight(mail, ledger)
    assert [(f.rule, f.words, f.message) for f in report.findings] == []


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("session", SAMPLE)
def test_a_simulated_evening_is_written_and_proved(kept, house, form, session):
    snapshot, ledger = kept.collected(session)
    made = draft(house, form, ledger)
    require_good(made, ledger)
    require_clean(house, session, form, made, snapshot, ledger)


@pytest.mark.market
@pytest.mark.parametrize(
    ("session", "form"),
    [
        # Each evening in one form; the drills write each in every one.
        pytest.param(session, form, marks=() if (row + column) % 2 == 0 else pytest.mark.drill)
        for row, session in enumerate(REAL)
        for column, form in enumerate(FORMS)
    ],
)
def test_a_real_evening_is_written_and_proved(kept, house, market_bars, form, session):
    snapshot, ledger = kept.collected(session, market_bars)
    made = draft(house, form, ledger)
    require_good(made, ledger)
    require_clean(house, session, form, made, snapshot, ledger)


@pytest.mark.parametrize("session", SAMPLE)
def test_a_preview_repeats_nothing_of_the_evening_before_it(kept, house, session):
    snapshot, ledger = kept.collected(session)
    evening = house.render(
        EditionKey.parse(f"{session}.XNYS.evening"),
        draft(house, "briefing", ledger),
        ledger,
        snapshot,
    )
    said = said_in([evening.text])
    made = filled(draft(house, "weekly", ledger, said), ledger)
    body = [made.headline, made.dek, *made.bullets, made.body()]
    assert not [s for text in body for s in split(text) if exactly(s, said)]
    assert len(made.body().split()) >= 450


@pytest.mark.parametrize("session", SAMPLE)
def test_a_preview_tells_the_calendar_the_levels_and_the_week(kept, house, session):
    _, ledger = kept.collected(session)
    made = draft(house, "weekly", ledger)
    used = set(made.used())
    assert {"calendar.resumes.date", "options_expiry.date", "SPY.gap.200d", "VIX.level"} <= used
    assert {"SPY.return.5d", "sp500.breadth.above_50d", "VIX.change.5d"} <= used
    assert {"Levels that matter", "Sectors, in the order of five sessions"} <= {
        table.title for table in made.tables
    }
    assert not {call.horizon for call in made.calls} - {"3m"}


def remembering(ledger: Ledger) -> Ledger:
    """Return a ledger that also knows of twelve calls, seven of them settled."""
    today = ledger.session.date
    counts = {"made": 12, "open": 5, "settled": 7, "right": 4}
    facts = [
        track_record.entry(
            f"{CALLS}.{name}", as_decimal(float(count)), Unit.COUNT, f"calls_{name}", today,
            name="our calls",
        )
        for name, count in counts.items()
    ]  # fmt: skip
    return replace(ledger, facts={**ledger.facts, **{fact.id: fact for fact in facts}})


def test_a_preview_says_what_became_of_what_we_said(kept, house):
    snapshot, ledger = kept.collected("2026-07-02")
    assert "What we said" not in {s.heading for s in draft(house, "weekly", ledger).sections}
    knowing = remembering(ledger)
    made = draft(house, "weekly", knowing)
    assert {f"{CALLS}.made", f"{CALLS}.settled", f"{CALLS}.right"} <= set(made.used())
    require_clean(house, "2026-07-02", "weekly", made, snapshot, knowing)


def test_a_stock_is_chosen_by_rule_and_recommended_to_nobody(kept, house):
    _, ledger = kept.collected("2026-07-02")
    moves = [fact for fact in ledger if fact.metric == "unusual_move"]
    first = max(moves, key=lambda fact: fact.number)
    made = draft(house, "stock", ledger)
    assert made.tickers[0] == first.subject
    assert "no recommendation" in made.sections[0].paragraphs[1]
    assert not made.calls
    assert made.stance == "neither"


@pytest.mark.parametrize("form", FORMS)
def test_without_its_facts_a_form_refuses_in_a_sentence(kept, house, form):
    _, ledger = kept.collected("2026-07-02")
    with pytest.raises(DraftError, match=r"^No .* for 2026-07-02.*newsletter facts`\.$"):
        draft(house, form, replace(ledger, facts={}))


def test_an_unknown_form_is_one_sentence(house):
    with pytest.raises(ConfigError, match=r"editions\.poem\.form is 'poem'; there are briefing, "):
        house.form(EditionKey.parse("2026-07-02.XNYS.poem"))


def test_a_form_is_added_by_dropping_a_file(house, tmp_path, monkeypatch):
    (tmp_path / "poem.py").write_text(
        "from newsletter.draft import house\n"
        "from newsletter.draft.form import Form\n\n"
        "POEM = Form(id='poem', write=house.write)\n"
    )
    monkeypatch.setattr(package, "__path__", [*package.__path__, str(tmp_path)])
    assert house.form(EditionKey.parse("2026-07-02.XNYS.poem")).id == "poem"


def test_forms_ask_a_model_with_prompts_that_exist():
    for form in forms().values():
        text = (ROOT / "prompts" / f"{form.prompt}.md").read_text()
        assert text.startswith(f"---\nid: {form.prompt}\n")
        assert "schema: brief\n" in text

"""What the house said comes back: several evenings of the sample market, from order to mailbox.

On 15 June 2026 the house argues against small caps and on the 16th for them; on the 18th what
it said on the 16th would change its mind happens, and it changes its mind. A month later those
calls are due. Nothing is replaced but the clock.
"""

import datetime as dt
import mailbox
import re
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
import yaml
from engine_support import CommandLine
from memory_support import DAYS, call, view

from newsletter.app import House
from newsletter.clock import FixedClock
from newsletter.compute.facts import MEMORY
from newsletter.draft.claims import Draft
from newsletter.draft.house import write
from newsletter.draft.memory import Mark, Memory
from newsletter.draft.remembered import with_memory
from newsletter.preflight.report import Severity
from newsletter.review.edition import EditionKey, State

ROOT = Path(__file__).resolve().parents[2]
EVENINGS = ("2026-06-15", "2026-06-16", "2026-06-18", "2026-07-16")
SUNDAY = "2026-07-17.XNYS.weekly"
WHERE = {"provider": "sample"}


def key(session):
    return f"{session}.XNYS.evening"


def evening_of(session):
    return dt.datetime.fromisoformat(f"{session[:10]}T21:30:00+00:00")


def sent(house, named):
    """Make, approve and send one edition."""
    house.clock.advance(evening_of(named) - house.clock.now())
    edition = house.run({"key": named, **WHERE})
    house.desk.approve(edition.key, "dana")
    house.deliver(edition.key)
    return house.editions.get(edition.key)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A workspace after five editions."""
    folder = tmp_path_factory.mktemp("summer")
    settings = yaml.safe_load((ROOT / "config.yaml").read_text())
    settings["editions"]["weekly"]["enabled"] = True
    (folder / "config.yaml").write_text(yaml.safe_dump(settings))
    house = House(folder / "config.yaml", clock=FixedClock(evening_of(EVENINGS[0])))
    house.editors.add("dana", "dana@example.com", house.clock.now())
    for name in ("evening", "weekly"):
        house.audience.add(f"{name}@example.org", "Ann", name, {}, house.clock.now())
    editions = [sent(house, named) for named in (*map(key, EVENINGS), SUNDAY)]
    assert {edition.state for edition in editions} == {State.SENT}
    house.close()
    return folder


@pytest.fixture
def house(folder):
    opened = House(folder / "config.yaml", clock=FixedClock(evening_of("2026-07-17")))
    yield opened
    opened.close()


def of(house, named):
    """Return an edition's report, its ledger, its draft and its plain text."""
    revision = house.editions.get(EditionKey.parse(named)).revision
    pipeline = house.pipeline
    draft = Draft.from_bytes(pipeline.artefacts.get("draft", revision.draft))
    text = " ".join(pipeline.mail(revision.rendered).text.split())
    return pipeline.report(revision.report), pipeline.ledger(revision.ledger), draft, text


def claimed(report, words):
    return {str(claim.verdict) for claim in report.claims if claim.text == words}


def test_every_edition_with_a_past_is_proved(house):
    for named in (*map(key, EVENINGS), SUNDAY):
        report, _, _, _ = of(house, named)
        blocking = [f.message for f in report.findings if f.severity is Severity.BLOCK]
        assert blocking == [], named


def test_the_first_edition_remembers_nothing(house):
    _, ledger, draft, text = of(house, key(EVENINGS[0]))
    assert [fact.id for fact in ledger if fact.kind == MEMORY] == []
    assert draft.stance == "against"
    assert "would change our mind:" not in text
    assert "argued the other side" not in text


def test_a_change_of_view_is_declared_with_its_date_and_proved(house):
    report, ledger, draft, text = of(house, key(EVENINGS[1]))
    assert draft.stance == "for"
    assert ledger["memory.view.stance"].value == "against"
    assert re.search(r"[Oo]n 15 June 2026 we argued the other side\.", text)
    assert claimed(report, "15 June 2026") == {"proved"}


def test_what_would_change_our_mind_leads_the_briefing_when_it_has_happened(house):
    _, _, before, _ = of(house, key(EVENINGS[1]))
    report, ledger, draft, text = of(house, key(EVENINGS[2]))
    words = str(ledger["memory.trigger.words"].value)
    assert words[1:] in {doubt.partition(":")[0].rstrip(".")[1:] for doubt in before.change_mind}
    opening = draft.sections[0].paragraphs[0]
    assert opening.startswith("On {{memory.trigger.date}} we said what would change our mind")
    said = f"On 16 June 2026 we said what would change our mind: {words}."
    assert f"{said} That has happened, as of today." in text
    assert claimed(report, "16 June 2026") == {"proved"}
    assert draft.stance == "against"
    assert re.search(r"[Oo]n 16 June 2026 we argued the other side\.", text)


def test_it_leads_once(house):
    _, ledger, _, text = of(house, key(EVENINGS[3]))
    assert "memory.trigger.words" not in ledger
    assert "On 16 June 2026" not in text


def test_a_call_is_settled_by_the_facts_of_its_due_session(house):
    memory = house.pipeline.memory.recall()
    (called,) = [c for c in memory.calls if c.edition == key(EVENINGS[1])]
    assert (called.subject, called.direction, called.horizon) == ("IWM-SPY", "up", "1m")
    assert called.due == dt.date(2026, 7, 16)
    mark = memory.mark(called)
    _, ledger, _, _ = of(house, key(EVENINGS[3]))
    fact = ledger["IWM-SPY.spread.1m"]
    assert (mark.session, mark.value) == (called.due, fact.value)
    assert mark.start == fact.period.start == called.session


def test_the_record_is_printed_on_sunday_and_not_in_the_evening(house):
    _, evening_ledger, evening, _ = of(house, key(EVENINGS[3]))
    _, ledger, weekly, text = of(house, SUNDAY)
    assert [fact.id for fact in evening_ledger if ".score." in fact.id] == []
    assert "Our calls so far" not in {table.title for table in evening.tables}
    (block,) = [table for table in weekly.tables if table.title == "Our calls so far"]
    assert [row[0] for row in block.rows] == ["One-month calls"]
    assert "Our calls so far" in text
    memory = house.pipeline.memory.recall()
    settled = [c for c in memory.calls if memory.mark(c)]
    assert int(ledger["memory.score.1m.settled"].number) == len(settled) == 2


@pytest.mark.parametrize("right", [0.8, 0.5, 0.2])
def test_a_long_record_is_proved_whether_good_or_bad(house, right):
    """Forty calls of two years in the place of those of one summer."""
    revision = house.editions.get(EditionKey.parse(SUNDAY)).revision
    pipeline = house.pipeline
    snapshot = pipeline.snapshot(revision.snapshot)
    plain = pipeline.stages.compute(snapshot)
    sessions = DAYS.between(dt.date(2024, 6, 3), dt.date(2026, 6, 26))[::13]
    calls = [call(s, trailing=(1, -1)[n % 2]) for n, s in enumerate(sessions)]
    hits = np.random.default_rng(3).random(len(calls)) < right
    marks = [
        Mark(c.edition, 1, c.due, Decimal("1.5" if hit else "-1.5"), c.session)
        for c, hit in zip(calls, hits, strict=True)
    ]
    views = [view(s, "neither", simulated=True) for s in sessions]
    memory = Memory(tuple(views), tuple(calls), (), tuple(marks))
    ledger = with_memory(plain, memory, "weekly", scored=True)
    draft = write(ledger, house.config.universe)
    rendered = house.render(EditionKey.parse(SUNDAY), draft, ledger, snapshot)
    report = house.preflight(rendered, ledger)
    assert [(f.message, f.part) for f in report.findings if f.severity is Severity.BLOCK] == []
    share = f"{100 * hits.mean():.0f}%"
    said = f"Rate, its interval: {share}"
    assert said in rendered.text
    assert {str(one.verdict) for one in report.claims if one.text == share} == {"proved"}
    forged = replace(rendered, text=rendered.text.replace(said, "Rate, its interval: 91%"))
    assert house.preflight(forged, ledger).blocked


def test_every_edition_is_rebuilt_byte_for_byte_with_what_it_remembered(house):
    for named in (*map(key, EVENINGS), SUNDAY):
        assert house.replay(EditionKey.parse(named)) == [], named


def test_an_edition_made_again_later_remembers_no_more_than_it_did(house):
    before = of(house, key(EVENINGS[1]))[1]
    plain = house.ledger({"key": key(EVENINGS[1]), **WHERE})
    pipeline = house.pipeline
    pipeline.artefacts.put("ledger", plain.sha256, plain.to_bytes(), house.clock.now())
    again = pipeline.recollect(plain.sha256, key(EVENINGS[1]))
    assert again == before.sha256


def test_the_mail_in_the_box_says_it(house, folder):
    box = mailbox.Maildir(folder / "data" / "mailbox", create=False)
    texts = [message.as_bytes().decode() for message in box]
    assert len(texts) == 5
    joined = [" ".join(text.replace("=\n", "").split()) for text in texts]
    assert any("would change our mind" in text and "That has happened" in text for text in joined)


@pytest.fixture
def program(monkeypatch, capfd, folder):
    monkeypatch.chdir(folder)
    return CommandLine(monkeypatch, capfd)


def test_the_scorecard_shows_every_call_that_was_sent(program, house):
    code, out, err = program("scorecard", "--sample")
    assert code == 0
    assert out.count("IWM-SPY") == len(house.pipeline.memory.recall().calls)
    assert "open" in out
    assert "too few" in out
    assert "overlap" in err
    assert "would change our mind have happened" in err
    document = program.json("scorecard", "--sample")
    assert (document["schema"], document["simulated"]) == ("scorecard/1", True)
    assert document["settled"] == 2
    assert document["triggers"]["fired"] >= 1
    (first, *_) = document["calls"]
    assert first["edition"] == key(EVENINGS[0])


def test_without_the_switch_it_says_that_only_the_sample_market_was_written_of(program):
    code, out, err = program("scorecard")
    assert (code, out) == (0, "")
    assert err.count("\n") == 1
    assert "--sample" in err
    assert program.json("scorecard")["made"] == 0

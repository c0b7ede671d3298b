"""What preflight is told of the house: registers, licences, earlier editions, the hour."""

import datetime as dt
from collections import Counter
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pytest
import yaml
from render_support import draft, ledger, mail, publication, templates, with_text

from newsletter.app import House
from newsletter.clock import FixedClock, Session
from newsletter.compute.facts import Ledger
from newsletter.draft.claims import Section
from newsletter.errors import SendRefused
from newsletter.preflight.report import Report, Severity
from newsletter.proofing import house_context, require_fresh
from newsletter.render.disclaimers import Declared
from newsletter.render.rendered import Rendered
from newsletter.review.edition import EditionKey, Revision, State, content_hash
from newsletter.stages import UNREPEATED
from newsletter.workspace import Workspace

ROOT = Path(__file__).resolve().parents[2]
EVENING = dt.datetime(2026, 7, 2, 21, 30, tzinfo=dt.UTC)
LIFETIME = dt.timedelta(hours=14)
TODAY = "2026-07-02.XNYS.evening"


def _house(tmp_path: Path, **compliance: object) -> House:
    settings = yaml.safe_load((ROOT / "config.yaml").read_text())
    settings["compliance"] = compliance
    (tmp_path / "config.yaml").write_text(yaml.safe_dump(settings))
    return House(tmp_path / "config.yaml", clock=FixedClock(EVENING))


@pytest.fixture
def house(tmp_path: Path):
    opened = _house(tmp_path)
    yield opened
    opened.close()


def _keep(house: House, key: str, one: Rendered) -> None:
    """Put a finished mail before the editors, as the pipeline does."""
    book, now = house.pipeline.artefacts, house.clock.now()
    book.put("rendered", one.sha256, one.to_bytes(), now)
    book.put("report", Report().sha256, Report().to_bytes(), now)
    made = Revision(
        1, "house-writer@2", now, "s", "l", "d", one.sha256, Report().sha256,
        content_hash(one.sha256, "l"), blocked=False,
    )  # fmt: skip
    house.desk.submit(EditionKey.parse(key), made, LIFETIME)


def _found(house: House, one: Rendered, key: str = TODAY) -> set[tuple[str, Severity]]:
    report = house.preflight(one, ledger(), key)
    return {(f.rule, f.severity) for f in report.findings if f.rule in {"C14", "C15"}}


def test_a_headline_of_the_last_edition_blocks_and_an_older_one_warns(house: House) -> None:
    today = mail()
    assert _found(house, today) == set()
    _keep(house, "2026-06-30.XNYS.evening", _other(draft().headline, "One"))
    assert _found(house, today) == {("C14", Severity.BLOCK)}
    _keep(house, "2026-07-01.XNYS.evening", _other("Another evening, another story", "Two"))
    assert _found(house, today) == {("C15", Severity.WARN)}
    # A mail without a key is compared with nothing.
    assert _found(house, today, "") == set()


def _other(headline: str, word: str) -> Rendered:
    """A mail with another body, without figures."""
    body = (Section("", (f"{word} " * 20 + "times over.",)),)
    return mail(with_text(headline=headline, sections=body, charts=()))


def test_an_opening_printed_before_blocks(house: House) -> None:
    _keep(house, "2026-06-30.XNYS.evening", mail(with_text(headline="Quite another story")))
    assert _found(house, mail()) == {("C14", Severity.BLOCK)}


@pytest.mark.parametrize(
    "key",
    [
        "2026-07-02.XNYS.evening",  # itself: a revision may keep its headline
        "2026-07-06.XNYS.evening",  # made for a later session: a replay must not change
        "2026-07-01.XLON.evening",
        "2026-07-01.XNYS.weekly",  # another list
    ],
)
def test_only_earlier_sessions_of_the_same_list_count(house: House, key: str) -> None:
    _keep(house, key, mail())
    assert _found(house, mail()) == set()


def test_what_readers_never_got_may_be_said_again(house: House) -> None:
    key = EditionKey.parse("2026-07-01.XNYS.evening")
    _keep(house, str(key), mail())
    house.desk.decide(key, State.REJECTED, "operator", "Not tonight.")
    assert _found(house, mail()) == set()


def test_the_store_returns_the_latest_thirty(house: House) -> None:
    dates, one = [dt.date(2026, 5, 1) + dt.timedelta(days=n) for n in range(40)], mail()
    for date in dates:
        _keep(house, f"{date}.XNYS.evening", one)
    found = house.editions.before(EditionKey.parse(TODAY), ["evening"], 30)
    assert [each.key.session.date for each in found] == dates[:9:-1]
    assert house.editions.before(EditionKey.parse(TODAY), [], 30) == []


HELD = [{"ticker": "IWM", "position": "long", "as_of": dt.date(2026, 6, 30)},
        {"ticker": "SMH", "position": "long", "as_of": dt.date(2026, 7, 3)}]  # fmt: skip


def test_the_registers_of_the_session_reach_mail_and_rules(tmp_path: Path) -> None:
    house = _house(
        tmp_path, holdings=HELD, registrations={"IN": "INH000001234"}, require_licences=True
    )
    context = house_context(house.config, templates(), ledger())
    assert context.holdings == {"IWM": "long, as of 30 June 2026"}
    assert context.jurisdictions == ("US",)
    assert context.registrations == ("IN",)
    assert (context.licensed, context.licence_required) == (None, True)
    assert context.now is None
    words = context.disclaimers["HOLDINGS@1"]
    assert "IWM: long, as of 30 June 2026. In every other" in words
    declared = Declared.of(house.config.compliance, ledger().session.date)
    told = {f.rule for f in house.preflight(mail(declared=declared), ledger()).findings}
    untold = {f.rule for f in house.preflight(mail(), ledger()).findings}
    assert not told & {"C01", "C04"}
    assert untold >= {"C01", "C04"}


@pytest.mark.parametrize(
    ("compliance", "rule"),
    [
        ({}, set()),
        ({"licences": {"files": "personal_use"}}, {("C10", "warn")}),
        ({"licences": {"files": "personal_use"}, "require_licences": True}, {("C11", "block")}),
        ({"require_licences": True}, {("C11", "block")}),
        ({"licences": {"files": "licensed"}, "require_licences": True}, set()),
    ],
)
def test_licences(tmp_path: Path, compliance: dict[str, object], rule: set[object]) -> None:
    report = _house(tmp_path, **compliance).preflight(mail(), ledger())
    found = {(f.rule, str(f.severity)) for f in report.findings if f.rule in {"C10", "C11"}}
    assert found == rule


def test_the_licence_of_the_source_itself_is_read(tmp_path: Path) -> None:
    found = replace(ledger(), public=("files",))
    report = _house(tmp_path, require_licences=True).preflight(mail(), found)
    assert not {f.rule for f in report.findings} & {"C10", "C11"}


def test_the_sample_market_needs_no_licence(tmp_path: Path) -> None:
    house = _house(tmp_path, require_licences=True)
    sample = ledger(simulated=True)
    found = {f.rule for f in house.preflight(mail(simulated=True), sample).findings}
    assert not found & {"C10", "C11"}


def test_fresh_until_the_next_close() -> None:
    """Friday 3 July 2026 was a holiday: Thursday's close is the latest until Monday's."""
    thursday, monday = dt.date(2026, 7, 2), dt.date(2026, 7, 6)
    book = Ledger(Session(thursday), "sha256:0", {})
    require_fresh(book, dt.datetime(2026, 7, 6, 19, 59, tzinfo=dt.UTC), thursday)
    with pytest.raises(SendRefused, match=r"2026-07-06 has closed since.*nothing is sent"):
        require_fresh(book, dt.datetime(2026, 7, 6, 20, 1, tzinfo=dt.UTC), monday)
    with pytest.raises(SendRefused, match="has not closed yet"):
        require_fresh(replace(book, session=Session(monday)), EVENING, thursday)
    require_fresh(replace(book, simulated=True), EVENING, monday)


@pytest.mark.parametrize(
    ("hours", "fresh"), [(1, True), (3 * 24, True), (4 * 24 - 2, True), (4 * 24, False)]
)
def test_an_approved_edition_waits_only_until_the_next_close(
    tmp_path: Path, hours: int, fresh: bool
) -> None:
    house = _house(tmp_path)
    try:
        one, facts, said = mail(), ledger(), draft()
        now, book = house.clock.now(), house.pipeline.artefacts
        kept = (("rendered", one), ("ledger", facts), ("report", Report()), ("draft", said))
        for kind, item in kept:
            book.put(kind, item.sha256, item.to_bytes(), now)
        content = content_hash(one.sha256, facts.sha256)
        made = Revision(
            1, "house-writer@2", now, "s", facts.sha256, said.sha256, one.sha256,
            Report().sha256, content, blocked=False,
        )  # fmt: skip
        key = EditionKey.parse(TODAY)
        house.editors.add("dana", "dana@example.com", now)
        house.desk.submit(key, made, dt.timedelta(days=9))
        house.desk.approve(key, "dana")
        house.clock.advance(dt.timedelta(hours=hours))
        if fresh:
            house.deliver(key)
            assert house.editions.get(key).state is State.SENT
        else:
            with pytest.raises(SendRefused, match="has closed since"):
                house.deliver(key)
            assert house.editions.get(key).state is State.APPROVED
    finally:
        house.close()


def test_the_publication_of_the_tests_is_the_shipped_one(house: House) -> None:
    assert house.config.publication == publication()


def test_a_process_unpacks_an_earlier_mail_once_whatever_its_lists_look_back_on():
    asked = Counter()

    def mail(id):
        asked[id] += 1
        return SimpleNamespace(subject=f"Of {id}", text=f"It was {id}.")

    said = Workspace._said_by.func(SimpleNamespace(pipeline=SimpleNamespace(mail=mail)))
    for _ in range(3):
        for list_ in ("evening", "weekly", "stock"):
            for number in range(UNREPEATED):
                id = f"{list_} {number}"
                assert said(id) == (f"Of {id}", f"It was {id}.")
    assert set(asked.values()) == {1}

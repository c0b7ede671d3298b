"""What editors add and answer for: a blocked evening and a sourced fact, from draft to mailbox.

As in test_life_of_a_briefing: real data, a real database, the real engine; mail goes into
a Maildir on this machine.
"""

import datetime as dt
import mailbox
import re
import shutil
from dataclasses import replace

import pytest
from kept_support import order

from newsletter.app import House
from newsletter.clock import FixedClock
from newsletter.draft.claims import AUTHOR, Draft
from newsletter.errors import ConfigError, DraftError, ReviewError, SendRefused
from newsletter.review.cited import Citation
from newsletter.review.edition import EditionKey, State
from newsletter.review.roles import Role

EVENING = dt.datetime(2026, 7, 2, 21, 30, tzinfo=dt.UTC)
KEY = EditionKey.parse("2026-07-02.XNYS.evening")
REASON = "The sentence reports what the fund's own letter told its holders."
ADVICE = "The fund's letter says that investors should buy small caps and wait."
SOURCE = "Federal Reserve Bank of New York, Survey of Consumer Expectations"
LINK = "https://www.newyorkfed.org/microeconomics/sce?a=1&b=2#/labor"
JOBS = Citation("unemployment expectations", "41.7", "percent", SOURCE, LINK, "2026-06-08")
SLOT = "{{cited.unemployment_expectations.value}}"
SENTENCE = f"Unemployment expectations stood at {SLOT} in the latest survey."

pytestmark = pytest.mark.market


@pytest.fixture(scope="module")
def made(kept, tmp_path_factory, market_bars):
    """The evening with its people; tests get copies of its workspace."""
    folder = kept.evening(tmp_path_factory.mktemp("made"), market_bars)
    opened = House(folder / "config.yaml", clock=FixedClock(EVENING))
    for name, role in (("dana", Role.EDITOR), ("cora", Role.COMPLIANCE), ("will", Role.WRITER)):
        opened.editors.add(name, f"{name}@example.com", EVENING, role)
    opened.audience.add("ann@example.org", "Ann", "evening", {}, EVENING)
    opened.close()
    return folder


@pytest.fixture
def house(made, tmp_path):
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    opened = House(tmp_path / "config.yaml", clock=FixedClock(EVENING))
    yield opened
    opened.close()


def edition(house):
    return house.editions.get(KEY)


def draft(house):
    return Draft.from_bytes(house.pipeline.artefacts.get("draft", edition(house).revision.draft))


def with_sentence(house, words):
    """Put one more paragraph at the end of the body's first section."""
    now = draft(house)
    first = now.sections[0]
    longer = replace(first, paragraphs=(*first.paragraphs, words))
    return replace(now, sections=(longer, *now.sections[1:]))


def report(house):
    return house.pipeline.report(edition(house).revision.report)


def mail(house):
    return house.pipeline.mail(edition(house).revision.rendered)


def rules(house):
    """Return the rules that block now and did not block the house writer's own revision."""
    first = house.editions.revisions(KEY)[0].report
    before = {finding.key for finding in house.pipeline.report(first).findings}
    found = house.desk.outstanding(edition(house))
    return {finding.rule for finding in found if finding.key not in before}


def letters(tmp_path):
    return [message.as_bytes() for message in mailbox.Maildir(tmp_path / "data" / "mailbox")]


def test_a_blocked_edition_is_answered_for_approved_and_sent(house, tmp_path):
    made = house.revise(KEY, with_sentence(house, ADVICE), "will")
    assert made.revision.blocked
    findings = house.desk.outstanding(made)
    assert {one.words.lower() for one in findings} >= {"investors should buy"}
    assert {one.part for one in report(house).findings} >= {"html", "text"}
    with pytest.raises(ReviewError, match="newsletter override"):
        house.desk.approve(KEY, "dana")
    for editor, told in (("dana", "may not override"), ("will", "may not override")):
        with pytest.raises(ReviewError, match=told):
            house.desk.override(KEY, findings[0].key, editor, REASON)
    for finding in findings:  # one key for the sentence in HTML and in text
        house.desk.override(KEY, finding.key, "cora", REASON)
    assert house.desk.outstanding(edition(house)) == ()
    house.desk.approve(KEY, "dana")
    assert house.deliver(KEY) == {"accepted": 1}
    assert edition(house).state is State.SENT
    assert len(letters(tmp_path)) == 1
    log = [(entry.actor, entry.action) for entry in house.audit.entries(str(KEY))]
    assert log == [
        (AUTHOR, "submitted"),
        ("will", "revised"),
        *[("cora", "overridden")] * len(findings),
        ("dana", "approved"),
        ("pipeline", "sending"),
        ("pipeline", "sent"),
    ]
    assert house.audit.first_broken() is None
    assert house.replay(KEY) == []


def test_what_the_ledger_contradicts_is_answered_for_by_nobody(house):
    house.revise(KEY, with_sentence(house, "The small-cap fund is up 23.4% this year."), "will")
    finding = next(o for o in house.desk.outstanding(edition(house)) if o.words == "23.4%")
    with pytest.raises(ReviewError, match="the ledger says otherwise"):
        house.desk.override(KEY, finding.key, "cora", REASON)
    with pytest.raises(ReviewError, match="blocked by preflight"):
        house.desk.approve(KEY, "dana")
    with pytest.raises(SendRefused):
        house.deliver(KEY)


def test_an_edit_elsewhere_voids_the_override_and_keeps_the_key(house):
    house.revise(KEY, with_sentence(house, ADVICE), "will")
    keys = [one.key for one in house.desk.outstanding(edition(house))]
    for key in keys:
        house.desk.override(KEY, key, "cora", REASON)
    house.revise(KEY, replace(draft(house), headline="A quieter headline"), "will")
    assert [one.key for one in house.desk.outstanding(edition(house))] == keys


def test_a_sourced_fact_is_added_used_printed_proved_and_sent(house, tmp_path):
    before = edition(house)
    cited = house.cite(KEY, JOBS, "will")
    assert cited.revision.number == 2
    assert cited.revision.ledger != before.revision.ledger
    assert cited.revision.content != before.revision.content
    assert not cited.revision.blocked
    assert SOURCE not in mail(house).text  # not used yet: not printed
    assert house.replay(KEY) == []

    used = house.revise(KEY, with_sentence(house, SENTENCE), "will")
    assert not used.revision.blocked, report(house).findings
    text, html = mail(house).text, mail(house).html
    assert "stood at 41.7% in the latest survey" in re.sub(r"\s+", " ", text)
    note = f"Unemployment expectations, as of 8 June 2026: {SOURCE}"
    assert note in re.sub(r"\s+", " ", text)
    assert f"\n  {LINK}\n" in text
    assert f'<a href="{LINK.replace("&", "&amp;")}"' in html
    proved = [one for one in report(house).claims if one.fact.startswith("cited.")]
    assert {(one.text, one.part) for one in proved} == {
        ("41.7%", "html"), ("8 June 2026", "html"), ("41.7%", "text"), ("8 June 2026", "text"),
    }  # fmt: skip
    assert house.replay(KEY) == []

    house.desk.approve(KEY, "dana")
    assert house.deliver(KEY) == {"accepted": 1}
    assert b"newyorkfed.org/microeconomics/sce" in letters(tmp_path)[0]
    (entry,) = [one for one in house.audit.entries(str(KEY)) if one.action == "cited"]
    assert entry.actor == "will"
    assert (entry.detail["source"], entry.detail["link"]) == (SOURCE, LINK)
    assert (entry.detail["value"], entry.detail["date"]) == ("41.7", "2026-06-08")
    assert house.audit.first_broken() is None


def test_only_the_houses_own_links_and_the_cited_one_are_in_the_mail(house):
    def links():
        return set(re.findall(r'href="([^"]*)"', mail(house).html)) | set(
            re.findall(r"https?://\S+", mail(house).text)
        )

    own = links()
    house.cite(KEY, JOBS, "will")
    house.revise(KEY, with_sentence(house, SENTENCE), "will")
    assert links() - own == {LINK, LINK.replace("&", "&amp;")}
    with pytest.raises(DraftError, match="holds the address"):
        house.revise(KEY, with_sentence(house, "See https://example.com/offer today."), "will")


def test_the_fact_taken_out_of_the_text_takes_its_source_with_it(house):
    plain = draft(house)
    house.cite(KEY, JOBS, "will")
    house.revise(KEY, with_sentence(house, SENTENCE), "will")
    gone = house.revise(KEY, plain, "will")
    assert not gone.revision.blocked
    assert SOURCE not in mail(house).text + mail(house).html
    assert house.replay(KEY) == []


def test_a_typed_figure_without_its_source_or_subject_blocks_for_good(house):
    house.cite(KEY, JOBS, "will")
    house.revise(KEY, with_sentence(house, "Unemployment expectations stood at 41.7%."), "will")
    assert rules(house) == {"F01"}
    key = house.desk.outstanding(edition(house))[0].key
    with pytest.raises(ReviewError, match="printed as its source has it"):
        house.desk.override(KEY, key, "cora", REASON)
    house.revise(KEY, with_sentence(house, f"Small caps rose {SLOT} today."), "will")
    assert "N01" in rules(house)


def test_a_slot_nobody_has_cited_yet_is_refused(house):
    with pytest.raises(DraftError, match=r"cited\.unemployment_expectations\.value"):
        house.revise(KEY, with_sentence(house, SENTENCE), "will")
    assert edition(house).revision.number == 1


def test_only_who_may_write_cites_and_nothing_is_cited_from_the_future(house):
    with pytest.raises(ReviewError, match="cora is compliance and may not revise"):
        house.cite(KEY, JOBS, "cora")
    with pytest.raises(ConfigError, match="--date is 2026-07-03"):
        house.cite(KEY, replace(JOBS, date="2026-07-03"), "will")
    assert edition(house).revision.number == 1


def test_a_house_that_computes_again_starts_without_what_was_cited(house, market_bars):
    house.cite(KEY, JOBS, "will")
    again = house.run(order(market_bars), again=True)
    assert again.revision.number == 3
    assert again.revision.author == AUTHOR
    assert "cited.unemployment_expectations.value" not in house.pipeline.ledger(
        again.revision.ledger
    )

"""The note that names what was cited, and the addresses a draft may not hold."""

import datetime as dt
from dataclasses import replace

import pytest
from preflight_support import LEDGER

from newsletter.draft.claims import Draft, Section
from newsletter.errors import DraftError, ExitCode
from newsletter.render.clean import refuse_links
from newsletter.render.sources import CitedSource, cited_sources
from newsletter.review.cited import Citation, cite

JOBS = Citation(
    "unemployment expectations",
    "4.2",
    "percent",
    "New York Fed",
    "https://fed.org/sce",
    "2026-06-08",
)
DRAFT = Draft(
    author="will",
    theme="",
    kicker="",
    headline="",
    dek="",
    preheader="",
    tickers=(),
    bullets=(),
    sections=(Section("", ("Small caps: {{IWM.return.1d}}.",)),),
    counter=Section("", ()),
    watch=(),
    change_mind=(),
    verdict="",
)


def test_a_note_names_each_cited_fact_that_is_used_once_and_no_other():
    ledger = cite(cite(LEDGER, JOBS), replace(JOBS, name="house prices", id="houses"))
    assert cited_sources(DRAFT, ledger) == ()
    slot = "{{cited.unemployment_expectations.value}}"
    used = replace(DRAFT, verdict=f"At {slot}, then {slot}.", preheader=f"{slot}")
    assert cited_sources(used, ledger) == (
        CitedSource("Unemployment expectations", "New York Fed", "8 June 2026", JOBS.link),
    )


@pytest.mark.parametrize("link", ["", "http://fed.org", "javascript:alert(1)", "data:text/html,x"])
def test_a_ledger_from_elsewhere_brings_no_other_sort_of_link_into_the_mail(link):
    ledger = cite(LEDGER, JOBS)
    fact = replace(ledger["cited.unemployment_expectations.value"], link=link)
    forged = replace(ledger, facts={**ledger.facts, fact.id: fact})
    used = replace(DRAFT, verdict="At {{cited.unemployment_expectations.value}}.")
    (note,) = cited_sources(used, forged)
    assert note.link == ""
    assert fact.as_of == dt.date(2026, 6, 8)


@pytest.mark.parametrize(
    "text",
    [
        "See https://example.com now.", "at HTTP://example.com", "www.example.com", "ftp://a.org/x",
        "Write to mailto:me@example.com", "javascript:alert(1)", "data:text/html;base64,AA",
    ],
)  # fmt: skip
def test_a_draft_holds_no_address(text):
    with pytest.raises(DraftError, match="holds the address") as caught:
        refuse_links(["Fine.", text])
    assert caught.value.exit_code == ExitCode.CHECK_FAILED


@pytest.mark.parametrize(
    "text", ["The day: small caps fell.", "Amazon.com rose.", "Prices up 1/2 of it.", "a: b//c"]
)
def test_prose_is_no_address(text):
    refuse_links([text])

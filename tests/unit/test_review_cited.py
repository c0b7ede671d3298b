"""An editor's sourced fact: what is taken, what is refused, and what it proves."""

import datetime as dt
import json
from dataclasses import replace
from decimal import Decimal

import pytest
from preflight_support import LEDGER

from newsletter.compute.facts import Fact, Ledger
from newsletter.draft.claims import fill
from newsletter.errors import ConfigError
from newsletter.preflight.check import check
from newsletter.preflight.report import Severity, Verdict
from newsletter.preflight.text.document import Document
from newsletter.review.cited import UNITS, Citation, cite, with_cited

ID = "cited.unemployment_expectations.value"
GIVEN = Citation(
    name="unemployment expectations",
    value="4.2",
    unit="percent",
    source="Federal Reserve Bank of New York, Survey of Consumer Expectations",
    link="https://www.newyorkfed.org/microeconomics/sce#/inflexp-1",
    date="2026-06-08",
)
WITH = cite(LEDGER, GIVEN)
NOTE = f"\n\nUnemployment expectations, as of 8 June 2026: {GIVEN.source}."


def checked(text, ledger=WITH):
    return check(Document.of_markdown(f"Thursday 2 July 2026\n\n{text}"), ledger)


def faults(text, ledger=WITH):
    found = checked(text, ledger).findings
    return sorted({finding.rule for finding in found if finding.severity is Severity.BLOCK})


def test_a_cited_fact_stands_in_the_ledger_with_source_link_and_day():
    fact = WITH[ID]
    assert (fact.kind, fact.formula, fact.metric) == ("cited", "cited@1", "level")
    assert (fact.value, fact.unit, fact.display) == (Decimal("4.2"), "percent", "4.2%")
    assert (fact.source, fact.link) == (GIVEN.source, GIVEN.link)
    assert fact.as_of == dt.date(2026, 6, 8)
    assert WITH.sha256 != LEDGER.sha256
    assert set(WITH.facts) - set(LEDGER.facts) == {ID}
    assert fill("at {{cited.unemployment_expectations.value}}", WITH) == "at 4.2%"


def test_a_ledger_with_cited_facts_is_read_back_whole_and_others_hash_as_before():
    again = Ledger.from_bytes(WITH.to_bytes())
    assert again.facts == WITH.facts
    assert again.sha256 == WITH.sha256
    assert json.loads(WITH.to_bytes())["facts"][0].get("link", "") == ""
    assert not any("link" in fact for fact in LEDGER.to_json()["facts"])
    assert Fact.from_json(WITH[ID].to_json()) == WITH[ID]


def test_cited_facts_are_carried_onto_the_same_session_computed_anew():
    assert with_cited(LEDGER, WITH).sha256 == WITH.sha256
    assert with_cited(LEDGER, LEDGER) is LEDGER


@pytest.mark.parametrize(
    ("value", "unit", "change", "forms"),
    [
        ("4.20", "percent", False, ("4.20%", "+4.20%", "4.20%")),
        ("0.3", "percent", True, ("0.3%", "+0.3%", "+0.3%")),
        ("-0.5", "percent", False, ("0.5%", "−0.5%", "−0.5%")),
        ("25", "bps", True, ("25 bps", "+25 bps", "+25 bps")),
        ("1.5", "points", False, ("1.5 points", "+1.5 points", "1.5 points")),
        ("3100000", "count", False, ("3,100,000", "+3,100,000", "3,100,000")),
        ("3.10", "usd", False, ("$3.10", "+$3.10", "$3.10")),
        ("-7.25", "number", False, ("−7.25", "−7.25", "−7.25")),
    ],
)
def test_a_figure_is_printed_with_the_decimals_of_its_source(value, unit, change, forms):
    fact = cite(LEDGER, replace(GIVEN, value=value, unit=unit, change=change))[ID]
    printed = fact.forms
    assert (printed["plain"], printed["signed"], printed["precise"]) == forms
    assert Fact.from_json(fact.to_json()) == fact


REFUSED = {
    "value": [
        "", "x", "nan", "inf", "1e9", "4,2", "4.2%", "$3", "1_000", "٤", "4.2\n5", "1" * 13,
        "1.2345678", "123456789.12345", "--4", ".5",
    ],
    "unit": ["", "rank", "ratio", "date", "state", "percentile", "Percent", "%", "pounds"],
    "date": ["", "2026-07-03", "08.06.2026", "2026-02-30", "1899-12-31", "tomorrow"],
    "link": [
        "", "http://example.com/a", "ftp://example.com", "javascript:alert(1)", "//example.com",
        "https://user@example.com/", "https://user:pw@example.com/", "https://localhost/a",
        "https://127.0.0.1/", "https://[::1]/", "https://example.com:8443/", "https://example",
        "https://reader.invalid/unsubscribe/1", "https://intranet.local/x", "https://exämple.com/",
        "https://example.com/a b", "https://example.com/\u202e", "https://example.com/\n",
        'https://example.com/"onclick="x', "https://example.com/<script>",
        "https://example.com/a)b", "https://example.com/?token=abc",
        "https://example.com/?a=1&api_key=9", "https://example.com/" + "a" * 300,
    ],
    "name": [
        "", "  ", "a", "12", "x\u202ey name", "un\u200bemployment", "a\x00bcd", "line\nbreak here",
        "{{IWM.return.ytd}}", "<b>name</b>", "name ~~~ fence", "n" * 61, "see www.example.com",
        "the", "rose", "fell by", "this year", "it was",
    ],
    "source": ["", "!!", "<a>Fed</a>", "Fed\x1b[31m", "s" * 121, "https://www.fed.gov",
               "A\u00adBCD"],
    "id": ["A", "a", "9x", "rate.1d", "ratio/x", "a-b", "90d", "Übung", "x" * 41, "a b"],
    "period": ["1w", "2026", "cal:2025", "year"],
}  # fmt: skip


@pytest.mark.parametrize(
    ("field", "value"), [(field, value) for field, values in REFUSED.items() for value in values]
)
def test_hostile_input_is_refused_in_one_sentence_that_names_the_option(field, value):
    with pytest.raises(ConfigError) as caught:
        cite(LEDGER, replace(GIVEN, **{field: value}))
    told = str(caught.value)
    assert f"--{field}" in told or (field == "name" and "--id" in told)
    assert "\n" not in told
    assert told.endswith(".")


@pytest.mark.parametrize(("value", "unit"), [("4.5", "count"), ("-4", "count"), ("-1", "usd")])
def test_a_value_fits_its_unit(value, unit):
    with pytest.raises(ConfigError, match="--value"):
        cite(LEDGER, replace(GIVEN, value=value, unit=unit))


@pytest.mark.parametrize("unit", UNITS)
def test_every_unit_is_proved_in_the_form_it_prints(unit):
    ledger = cite(LEDGER, replace(GIVEN, value="42", unit=str(unit)))
    text = f"Unemployment expectations stood at {ledger[ID].display}." + NOTE
    assert faults(text, ledger) == []


@pytest.mark.parametrize(
    "name", ["small caps", "IWM", "the VIX", "S&P 500 return", "small caps rose", "Nasdaq today"]
)
def test_a_name_under_which_the_house_has_its_own_figures_is_refused(name):
    with pytest.raises(ConfigError, match=r"house computes itself|name what is"):
        cite(LEDGER, replace(GIVEN, name=name, id="other"))


@pytest.mark.parametrize("name", ["S&P 500 earnings growth", "GDP growth", "payrolls"])
def test_a_name_may_hold_a_subject_of_which_something_else_is_told(name):
    assert cite(LEDGER, replace(GIVEN, name=name, id="other"))["cited.other.value"].name == name


def test_a_computed_fact_is_not_replaced_and_a_cited_one_is_corrected():
    squat = replace(WITH[ID], kind="level")
    with pytest.raises(ConfigError, match="is a computed fact; nothing replaces it"):
        cite(replace(LEDGER, facts={**LEDGER.facts, ID: squat}), GIVEN)
    corrected = cite(WITH, replace(GIVEN, value="4.3"))
    assert corrected[ID].display == "4.3%"
    assert len(corrected.facts) == len(WITH.facts)
    assert cite(WITH, GIVEN).sha256 == WITH.sha256


def test_the_figure_is_proved_where_the_sentence_names_the_subject():
    report = checked("Unemployment expectations stood at 4.2%." + NOTE)
    assert [(c.text, c.verdict, c.fact) for c in report.claims[1:]] == [
        ("4.2%", Verdict.PROVED, ID),
        ("8 June 2026", Verdict.PROVED, ID),
    ]
    assert not report.blocked


@pytest.mark.parametrize(
    ("text", "rules"),
    [
        ("Unemployment expectations stood at 4.2%.", ["F01"]),
        ("Unemployment expectations stood at 4.3%." + NOTE, ["N01"]),
        ("Small caps rose 4.2% today." + NOTE, ["N01"]),
        ("Hiring slowed to 4.2%." + NOTE, ["N01"]),
        ("The VIX closed at 4.2." + NOTE, ["N01"]),
        ("Unemployment expectations matter. The rate is 4.2%." + NOTE, ["F02"]),
        ("Unemployment expectations matter. It is now 4.2%." + NOTE, ["F02"]),
        ("Small caps are what they were as of 8 June 2026." + NOTE, ["F02"]),
    ],
)
def test_it_proves_nothing_else(text, rules):
    assert faults(text) == rules


def test_a_level_is_not_told_as_a_change():
    found = faults("Unemployment expectations rose 4.2%." + NOTE)
    assert found in (["F03"], ["N01"])  # whichever sees it first
    assert faults("Unemployment expectations rose to 4.2%." + NOTE) == []


def test_a_change_is_proved_in_its_direction_only():
    ledger = cite(
        LEDGER, replace(GIVEN, name="consumer prices", value="-0.3", id="cpi", change=True)
    )
    note = f"\n\n{GIVEN.source}."
    assert faults("Consumer prices fell 0.3%." + note, ledger) == []
    assert faults("Consumer prices changed by −0.3%." + note, ledger) == []
    assert faults("Consumer prices rose 0.3%." + note, ledger) == ["N01"]


def test_a_period_given_must_be_named():
    ledger = cite(
        LEDGER, replace(GIVEN, name="consumer prices", id="cpi", period="1y", change=True)
    )
    note = f"\n\n{GIVEN.source}."
    assert faults("Consumer prices rose 4.2% over the past year." + note, ledger) == []
    assert faults("Consumer prices rose 4.2% today." + note, ledger) == ["N01"]

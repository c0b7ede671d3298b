"""Every rule keeps its word: good examples pass, bad ones do not, spans point at text."""

import pytest
from preflight_support import BRIEFING

from newsletter.preflight.rule import Example, Rule, RuleContext, rules
from newsletter.preflight.text.document import Document

RULES = list(rules().values())
GOOD = [pytest.param(r, e, id=f"{r.id}-{i}") for r in RULES for i, e in enumerate(r.good)]
BAD = [pytest.param(r, e, id=f"{r.id}-{i}") for r in RULES for i, e in enumerate(r.bad)]


@pytest.mark.parametrize(("rule", "example"), GOOD)
def test_good_examples_pass(rule: Rule, example: Example) -> None:
    assert list(rule.run(example.document, example.context)) == []


@pytest.mark.parametrize(("rule", "example"), BAD)
def test_bad_examples_are_faulted(rule: Rule, example: Example) -> None:
    document = example.document
    found = list(rule.run(document, example.context))
    assert found
    for finding in found:
        assert 0 <= finding.span.start <= finding.span.end <= len(document.text)
        assert (finding.rule, finding.severity) == (rule.id, rule.severity)
        assert finding.message.endswith(".")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_says_what_it_wants_and_who_says_so(rule: Rule) -> None:
    assert rule.doc
    assert rule.citation
    assert rule.good
    assert rule.bad


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_leaves_the_example_briefing_alone(rule: Rule) -> None:
    assert list(rule.run(Document.of_markdown(BRIEFING), RuleContext())) == []


def test_codes_are_unique_and_sorted_by_discovery() -> None:
    assert len(rules()) == len({rule.id for rule in RULES}) >= 25


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
@pytest.mark.parametrize("disguise", ["\u00ad", "\u200b", "\u2060"])
def test_language_of_advice_cannot_hide(rule: Rule, disguise: str) -> None:
    if not rule.id.startswith("L"):
        return
    for example in rule.bad:
        text = disguise.join(example.text) if not example.html else example.text
        text = text.replace(disguise + " " + disguise, " ")
        assert list(rule.run(Document.of_text(text), RuleContext())), text


def test_look_alike_letters_do_not_help() -> None:
    table = str.maketrans({"a": "\u0430", "e": "\u0435", "o": "\u03bf", "u": "\u03c5"})
    for rule in RULES:
        if rule.id.startswith("L"):
            for example in rule.bad:
                text = example.text.translate(table)
                assert list(rule.run(Document.of_text(text), RuleContext())), text

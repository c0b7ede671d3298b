"""A finished mail: every part is checked, and its two bodies agree."""

import json

import pytest
from preflight_support import LEDGER

from newsletter.preflight.check import check_mail
from newsletter.preflight.report import Report
from newsletter.preflight.rule import RuleContext

NOTICE = "Opinion, not advice. It may be wrong."
HTML = f"<p>IWM fell 0.6% today.</p><p data-furniture>{NOTICE}</p>"
TEXT = "IWM fell 0.6% today.\n\n~~~\nOpinion, not advice.\nIt may be wrong."


def _mail(
    subject: str = "Small caps fell",
    preheader: str = "They fell 0.6% … small caps",
    html: str = HTML,
    text: str = TEXT,
) -> Report:
    context = RuleContext(disclaimers={"BASE": NOTICE})
    return check_mail(subject, preheader, html, text, LEDGER, context=context)


def test_a_true_mail_passes() -> None:
    found = _mail(preheader="Small caps fell 0.6%")
    assert found.findings == ()
    assert [(c.part, c.text) for c in found.claims if c.kind == "percent"] == [
        ("preheader", "0.6%"), ("html", "0.6%"), ("text", "0.6%"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("part", "changed"),
    [
        ("subject", {"subject": "Small caps fell 6%"}),
        ("preheader", {"preheader": "Small caps rose 0.6%"}),
        ("html", {"html": HTML.replace("0.6%", "0.7%")}),
        ("text", {"text": TEXT.replace("0.6%", "0.7%")}),
        ("html", {"html": HTML + '<img alt="IWM rose 3%" src="cid:a">'}),
    ],
)
def test_a_false_figure_is_found_in_its_part(part: str, changed: dict[str, str]) -> None:
    found = _mail(**changed)
    assert {f.part for f in found.findings if f.rule == "N01"} >= {part}


def test_figures_of_the_two_bodies_must_agree() -> None:
    found = _mail(text=TEXT.replace("today.", "today. SPY slipped 0.1%."))
    assert [(f.rule, f.part) for f in found.findings if f.rule == "N02"] == [("N02", "text")]


def test_a_missing_notice_is_found_in_either_body() -> None:
    found = _mail(text="IWM fell 0.6% today.")
    assert [(f.rule, f.part) for f in found.findings if f.rule == "C01"] == [("C01", "text")]


def test_a_report_survives_json() -> None:
    found = _mail(subject="Small caps fell 6%")
    assert Report.from_json(json.loads(json.dumps(found.to_json()))) == found

"""The notices of each place, word for word; ``UPDATE_GOLDEN=1`` rewrites them, never under CI."""

import os
from pathlib import Path

import pytest
from render_support import ledger, mail, publication, templates

from newsletter.preflight.check import check_mail
from newsletter.preflight.report import Report, Severity
from newsletter.preflight.rule import RuleContext, rules
from newsletter.preflight.text.document import Document
from newsletter.render.disclaimers import JURISDICTIONS, Declared, unchanging
from newsletter.render.rendered import Rendered

FOLDER = Path(__file__).parent / "notices"
NOTICES = rules()["C01"]
CODES = {f"C{n:02}" for n in range(1, 17)}
DECLARED = Declared(
    holdings={"IWM": "long, as of 30 June 2026", "NVDA": "short, as of 12 March 2026"},
    payments=("Acme Funds paid USD 5,000 for a sponsorship, concerning KRE",),
    registrations={"IN": "INH000001234"},
    views_url="https://news.example.com/views",
)
CASES = {
    **{place: ((place,), Declared()) for place in JURISDICTIONS},
    "none_held": (("US",), Declared(holdings={})),
    "all_declared": (JURISDICTIONS, DECLARED),
}


def _of(case: str) -> tuple[Rendered, RuleContext]:
    places, declared = CASES[case]
    notices = unchanging(places, templates(), publication(), declared, by_model=False)
    context = RuleContext(disclaimers=notices, jurisdictions=places)
    return mail(jurisdictions=places, declared=declared), context


def _checked(one: Rendered, context: RuleContext) -> Report:
    return check_mail(one.subject, one.preheader, one.html, one.text, ledger(), context=context)


def _compliance(report: Report) -> set[tuple[str, str]]:
    return {(f.rule, f.part) for f in report.findings if f.rule in CODES}


@pytest.mark.parametrize("case", CASES)
def test_the_notices_of_a_place_are_as_they_were_read(case: str) -> None:
    text = _of(case)[0].text
    made = text[text.index("Opinion, not advice. This") : text.index("You get this because")]
    made = made.rstrip() + "\n"
    path = FOLDER / f"{case}.txt"
    if os.environ.get("UPDATE_GOLDEN") == "1" and os.environ.get("CI") != "true":
        path.write_text(made, encoding="utf-8")
    assert made == path.read_text(encoding="utf-8")


@pytest.mark.parametrize("case", CASES)
def test_a_mail_with_all_its_notices_raises_nothing(case: str) -> None:
    """Nor do the amounts and dates that a notice states count as market figures."""
    report = _checked(*_of(case))
    assert _compliance(report) == set()
    said = {claim.text for claim in report.claims}
    assert not said & {"USD 5,000", "30 June 2026", "12 March 2026"}


@pytest.mark.parametrize("case", ["EU", "IN", "none_held", "all_declared"])
def test_a_notice_taken_out_or_changed_blocks(case: str) -> None:
    one, context = _of(case)
    for id, words in context.disclaimers.items():
        first = words.split()[0]
        for broken in (words[: len(words) // 2], words.replace(" not ", " ", 1), f"{first}."):
            if broken == words:
                continue
            page = Document.of_html(one.html.replace(_as_html(words), broken))
            assert [f.rule for f in NOTICES.run(page, context)] == ["C01"], (id, broken)
    assert NOTICES.severity is Severity.BLOCK


@pytest.mark.parametrize("place", JURISDICTIONS)
def test_a_notice_that_lost_a_word_in_the_text_part_blocks(place: str) -> None:
    one, context = _of(place)
    lines = one.text.splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("Readers in"))
    lines[start + 1] = lines[start + 1].rpartition(" ")[0]
    assert list(NOTICES.run(Document.of_text("\n".join(lines)), context))
    assert not list(NOTICES.run(Document.of_text(one.text), context))


def _as_html(words: str) -> str:
    return words.replace("&", "&amp;").replace("'", "&#39;")

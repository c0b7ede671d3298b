"""Withdrawn words: what a correction may quote unproved, and everything it may not."""

from dataclasses import replace

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from render_support import ledger, publication, templates

from newsletter.preflight.check import check, check_mail
from newsletter.preflight.report import Report, Severity
from newsletter.preflight.rule import RuleContext, Sent, rules
from newsletter.preflight.text.document import Document
from newsletter.render.letters import Letter, letter
from newsletter.render.letters_samples import samples

LEDGER = ledger()
SAID = "The small-cap fund gained 2.4% on the week, which nobody who had watched it had expected."
RIGHT = "The small-cap fund fell {{IWM.return.5d}} on the week."
BEFORE = "Nothing of the kind happened. "
SENT = Sent(
    "2026-07-02.XNYS.evening",
    f"<h1>Who leads now?</h1><p>{BEFORE}{SAID} So it goes.</p><p data-furniture='1'>SPY: 7%.</p>",
    "Who leads now?\n\n" + (BEFORE + SAID).replace("on the", "on\nthe") + "\nSo it goes.\n",
)
HTML = (
    "<h1>We made a mistake in the edition of 2 July 2026</h1><h2>We wrote:</h2>"
    "<blockquote>{said}</blockquote><h2>Right is:</h2>"
    "<p>The small-cap fund fell 0.4% on the week.</p>"
)
QUOTED = HTML.format(said=SAID)


def corrected(said: str = SAID, right: str = RIGHT) -> Letter:
    """Lay out the house's correction of one sentence."""
    words = {"ledger": LEDGER, "headline": "Who leads now?"}
    point = {"said": said, "right": right}
    given = samples()["correction"] | words | {"points": (point,)}
    return letter("correction", publication(), templates(), given)


def proved(one: Letter, sent: Sent | None = SENT) -> Report:
    """Check a letter as an edition is checked."""
    mail = (one.subject, one.preheader, one.html, one.text)
    return check_mail(*mail, LEDGER, context=RuleContext(corrects=sent))


def page(html: str, sent: Sent | None = SENT) -> Report:
    """Check a page that may be a correction."""
    return check(Document.of_html(html), LEDGER, context=RuleContext(corrects=sent))


def blocking(report: Report) -> set[str]:
    return {one.rule for one in report.findings if one.severity is Severity.BLOCK}


def test_the_houses_correction_passes_and_says_whom_it_quotes() -> None:
    report = proved(corrected())
    assert not report.blocked, report.findings
    told = [one for one in report.findings if one.rule == "N05"]
    assert {(one.part, one.severity) for one in told} == {
        ("html", Severity.INFO),
        ("text", Severity.INFO),
    }
    assert all(SENT.key in one.message for one in told)
    assert not any("2.4" in claim.text for claim in report.claims)
    assert any(claim.text == "0.4%" for claim in report.claims)


@pytest.mark.parametrize(
    "one",
    [
        corrected(SAID.replace("2.4", "2.5")),
        corrected(SAID.replace("gained", "won")),
        corrected(SAID.replace(", which", " which")),
        corrected(SAID.replace("nobody", "no\N{SOFT HYPHEN}body").upper()),
        corrected(SAID.partition(",")[0] + "."),  # not the whole sentence
        corrected(right="The small-cap fund rose 0.9% on the week."),
        corrected(right="That was a mistake, and we are sorry."),
    ],
    ids=["figure", "word", "comma", "case", "clipped", "wrong right", "no right"],
)
def test_a_correction_blocks_that_quotes_otherwise_or_puts_nothing_right(one: Letter) -> None:
    assert proved(one).blocked


def test_without_the_mail_that_was_sent_a_quotation_is_no_excuse() -> None:
    assert {"N01", "N05"} <= blocking(proved(corrected(), None))
    other = replace(SENT, key="2026-07-01.XNYS.evening")
    assert {"N01", "N05"} <= blocking(proved(corrected(), other))


@pytest.mark.parametrize(
    "html",
    [
        QUOTED.replace("blockquote", "p"),
        QUOTED.replace(f"<blockquote>{SAID}</blockquote>", f"<p>\N{LEFT DOUBLE QUOTATION MARK}{SAID}\N{RIGHT DOUBLE QUOTATION MARK}</p>"),  # noqa: E501
        QUOTED.replace("<blockquote>", "<blockquote data-furniture='1'>"),
        QUOTED.replace("We wrote:", "So it is:"),
        QUOTED.replace("<h2>We wrote:</h2>", "<h2 style='display:none'>We wrote:</h2>"),
        QUOTED.replace("2 July", "3 July"),
        QUOTED.replace("Right is:", "As ever:"),
        QUOTED.replace("<h2>Right is:</h2>", "<p>And more.</p><h2>Right is:</h2>"),
        HTML.format(said="SPY: 7%."),  # the furniture of the mail is no statement of its
        HTML.format(said=f"{SAID} The S&P 500 fund gained 7% on the week."),
        f"{QUOTED}<p>{SAID}</p>",
    ],
    ids="paragraph marks furniture label hidden day right apart frame more again".split(),
)  # fmt: skip
def test_only_the_whole_form_of_a_correction_lets_words_through(html: str) -> None:
    assert not page(QUOTED).blocked
    assert "N01" in blocking(page(html)) or "N05" in blocking(page(html))


def test_what_the_law_forbids_is_found_in_a_quotation_too() -> None:
    advice = rules()["L01"].bad[0].text
    sent = replace(SENT, html=f"<p>{advice}</p>")
    found = page(HTML.format(said=advice), sent)
    assert "N05" in {one.rule for one in found.findings}
    assert "L01" in blocking(found)


@settings(max_examples=10, deadline=None)
@given(st.integers(0, len(SAID) - 1), st.sampled_from("0123456789 aeiT.,-\N{SOFT HYPHEN}"))
@example(SAID.index("2.4"), "9")
def test_a_letter_changed_anywhere_is_no_quotation(place: int, put: str) -> None:
    said = SAID[:place] + put + SAID[place + 1 :]
    same = " ".join(said.split()) == SAID
    assert ("N05" in blocking(page(HTML.format(said=said)))) is not same


@settings(max_examples=10, deadline=None)
@given(
    st.sampled_from(["IWM", "SPY", "The semiconductor fund"]),
    st.sampled_from(["rose", "fell"]),
    st.decimals(3, 90, places=1),
)
def test_any_sentence_that_was_not_sent_stays_checked(who: str, moved: str, size: object) -> None:
    said = f"{who} {moved} {size}% today."
    alone, within = page(f"<p>{said}</p>"), page(HTML.format(said=said))
    assert {(one.text, one.verdict) for one in alone.claims} <= {
        (one.text, one.verdict) for one in within.claims
    }
    assert {"N01", "N05"} <= blocking(within)


def test_lines_marked_in_plain_text_read_like_a_quotation_in_html() -> None:
    text = Document.of_text("We wrote:\n\n> It is\n> as it is.\n\nRight is:\n\n> or\nnot\n")
    assert [(one.text, one.quoted) for one in text.blocks] == [
        ("We wrote:", False),
        ("It is as it is.", True),
        ("Right is:", False),
        ("> or not", False),
    ]
    html = Document.of_html("<p>a</p><blockquote><p>It is as it is.</p></blockquote><p>b</p>")
    assert [one.quoted for one in html.blocks] == [False, True, False]

"""Rules of conduct: disguises do not help, own prose is left alone, size does not hurt."""

import time
import unicodedata
from dataclasses import replace

import pytest
from preflight_support import BRIEFING, LEDGER

from newsletter.preflight.check import check_mail
from newsletter.preflight.past import likeness, opening, past_of, words
from newsletter.preflight.rule import Past, RuleContext, rules
from newsletter.preflight.text.document import Document

MINE = {code: rules()[code] for code in (f"C{n:02}" for n in range(2, 17))}
TEXTUAL = ["C02", "C03", "C07", "C13", "C16"]
"""Rules whose bad examples are found by their words alone."""
LOOKALIKE = str.maketrans({"a": "\u0430", "e": "\u0435", "o": "\u043e", "c": "\u0441"})
FULL = str.maketrans({chr(c): chr(c + 0xFEE0) for c in range(0x41, 0x7B) if chr(c).isalpha()})
DISGUISES = {
    "soft hyphens": lambda text: _inside(text, "\u00ad"),
    "zero width": lambda text: _inside(text, "\u200b"),
    "look-alikes": lambda text: text.translate(LOOKALIKE),
    "full width": lambda text: text.translate(FULL),
    "decomposed": lambda text: unicodedata.normalize("NFD", text),
    "blanks": lambda text: text.replace(" ", "\u2003"),
}


def _inside(text: str, mark: str) -> str:
    """Put a mark between any two letters of a word."""
    pairs = zip(text, f"{text[1:]} ", strict=True)
    return "".join(a + (mark if a.isalpha() and b.isalpha() else "") for a, b in pairs)


@pytest.mark.parametrize("disguise", DISGUISES)
@pytest.mark.parametrize("code", TEXTUAL)
def test_disguised_words_are_found(code: str, disguise: str) -> None:
    rule = MINE[code]
    for example in rule.bad:
        if "NS" in example.text or "##" in example.text:
            continue
        text = DISGUISES[disguise](example.text)
        assert list(rule.run(Document.of_markdown(text), example.context)), text


@pytest.mark.parametrize("disguise", DISGUISES)
def test_a_disguised_headline_is_still_the_old_one(disguise: str) -> None:
    past = Past("2026-07-01.XNYS.evening", "Growth took the day, and small caps took notes", "")
    text = DISGUISES[disguise]("Growth took the day, and small caps took notes")
    found = MINE["C14"].run(Document.of_markdown(f"# {text}"), RuleContext(past=(past,)))
    assert [finding.rule for finding in found] == ["C14"]


def test_a_position_is_found_under_any_name_of_the_ledger() -> None:
    held = RuleContext(ledger=LEDGER, holdings={"KRE": "long, as of 1 July 2026"})
    for text in ("KRE fell.", "Regional banks fell.", "The regional-bank fund fell.", "$KRE fell."):
        assert list(MINE["C04"].run(Document.of_text(text), held)), text
    for text in ("Banks fell.", "KREW fell.", "kre"):
        assert not list(MINE["C04"].run(Document.of_text(text), held)), text


def test_a_single_letter_is_a_ticker_only_where_it_is_marked() -> None:
    held = RuleContext(holdings={"F": "long"})
    assert list(MINE["C04"].run(Document.of_text("Ford (F) rose."), held))
    assert not list(MINE["C04"].run(Document.of_text("Grade F bonds rose."), held))


def test_a_position_in_another_word_is_not_disclosed() -> None:
    held = RuleContext(holdings={"IWM": "long, as of 1 July 2026"})
    text = "IWM rose.\n\n~~~\n\nPositions. IWM: long, as of 1 June 2026."
    assert list(MINE["C04"].run(Document.of_text(text), held))


@pytest.mark.parametrize("code", sorted(MINE))
def test_own_prose_raises_nothing_under_every_jurisdiction(code: str) -> None:
    given = RuleContext(
        ledger=LEDGER,
        jurisdictions=("US", "UK", "CA", "IN"),
        past=(Past("2026-07-01.XNYS.evening", "Another headline altogether", "Other words."),),
        headlines=("Fed holds rates as Powell warns that tariffs may lift prices",),
    )
    assert list(MINE[code].run(Document.of_markdown(BRIEFING), given)) == []


def test_what_concerns_the_whole_edition_is_reported_once() -> None:
    past = Past("2026-07-01.XNYS.evening", "Small caps fell", "")
    context = RuleContext(licensed=False, past=(past,), holdings={"IWM": "long"})
    html = "<h1>Small caps fell</h1><p>IWM fell 0.6% today.</p>"
    text = "Small caps fell\n===============\n\nIWM fell 0.6% today."
    report = check_mail("Small caps fell", "IWM", html, text, LEDGER, context=context)
    found = sorted((f.rule, f.part) for f in report.findings if f.rule in MINE)
    assert found == [("C04", "html"), ("C04", "text"), ("C10", "html"), ("C14", "html")]


def test_only_a_registered_notice_may_state_an_amount() -> None:
    said = "Acme Funds paid USD 5,000 for a sponsorship"
    context = RuleContext(disclaimers={"PAID@1": f"{said}."}, sponsors={"*": said})
    good = f"<p>News.</p><p data-furniture>Payments. {said}.</p>"
    bad = good.replace("News.", "News: IWM earned USD 5,000.").replace("5,000 for", "6,000 for")
    findings = [
        {f.rule for f in check_mail("S", "P", html, "", LEDGER, context=context).findings
         if f.part == "html"}
        for html in (good, bad)
    ]  # fmt: skip
    assert "N01" not in findings[0]
    assert findings[1] >= {"N01", "C01", "C05"}


def test_likeness_is_a_share_of_words_in_order() -> None:
    one = words("a b c d e f g h i j")
    assert likeness(one, one) == 1
    assert likeness(one, words("a b c d e f g h x y")) == pytest.approx(0.8)
    assert likeness(one, words("k l m")) == 0


def test_the_opening_is_the_first_paragraph_behind_the_summary() -> None:
    dek = "A standfirst of more than a dozen words that stands above the items of the summary."
    first = "The first paragraph of the body, which has well over a dozen words in it, says this."
    head = f"~~~\n\nHeadline\n========\n\n{dek}\n\n* The day: up."
    text = f"{head}\n\n{first}\n\nMore.\n\n~~~\n\nFooter."
    assert opening(Document.of_text(text)) == first
    past = past_of("k", "[SAMPLE] Headline", text)
    assert (past.headline, past.opening) == ("Headline", first)
    assert opening(Document.of_text("")) == ""


HOSTILE = {
    "views": "we like if " * 20_000,
    "quotes": '"' * 200_000,
    "open quotes": " 'a" * 70_000,
    "tickers": "IWM " * 50_000,
    "companies": "Infosys is cheap. " * 11_000,
    "denials": "no risk risk " * 16_000,
    "headings": "a\n\n" * 60_000,
    "grams": "we like " * 25_000,
}


@pytest.mark.parametrize("name", HOSTILE)
def test_time_is_linear_in_hostile_text(name: str) -> None:
    past = tuple(Past(str(i), f"a b c d e f {i}", "we like if " * 20) for i in range(30))
    context = RuleContext(
        jurisdictions=("EU", "IN"), holdings={"IWM": "long"}, sponsors={"KRE": "paid", "*": "x"},
        aliases={"Small caps": "IWM"}, past=past, headlines=("we like " * 10,), licensed=False,
    )  # fmt: skip
    document = Document.of_text(HOSTILE[name])
    start = time.process_time()
    for rule in MINE.values():
        list(rule.run(document, replace(context)))
    assert time.process_time() - start < 12

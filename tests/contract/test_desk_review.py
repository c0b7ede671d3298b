"""The review room: the mail as it goes out, and a proof beside every claim of it."""

import re

import pytest
from desk_support import axe, desk  # noqa: F401 - a fixture

from newsletter.review.edition import EditionKey

DRAWN = "() => document.querySelector('#mail').contentDocument?.querySelector('mark')"


@pytest.fixture(scope="module")
def edition(desk):
    return desk.edition()


def test_every_claim_stands_on_the_page_with_its_verdict_fact_and_source(desk, edition):
    report = desk.house.pipeline.report(edition.revision.report)
    ledger = desk.house.pipeline.ledger(edition.revision.ledger)
    page = desk.client("writer").get(f"/editions/{desk.key}").text
    shown = re.findall(r'<li id="claim-(\d+)" class="(\w+)"', page)
    assert sorted(int(number) for number, _ in shown) == list(range(len(report.claims)))
    for number, verdict in shown:
        assert verdict == report.claims[int(number)].verdict.value
    used = {claim.fact for claim in report.claims if ledger.get(claim.fact)}
    assert used
    for fact in used:
        found = ledger.get(fact)
        assert f"<code>{fact}</code>" in page
        assert found.formula in page


def test_the_frame_holds_the_mail_itself_in_a_sandbox(desk, edition):
    mail = desk.house.pipeline.mail(edition.revision.rendered)
    answer = desk.client("editor").get(f"/editions/{desk.key}/mail")
    policy = answer.headers["content-security-policy"]
    assert policy.startswith("sandbox allow-same-origin;")
    assert "script-src" not in policy
    assert "default-src 'none'" in policy
    seen = re.sub(r"</?mark\b[^>]*>", "", answer.text)
    body = mail.html[mail.html.index("<body") :]
    words = re.findall(r">([^<>{}]{12,})<", body)
    assert len(words) > 100
    assert all(one in seen for one in words)
    assert "cid:" not in seen


@pytest.mark.parametrize("name", ["text", "headers", "inbox"])
def test_other_forms_say_what_the_message_says(desk, edition, name):
    mail = desk.house.pipeline.mail(edition.revision.rendered)
    page = desk.client("editor").get(f"/editions/{desk.key}/view/{name}")
    assert page.status_code == 200
    assert {"text": mail.text.splitlines()[0][:20], "headers": "List-Unsubscribe-Post",
            "inbox": mail.preheader[:20]}[name] in page.text  # fmt: skip


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/editions/2026-08-10.XNYS.nothing", 404, "There is no edition"),
        ("/editions/yesterday", 409, "is no edition key"),
        ("/editions/{key}?revision=7", 404, "has no revision 7"),
        ("/editions/{key}/view/soul", 404, "There is no view"),
        ("/editions/{key}/panel/soul", 404, "There is no panel"),
        ("/editions/{key}/mail?scheme=loud", 422, "scheme is"),
        ("/editions/{key}?revision=x", 422, "revision"),
    ],
)
def test_what_is_not_there_is_told_in_a_sentence(desk, path, status, words):
    answer = desk.client("editor").get(path.format(key=desk.key))
    assert answer.status_code == status
    assert words in answer.text
    assert "Traceback" not in answer.text


def test_a_sentence_and_its_proof_light_each_other(desk):
    page = desk.page("writer", f"/editions/{desk.key}")
    page.wait_for_function(DRAWN)
    mail = page.frame_locator("#mail")
    mark = mail.locator("mark[data-claim]:visible").nth(4)
    number = mark.get_attribute("data-claim")
    mark.hover()
    page.wait_for_selector(f"#claim-{number}.at")
    page.locator("#panel").focus()
    page.keyboard.press("j")
    page.wait_for_function(f"() => !document.querySelector('#claim-{number}.at')")
    lit = page.locator(".claims li.at").get_attribute("data-mark")
    assert "at" in mail.locator(f"mark[data-claim='{lit}']").first.get_attribute("class")
    page.keyboard.press("f")
    page.wait_for_selector("#tab-findings[aria-selected=true]")
    page.keyboard.press("t")
    page.wait_for_selector("#sheet .paper")
    page.keyboard.press("m")
    page.get_by_role("button", name="Dark", exact=True).click()
    page.wait_for_function(
        "() => document.querySelector('#mail').contentDocument"
        ".querySelector('meta[name=color-scheme]')?.content === 'dark'"
    )
    assert page.told == []


def test_the_tonight_page_tells_what_waits_and_until_when(desk, edition):
    page = desk.client("writer").get("/").text
    assert str(edition.key) in page
    assert "Needs a signature by" in page
    assert f"{edition.expires_at:%Y-%m-%dT%H:%M:%SZ}" in page
    assert "Lately" in page
    part = desk.client("writer").get("/tonight/state", headers={"HX-Request": "true"}).text
    assert "<html" not in part
    assert str(edition.key) in part


def test_a_run_is_begun_once_and_only_by_who_may(desk, monkeypatch):
    begun = []
    monkeypatch.setattr(desk.newsroom.runs, "begin", lambda *words: begun.append(words) or True)
    key = EditionKey.parse(desk.key)
    for role, status in (("compliance", 403), ("writer", 200), ("editor", 200)):
        answer = desk.client(role).act(f"/tonight/run/{key}")
        assert answer.status_code == status, role
    assert begun == [("produce", desk.key)] * 2
    assert desk.client("editor").act("/tonight/run/2026-08-09.XNYS.evening").status_code != 200

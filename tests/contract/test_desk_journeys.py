"""Whole journeys at the desk, from the first login to the readers' mailboxes, by keyboard alone.

Nothing is replaced: a real server, Chromium, the commands that the desk starts, a maildir.
"""

import functools
import mailbox
import re

import pyotp
import pytest
from desk_support import PASSWORD, axe, desk, own_desk  # noqa: F401 - fixtures

MOST_TABS = 150
FALSE = "The small-cap fund gained 77.7% this year."
SLOT = "{{IWM.return.ytd|signed}}"


def walk(page, wanted):
    """Press Tab until something stands in focus that a selector means."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement.matches(wanted)", wanted):
            return
    raise AssertionError(f"{wanted} is not reached by the keyboard on {page.url}")


def first_login(desk, page, name):
    """Follow an invitation to the first page; return what axe has against the way there."""
    against = {}
    page.goto(f"/invitation/{desk.newsroom.guard.invitations.make(name, 'Ada')}")
    against["invitation"] = axe(page)
    for field in ("password", "again"):
        walk(page, f"[name={field}]") if field == "again" else page.focus("[name=password]")
        page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/login/enrol**")
    against["enrol"] = axe(page)
    secret = page.inner_text(".key code").replace(" ", "")
    page.keyboard.type(pyotp.TOTP(secret).now())  # its field has the focus already
    page.keyboard.press("Enter")
    page.wait_for_selector(".codes")
    assert page.locator(".codes li").count() == 10
    against["recovery"] = axe(page)
    walk(page, "a.main")
    page.keyboard.press("Enter")
    page.wait_for_selector("#tonight")
    return against


def signed_in_by_hand(desk, page, role, name):
    """Sign in with name, password and a code; return what axe has against the way there."""
    against, secret = {}, desk.with_password(role)
    page.goto("/login?then=/archive")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        against[f"login {scheme}"] = axe(page)
    page.keyboard.type(name)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url("**/login/code**")
    against["code"] = axe(page)
    page.keyboard.type(pyotp.TOTP(secret).now())
    page.keyboard.press("Enter")
    page.wait_for_url(lambda url: "/login" not in url)
    return against


def written(page, key):
    """Write something false, see it contradicted, mend it with a fact, save it."""
    page.keyboard.press("e")
    page.wait_for_selector("#writing")
    walk(page, "#text-dek")
    page.keyboard.press("Control+A")
    page.keyboard.type(FALSE)
    part = page.locator(".part[data-part='dek']:not([data-new])")
    part.locator(".against .block").first.wait_for()
    assert "77.7%" in part.locator("mark.contradicted").first.inner_text()
    with page.expect_event("load"):  # the page changes its address before it is loaded anew
        page.keyboard.press("Control+Enter")  # saved as it is, it blocks
    page.goto(f"/editions/{key}")
    assert "block" in page.locator("#why-approve").inner_text()
    page.keyboard.press("e")
    page.wait_for_selector("#writing")
    walk(page, "#text-dek")
    page.keyboard.press("Control+A")
    page.keyboard.type("This year's return of the small-cap fund is {{")
    page.wait_for_selector("#picker[open]")
    page.keyboard.type("iwm return ytd")
    page.wait_for_selector("#picker code:text-is('IWM.return.ytd')")
    for press in ("ArrowDown", "ArrowRight", "Enter"):
        page.keyboard.press(press)
    page.keyboard.type(".")
    part.locator(".fine").wait_for()
    with page.expect_event("load"):
        page.keyboard.press("Control+Enter")
    page.wait_for_selector("#writing")


@pytest.mark.timeout(300)
def test_from_the_first_login_to_the_readers(desk):
    settings = desk.folder / "config.yaml"
    settings.write_text(re.sub(r"(?m)^(  four_eyes:) \w+", r"\1 true", settings.read_text()))
    desk.worker()
    one = desk.page()
    one.set_default_timeout(60_000)
    against = first_login(desk, one, "Bo")
    walk(one, f"a[href='/editions/{desk.key}']")
    one.keyboard.press("Enter")
    one.wait_for_url(f"**/editions/{desk.key}*")
    written(one, desk.key)
    made = desk.edition().revision
    assert (made.number, made.author, made.blocked) == (3, "Bo", False)
    assert SLOT in desk.house.pipeline.written(made.draft).dek
    one.goto(f"/editions/{desk.key}")
    assert one.locator("button[data-dialog=act-approve]").is_disabled()
    assert "somebody else approves it" in one.locator("#why-approve").inner_text()

    other = desk.page()
    other.set_default_timeout(60_000)
    against |= signed_in_by_hand(desk, other, "admin", "Ada")
    assert {name: found for name, found in against.items() if found} == {}
    other.goto(f"/editions/{desk.key}")
    other.keyboard.press("a")
    assert "3 by Bo" in other.locator("#act-approve").inner_text()
    walk(other, "#act-approve [name=when]")
    other.keyboard.press("ArrowDown")  # at once
    walk(other, "#act-approve button.main")
    other.keyboard.press("Enter")
    other.locator(".state.sent").first.wait_for()
    other.wait_for_load_state()  # keys are heard only from here on
    edition = desk.edition()
    assert (edition.state, edition.approval.editor) == ("sent", "Ada")
    assert edition.approval.content == made.content

    copies = list(mailbox.Maildir(desk.folder / "data" / "mailbox", create=False))
    assert len(copies) == 3
    figure = desk.house.pipeline.ledger(made.ledger)["IWM.return.ytd"].forms["signed"]
    text = copies[0].get_payload()[0].get_payload(decode=True).decode()
    assert f"return of the small-cap fund is {figure}." in " ".join(text.split())
    assert desk.house.audit.first_broken() is None
    did = [(who, what) for who, what in desk.actions(desk.key) if what != "notice"]
    assert did[-6:] == [
        ("Bo", "revised"), ("Bo", "revised"), ("Ada", "approved"), ("Ada", "send begun"),
        ("pipeline", "sending"), ("pipeline", "sent"),
    ]  # fmt: skip

    other.keyboard.press("g")
    other.keyboard.press("d")
    other.wait_for_url("**/deliveries")
    assert "accepted 3" in other.inner_text("main")
    one.click("details.who summary")
    one.click("text=Sign out")
    one.wait_for_url("**/login*")
    one.go_back()
    assert one.locator("#act-approve").count() == 0  # nothing is kept to go back to
    assert one.told == other.told == []


def until(page, found):
    """Wait until something is in a list that the page's requests fill."""
    for _ in range(1200):
        if found:
            return
        page.wait_for_timeout(50)
    raise AssertionError("The page asked for nothing.")


def test_news_that_comes_meanwhile_keeps_nobody_on_a_page(own_desk):
    own_desk.house.desk.approve(own_desk.edition().key, "Ada")
    own_desk.house.pipeline.freeze(own_desk.key)
    page, news, left = own_desk.page("editor"), [], []
    for way, asked in (("**/going*", news), ("**/deliveries", left)):
        page.route(way, functools.partial(list.append, asked))
    page.goto(f"/editions/{own_desk.key}")
    until(page, news)
    page.keyboard.press("g")
    page.keyboard.press("d")
    until(page, left)
    news[0].fulfill(headers={"HX-Refresh": "true"}, body="The state is another.")
    page.wait_for_timeout(500)
    left[0].continue_()
    page.wait_for_url("**/deliveries")

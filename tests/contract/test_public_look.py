"""Every public page in Chromium: nobody is kept out, in either scheme, at any width."""

import re

import pytest
from desk_support import axe
from public_support import opened

from newsletter.public.application import application
from newsletter.send.delivery import Subscriber
from newsletter.send.tokens import Purpose

NO_PAGES = {"/static/{name}", "/e/{key}/{name}", "/p/{token}/my-data.json", "/sitemap.xml",
            "/robots.txt", "/feed.atom", "/feed.rss", "/feed.json", "/hooks/{id}"}  # fmt: skip


@pytest.fixture(scope="module")
def shown(tmp_path_factory, request):
    """A house with an edition that was sent and corrected, and somebody about to subscribe."""
    from newsletter.draft.erratum import Wrong

    found = opened(tmp_path_factory, request)
    found.publish()
    said = found.house.corrections.sentences(found.house.editions.get(found.key))[0]
    wrong = Wrong(said, "The small-cap fund is {{IWM.return.ytd|signed}} this year.")
    found.house.corrections.begin(found.key, [wrong], "An editor's slip.", "Nothing else.", "Di")
    found.correction = found.key.correction(1)
    found.unblock()  # an address of this machine is a figure nobody proved
    found.publish(found.correction)
    found.site.limits._pages = 10**9
    found.paths = paths(found)
    yield found
    found.close()


def paths(shown):
    """Return the address of every page, found among the routes."""
    shown.wish("who@example.com")
    [wish] = shown.house.consents.take(shown.house.clock.now(), 50)
    reader = shown.reader("ann@example.com")
    given = {
        "/c/{token}": shown.link(Subscriber(wish.id, "", "", "evening"), Purpose.CONFIRM),
        "/u/{token}": shown.link(reader), "/p/{token}": shown.link(reader, Purpose.PREFERENCES),
        "/e/{key}": f"/e/{shown.key}",
    }  # fmt: skip
    every = [one.path for one in application(shown.house).routes if one.path not in NO_PAGES]
    found = [given.get(one, one) for one in every]
    return [*found, f"/e/{shown.correction}", "/nothing-here", "/c/expired"]


def seen(page):
    """Return what axe's rules that see colours and room have against a page."""
    found = page.evaluate("axe.run({runOnly: ['color-contrast', 'target-size', 'region']})")
    return [f"{one['id']}: {each['html']}" for one in found["violations"] for each in one["nodes"]]


def test_no_page_keeps_anybody_out(shown):
    assert len(shown.paths) >= 11
    page = shown.page("/")
    against = {}
    for path in shown.paths:
        for scheme, width in (("light", 1280), ("dark", 320)):
            page.set_viewport_size({"width": width, "height": 800})
            page.emulate_media(color_scheme=scheme)
            if scheme == "light":  # the other scheme and width follow at once, without a script
                page.goto(path)
            found = axe(page) if scheme == "light" else seen(page)
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                found.append("runs over the edge")
            if found:
                against[path, scheme] = found
        assert re.search(r"<title>.+</title>", page.content()), path
    assert against == {}
    assert [one for one in page.told if "404" not in one] == []
    page.context.close()


def test_a_reader_subscribes_and_leaves_by_hand_with_no_script(shown):
    context = shown._browser().new_context(java_script_enabled=False, base_url=shown.address)
    page = context.new_page()
    page.set_default_timeout(60_000)
    page.goto("/subscribe")
    page.fill("#email", "hand@example.com")
    page.check("input[name=consent]")
    page.select_option("#country", "FR")
    page.click("button")
    assert "Look into your mailbox" in page.content()
    shown.send()
    text = shown.mails("hand@example.com")[-1].get_body(("plain",)).get_content()
    page.goto(re.search(r"http://127\S+/c/\S+", text)[0])
    page.click("button")
    assert "You are subscribed" in page.content()
    page.goto(shown.link(shown.reader("hand@example.com")))
    page.click("main button")
    assert "You have left" in page.content()
    assert not shown.reader("hand@example.com").active
    assert context.cookies() == []
    context.close()


def test_an_edition_and_its_correction_lead_to_each_other(shown):
    wrong, right = f"/e/{shown.key}", f"/e/{shown.correction}"
    assert f'href="{right}"' in shown.get(wrong).text
    assert "We wrote:" in shown.get(wrong).text
    assert f'href="{wrong}"' in shown.get(right).text
    assert "reader.invalid" not in shown.get(right).text

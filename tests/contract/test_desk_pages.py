"""Every page of the desk in Chromium, light and dark, wide and on a telephone.

The pages are found among the routes themselves, so a new one is looked at without being told of.
"""

import datetime as dt
import re
import string

import desk_support
import pytest
from desk_support import axe, routes
from starlette.routing import Mount

from newsletter.desk.panels import brought
from newsletter.desk.rooms import modules
from newsletter.draft.erratum import Wrong
from newsletter.review.edition import EditionKey
from newsletter.send.delivery import Delivery, DeliveryState, Subscriber

SLICES = 4
"""Parts that workers can share."""
AT = dt.datetime(2026, 7, 2, 22, tzinfo=dt.UTC)
NO_PAGES = {
    "/login",  # for whoever is not in yet: the journeys look at it
    "/login/code",  # only between password and code: the same
    "/login/enrol",  # the same
    "/login/sso",  # leads to the provider: test_desk_sign_on looks at it
    "/login/sso/back",
    "/login/sso/leave",
    "/editions/{key}/mail",  # the mail in its sandbox: test_mail_standards looks at it
    "/editions/{key}/anew/{id}",  # a proposal must have been asked for: test_desk_anew
    "/editions/{key}/anew/{id}/asked",
    "/editions/{key}/asked",
    "/static/{name}",
    "/signals/{session}/chart/{name}.png",
    "/archive/{key}/{number}/mail.{form}",  # the mail as it was, not a page of the desk
}
WIDE, NARROW = {"width": 1440, "height": 900}, {"width": 390, "height": 812}
CHEAP = "axe.run({runOnly: ['color-contrast', 'target-size']})"
"""Of all rules only these see colours and the room there is."""
ALIKE = """() => {
  const made = (one) => [one, ...one.querySelectorAll('*')].map((each) =>
    `${each.tagName} ${each.className} ${each.getAttributeNames().join()}`).join();
  for (const list of document.querySelectorAll('main :is(ul, ol, tbody, div, select)')) {
    const seen = {};
    for (const one of [...list.children])
      if ((seen[made(one)] = (seen[made(one)] || 0) + 1) > 3) one.remove();
  }
}"""
"""Leaves three of all rows that are made alike, to the last class: axe takes its time for each."""


@pytest.fixture(scope="module")
def shown(tmp_path_factory, request):
    """A desk whose edition was sent and is corrected, with a reader and a copy in doubt."""
    made = desk_support._made(desk_support._base(tmp_path_factory))
    folder = tmp_path_factory.mktemp("pages") / "desk"
    desk = desk_support.Desk(folder, made, lambda: request.getfixturevalue("browser"))
    house, key = desk.house, EditionKey.parse(desk.key)
    house.desk.approve(key, "Bo")
    house.pipeline.deliver(lambda work, *given: work(*given), desk.key)
    reader, _ = house.audience.add("zoe.long-name@reader.example", "Zoe", "evening", {}, AT)
    who = Subscriber(reader.id, reader.email, "Zoe", "evening")
    copy = Delivery(desk.key, who, f"{reader.id}@x", DeliveryState.IN_DOUBT, 1, "", AT)
    house.deliveries.freeze(desk.key, [copy])
    said = house.corrections.sentences(desk.edition())[0]
    wrong = Wrong(said, "The small-cap fund is {{IWM.return.ytd|signed}} this year.")
    house.corrections.begin(key, [wrong], "An editor's slip.", "Nothing else.", "Di")
    desk.reader = reader.id
    desk.pages = pages(desk)
    yield desk
    desk.close()


def blanks(desk):
    """Return what stands in the blanks of the routes."""
    correction = EditionKey.parse(desk.key).correction(1)
    content = desk.house.editions.get(correction).revision.content
    link = desk.newsroom.guard.links.make(str(correction), content, "Ada")
    return {
        "key": desk.key, "number": "1", "session": "2026-07-02", "form": "html",
        "/audience/{id}": desk.reader, "/signals/formula/{name}": "size",
        "/editions/{key}/panel/{name}": "claims", "/editions/{key}/view/{name}": "headers",
        "/approve/{token}": link,
        "/invitation/{token}": desk.newsroom.guard.invitations.make("Di", "Ada"),
    }  # fmt: skip


def pages(desk):
    """Return the addresses of all pages, by asking every route what it answers."""
    client, given, found, other = desk.client("admin"), blanks(desk), [], set()
    for route in routes(desk.app):
        if isinstance(route, Mount) or "GET" not in route.methods or route.path in NO_PAGES:
            continue
        names = [name for _, name, _, _ in string.Formatter().parse(route.path) if name]
        path = route.path
        for name in names:
            path = path.replace(f"{{{name}}}", given.get(name) or given[route.path])
        answer = client.get(path, params={"revision": 1, "q": "iwm"})
        assert answer.status_code == 200, (path, answer.status_code)
        if "<!doctype html>" in answer.text[:200].lower() and "/view/" not in path:
            found.append(path)
        else:
            other.add(route.path)
    correction = f"/editions/{EditionKey.parse(desk.key).correction(1)}"
    for name in brought(modules()):
        found += [f"/editions/{desk.key}?panel={name}", f"{correction}?panel={name}"]
    return sorted({*found, correction, f"{correction}/decide", f"/signals/{given['session']}"})


def test_the_pages_are_found_among_the_routes(shown):
    found = shown.pages
    rooms = {path.split("/")[1].split("?")[0] for path in found}
    assert rooms >= {
        "", "invitation", "approve", "editions", "signals", "scorecard", "archive",
        "audience", "deliveries", "audit", "people", "account", "webhooks", "settings", "api",
    }  # fmt: skip
    assert len(found) > 25


@pytest.mark.timeout(300)
@pytest.mark.parametrize("part", range(SLICES))
def test_no_page_keeps_anybody_out(shown, part):
    page = shown.page("admin")
    against = {}
    for path in shown.pages[part::SLICES]:
        page.set_viewport_size(WIDE)
        page.emulate_media(color_scheme="light")
        assert page.goto(path).status == 200, path
        page.set_viewport_size(NARROW)
        over = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        page.evaluate(ALIKE)
        page.set_viewport_size(WIDE)
        against[path] = axe(page) + ["runs over the edge of a telephone"] * over
        page.set_viewport_size(NARROW)
        page.emulate_media(color_scheme="dark")
        dark = page.evaluate(CHEAP)["violations"]
        against[path] += [f"dark: {one['id']} {one['nodes'][0]['html'][:160]}" for one in dark]
        titles = re.findall(r"<title>(.+?)</title>", page.content())
        assert titles[:1], path
    assert {path: found for path, found in against.items() if found} == {}
    assert page.told == []
    page.context.close()

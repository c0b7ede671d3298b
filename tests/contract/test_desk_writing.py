"""Writing at the desk: proved as typed, saved over what others saved, undone, talked about."""

import re

import desk_support
import pytest

from newsletter.desk.editing import Edit, applied

desk = desk_support.desk

PART = "sections.0.paragraphs.0"


def _now(desk):
    return desk.edition().revision


def _draft(desk):
    return desk.house.pipeline.written(_now(desk).draft)


def _save(desk, role, part, text, number, act="put", **headers):
    return desk.client(role).act(
        f"/editions/{desk.key}/save", headers=headers, part=part, act=act, text=text,
        revision=number,
    )  # fmt: skip


def _check(client, desk, part, text):
    form = {"part": part, "text": text, "revision": _now(desk).number}
    return client.act(f"/editions/{desk.key}/check", headers={"HX-Request": "true"}, **form)


def test_a_part_is_filled_and_proved_as_it_is_typed(desk):
    client = desk.client("writer")
    fact = desk.house.pipeline.ledger(_now(desk).ledger).get("IWM.return.1d")
    said = _check(client, desk, PART, "The small-cap fund moved {{IWM.return.1d|signed}} today.")
    assert said.status_code == 200
    assert fact.forms["signed"] in said.text
    assert 'class="proved"' in said.text
    wrong = _check(client, desk, PART, "The small-cap fund gained 77.7% today.").text
    assert 'class="contradicted"' in wrong
    assert "N01" in wrong
    absent = _check(client, desk, PART, "It moved {{IWM.retrun.1d}} and <b>{{IWM.return.1d|loud}}.")
    assert "The ledger has no fact &#39;IWM.retrun.1d&#39;. Near it are IWM.return." in absent.text
    assert "IWM.return.1d has no form &#39;loud&#39;; it has plain" in absent.text
    assert "<b>" not in absent.text
    assert _check(client, desk, "__class__", "x").status_code == 404


def test_facts_are_found_by_words(desk):
    said = desk.client("writer").get(f"/editions/{desk.key}/facts", params={"q": "iwm return ytd"})
    slots = re.findall(r'data-slot="([^"]+)"', said.text)
    assert slots[:2] == ["{{IWM.return.ytd}}", "{{IWM.return.ytd|signed}}"]
    none = desk.client("writer").get(f"/editions/{desk.key}/facts", params={"q": "<script>"})
    assert "No fact of this session" in none.text


def test_what_is_saved_here_is_what_the_flow_makes(desk):
    before = _now(desk)
    answer = _save(desk, "writer", "kicker", "Trend", before.number)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"/editions/{desk.key}?panel=write&part=kicker"
    made, flow = _now(desk), desk.house.pipeline
    assert (made.number, made.author) == (before.number + 1, "Di")
    assert _draft(desk).kicker == "Trend"
    rendered = flow.render(desk.key, made.draft, made.ledger, made.snapshot)
    report = flow.preflight(rendered, made.ledger, desk.key, made.draft)
    assert (rendered, report) == (made.rendered, made.report)
    assert ("Di", "revised") in desk.actions(desk.key)
    assert _save(desk, "compliance", "kicker", "No", made.number).status_code == 403
    unknown = _save(desk, "writer", "kicker", "{{IWM.nothing}}", made.number)
    assert unknown.status_code == 422
    assert "IWM.nothing" in unknown.text
    assert _now(desk) == made


def test_two_editors_lose_nothing(desk):
    base = _now(desk).number
    old = _draft(desk)
    assert _save(desk, "writer", "verdict", "We wait.", base).status_code == 303
    assert _save(desk, "editor", "dek", "We listen to the week.", base).status_code == 303
    both = _draft(desk)
    assert (both.verdict, both.dek) == ("We wait.", "We listen to the week.")
    typed = {"part": ["verdict", "kicker"], "act": ["put", "put"]}
    typed |= {"text": ["We <i>act</i>.", "Both"], "revision": base}
    said = desk.client("editor").act(
        f"/editions/{desk.key}/save", headers={"HX-Request": "true"}, **typed
    )
    assert said.status_code == 409
    for words in ("We wait.", "We &lt;i&gt;act&lt;/i&gt;.", old.verdict[:20], "1 change saved"):
        assert words in said.text
    assert (_draft(desk).verdict, _draft(desk).kicker) == ("We wait.", "Both")
    assert "<!doctype html>" in _save(desk, "editor", "verdict", "Now.", base).text.lower()
    over = re.search(r'name="revision" value="(\d+)"', said.text)[1]
    assert _save(desk, "editor", "verdict", "We act.", over).status_code == 303
    assert _draft(desk).verdict == "We act."


def test_a_revision_saved_by_another_process_meanwhile_is_built_upon(desk):
    house, key, asked = desk.house, desk.edition().key, []

    def change(base):
        draft, ledger = house.pipeline.written(base.draft), desk.newsroom.ledger(base.ledger)
        asked.append(base.number)
        if len(asked) == 1:  # what another process does between our look and our save
            between = applied(draft, Edit("put", "verdict", "Between."))
            house._revised_here(key, base, between, ledger, "Di")
        return applied(draft, Edit("put", "kicker", "Late")), ledger

    made = house.revise_here(key, change, "Bo").revision
    assert asked == [made.number - 3, made.number - 2]
    assert (_draft(desk).verdict, _draft(desk).kicker) == ("Between.", "Late")


def test_undo_takes_the_words_before_and_redo_gives_them_back(desk):
    client, way = desk.client("editor"), f"/editions/{desk.key}/step/"
    first = _draft(desk).kicker
    _save(desk, "editor", "kicker", "Second", _now(desk).number)
    latest, seen = _now(desk).number, []
    for step in ("undo", "redo"):
        assert client.act(way + step, revision=_now(desk).number).status_code == 303
        seen.append(_draft(desk).kicker)
    assert seen == [first, "Second"]
    assert {("Bo", "undone"), ("Bo", "redone")} <= set(desk.actions(desk.key))
    late = client.act(way + "undo", revision=latest)
    assert late.status_code == 409
    assert "meanwhile" in late.text


def test_charts_tables_and_sourced_facts(desk):
    client, way = desk.client("editor"), f"/editions/{desk.key}"
    charts = _draft(desk).charts
    moved = client.act(
        f"{way}/charts", revision=_now(desk).number, chart=list(charts), move=f"{charts[-1]} up"
    )
    assert moved.status_code == 303
    assert _draft(desk).charts[-2:] == charts[-2:][::-1]
    title = _draft(desk).tables[-1].title
    number, place = _now(desk).number, len(_draft(desk).tables) - 1
    _save(desk, "editor", f"tables.{place}", "", number, "remove")
    assert title not in [one.title for one in _draft(desk).tables]
    assert title in client.get(f"{way}/tables").text.replace("&#39;", "'")
    client.act(f"{way}/tables", title=title, revision=_now(desk).number)
    assert _draft(desk).tables[-1].title == title
    fact = {
        "name": "unemployment expectations", "value": "4.2", "unit": "percent",
        "source": "A bureau of statistics", "link": "http://example.com/x", "date": "2026-07-01",
    }  # fmt: skip
    wrong = client.act(f"{way}/cite", headers={"HX-Request": "true"}, **fact)
    assert wrong.status_code == 422
    assert 'id="wrong-link"' in wrong.text
    assert 'value="unemployment expectations"' in wrong.text
    good = client.act(f"{way}/cite", **(fact | {"link": "https://example.com/x"}))
    assert good.status_code == 303
    ledger = desk.house.pipeline.ledger(_now(desk).ledger)
    assert ledger.get("cited.unemployment_expectations.value").source == fact["source"]
    assert ("Bo", "cited") in desk.actions(desk.key)


def test_comments_are_text_are_answered_and_settled(desk):
    client, way = desk.client("compliance"), f"/editions/{desk.key}/comments"
    hostile = "<img src=x onerror=alert(1)>{{ 7*7 }}"
    said = client.act(way, headers={"HX-Request": "true"}, words=hostile, part="headline")
    assert "&lt;img src=x onerror=alert(1)&gt;{{ 7*7 }}" in said.text
    (one,) = desk.house.comments.of(desk.key)
    assert (one.author, one.part, one.words) == ("Cy", "headline", hostile)
    writer = desk.client("writer")
    assert "1 comment" in writer.get(f"/editions/{desk.key}/panel/write").text
    assert writer.act(way, words="It is mended.", answers=one.id).status_code == 303
    assert writer.act(way, words="x", answers=one.id + 1).status_code == 404
    assert writer.act(way, words="  ").status_code == 409
    assert (
        "Resolved by Di"
        in writer.act(f"{way}/{one.id}/resolve", headers={"HX-Request": "true"}).text
    )
    assert "1 comment" not in writer.get(f"/editions/{desk.key}/panel/write").text


@pytest.mark.parametrize("words", ["there", "newer"])
def test_who_else_is_there_is_told_and_what_they_saved(desk, words):
    one, other = desk.client("writer"), desk.client("editor")
    way = f"/editions/{desk.key}"
    if words == "newer":
        _save(desk, "writer", "kicker", f"Word number {_now(desk).number}", _now(desk).number)
    number = _now(desk).number
    one.act(f"{way}/here", part="headline")
    seen = other.get(f"{way}/others", params={"revision": number}).text
    assert "<b>Di</b> is editing the headline" in seen
    assert "Di" not in one.get(f"{way}/others", params={"revision": number}).text
    if words == "newer":
        later = other.get(f"{way}/others", params={"revision": max(1, number - 1)}).text
        assert f"has saved revision {number}" in later
    one.act(f"{way}/here", part="gone")
    assert "Di" not in other.get(f"{way}/others", params={"revision": number}).text


# -- in the browser ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def wrote(desk):
    """Open Chromium's page on the panel in a role."""

    def opened(role, **more):
        page = desk.page(role, f"/editions/{desk.key}?panel=write", **more)
        page.set_default_timeout(60_000)
        page.wait_for_selector("#writing")
        return page

    return opened


def _part(page, name):
    return page.locator(f".part[data-part='{name}']:not([data-new])")


def _saved(page):
    with page.expect_event("load"):
        page.keyboard.press("Control+Enter")
    page.wait_for_selector("#writing")


def test_two_editors_see_each_other_and_both_edits_stand(desk, wrote):
    one, other = wrote("writer"), wrote("editor")
    one.focus("#text-headline")
    other.wait_for_selector(".part[data-part='headline'] .who:has-text('Di is editing this')")
    one.fill("#text-headline", "A week that asks for patience")
    other.fill("#text-verdict", "We wait for a second week.")
    _saved(one)
    assert one.evaluate("document.activeElement.id") == "text-headline"
    other.wait_for_selector("#others :text('Di has saved revision')")
    assert other.input_value("#text-verdict") == "We wait for a second week."
    other.focus("#text-verdict")
    _saved(other)
    draft = _draft(desk)
    assert draft.headline == "A week that asks for patience"
    assert draft.verdict == "We wait for a second week."
    assert "A week that asks for patience" in other.inner_text("h1")
    assert one.told == other.told == []


def test_a_contradiction_is_shown_mended_by_keyboard_and_saved(desk, wrote):
    page = wrote("writer")
    part = _part(page, "dek")
    page.focus("#text-dek")
    page.keyboard.press("Control+A")
    page.keyboard.type("The small-cap fund gained 77.7% this year.")
    part.locator(".against .block").first.wait_for()
    assert part.locator("mark.contradicted").count() >= 1
    page.keyboard.press("Control+A")
    page.keyboard.type("This year's return of the small-cap fund is {{")
    page.wait_for_selector("#picker[open]")
    page.keyboard.type("iwm return ytd")
    page.wait_for_selector("#picker code:text-is('IWM.return.ytd')")
    for key in ("ArrowDown", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    page.keyboard.type(".")
    wanted = "This year's return of the small-cap fund is {{IWM.return.ytd|signed}}."
    assert page.input_value("#text-dek") == wanted
    part.locator(".fine").wait_for()
    _saved(page)
    assert _draft(desk).dek == wanted
    assert page.told == []


def test_what_was_typed_outlives_the_session(desk, wrote):
    page = wrote("editor")
    page.fill("#text-kicker", "Kept through the night")
    desk.newsroom.guard.sessions.end_all("Bo")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#save-said:has-text('kept in this browser')")
    token = desk.signed_in("editor")
    cookies = [one | {"value": token} for one in page.context.cookies() if "desk" in one["name"]]
    page.context.add_cookies(cookies)
    page.on("dialog", lambda asked: asked.accept())
    page.reload()
    page.wait_for_selector(".part.dirty[data-part='kicker']")
    assert page.input_value("#text-kicker") == "Kept through the night"
    page.click("#drop-all")
    assert page.evaluate("localStorage.length") == 0


@pytest.mark.parametrize(("width", "scheme"), [(390, "dark")])
def test_the_panels_are_accessible(desk, wrote, width, scheme):
    page = wrote("writer", width=width, scheme=scheme)
    page.fill("#text-dek", "The small-cap fund gained 77.7% this year.")
    _part(page, "dek").locator(".against .block").first.wait_for()
    page.locator("details.add").last.locator("summary").click()
    assert desk_support.axe(page) == []
    page.evaluate("localStorage.clear()")

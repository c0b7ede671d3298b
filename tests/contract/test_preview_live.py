"""The preview of an edition in the making: over real HTTP, and in a real browser."""

import json
import shutil
import socket
import struct
import urllib.error
import urllib.request
from contextlib import closing
from dataclasses import replace

import pytest
from engine_support import KEY, unblocked
from progress_support import making

from newsletter import assets
from newsletter.errors import NotFound
from newsletter.preview.server import Server
from newsletter.preview.studio import Studio
from newsletter.preview.workshop import Workshop
from newsletter.store.progress import ProgressRow
from newsletter.underway import CAP, Course

HOSTILE = (
    '<script>document.title = "owned"</script> and <img src=x onerror="document.title=1"> '
    "</div></section></script><iframe src=//evil.example></iframe> & more words"
)
SENTENCE = "Small caps rose for a third day, and nobody could say for how long."


@pytest.fixture(scope="module")
def made(kept, tmp_path_factory):
    """One edition in a workspace."""
    folder = kept.evening(tmp_path_factory.mktemp("made") / "desk")
    unblocked(folder)
    return folder


class Served:
    """A preview on a free port, and the board it reads."""

    def __init__(self, folder, key, port=0):
        self.house = Workshop(folder / "config.yaml")
        self.preview = Studio(self.house, key)
        self._server = Server(self.preview, port)
        self._server.start()
        self.port, self.address = self._server.port, self._server.address.rstrip("/")
        self._first = self.house.runs.find(key)
        self.fresh()

    def fresh(self):
        """Put the board back as it was when this preview began."""
        with self.house.database.engine.begin() as connection:
            connection.exec_driver_sql(f"delete from {ProgressRow.__tablename__}")
        if self._first is not None:
            self.house.runs.begin(self._first)
        at, key = self.house.clock.now(), self.preview.key
        self.run = making(edition=key, started_at=at, updated_at=at, stage="draft", stage_at=at)
        return self

    def tell(self, **changes):
        """Let a run of this edition be so far."""
        found = {"updated_at": self.house.clock.now(), **changes}
        self.run = replace(self.run, **found)
        self.house.runs.begin(self.run)

    def say(self, *sentences, **changes):
        text = json.dumps({"sentences": [{"text": each} for each in sentences]})
        self.tell(text=text, sent=len(text), message="brief", hand="model:fake-1", **changes)

    def get(self, path):
        try:
            with urllib.request.urlopen(self.address + path, timeout=60) as answer:
                return answer.headers, answer.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.headers, refused.read().decode()

    def state(self):
        return json.loads(self.get("/state")[1])

    def close(self):
        self.stop()
        self.house.close()

    def stop(self):
        self._server.close()

    def begin_again(self):
        self._server = Server(self.preview, self.port)
        self._server.start()


@pytest.fixture(scope="module")
def shared(tmp_path_factory, made):
    """Open a preview of a workspace with a mail and one of a workspace without, for all tests."""
    empty = tmp_path_factory.mktemp("empty")
    shutil.copy(assets.find("config.yaml"), empty)
    both = {True: Served(made, str(KEY)), False: Served(empty, str(KEY))}
    yield both
    for each in both.values():
        each.close()


@pytest.fixture
def serve(shared):
    return lambda *, mail=True: shared[mail].fresh()


def test_without_a_mail_and_without_a_run_it_is_refused(serve):
    served = serve(mail=False)
    with pytest.raises(NotFound, match=r"There is no edition .* `newsletter run` makes one"):
        served.preview.require()
    for changes, words in (
        ({"state": Course.FAILED, "reason": "No bars."}, "It failed at draft. No bars."),
        ({"updated_at": served.run.updated_at.replace(year=2020)}, "No sign of life since 2020"),
        ({"state": Course.DONE}, "It is done."),
    ):
        served.tell(**{"state": Course.RUNNING, **changes})
        with pytest.raises(NotFound, match="nobody is making one. Its last run: " + words):
            served.preview.require()


def test_a_run_under_way_is_shown_before_there_is_a_mail(serve):
    served = serve(mail=False)
    served.say(SENTENCE)
    served.preview.require()
    found = served.state()
    assert (found["mail"], found["subject"]) == (False, "")
    assert found["run"]["prose"] == SENTENCE
    assert found["run"]["stages"][3] == found["run"]["stage"] == "draft"
    assert "There is no edition" in served.get("/mail.html")[1]


def test_a_mail_is_shown_and_a_newer_one_in_the_making_before_it(serve, look):
    served = serve()
    assert served.state()["run"]["state"] == "done"
    page = look(served)
    page.wait_for_selector("#view", state="visible")
    assert page.title().startswith(served.state()["subject"])
    served.say(SENTENCE, run="again")
    assert look(served).wait_for_selector("#live", state="visible")
    served.tell(state=Course.FAILED, reason="Later.")
    assert look(served).wait_for_selector("#view", state="visible")


def test_the_mark_changes_with_a_revision_and_with_a_template(made, tmp_path):
    shutil.copytree(made, tmp_path / "desk")
    with closing(Served(tmp_path / "desk", str(KEY))) as served:
        marks_differ(served, tmp_path / "desk" / "templates")


def marks_differ(served, folder):
    first = served.state()["mark"]
    assert served.state()["mark"] == first
    with served.house.database.engine.begin() as connection:
        connection.exec_driver_sql("update editions set revision = 1")
    folder.mkdir()
    (folder / "new.j2").write_text("x")
    assert served.state()["mark"] != first


def test_no_answer_lets_anything_be_fetched_or_run(serve):
    served = serve()
    served.say(HOSTILE)
    headers, page = served.get("/")
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'sha256-" in policy
    assert HOSTILE[:20] not in page  # it comes with the events, and enters as text
    for path, kind in {
        "/state": "application/json",
        "/mail.html": "text/html",
        "/mail.txt": "text/plain",
        "/findings": "text/plain",
    }.items():
        headers, _ = served.get(path)
        assert headers["Content-Type"].removesuffix("; charset=utf-8") == kind
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Content-Security-Policy"].startswith(
            "sandbox allow-same-origin; default-src 'none'"
        )


def test_a_browser_that_goes_away_is_no_news(serve, capfd):
    served = serve(mail=False)
    served.tell(text="w" * CAP)
    host, port = served.address.removeprefix("http://").split(":")
    for _ in range(20):
        with socket.create_connection((host, int(port))) as gone:
            gone.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            gone.sendall(b"GET /state HTTP/1.0\r\n\r\n")
    assert served.state()["run"]["state"] == "running"
    assert capfd.readouterr().err == ""


@pytest.fixture
def look(browser):
    pages = []

    def opened(served):
        page = browser.new_page(viewport={"width": 1024, "height": 800})
        page.asked, page.wrong = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("console", lambda said: page.wrong.append(said.text))
        page.on("pageerror", lambda error: page.wrong.append(str(error)))
        page.goto(served.address)
        pages.append(page)
        return page

    yield opened
    for page in pages:
        page.close()


def test_the_text_grows_and_the_mail_appears_by_itself(serve, look):
    served = serve()
    served.say(SENTENCE, run="again")
    page = look(served)
    page.wait_for_function("words => at('text').textContent === words", arg=SENTENCE)
    assert page.locator("#live").is_visible()
    assert page.locator("#view").is_hidden()
    assert page.locator("li.now").inner_text().lower() == "draft"
    served.say(SENTENCE, "And it went on.")
    page.wait_for_function("() => at('text').textContent.endsWith('And it went on.')")
    served.tell(stage="review", state=Course.DONE)
    page.wait_for_selector("#view", state="visible")
    assert page.locator("#live").is_hidden()
    mail = page.frame_locator("#view")
    assert mail.locator("h1").first.inner_text()
    page.get_by_role("button", name="Progress").click()
    assert page.locator("#title").inner_text() == "Made"
    assert page.wrong == []


def test_a_run_that_begins_while_the_mail_is_looked_at_is_shown(serve, look):
    served = serve()
    page = look(served)
    page.wait_for_selector("#view", state="visible")
    served.say(SENTENCE, run="again")
    page.wait_for_selector("#live", state="visible")
    held = []
    page.route("**/look?*", lambda asked: held.append(asked))  # noqa: PLW0108 - it needs a function
    page.get_by_role("button", name="Mail", exact=True).click()  # whoever wants the old one has it
    page.wait_for_selector("#view", state="visible", timeout=20_000)  # though nobody has answered
    assert page.get_attribute("#stage", "aria-busy") == "true"
    for asked in held:
        asked.continue_()
    page.unroute("**/look?*")
    page.wait_for_selector("#stage[aria-busy=false]")
    served.say(SENTENCE, "More of it.")
    page.wait_for_function("() => at('text').textContent.endsWith('More of it.')")
    assert page.locator("#view").is_visible()
    served.tell(state=Course.FAILED, reason="The service fell silent.")
    page.get_by_role("button", name="Progress").click()
    page.wait_for_function("() => at('title').textContent === 'It failed'")
    assert "The service fell silent." in page.locator("#verdict").inner_text()


@pytest.mark.parametrize("wrap", [json.dumps, lambda words: words], ids=["json", "bare"])
def test_hostile_text_is_text(serve, look, wrap):
    served = serve(mail=False)
    text = wrap({"text": HOSTILE}) if wrap is json.dumps else HOSTILE
    served.tell(
        text=text, sent=len(text), message=HOSTILE[:300], hand=HOSTILE[:200], reason=HOSTILE
    )
    page = look(served)
    page.wait_for_function("words => at('text').textContent === words", arg=HOSTILE)
    assert page.locator("#live img, #live iframe, #live script").count() == 0
    assert page.title() == "Preview"
    served.tell(state=Course.FAILED)
    page.wait_for_function("() => at('verdict').textContent.includes('onerror')")
    assert page.title() == "Preview"
    asked = {url.removeprefix(served.address).partition("?")[0] for url in page.asked}
    assert asked <= {"/", "/events", "/choices", "data:,"}


def test_it_fits_whatever_it_is_told(serve, look):
    served = serve(mail=False)
    served.tell(text="w" * CAP, sent=10**9, hand="m" * 200, message="x" * 300, done=1, total=9)
    page = look(served)
    page.wait_for_function("() => at('text').textContent.length > 1000")
    fits(page)
    served.tell(state=Course.FAILED, reason="y" * 600)
    page.wait_for_function("() => at('title').textContent === 'It failed'")
    fits(page)


def fits(page):
    for width in (1024, 375, 320):
        page.set_viewport_size({"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_a_preview_that_has_stopped_says_so(serve, look):
    served = serve(mail=False)
    served.say(SENTENCE)
    page = look(served)
    page.wait_for_function("() => at('text').textContent !== ''")
    served.stop()
    page.wait_for_selector("#lost", state="visible")
    served.begin_again()
    page.wait_for_selector("#lost", state="hidden")

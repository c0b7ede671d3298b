"""A house observed over real HTTP: health that tells the truth, figures, a log without anybody."""

import contextlib
import http.client
import io
import json
import shutil
import socket
import sqlite3
import sys
import threading
from contextlib import closing

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lengths import length
from prometheus_client.parser import text_string_to_metric_families
from public_support import opened
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

from newsletter import __version__
from newsletter.desk.server import Server as Desk
from newsletter.listening import Listening, listeners
from newsletter.observing import Telemetry
from newsletter.public import application
from newsletter.send.tokens import Purpose
from newsletter.store.vitals import Vitals
from newsletter.telemetry import pulse, web
from newsletter.telemetry.observed import observed


def ask(port, path, headers=None):
    """Ask a port of this machine; return status and body."""
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
        connection.request("GET", path, headers=headers or {})
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


def parts(port, path="/readyz"):
    """Return what is not well, by part."""
    _, body = ask(port, f"{path}?verbose")
    return {one["part"]: one["words"] for one in json.loads(body)["parts"] if not one["ok"]}


def figures(port):
    """Return every figure by name and labels."""
    status, text = ask(port, "/metrics")
    assert status == 200
    return {
        (one.name, *sorted(one.labels.items())): one.value
        for family in text_string_to_metric_families(text) for one in family.samples
    }  # fmt: skip


@pytest.fixture(scope="module")
def public(tmp_path_factory, request):
    found = opened(tmp_path_factory, request)
    told = {"telemetry": Telemetry(figures_seconds=0)}
    found.house.config = found.house.config.model_copy(update=told)
    found.publish()
    yield found
    found.close()


@pytest.fixture
def seen(public, monkeypatch):
    """The house observed; `log` holds what its log has."""
    monkeypatch.setattr(sys, "stderr", log := io.StringIO())
    monkeypatch.setattr("newsletter.telemetry.health.KEPT", 0.0)  # every question is a look
    with observed(public.house, "all", lambda _: None, 0) as found:
        found.log = log
        yield found


def test_a_house_is_alive_when_it_begins_and_ready_when_it_has_begun(public, seen):
    assert ask(seen.port, "/livez") == (200, "ok\n")
    assert ask(seen.port, "/readyz") == (503, "process: starting\n")
    seen.ready()
    assert ask(seen.port, "/readyz") == (200, "ok\n")
    told = json.loads(ask(seen.port, "/readyz?verbose")[1])["parts"]
    assert {"process", "database", "storage", "listener public"} <= {one["part"] for one in told}
    public.house.stopping.set()
    try:
        assert ask(seen.port, "/readyz") == (503, "process: stopping\n")
        assert ask(seen.port, "/livez")[0] == 200
    finally:
        public.house.stopping.clear()


def test_a_database_that_is_gone_is_no_ready_house_but_a_living_one(public, seen):
    seen.ready()
    assert parts(seen.port) == {}
    file = public.folder / "data" / "newsletter.db"
    away = file.rename(file.with_suffix(".away"))
    assert "unable to open" in parts(seen.port)["database"]
    assert not file.exists()  # looking for it does not make it anew
    file.write_bytes(b"this is no database" * 1000)
    assert set(parts(seen.port)) == {"database"}
    assert ask(seen.port, "/livez")[0] == 200
    assert figures(seen.port)["newsletter_store_up",] == 0
    file.unlink()
    away.rename(file)
    assert parts(seen.port) == {}


def test_another_schema_is_told(tmp_path, public):
    file = tmp_path / "news.db"
    shutil.copy(public.folder / "data" / "newsletter.db", file)
    with closing(sqlite3.connect(file)) as copy:
        copy.execute("update alembic_version set version_num = '9999'")
        copy.commit()
    with pytest.raises(Exception, match="has schema 9999, this process works with"):
        Vitals(f"sqlite:///{file}").require_well()


def test_a_locked_file_does_not_answer(tmp_path, public, monkeypatch):
    monkeypatch.setattr("newsletter.store.vitals.PATIENCE", 0)
    file = tmp_path / "news.db"
    shutil.copy(public.folder / "data" / "newsletter.db", file)
    vitals = Vitals(f"sqlite:///{file}")
    vitals.require_well()
    with closing(sqlite3.connect(file, isolation_level=None)) as other:
        other.execute("pragma locking_mode = exclusive")
        other.execute("begin exclusive")
        with pytest.raises(Exception, match=r"does not answer: .*locked"):
            vitals.require_well()
        other.execute("rollback")
    vitals.require_well()


def test_a_server_that_ends_does_not_answer_and_its_figures_were_the_same(postgres, public):
    url = postgres.fresh()
    vitals = Vitals(url)
    vitals.require_well()
    now = public.house.clock.now()
    read = vitals.read(now)
    assert read["bytes"] > 100_000
    assert set(read) == set(Vitals(public.house.database_url).read(now))
    assert set(read["copies"].values()) == {0}
    postgres.drop(url)
    with pytest.raises(Exception, match="does not answer") as told:
        vitals.require_well()
    assert postgres.folder.name not in str(told.value)


def test_a_server_that_takes_calls_and_says_nothing_is_told_of_in_time():
    from newsletter.telemetry.health import Look

    with closing(socket.create_server(("127.0.0.1", 0))) as deaf:
        port = deaf.getsockname()[1]
        vitals = Vitals(f"postgresql+psycopg://u:p@127.0.0.1:{port}/x")
        assert Look(vitals.require_well, limit=0.05).words() == "No answer in 0.05 seconds."


def test_a_frozen_loop_is_named_and_lets_others_answer(seen, monkeypatch):
    """The loop really stands still; only the clock is turned instead of waiting for it."""
    frozen, go_on, later = threading.Event(), threading.Event(), [0.0]
    monkeypatch.setattr(pulse.PULSES, "_clock", lambda: pulse.time.monotonic() + later[0])
    monkeypatch.setattr(web, "EVERY", 0.01)

    async def freeze(_):
        frozen.set()
        go_on.wait()  # not `await`: nothing else of this loop goes on
        return PlainTextResponse("thawed")

    app = web.Observed(Starlette(routes=[Route("/freeze", freeze)]), "frozen part")
    listening = Listening(app, "127.0.0.1", 0, part="frozen part", what="x", proxies="")
    listening.start()
    seen.ready()
    try:
        assert "frozen part" not in parts(seen.port, "/livez")
        asking = threading.Thread(target=ask, args=(listening.port, "/freeze"))
        asking.start()
        frozen.wait()
        later[0] = web.ALLOWANCE + 1
        assert "frozen part" in parts(seen.port, "/livez")
        assert ask(seen.port, "/livez")[0] == 503
        go_on.set()
        asking.join()
        while "frozen part" in parts(seen.port, "/livez"):  # it ends, or the suite's limit does
            pass
    finally:
        go_on.set()
        listening.close()


def test_a_listener_that_is_closed_is_asked_no_more(public, seen):
    desk = Desk(public.house, "127.0.0.1", 0)
    desk.start()
    seen.ready()
    told = json.loads(ask(seen.port, "/readyz?verbose")[1])["parts"]
    ours = {"part": "listener desk", "ok": True, "words": "ok"}
    assert ours in told
    assert ask(desk.port, "/healthz") == (200, "ok\n")
    with closing(http.client.HTTPConnection("127.0.0.1", desk.port, timeout=60)) as connection:
        connection.request("GET", "/login", headers={"X-Request-Id": "ann@example.com"})
        name = connection.getresponse().headers["X-Request-Id"]
    assert len(name) == 16  # ours, whatever a visitor sends
    desk._socket.close()  # as if the system had taken it away
    desk.close()
    told = json.loads(ask(seen.port, "/readyz?verbose")[1])["parts"]
    # A desk that another test left open in this process is told of by the same name.
    others = {one.part for one in listeners()}
    assert ("listener desk" in [one["part"] for one in told]) == ("desk" in others)
    assert desk not in listeners()


def test_figures_are_what_the_books_say(public, seen):
    found = figures(seen.port)
    counts = public.house.deliveries.counts(str(public.key))
    for state, count in counts.items():
        assert found["newsletter_copies", ("state", str(state))] == count
    assert sum(counts.values()) == 3
    assert found["newsletter_editions", ("state", "sent")] == 1
    at = public.house.editions.get(public.key).revision
    assert found["newsletter_last_edition_sent_timestamp_seconds", ("kind", "evening")] <= (
        at.made_at.timestamp() + 1
    )
    assert found["newsletter_build_info", ("role", "all"), ("version", __version__)] == 1
    assert found["newsletter_database_bytes",] > 100_000
    status, text = ask(seen.port, "/metrics", {"Accept": "application/openmetrics-text"})
    assert status == 200
    assert text.endswith("# EOF\n")


PATHS = st.text(st.characters(codec="ascii", exclude_characters="\r\n \t?#\x7f", min_codepoint=33),
                max_size=40)  # fmt: skip


@settings(max_examples=length(6, 1_000))
@given(
    st.lists(PATHS, min_size=1, max_size=5), st.sampled_from(["e", "u", "p", "c", "static", "x"])
)
def test_no_request_makes_a_label_of_its_own(public_seen, paths, page):
    public, seen = public_seen
    for path in paths:
        with contextlib.suppress(http.client.HTTPException, ValueError):
            ask(public.port, f"/{page}/{path}")
    routes = {dict(one[1:])["route"] for one in figures(seen.port)
              if one[0] == "newsletter_http_requests_total"}  # fmt: skip
    assert routes <= {route.path for route in application._routes()} | {web.UNMATCHED}


@pytest.fixture(scope="module")
def public_seen(public):
    """The same house observed for a whole property; nothing before it left its figures behind."""
    from newsletter.telemetry import metrics

    metrics.REQUESTS.clear()
    before, sys.stderr = sys.stderr, io.StringIO()
    try:
        with observed(public.house, "all", lambda _: None, 0) as found:
            yield public, found
    finally:
        sys.stderr = before


def test_an_evening_and_its_readers_leave_nobody_in_the_log(tmp_path_factory, monkeypatch):
    """Delivered, then readers' doors opened, knocked at and broken with errors that tell all."""
    with contextlib.closing(opened(tmp_path_factory)) as public:
        nobody_is_named(public, monkeypatch, public.publish)


@pytest.mark.drill
def test_an_evening_that_is_made_leaves_nobody_in_the_log(tmp_path_factory, monkeypatch):
    with contextlib.closing(opened(tmp_path_factory)) as public:
        order = {"key": "2026-07-06.XNYS.evening", "provider": "sample"}
        nobody_is_named(public, monkeypatch, lambda: public.house.run(order))


def nobody_is_named(public, monkeypatch, evening):
    """Hold an evening, then its readers and what breaks, and read the log."""
    house = public.house
    readers = [public.reader(f"{name}@example.com") for name in ("ann", "bob", "cleo")]
    tokens = [public.link(one, purpose) for one in readers for purpose in Purpose]
    addresses = [*(one.email for one in readers), "new.reader+x@sub.example.org"]

    def broken(*given, **_):
        raise RuntimeError(f"{addresses} {tokens} {house._link_key()} from 203.0.113.9: {given}")

    monkeypatch.setattr(sys, "stderr", log := io.StringIO())
    with observed(house, "all", lambda _: None, 0):
        with house.reporter.making("2026-07-02.XNYS.evening", "run"):
            evening()
        public.wish(addresses[-1])
        public.send()
        monkeypatch.setattr(type(public.site), "page", broken)
        statuses = [public.get(one, X_Forwarded_For="203.0.113.9").status for one in tokens]
        cookie = {"Cookie": "session=abcdefgh1"}
        statuses.append(public.get(f"/p/{addresses[0]}?token={tokens[0]}", **cookie).status)
    assert 500 in statuses
    text = log.getvalue()
    reported = [one for one in map(json.loads, text.splitlines()) if "fingerprint" in one]
    assert all(len(one["request"]) == 16 and one["part"] == "public" for one in reported)
    assert {one["where"] for one in reported} >= {"public /p/{token}", "public /u/{token}"}
    secrets = [*addresses, *(token.rsplit("/", 1)[-1] for token in tokens),
               house._link_key().decode(), "203.0.113.9", "abcdefgh1"]  # fmt: skip
    assert [one for one in secrets if one in text] == []
    assert "Exception in ASGI application" not in text  # told once, where it happened

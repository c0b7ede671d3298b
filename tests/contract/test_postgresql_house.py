"""The whole product on PostgreSQL: one evening, by the command line, the pages and the API."""

import datetime as dt
import json
import os
import re
import signal
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
import uuid
from contextlib import closing, contextmanager
from pathlib import Path
from zoneinfo import ZoneInfo

import pyotp
import pytest
import sqlalchemy as sa
import yaml
from databases_support import copy
from engine_support import KEY, unblocked
from postgres_support import speaking_tls
from tls_support import Authority
from typer.testing import CliRunner

from newsletter.app import House
from newsletter.cli.main import app
from newsletter.desk.security.programs import make
from newsletter.errors import StoreError
from newsletter.review.edition import State
from newsletter.review.roles import Role
from newsletter.review.tokens import Scope
from newsletter.store.database import Database

PASSWORD = "correct lantern orbit meadow 41"
READERS = ("ada", "bob", "cleo")
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def folder(kept, tmp_path, postgres, monkeypatch):
    """A workspace on PostgreSQL with an edition in review, an admin and readers."""
    folder, url = kept.evening(tmp_path / "house"), postgres.fresh()
    unblocked(folder)
    file = folder / "data" / "newsletter.db"
    copy(file, url)
    for left in file.parent.iterdir():  # a machine of a fleet has nothing of its own
        left.unlink()
    config = yaml.safe_load((folder / "config.yaml").read_text())
    config["storage"] = {"url_variable": "NEWSLETTER_DATABASE_URL"}
    (folder / "config.yaml").write_text(yaml.safe_dump(config))
    monkeypatch.setenv("NEWSLETTER_LINK_KEY", "k" * 64)
    monkeypatch.setenv("NEWSLETTER_DATABASE_URL", url.replace("+psycopg", ""))
    with closing(House(folder / "config.yaml")) as house:
        house.editors.add("ann", "ann@example.com", house.clock.now(), Role.ADMIN)
        for name in READERS:
            house.audience.add(f"{name}@example.com", "", "evening", {}, house.clock.now())
    yield folder
    postgres.drop(url)


def call(folder, *arguments, code=0):
    done = CliRunner().invoke(app, ["--config", str(folder / "config.yaml"), *arguments])
    assert done.exit_code == code, (arguments, done.output, done.exception)
    return done.output


def test_an_evening_by_the_command_line(folder):
    key, box = str(KEY), folder / "data" / "mailbox" / "new"
    call(folder, "approve", key, "--as", "ann")
    assert "accepted 3" in call(folder, "send", key)
    assert len(list(box.iterdir())) == len(READERS)
    assert "nothing was sent again" in call(folder, "send", key)
    assert len(list(box.iterdir())) == len(READERS)
    call(folder, "audience", "unsubscribe", "ada@example.com")
    assert json.loads((folder / "data" / "left.jsonl").read_text())["why"] == "left"
    assert json.loads(call(folder, "audience", "stats", "--json"))["evening"] == {
        "active": 2, "unsubscribed": 1,
    }  # fmt: skip
    assert "XNYS.evening" in call(folder, "schedule")
    hour = dt.datetime.now(ZoneInfo("America/New_York")) + dt.timedelta(hours=1)
    soon = f"{hour:%Y-%m-%dT%H:%M}"
    call(folder, "schedule", "add", "evening", soon, "--session", "2026-07-06")
    assert "2026-07-06.XNYS.evening" in call(folder, "schedule")
    call(folder, "alerts", "--look")
    call(folder, "audit")
    assert "restored for a try" in call(folder, "backup", str(folder.parent / "backups"))
    assert not list((folder / "data").glob("*.db*"))


class Visitor:
    """A browser without scripts: it keeps its cookie and posts forms of the page it is on."""

    def __init__(self, address):
        self.address, self.cookies, self.csrf = address, {}, ""

    def ask(self, path, form=None, **headers):
        data = None if form is None else urllib.parse.urlencode(form).encode()
        url = urllib.parse.urljoin(self.address, path)
        kept = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent = {"Cookie": kept, "Sec-Fetch-Site": "same-origin", "X-CSRF-Token": self.csrf}
        sent |= headers
        asked = urllib.request.Request(url, data, sent)
        opener = urllib.request.build_opener(Still)
        try:
            answer = opener.open(asked, timeout=60)
        except urllib.error.HTTPError as error:
            answer = error
        text = answer.read().decode()
        for given in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = given.partition(";")[0].partition("=")
            self.cookies[name] = value
        found = re.search(r'name="csrf" value="(\w+)"', text)
        self.csrf = found[1] if found else self.csrf
        return answer.status, text


class Still(urllib.request.HTTPRedirectHandler):
    """Follow no redirection."""

    def redirect_request(self, *_):
        return None


@contextmanager
def serving(folder):
    """Serve the whole product; yield the addresses of desk, pages and health."""
    paths = os.pathsep.join([str(ROOT), *filter(None, sys.path)])
    process = subprocess.Popen(
        [sys.executable, "-m", "newsletter", "--config", str(folder / "config.yaml"), "serve",
         "--port", "0", "--public-port", "0", "--health-port", "0"],
        env=os.environ | {"PYTHONPATH": paths}, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    found, said = {}, []
    try:
        for line in process.stderr:
            said.append(line)
            for what in ("health and metrics", "the desk", "the public pages"):
                if at := re.search(rf"{what}: (http://[^/]+/)", line):
                    found[what] = at[1]
            if "next: " in line:
                break
        assert len(found) == 3, said
        yield found.values()
        process.send_signal(signal.SIGTERM)
        rest = process.communicate(timeout=60)[1]
        assert process.returncode == 0, rest
        assert "Traceback" not in rest
    finally:
        process.kill()
        process.communicate()


@pytest.mark.slow
def test_pages_and_api_of_a_serving_process(folder):
    """Invited, signed in, held by a program, released and approved by hand; a reader leaves."""
    link = re.search(r"http\S+/invitation/\S+", call(folder, "editors", "invite", "ann"))[0]
    with closing(House(folder / "config.yaml")) as house:
        _, token = make(house.api, house.clock, "ann", "test", tuple(Scope), 30)
        content = house.editions.get(KEY).revision.content
        (ada,) = house.audience.readers("ada@example.com")
        leave = urllib.parse.urlsplit(house.signer.unsubscribe_url(ada.subscriber)).path
        with serving(folder) as (health, desk, public):
            assert Visitor(health).ask("readyz")[0] == 200
            program = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
            program |= {"Idempotency-Key": str(uuid.uuid4()), "If-Match": f'"{content}"'}
            held = urllib.request.Request(
                f"{desk}api/v1/editions/{KEY}/hold", b'{"reason": "wait"}', program
            )
            assert json.loads(urllib.request.urlopen(held, timeout=60).read())["state"] == "held"
            ann = Visitor(desk)
            invitation = urllib.parse.urlsplit(link).path
            ann.ask(invitation)
            assert ann.ask(invitation, {"password": PASSWORD, "again": PASSWORD})[0] == 303
            key = re.search(r"<code>(\w+)</code>", ann.ask("/login/enrol")[1])[1]
            assert ann.ask("/login/enrol", {"code": pyotp.TOTP(key).now()})[0] == 200
            status, page = ann.ask(f"/editions/{KEY}")
            assert (status, "wait" in page) == (200, True)
            assert ann.ask(f"/editions/{KEY}/release", {})[0] in {200, 204, 303}
            assert ann.ask(f"/editions/{KEY}/approve", {"content": content})[0] in {200, 204, 303}
            assert house.editions.get(KEY).state is State.APPROVED
            reader = Visitor(public)
            assert reader.ask("/")[0] == 200
            assert reader.ask(leave, {"List-Unsubscribe": "One-Click"})[0] == 200
        assert house.audience.stats()["evening"] == {"active": 2, "unsubscribed": 1}
        assert house.audit.first_broken() is None
    assert len((folder / "data" / "left.jsonl").read_text().splitlines()) == 1


# -- TLS to the server -----------------------------------------------------------------------


def test_a_server_is_believed_by_its_certificate_alone(postgres, tmp_path):
    """`sslmode=verify-full`: the right name, signed by whom the address names."""
    url = sa.make_url(postgres.fresh())
    for name in ("ours", "others"):
        (tmp_path / name).mkdir()
    ours, others = Authority(tmp_path / "ours"), Authority(tmp_path / "others")
    soon = dt.datetime.now(dt.UTC) + dt.timedelta(days=9)
    good, stranger, itself = (
        ours.server(soon), ours.server(soon, "elsewhere.example"),
        others.server(soon, signed_by_itself=True),
    )  # fmt: skip

    def opened(port, root=ours.cafile):
        safe = {"sslmode": "verify-full", "sslrootcert": str(root)}
        at = sa.engine.URL.create("postgresql+psycopg", "postgres", "s3cret", "localhost", port,
                                  url.database, safe)  # fmt: skip
        with closing(Database(at.render_as_string(hide_password=False))) as database:
            raw = database.engine.raw_connection()
            with closing(raw):
                return raw.driver_connection.pgconn.ssl_in_use

    with speaking_tls(postgres, good) as port:
        assert opened(port)
        with pytest.raises(StoreError, match=r"none.pem\" does not exist. .*sslrootcert") as none:
            opened(port, tmp_path / "none.pem")
    wrong, unknown = "does not match host name .*as its cert", "SSL error: .*sslrootcert"
    with speaking_tls(postgres, stranger) as port, pytest.raises(StoreError, match=wrong) as one:
        opened(port)
    with speaking_tls(postgres, itself) as port, pytest.raises(StoreError, match=unknown) as two:
        opened(port)
    for error in (none, one, two):
        assert "s3cret" not in str(error.value)
        assert "\n" not in str(error.value)
    postgres.drop(url.render_as_string(hide_password=False))

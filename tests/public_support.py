"""The public pages for tests: a workspace whose edition was sent, on a port of this machine.

>>> public.get("/archive")                       # real HTTP, nothing followed, no cookie kept
>>> public.post("/subscribe", email="a@b.example")
>>> public.mails()                               # what lies in the Maildir, parsed
"""

import email
import email.policy
import http.client
import re
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode

import desk_support
import pytest
from databases_support import Moved
from desk_support import printed

from newsletter.app import House
from newsletter.public import posting
from newsletter.public.server import Server
from newsletter.review.edition import EditionKey
from newsletter.send.tokens import Purpose


@dataclass(frozen=True)
class Answer:
    """One answer, as it came over the wire."""

    status: int
    headers: dict
    body: bytes

    @property
    def text(self):
        return self.body.decode()


class Public:
    """One workspace and its public pages; nothing is posted unless a test says so."""

    key = desk_support.KEY

    def __init__(self, folder, made, browser=None, config=""):
        self.folder, self._browser = Path(folder), browser
        shutil.copytree(made, folder)
        self._moved = Moved(self.folder)
        self.port = desk_support._free()
        self.address = f"http://127.0.0.1:{self.port}"
        file = self.folder / "config.yaml"
        text = re.sub(r"(?m)^  base_url: \S+", f"  base_url: {self.address}", file.read_text())
        file.write_text(text.replace("\npublic: ", f"\n{config}\npublic: ") if config else text)
        self.house = House(file)
        self.server = Server(self.house, "127.0.0.1", self.port)
        self.server._posting.enter_context = lambda _: None  # tests call `post` themselves
        self.site = self.server._site
        self.server.start()

    def publish(self, key=None):
        """Approve and deliver the edition."""
        key = key or EditionKey.parse(str(self.key))
        self.house.desk.approve(key, "Bo")
        self.house.pipeline.deliver(lambda work, *given: work(*given), str(key))

    def unblock(self):
        """Lift preflight's blocks: its verdicts are another suite's matter."""
        with closing(sqlite3.connect(self.folder / "data" / "newsletter.db")) as raw:
            raw.execute("update revisions set blocked = false")
            raw.commit()

    def ask(self, method, path, body=None, headers=None):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        with closing(connection):
            connection.request(method, path.removeprefix(self.address), body, headers or {})
            got = connection.getresponse()
            sent = {}
            for name, value in got.getheaders():
                sent[name.lower()] = value
            return Answer(got.status, sent, got.read())

    def get(self, path, **headers):
        given = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.ask("GET", path, headers=given)

    def post(self, path, /, **form):
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        return self.ask("POST", path, urlencode(form, doseq=True), kind)

    def wish(self, address, **more):
        """Fill in the form of subscribing."""
        form = {"email": address, "name": "", "list": "evening", "country": "US",
                "consent": self.site.wording.version} | more  # fmt: skip
        return self.post("/subscribe", **form)

    def send(self):
        """Post the confirming mails that are due."""
        return posting.post(self.site)

    def mails(self, to=None):
        """Return the mails of the Maildir, those to one address where it is given."""
        files = sorted(self.folder.glob("data/mailbox/**/new/*"))
        found = [
            email.message_from_bytes(one.read_bytes(), policy=email.policy.default) for one in files
        ]
        return [one for one in found if to is None or to in one["To"]]

    def link(self, reader, purpose=Purpose.UNSUBSCRIBE):
        return self.house.signer.url(reader, purpose).removeprefix(self.address)

    def reader(self, address, list_name="evening"):
        found = [one for one, _ in self.house.audience.find(address) if one.list == list_name]
        return found[0] if found else None

    def tables(self, but=()):
        """Return every row of every table."""
        with closing(sqlite3.connect(self.folder / "data" / "newsletter.db")) as raw:
            names = [one for (one,) in raw.execute(
                "select name from sqlite_master where type='table'") if one not in but]  # fmt: skip
            return {name: printed(raw.execute(f'select * from "{name}"')) for name in names}

    def page(self, path, width=1280, scheme="light"):
        context = self._browser().new_context(
            viewport={"width": width, "height": 900}, color_scheme=scheme, base_url=self.address
        )
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.told = []
        page.on("console", lambda said: said.type == "error" and page.told.append(said.text))
        page.goto(path)
        return page

    def close(self):
        self.server.close()
        self.house.close()
        self._moved.close()


def opened(factory, request=None, **more):
    made = desk_support._made(desk_support._base(factory))
    browser = (lambda: request.getfixturevalue("browser")) if request else None
    return Public(factory.mktemp("public") / "site", made, browser, **more)


@pytest.fixture(scope="module")
def public(tmp_path_factory, request):
    """The pages of a house that has sent an edition; a test leaves no reader changed behind."""
    found = opened(tmp_path_factory, request)
    found.publish()
    yield found
    found.close()

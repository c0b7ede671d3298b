"""A desk's guard over a database of its own, with a clock that stands still."""

import atexit
import functools
import shutil
import tempfile
from pathlib import Path

import pyotp
from argon2 import PasswordHasher
from engine_support import NOW

from newsletter.clock import FixedClock
from newsletter.desk.security.guard import guard
from newsletter.desk.security.passwords import Passwords
from newsletter.store.access import SqlAccess
from newsletter.store.audit import AuditLog
from newsletter.store.database import Database
from newsletter.store.people import SqlEditors

KEY = b"the desk's key, thirty-two bytes"
PASSWORD = "granite lantern oboe thicket 7"
OTHER = "velvet harbour comet anvil 42"
CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
EDITION, CONTENT = "2026-07-02.XNYS.evening", "c" * 64


@functools.cache
def _template():
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    Database(f"sqlite:///{folder / 'news.db'}").close()
    return folder


class Room:
    """A workspace's desk with the editors ann and bob."""

    def __init__(self, folder: Path, passwords=None):
        self.folder = folder
        shutil.copy(_template() / "news.db", folder / "news.db")
        self.database = Database(f"sqlite:///{folder / 'news.db'}")
        self.clock = FixedClock(NOW)
        self.editors = SqlEditors(self.database)
        self.access = SqlAccess(self.database)
        self.audit = AuditLog(self.database)
        self.content = CONTENT
        for name in ("ann", "bob"):
            self.editors.add(name, f"{name}@example.com", NOW)
        self.guard = guard(
            self.access,
            self.editors,
            self.audit.record,
            self.clock,
            KEY,
            "The Evening Letter",
            lambda edition: self.content if edition == EDITION else None,
            passwords or Passwords(CHEAP),
        )
        self.login = self.guard.login

    def enrolled(self, name="ann"):
        """Invite somebody and see them through to the desk; return the last outcome."""
        invitation = self.guard.invitations.make(name, "operator")
        first = self.login.accept_invitation(invitation, PASSWORD)
        secret = self.login.enrolment(first.token).secret
        return self.login.enrol(first.token, pyotp.TOTP(secret).at(self.clock.now()))

    def code(self, name="ann", steps=0):
        """Return the code an authenticator shows, some steps away from now."""
        generation = self.access.credential(name).totp_generation
        secret = self.login.totp.secret(name, generation)
        return pyotp.TOTP(secret).at(self.clock.now(), counter_offset=steps)

    def enter(self, who="ann", password=PASSWORD, ip="192.0.2.1", **more):
        """Give name and password."""
        return self.login.password(who, password, ip=ip, **more)

    def actions(self):
        """Return what the audit log tells, in order."""
        return [entry.action for entry in self.audit.entries()]

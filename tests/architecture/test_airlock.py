"""The pure stages run with files, sockets, databases and processes forbidden."""

import datetime as dt
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest

from newsletter import assets, config
from newsletter.collect.providers.sample import Sample
from newsletter.collect.sessions import TradingDays
from newsletter.collect.stage import gather
from newsletter.compute.ledger import compute_ledger
from newsletter.draft.house import write
from newsletter.preflight.check import check_mail
from newsletter.render.email import render
from newsletter.render.setting import Setting
from newsletter.render.templating import environment

ROOT = Path(__file__).resolve().parents[2]
FORBIDDEN = {
    "open",
    "os.system",
    "smtplib.connect",
    "socket.connect",
    "socket.getaddrinfo",
    "sqlite3.connect",
    "subprocess.Popen",
    "urllib.Request",
}
_doors = {"sealed": False}


def _watch(event, arguments):
    if _doors["sealed"] and event in FORBIDDEN:
        raise RuntimeError(f"a pure stage reached for the world: {event} {arguments[:1]}")


sys.addaudithook(_watch)


@contextmanager
def airlock():
    _doors["sealed"] = True
    try:
        yield
    finally:
        _doors["sealed"] = False


def the_pure_path(settings, snapshot, days, templates):
    ledger = compute_ledger(snapshot, settings.universe, days.index)
    draft = write(ledger, settings.universe)
    setting = Setting(
        publication=settings.publication,
        jurisdictions=settings.jurisdictions,
        edition_key="2026-07-02.XNYS.evening",
        as_of=days.close(ledger.session),
        templates=templates,
        sources=snapshot.sources,
    )
    rendered = render(draft, ledger, setting)
    report = check_mail(
        subject=rendered.subject,
        preheader=rendered.preheader,
        html=rendered.html,
        text=rendered.text,
        ledger=ledger,
    )
    return ledger, draft, rendered, report


def test_compute_draft_render_and_preflight_touch_nothing():
    date = dt.date(2026, 7, 2)
    settings = config.load(ROOT / "config.yaml")
    days = TradingDays("XNYS", date)
    snapshot = gather(Sample(), date, settings.universe, days, start=dt.date(2019, 1, 1)).snapshot
    templates = environment(assets.texts("templates", suffixes={".j2"}))
    outside = the_pure_path(settings, snapshot, days, templates)  # imports what is imported late
    with airlock():
        inside = the_pure_path(settings, snapshot, days, templates)
    assert [part.sha256 for part in inside] == [part.sha256 for part in outside]


def test_the_airlock_really_is_shut(tmp_path):
    with airlock(), pytest.raises(RuntimeError, match="reached for the world: open"):
        (tmp_path / "x").read_text()

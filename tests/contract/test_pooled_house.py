"""A workspace whose edition goes by a pool: what its config.yaml opens."""

import contextlib
import datetime as dt

import pytest
from pool_support import WHOLE

from newsletter.doors import Doors, _secrets
from newsletter.errors import ConfigError
from newsletter.send.pool import Pool

VARIABLE = "NEWSLETTER_RELAY_PASSWORD"
RELAY = "relay: {transport: smtp,"
OWN = f"relay: {{username: us, password_variable: {VARIABLE}, transport: smtp,"


@contextlib.contextmanager
def doors(tmp_path, text=WHOLE):
    path = tmp_path / "config.yaml"
    path.write_text(text)
    opened = Doors(path)
    try:
        yield opened
    finally:
        opened.close()


@pytest.fixture(autouse=True)
def link_key(monkeypatch):
    monkeypatch.setenv("NEWSLETTER_LINK_KEY", "k" * 64)


def test_a_pool_opens_its_senders_with_their_own_pace(tmp_path):
    paced = WHOLE.replace(RELAY, "relay: {pace: {domain_connections: 7}, transport: smtp,")
    with doors(tmp_path, paced) as opened:
        pool = opened.transport("readers")
        assert isinstance(pool, Pool)
        assert not pool.local
        told = [(way.name, way.weight, way.transport.name, way.warms_up) for way in pool.ways]
        assert told == [("relay", 3, "smtp", False), ("fresh", 1, "smtp", True)]
        assert [way.pace.domain_connections for way in pool.ways] == [7, 4]


def test_a_day_of_a_warm_up_is_one_of_the_publication(tmp_path):
    """It starts on 1 December: at five in the morning UTC, midnight in New York."""
    with doors(tmp_path) as opened:
        fresh = opened.transport("readers").ways[1].book
        assert fresh.room(dt.datetime(2026, 12, 1, 4, 59, tzinfo=dt.UTC)) == 0
        assert fresh.room(dt.datetime(2026, 12, 1, 5, 0, tzinfo=dt.UTC)) == 200


def test_a_sender_has_a_password_of_its_own_which_is_never_told(tmp_path, monkeypatch):
    monkeypatch.setenv("NEWSLETTER_SMTP_PASSWORD", "everybody's")
    with doors(tmp_path, WHOLE.replace(RELAY, OWN)) as opened:
        with pytest.raises(ConfigError, match=rf"senders\.relay\.password_variable.*{VARIABLE}"):
            opened.transport("readers")
        (tmp_path / "password").write_text("its-own-secret\n")
        monkeypatch.setenv(f"{VARIABLE}_FILE", str(tmp_path / "password"))
        relay = opened.transport("readers").ways[0].transport
        assert relay._access.password == "its-own-secret"
        assert "its-own-secret" in _secrets(opened.config)

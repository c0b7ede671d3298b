"""`newsletter doctor` on a PostgreSQL server: it looks, and writes nothing."""

import datetime as dt

import psycopg
import pytest
import sqlalchemy as sa
from doctor_support import found, workspace

from newsletter.review.roles import Role
from newsletter.store.look import seen

NOW = dt.datetime(2026, 11, 20, 22, tzinfo=dt.UTC)


def opened(folder, monkeypatch, url):
    monkeypatch.setenv("NEWSLETTER_DATABASE_URL", url)
    monkeypatch.setenv("NEWSLETTER_LINK_KEY", "k" * 40)

    def change(data):
        data["storage"] = {"url_variable": "NEWSLETTER_DATABASE_URL"}

    return workspace(folder, change)


def test_a_server_is_looked_at_and_not_written_to(tmp_path, monkeypatch, postgres):
    url = postgres.fresh()
    house = opened(tmp_path, monkeypatch, url)
    house.editors.add("Dana", "d@gazette.net", NOW, Role.ADMIN)
    told = found(house, "database")
    assert {health for health, _ in told.values()} == {"ok"}
    assert "PostgreSQL" in told["schema"][1]
    assert found(house, "editors")["approval"][0] == "ok"
    assert found(house, "audience")["editions.evening"][0] == "warn"
    assert found(house, "secrets")["NEWSLETTER_LINK_KEY"][0] == "ok"
    looked = house.seen()
    with pytest.raises(sa.exc.InternalError, match="read-only"), looked.begin() as session:
        session.connection().exec_driver_sql("delete from editors")
    looked.close()
    house.close()
    postgres.drop(url)


def test_an_empty_database_is_told_and_left_empty(tmp_path, monkeypatch, postgres):
    url = postgres.empty()
    house = opened(tmp_path, monkeypatch, url)
    health, words = found(house, "database")["schema"]
    assert (health, "not made yet" in words) == ("warn", True)
    with psycopg.connect(url.replace("+psycopg", "")) as raw:
        tables = raw.execute("select count(*) from pg_tables where schemaname = 'public'")
        assert tables.fetchone() == (0,)
    postgres.drop(url)


def test_a_server_that_is_not_there_is_bad_and_no_password_is_told(tmp_path, monkeypatch):
    url = "postgresql://dana:s3cret-word@127.0.0.1:1/none"
    told = found(opened(tmp_path, monkeypatch, url), "database")
    assert told["storage.url"][0] == "bad"
    assert "s3cret-word" not in str(told)
    assert seen("sqlite:////no/such/file.db") is None

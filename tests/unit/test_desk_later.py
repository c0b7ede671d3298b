"""An application that is put together late: once, whoever asks, and anew where that failed."""

import threading

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from newsletter.desk.later import Later


def _app():
    app = FastAPI()
    app.get("/")(lambda: "there")
    return app


def test_it_is_put_together_once_by_the_first_of_many_who_ask_at_once():
    made, gate, found = [], threading.Barrier(8), []

    def make():
        made.append(_app())
        return made[-1]

    later = Later(make)
    assert made == []

    def ask():
        gate.wait(10)
        found.append(later.made())

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert found == made * 8
    assert TestClient(later).get("/").json() == "there"
    assert len(made) == 1


def test_whoever_asks_after_it_could_not_be_put_together_has_it_put_together():
    tries = [OSError("no"), None]

    def make():
        if (error := tries.pop(0)) is not None:
            raise error
        return _app()

    later = Later(make)
    with pytest.raises(OSError, match="no"):
        TestClient(later).get("/")
    assert TestClient(later).get("/").status_code == 200

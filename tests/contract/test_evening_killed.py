"""The evening drill in its short form, and one worker that is cut off from the database."""

import pytest
from evening_drill import FLEETS, drill


@pytest.mark.slow
@pytest.mark.parametrize("kind", FLEETS)
def test_killed_at_random_every_edition_is_made_and_sent_once(
    kind, kept, tmp_path, monkeypatch, request
):
    evening = kept.evening(tmp_path / "evening")
    folder = tmp_path / "drill"
    folder.mkdir()
    monkeypatch.setenv("NEWSLETTER_LINK_KEY", "k" * 64)
    url = f"sqlite:///{folder / 'news.db'}"
    if kind == "postgresql":
        url = request.getfixturevalue("postgres").fresh()
    monkeypatch.setenv("NEWSLETTER_DATABASE_URL", url.replace("+psycopg", ""))
    found, wrong = drill(folder, evening, FLEETS[kind], 3, readers=5, seed=7, pause=0.2)
    assert wrong == [], found
    assert found["hit_work"] >= 1

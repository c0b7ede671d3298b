"""The hand-made evening, byte for byte; ``UPDATE_GOLDEN=1`` rewrites it, never under CI."""

import os
from pathlib import Path

import pytest
from render_support import GOLDEN, mail


@pytest.mark.parametrize(
    ("name", "part"), [("subject.txt", "subject"), ("body.txt", "text"), ("body.html", "html")]
)
def test_mail_is_as_it_was_approved(name: str, part: str) -> None:
    """A change of layout or wording shows as a readable difference."""
    made = getattr(mail(), part).rstrip("\n") + "\n"
    path: Path = GOLDEN / name
    if os.environ.get("UPDATE_GOLDEN") == "1" and os.environ.get("CI") != "true":
        path.write_text(made, encoding="utf-8")
    assert made == path.read_text(encoding="utf-8")

"""Every letter with its sample words, byte for byte; ``UPDATE_GOLDEN=1`` rewrites them."""

import os
from pathlib import Path

import pytest
from render_support import REPO, publication, templates

from newsletter.render.letters import letter
from newsletter.render.letters_samples import samples

GOLDEN = REPO / "tests" / "golden" / "letters"


@pytest.mark.parametrize("key", samples())
def test_letter_is_as_it_was_approved(key: str) -> None:
    """A change of layout or wording shows as a readable difference."""
    made = letter(key.partition(".")[0], publication(), templates(), samples()[key])
    head = f"Subject: {made.subject}\nPreheader: {made.preheader}\n\n"
    for suffix, text in (("txt", head + made.text), ("html", made.html)):
        path: Path = GOLDEN / f"{key}.{suffix}"
        if os.environ.get("UPDATE_GOLDEN") == "1" and os.environ.get("CI") != "true":
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert text == path.read_text(encoding="utf-8")

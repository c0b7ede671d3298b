"""Exports: what is shown as a file, for people who have no preview."""

from collections.abc import Callable
from pathlib import Path
from typing import Final

from newsletter.errors import ConfigError, NewsletterError
from newsletter.preview import printing
from newsletter.preview.choice import Choice
from newsletter.preview.frame import framed
from newsletter.preview.message import message, own
from newsletter.preview.studio import Studio

FORMS: Final = {
    "eml": "message/rfc822",
    "html": "text/html; charset=utf-8",
    "pdf": "application/pdf",
    "png": "image/png",
    "txt": "text/plain; charset=utf-8",
}
"""Suffixes with their media types."""
WIDTHS: Final = range(200, 2001)


def exported(studio: Studio, choice: Choice, form: str, width: int = 640) -> bytes:
    """Return what is shown, in one of `FORMS`.

    Parameters
    ----------
    studio : Studio
        Draws.
    choice : Choice
        What is shown; HTML, PDF and PNG look as it does.
    form : str
        A key of `FORMS`.
    width : int
        CSS pixels of a PNG.

    Raises
    ------
    ConfigError
        If there is no such form, or no Chromium for a PDF or PNG.
    NewsletterError
        If it cannot be drawn.
    """
    proof = studio.draw(choice)

    def page() -> str:
        return framed(proof.mail, choice, mine)

    mine = own(studio, choice, proof.material.key or studio.key)
    makers: dict[str, Callable[[], bytes]] = {
        "eml": lambda: message(studio, choice, proof),
        "html": lambda: page().encode(),
        "pdf": lambda: printing.pdf(page()),
        "png": lambda: printing.png(page(), min(max(width, WIDTHS[0]), WIDTHS[-1])),
        "txt": lambda: mine.text(proof.mail).encode(),
    }
    if form not in makers:
        raise ConfigError(f"There is no export {form[:20]!r}; there are {', '.join(FORMS)}.")
    return makers[form]()


def write(studio: Studio, choice: Choice, directory: Path) -> tuple[list[Path], list[str]]:
    """Write every form into a directory; return the files, and why others are missing.

    Raises
    ------
    ConfigError
        If the directory cannot be written.
    NewsletterError
        If the mail cannot be drawn.
    """
    studio.draw(choice)  # what is broken is told before anything is written
    files, missing = [], []
    try:
        directory.mkdir(parents=True, exist_ok=True)
        for form in FORMS:
            try:
                data = exported(studio, choice, form)
            except (NewsletterError, ConfigError) as error:
                missing.append(f"mail.{form}: {error}")
                continue
            files.append(directory / f"mail.{form}")
            files[-1].write_bytes(data)
    except OSError as error:
        raise ConfigError(f"{directory} cannot be written: {error.strerror}.") from error
    return files, missing

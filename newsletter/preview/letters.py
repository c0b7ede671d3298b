"""Letters among what can be shown: each with its sample words, drawn like an edition."""

from typing import Final

from newsletter.errors import NotFound
from newsletter.preview.workshop import Workshop
from newsletter.render.letters import Letter, letter
from newsletter.render.letters_samples import SESSION, samples

__all__ = ["PREFIX", "SESSION", "drawn", "is_letter", "listed", "require"]

PREFIX: Final = "letter."
"""Before a letter's name where an edition's key would stand: ``letter.notice.blocked``."""


def is_letter(key: str) -> bool:
    """Tell whether a key names a letter; no edition's key begins with a word.

    Examples
    --------
    >>> is_letter("letter.welcome"), is_letter("2026-07-02.XNYS.evening")
    (True, False)
    """
    return key.startswith(PREFIX)


def listed() -> list[dict[str, str]]:
    """Return key and title of every letter and variant, in the order of their names."""
    return [
        {"key": PREFIX + name, "title": name.replace(".", ", ").capitalize()}
        for name in sorted(samples())
    ]


def require(key: str) -> str:
    """Return the name of a letter's sample words.

    Raises
    ------
    NotFound
        If there is no such letter.
    """
    name = key.removeprefix(PREFIX)
    if name not in (known := sorted(samples())):
        raise NotFound(f"There is no letter {name[:40]!r}; there are {', '.join(known)}.")
    return name


def drawn(house: Workshop, key: str) -> Letter:
    """Lay out a letter with the present templates and configuration.

    Parameters
    ----------
    house : Workshop
        Templates, names, colours, logo.
    key : str
        `PREFIX` and a key of `newsletter.render.letters_samples.samples`.

    Raises
    ------
    NotFound
        If there is no such letter.
    RenderError, ConfigError
        If a template or the configuration is broken.
    """
    name = require(key)
    kind, publication = name.partition(".")[0], house.config.publication
    return letter(kind, publication, house.templates(), samples()[name], logo=house.logo())

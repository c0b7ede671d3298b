"""Whether opens and clicks are counted, and of whom: the ``counting`` part of config.yaml."""

from pydantic import Field

from newsletter.universe import Strict

WORDS = (
    "Count whether I open these mails and which of their links I follow, so that the editors "
    "learn what is read. The mails come without this too, and I can take it back at any time "
    "with the link in every mail."
)


class Counting(Strict):
    """Opens and clicks: counted of nobody unless `enabled`, and then of who ticked the box.

    `consent` are the words beside that box, `consent_version` their name: give a new one with
    new words. `keep_days` after an edition was made its readers' rows are summed and removed,
    and nothing more is counted of it. What asks within `seconds_after_delivery` is taken for
    a machine that looks into mail before its reader does.
    """

    enabled: bool = False
    consent: str = Field(default=WORDS, min_length=20, max_length=1000)
    consent_version: str = Field(default="2026-11", pattern=r"^[A-Za-z0-9.-]{1,40}$")
    keep_days: int = Field(default=90, ge=1, le=730)
    seconds_after_delivery: int = Field(default=20, ge=0, le=600)

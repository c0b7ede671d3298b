"""What the public sees and how it is asked: the ``public`` part of config.yaml."""

from pydantic import Field

from newsletter.universe import Strict

CONSENT = (
    "Send me the newsletters I have chosen at this address. I can leave at any time with one "
    "click, and see, change or erase what is kept about me with the link in every mail."
)


class Public(Strict):
    """The public pages: where they listen, what readers consent to.

    `consent` are the words beside the box, `consent_version` their name: give a new one with
    new words. `ip_days` is how long the address from where somebody subscribed is kept.
    `welcome` is whether a mail of welcome follows a confirmation.
    """

    host: str = Field(default="127.0.0.1", min_length=1, max_length=253)
    port: int = Field(default=8801, ge=0, le=65535)
    proxies: str = Field(default="127.0.0.1", max_length=500)
    consent: str = Field(default=CONSENT, min_length=20, max_length=1000)
    consent_version: str = Field(default="2026-11", pattern=r"^[A-Za-z0-9.-]{1,40}$")
    ip_days: int = Field(default=30, ge=0, le=365)
    welcome: bool = True
    pages_per_minute: int = Field(default=240, ge=10, le=100_000)

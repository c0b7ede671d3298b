"""Where bounces come to and who may report: ``bounces`` and ``hooks`` in config.yaml."""

import re
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from newsletter.hand import at_home
from newsletter.universe import Strict

IMAP_PASSWORD = "NEWSLETTER_IMAP_PASSWORD"  # noqa: S105 - the variable's name
HOOK_SECRETS = {
    "ses": (),
    "sendgrid": ("key",),
    "mailgun": ("key", "login"),
    "postmark": ("login",),
    "brevo": ("login",),
}
"""What proves each service's calls to be its own, from NEWSLETTER_<NAME>_HOOK_KEY and
NEWSLETTER_<NAME>_HOOK_LOGIN (``user:password``, or a bearer token). SES signs by certificate
and is known by its topics."""

SERVICES = ("ses", "sendgrid", "mailgun", "postmark")
"""Ways out that are a delivery service's; their key is NEWSLETTER_<NAME>_KEY."""

Topic = Annotated[
    str, Field(pattern=r"^arn:aws[a-z-]*:sns:[a-z0-9-]+:\d{12}:[A-Za-z0-9_-]{1,256}$")
]


class Bounces(Strict):
    """The mailbox that bounces come to. Its password comes from NEWSLETTER_IMAP_PASSWORD.

    `done_folder` is where mails go that were read, where the server can move them; they are
    marked as seen otherwise. Either way each is read once.
    """

    host: str = Field(min_length=1, max_length=253)
    port: int = Field(default=993, ge=1, le=65535)
    security: Literal["tls", "starttls", "none"] = "tls"
    username: str = Field(min_length=1, max_length=254)
    folder: str = Field(default="INBOX", min_length=1, max_length=200)
    done_folder: str = Field(default="", max_length=200)
    cafile: Path | None = None
    timeout_seconds: float = Field(default=30, gt=0, le=600)

    @field_validator("host", "username", "folder", "done_folder")
    @classmethod
    def _plain(cls, value: str) -> str:
        if not re.fullmatch(r"[\x20-\x7e]*", value):
            raise ValueError("must be plain ASCII; write a folder's name as its server spells it")
        return value

    @model_validator(mode="after")
    def _plain_only_at_home(self) -> "Bounces":
        if self.security == "none" and not at_home(self.host):
            raise ValueError(
                "security is 'none'; a password may travel unencrypted only to this machine. Use "
                "'tls' or 'starttls'"
            )
        return self


class ServiceSettings(Strict):
    """What a sender by a delivery service needs besides its key.

    `service_domain` is Mailgun's domain, the configuration set of SES, Postmark's message
    stream. `api_url` replaces the service's own address, for its European one.
    """

    region: str = Field(default="us-east-1", pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")
    service_domain: str = Field(default="", pattern=r"^[A-Za-z0-9._-]{0,200}$")
    api_url: str | None = None


class Hooks(Strict):
    """Which delivery services may report at /hooks/<name>.

    What proves a call comes from NEWSLETTER_<NAME>_HOOK_KEY and _LOGIN; for SES the
    signature does, and `ses_topics` says which of all topics in the world are ours.
    """

    accept: tuple[Literal["ses", "sendgrid", "mailgun", "postmark", "brevo"], ...] = ()
    ses_topics: tuple[Topic, ...] = ()

    @model_validator(mode="after")
    def _topics_for_ses(self) -> "Hooks":
        if "ses" in self.accept and not self.ses_topics:
            raise ValueError(
                "accept names ses but ses_topics is empty; every account in the world could "
                "report. Add the ARN of your topic"
            )
        return self

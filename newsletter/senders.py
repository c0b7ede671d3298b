"""``senders`` of config.yaml: the ways out, and who the mail is from."""

from pathlib import Path
from typing import Literal

from pydantic import Field, model_validator

from newsletter.bouncing import ServiceSettings
from newsletter.pacing import Pace
from newsletter.pooling import Share, WarmUp, require_whole
from newsletter.signatures import Domain, Signature, one_organisation


class Sender(ServiceSettings):
    """One way out, or a pool of them.

    The SMTP password comes from NEWSLETTER_SMTP_PASSWORD, or from `password_variable`.
    """

    transport: Literal["smtp", "maildir", "ses", "sendgrid", "mailgun", "postmark", "pool"]
    from_name: str = Field(min_length=1, max_length=80)
    from_address: str = Field(pattern=r"^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+$")
    reply_to: str | None = None
    host: str = "localhost"
    port: int = Field(default=587, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    username: str | None = None
    password_variable: str | None = Field(default=None, pattern=r"^NEWSLETTER_[A-Z0-9_]{1,80}$")
    timeout_seconds: float = Field(default=60, gt=0, le=900)
    connections: int = Field(default=4, ge=1, le=64)
    pace: Pace = Pace()
    path: Path = Path("mailbox")
    dkim: Signature | None = None
    bounce_domain: Domain | None = None
    ways: tuple[Share, ...] = Field(default=(), max_length=16)
    warm_up: WarmUp | None = None

    @model_validator(mode="after")
    def _whole(self) -> "Sender":
        require_whole(self.transport, self.ways, self.model_fields_set)
        return self

    @model_validator(mode="after")
    def _one_organisation(self) -> "Sender":
        one_organisation(self.from_address, self.dkim, self.bounce_domain)
        return self

    @model_validator(mode="after")
    def _plain_only_at_home(self) -> "Sender":
        loopback = self.host in {"localhost", "127.0.0.1", "::1"}
        if self.transport == "smtp" and self.security == "none" and not loopback:
            raise ValueError(
                f"security is 'none' for host {self.host!r}; mail may leave unencrypted only to "
                "this machine. Use 'starttls' or 'tls'"
            )
        return self

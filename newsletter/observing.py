"""What an installation tells of itself: the ``telemetry`` part of config.yaml."""

import re
from typing import Final, Literal

from pydantic import Field, model_validator

from newsletter.universe import Strict

PORT: Final = 9464
"""Where a serving process tells how it is, unless the configuration says otherwise."""
SENTRY_DSN: Final = "NEWSLETTER_SENTRY_DSN"
OTLP_HEADERS: Final = "NEWSLETTER_OTLP_HEADERS"
_PLAIN: Final = re.compile(r"https?://[A-Za-z0-9.\-\[\]:]+(/[A-Za-z0-9._~/\-]*)?")


class Telemetry(Strict):
    """Where a serving process tells how it is, and how its log is written.

    `port` is `PORT` where nothing is given, or any free one where another process of this
    machine has that; a port that is given is kept to. `logs` is ``auto`` for JSON unless a
    person sits before the terminal. `figures_seconds` is how long figures read from the
    database may be old. `otlp_url` is where spans go, the whole address of the traces.
    """

    host: str = Field(default="127.0.0.1", min_length=1, max_length=253)
    port: int | None = Field(default=None, ge=0, le=65535)
    logs: Literal["auto", "json", "console"] = "auto"
    figures_seconds: float = Field(default=10, ge=0, le=3600)
    otlp_url: str = Field(default="", max_length=300)

    @model_validator(mode="after")
    def _plain(self) -> "Telemetry":
        # Told of the part: of the field, what stands before an @ would be told too.
        if self.otlp_url and not _PLAIN.fullmatch(self.otlp_url):
            raise ValueError(
                "otlp_url must be the whole address for traces, such as "
                "'http://127.0.0.1:4318/v1/traces', without a user or a query; what a collector "
                f"asks for comes from {OTLP_HEADERS}"
            )
        return self

"""What is told beside editions, to whom and from when on: the ``alerts`` part of config.yaml."""

import difflib
import re
from collections.abc import Mapping
from typing import Annotated, Final

from pydantic import Field, field_validator

from newsletter.universe import Identifier, Strict

ROLES: Final = ("writer", "editor", "compliance", "admin")
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+")

Percent = Annotated[float, Field(gt=0, le=100)]
Days = Annotated[int, Field(ge=1, le=365)]


class Alerts(Strict):
    """Who is told when something is wrong that no edition waits for, and from when on.

    `to` are roles at the desk and addresses of duty; editors hear of editions in any case.
    `sender` is a way out that is tried where the editions' own fails. Pairs are where it is told
    and where it is urgent; of fewer than `least_copies` copies no share is taken.
    """

    to: tuple[str, ...] = Field(default=("editor", "admin"), max_length=20)
    sender: Identifier | None = None
    letters_an_hour: int = Field(default=6, ge=3, le=60)
    over: bool = True
    missing_minutes: int = Field(default=60, ge=5, le=1440)
    complaint_percent: tuple[Percent, Percent] = (0.1, 0.3)
    bounce_percent: tuple[Percent, Percent] = (2.0, 5.0)
    least_copies: int = Field(default=200, ge=1, le=1_000_000)
    disk_free_percent: float = Field(default=5, ge=0, le=100)
    disk_free_megabytes: int = Field(default=500, ge=0, le=100_000_000)
    certificate_days: tuple[Days, Days, Days] = (21, 7, 1)

    @field_validator("to")
    @classmethod
    def _roles_or_addresses(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for one in value:
            if one in ROLES or (len(one) <= 254 and _ADDRESS.fullmatch(one)):
                continue
            near = difflib.get_close_matches(one, ROLES, 1)
            hint = f"; did you mean {near[0]!r}?" if near else ""
            raise ValueError(
                f"{one[:80]!r} is neither a role ({', '.join(ROLES)}) nor an address{hint}"
            )
        return tuple(dict.fromkeys(value))

    @field_validator("complaint_percent", "bounce_percent")
    @classmethod
    def _rising(cls, value: tuple[float, float]) -> tuple[float, float]:
        if not value[0] < value[1]:
            raise ValueError("the second share, where it is urgent, must be the higher one")
        return value

    @field_validator("certificate_days")
    @classmethod
    def _falling(cls, value: tuple[int, int, int]) -> tuple[int, int, int]:
        if not value[0] > value[1] > value[2]:
            raise ValueError("the days must fall, as in [21, 7, 1]")
        return value


def require_sender(alerts: Alerts, senders: Mapping[str, object]) -> None:
    """Refuse a sender of alerts that is not configured.

    Raises
    ------
    ValueError
        Naming those there are.
    """
    if alerts.sender is not None and alerts.sender not in senders:
        known = ", ".join(sorted(senders))
        raise ValueError(f"alerts.sender is {alerts.sender!r}; known senders are {known}")

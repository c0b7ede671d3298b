"""Which hand writes, and what a language model may cost: the ``model`` part of config.yaml."""

import re
from decimal import Decimal
from typing import Literal

from pydantic import AnyUrl, Field, ValidationError, model_validator

from newsletter.universe import Strict


class RunBudget(Strict):
    """What writing one edition may take; then the house writer takes over."""

    tokens: int = Field(default=200_000, ge=1)
    money: Decimal = Field(default=Decimal(2), ge=0)
    seconds: float = Field(default=300, gt=0, le=3600)


class MonthBudget(Strict):
    """What a calendar month's editions may take together."""

    tokens: int = Field(default=6_000_000, ge=1)
    money: Decimal = Field(default=Decimal(60), ge=0)


class Budget(Strict):
    """Limits on a model's work: tokens in and out together, money as in `price`."""

    run: RunBudget = RunBudget()
    month: MonthBudget = MonthBudget()

    @model_validator(mode="after")
    def _a_run_fits_its_month(self) -> "Budget":
        for name in ("tokens", "money"):
            run, month = getattr(self.run, name), getattr(self.month, name)
            if run > month:
                raise ValueError(
                    f"run.{name} is {run}, more than month.{name} {month}; lower the first or "
                    "raise the second"
                )
        return self


class ModelPrice(Strict):
    """Price per million tokens, in whatever currency the budget is meant; 0 at home."""

    input: Decimal = Field(default=Decimal(0), ge=0)
    output: Decimal = Field(default=Decimal(0), ge=0)


def model_address(value: str) -> str:
    """Return a model service's address if prompts and a key may be sent there.

    Parameters
    ----------
    value : str
        ``https://host/path``; ``http://`` only for this machine.

    Raises
    ------
    ValueError
        Saying what is wrong; the sentence never repeats what stands before an ``@``.
    """
    try:
        url = AnyUrl(value)
    except ValidationError as error:
        raise ValueError("must be an address such as 'http://127.0.0.1:8080/v1'") from error
    if url.username or url.password or url.query or url.fragment:
        raise ValueError(
            "must hold neither a user nor a query; the key comes from NEWSLETTER_MODEL_KEY"
        )
    if url.scheme != "https" and not (url.scheme == "http" and at_home(url.host or "")):
        raise ValueError("must begin with https://; http:// is only for this machine (127.0.0.1)")
    return str(url).rstrip("/")  # as parsed here, so that nobody parses it otherwise


def host_of(address: str) -> str:
    """Return the host of an address that `model_address` returned."""
    return AnyUrl(address).host or ""


def at_home(host: str) -> bool:
    """Tell whether a host name or address means this machine."""
    return (
        host in {"localhost", "::1", "[::1]"}
        or re.fullmatch(r"127(\.\d{1,3}){3}", host) is not None
    )


class Model(Strict):
    """Which hand writes. The key comes from NEWSLETTER_MODEL_KEY, never from here.

    `timeout_seconds` is the longest silence of the service, `retries` how often a request
    that failed in passing is made again; the whole of a run's calls ends with
    ``budget.run.seconds``. `mode` pins how replies are held to their schema; ``auto``
    starts with the strictest and steps down where a service knows no better. `facts` is
    the most that a prompt lists: some 40 tokens each, so fewer for a model with little room.
    """

    writer: Literal["house", "model"] = "house"
    name: str = Field(default="", max_length=200)
    base_url: str | None = None
    temperature: float = Field(default=0.7, ge=0, le=2)
    max_tokens: int = Field(default=6000, ge=64, le=128_000)
    timeout_seconds: float = Field(default=120, gt=0, le=900)
    retries: int = Field(default=3, ge=0, le=8)
    facts: int = Field(default=260, ge=20, le=400)
    mode: Literal["auto", "responses", "json_schema", "json_object", "plain"] = "auto"
    budget: Budget = Budget()
    price: ModelPrice = ModelPrice()

    @model_validator(mode="after")
    def _able_to_write(self) -> "Model":
        if self.base_url is not None:
            try:
                model_address(self.base_url)
            except ValueError as error:  # told here: of a part, its value would be printed too
                raise ValueError(f"base_url {error}") from None
        if self.writer == "model" and not self.name.strip():
            raise ValueError(
                "writer is 'model' but name is empty; add the name its service knows it by"
            )
        if self.max_tokens > self.budget.run.tokens:
            raise ValueError(
                f"max_tokens is {self.max_tokens}, more than budget.run.tokens "
                f"{self.budget.run.tokens}; no request could ever be made"
            )
        return self

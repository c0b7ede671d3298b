"""What the house declares about itself: positions, payments, registrations, licences.

The registers are histories: a line holds from its date until a later line of the same
ticker, or its end. Old lines are kept, so that a past edition is rebuilt as it was.
"""

import datetime as dt
from collections.abc import Collection, Iterable
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from newsletter.universe import Identifier, Strict, Symbol, plain

Jurisdiction = Literal["US", "EU", "UK", "CA", "IN"]
Registration = Annotated[str, Field(pattern=r"^[A-Z0-9][A-Z0-9 ./-]{2,39}$")]
Licence = Literal["licensed", "personal_use", "unstated"]

CLOSED = "none"
"""The position of a holding that has ended."""
EVERYTHING = "*"
"""Stands for all instruments in `Compliance.paid`."""

_KNOWN: dict[str, Licence] = {
    "yahoo": "personal_use", "cboe": "personal_use", "issuer": "personal_use",
}  # fmt: skip
"""What a provider's own terms say, unless the publisher states another agreement."""


def _one_line(value: str) -> str:
    if value != value.strip() or any(ord(letter) < 32 for letter in value):
        raise ValueError("must be one line without spaces at its ends")
    return value


class Holding(Strict):
    """A position of the publisher or of someone who writes, edits or approves.

    Parameters
    ----------
    ticker : str
        The instrument; ``^`` of an index may be left out.
    position : str
        In words: ``long``, ``short``, ``long, above one half of one per cent of the
        capital``; ``none`` where an earlier position has ended.
    as_of : datetime.date
        From when the line holds.
    """

    ticker: Symbol
    position: str = Field(min_length=4, max_length=100)
    as_of: dt.date

    @field_validator("position")
    @classmethod
    def _in_words(cls, value: str) -> str:
        value = _one_line(value)
        if not value.split()[0].strip(",;").lower().isalpha():
            raise ValueError("must begin with a word such as 'long', 'short' or 'none'")
        return value

    @property
    def words(self) -> str:
        """As print states it, without the ticker."""
        return f"{self.position}, as of {_date(self.as_of)}"


class Sponsor(Strict):
    """Someone who gives money, or something worth money, to the publisher.

    Parameters
    ----------
    payer, amount, nature : str
        Who gave what, for what: ``Acme Funds``, ``USD 5,000``, ``one month's sponsorship``.
    tickers : tuple of str
        Instruments the payer has an interest in; empty where it is none in particular.
    since, until : datetime.date, optional
        First and last session whose edition discloses it; open where not given.
    """

    payer: str = Field(min_length=2, max_length=80)
    amount: str = Field(min_length=1, max_length=60)
    nature: str = Field(min_length=3, max_length=120)
    tickers: tuple[Symbol, ...] = ()
    since: dt.date | None = None
    until: dt.date | None = None

    @field_validator("payer", "amount", "nature")
    @classmethod
    def _lines(cls, value: str) -> str:
        return _one_line(value)

    @model_validator(mode="after")
    def _in_order(self) -> "Sponsor":
        if self.since and self.until and self.until < self.since:
            raise ValueError(f"until {self.until} lies before since {self.since}")
        return self

    @property
    def words(self) -> str:
        """As print states it."""
        about = f", concerning {', '.join(map(plain, self.tickers))}" if self.tickers else ""
        return f"{self.payer} paid {self.amount} for {self.nature}{about}"

    def holds(self, on: dt.date) -> bool:
        """Tell whether the edition of a session must disclose it."""
        return (self.since or on) <= on <= (self.until or on)


class Compliance(Strict):
    """The ``compliance`` section of config.yaml.

    Parameters
    ----------
    holdings : tuple of Holding or None
        None declares nothing, and readers are told so; an empty list declares that
        there are no positions.
    sponsors : tuple of Sponsor
        Payments.
    registrations : dict of str to str
        Registration number by jurisdiction, e.g. ``IN: INH000001234``.
    licences : dict of str to str
        By provider: ``licensed`` (figures may be sent to the public), ``personal_use``
        (they may not) or ``unstated``.
    require_licences : bool
        Block, and not merely warn, unless every source is licensed.
    views_url : str, optional
        Page that lists the views of the last twelve months; without it the list is
        promised on request.
    """

    holdings: tuple[Holding, ...] | None = Field(default=None, max_length=60)
    sponsors: tuple[Sponsor, ...] = Field(default=(), max_length=20)
    registrations: dict[Jurisdiction, Registration] = Field(default={})
    licences: dict[Identifier, Licence] = Field(default={})
    require_licences: bool = False
    views_url: str | None = Field(default=None, pattern=r"^https://[^\s/]+(/\S*)?$")

    @model_validator(mode="after")
    def _one_line_a_day(self) -> "Compliance":
        seen: set[tuple[str, dt.date]] = set()
        for holding in self.holdings or ():
            key = (plain(holding.ticker), holding.as_of)
            if key in seen:
                raise ValueError(
                    f"holdings has two lines for {key[0]} as of {key[1]}; keep the one that holds"
                )
            seen.add(key)
        return self

    def held(self, on: dt.date) -> dict[str, str] | None:
        """Return the positions at a session in words, by ticker; None where undeclared.

        Parameters
        ----------
        on : datetime.date
            The session; later lines are not yet true.
        """
        if self.holdings is None:
            return None
        latest: dict[str, Holding] = {}
        for holding in sorted(self.holdings, key=lambda line: line.as_of):
            if holding.as_of <= on:
                latest[plain(holding.ticker)] = holding
        return {
            ticker: latest[ticker].words
            for ticker in sorted(latest)
            if latest[ticker].position.lower() != CLOSED
        }

    def payments(self, on: dt.date) -> tuple[str, ...]:
        """Return the payments that the edition of a session discloses, in words."""
        return tuple(sponsor.words for sponsor in self.sponsors if sponsor.holds(on))

    def paid(self, on: dt.date) -> dict[str, str]:
        """Return the payments by ticker; `EVERYTHING` where they concern none in particular."""
        by_ticker: dict[str, list[str]] = {}
        for sponsor in self.sponsors:
            if sponsor.holds(on):
                for ticker in map(plain, sponsor.tickers or (EVERYTHING,)):
                    by_ticker.setdefault(ticker, []).append(sponsor.words)
        return {ticker: "; ".join(words) for ticker, words in sorted(by_ticker.items())}

    def licensed(self, providers: Iterable[str], public: Collection[str] = ()) -> bool | None:
        """Tell whether figures of some providers may be sent to the public.

        Parameters
        ----------
        providers : iterable of str
            Names, as facts state their source.
        public : collection of str
            Those of them whose own licences allow it. What `licences` states goes before.

        Returns
        -------
        bool or None
            False where one is for personal use only; None where one is unstated.
        """
        known = {**_KNOWN, **dict.fromkeys(public, "licensed"), **self.licences}
        stated = {known.get(provider, "unstated") for provider in providers}
        if "personal_use" in stated:
            return False
        return None if "unstated" in stated or not stated else True


def _date(day: dt.date) -> str:
    return f"{day.day} {day:%B} {day.year}"

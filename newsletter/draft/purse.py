"""What a run may spend on a model: tokens, money and seconds, and the month's share.

Pure accounting. A call is judged before it is made, by the most it could cost, so a
purse is never emptied by a surprise: see `Purse.require`.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from newsletter.draft.model import Fault, ModelError, Reply

_MILLION = Decimal(1_000_000)
_CHARACTERS_PER_TOKEN = 3
_FREE = frozenset({Fault.UNAUTHORISED, Fault.UNAVAILABLE, Fault.BUDGET})


def tokens_of(characters: int) -> int:
    """Estimate tokens where nobody has counted them: characters / 3, upwards."""
    return -(-characters // _CHARACTERS_PER_TOKEN)


@dataclass(frozen=True, slots=True)
class Limits:
    """What may be spent.

    Parameters
    ----------
    tokens : int
        In and out together.
    money : decimal.Decimal
        In the currency of the price list.
    seconds : float
        Of a run; a month has no such limit.
    """

    tokens: int
    money: Decimal
    seconds: float = math.inf


@dataclass(frozen=True, slots=True)
class Price:
    """What a model costs.

    Parameters
    ----------
    input, output : decimal.Decimal
        Per million tokens; both 0 for a model at home.
    """

    input: Decimal = Decimal(0)
    output: Decimal = Decimal(0)

    def of(self, tokens_in: int, tokens_out: int) -> Decimal:
        """Return the exact cost of that many tokens."""
        return (tokens_in * self.input + tokens_out * self.output) / _MILLION


class Purse:
    """The accounts of one run, within its month.

    Parameters
    ----------
    run, month : Limits
        Both hold; the narrower one decides.
    price : Price
        Of the model in use.
    clock : callable
        Seconds that only rise, e.g. `time.monotonic`. Its first reading starts the run.
    month_tokens : int
        Spent this month before this run.
    month_money : decimal.Decimal
        Likewise.
    booked : callable, optional
        Told the tokens and the cost of each call as they are spent, for the month's accounts.
    """

    def __init__(
        self,
        run: Limits,
        month: Limits,
        price: Price,
        clock: Callable[[], float],
        *,
        month_tokens: int = 0,
        month_money: Decimal = Decimal(0),
        booked: Callable[[int, Decimal], None] | None = None,
    ) -> None:
        self._booked = booked
        self._run, self._month, self._price, self._clock = run, month, price, clock
        self._before = (month_tokens, month_money)
        self._began = clock()
        self.tokens = 0
        """Spent by this run."""
        self.money = Decimal(0)
        """Spent by this run."""

    @property
    def seconds_left(self) -> float:
        """Time the run still has, 0 at least."""
        return max(0.0, self._run.seconds - (self._clock() - self._began))

    def require(self, max_tokens: int, prompt_characters: int) -> None:
        """Refuse a call that could spend more than is left.

        Parameters
        ----------
        max_tokens : int
            Longest reply.
        prompt_characters : int
            Of both halves of the prompt and the schema.

        Raises
        ------
        ModelError
            With `Fault.BUDGET`: which limit, what is left of it, what the call could take.
        """
        if self.seconds_left <= 0:
            raise _over(f"the {self._run.seconds:g} seconds of this run are used up")
        tokens_in = tokens_of(prompt_characters)
        tokens, money = tokens_in + max_tokens, self._price.of(tokens_in, max_tokens)
        spent_tokens, spent_money = self._before
        for limits, name, used, paid in (
            (self._run, "run", self.tokens, self.money),
            (self._month, "month", self.tokens + spent_tokens, self.money + spent_money),
        ):
            if used + tokens > limits.tokens:
                left = max(0, limits.tokens - used)
                raise _over(f"it could take {tokens} tokens and the {name} has {left} left")
            if paid + money > limits.money:
                rest = max(Decimal(0), limits.money - paid)
                raise _over(f"it could cost {money:.4f} and the {name} has {rest:.4f} left")

    def pay(self, reply: Reply) -> Decimal:
        """Take a reply's tokens and cost from the purse.

        Parameters
        ----------
        reply : Reply
            One that was kept from an earlier call is free.

        Returns
        -------
        decimal.Decimal
            What it cost.
        """
        if reply.kept:
            return Decimal(0)
        return self._spend(reply.tokens_in, reply.tokens_out)

    def forfeit(self, fault: Fault, max_tokens: int, prompt_characters: int) -> Decimal:
        """Take the most a failed call could have cost, where its service had begun to work.

        Parameters
        ----------
        fault : Fault
            Why there is no reply. A service that was not reached, or refused the caller,
            charges nothing; after any other fault the bill is unknown, so all is assumed.
        max_tokens, prompt_characters : int
            As `require` was asked.

        Returns
        -------
        decimal.Decimal
            What it is taken to have cost.
        """
        if fault in _FREE:
            return Decimal(0)
        return self._spend(tokens_of(prompt_characters), max_tokens)

    def _spend(self, tokens_in: int, tokens_out: int) -> Decimal:
        cost = self._price.of(tokens_in, tokens_out)
        self.tokens += tokens_in + tokens_out
        self.money += cost
        if self._booked is not None:
            self._booked(tokens_in + tokens_out, cost)
        return cost


def _over(why: str) -> ModelError:
    return ModelError(f"The model is not asked: {why}; see model.budget.", Fault.BUDGET)

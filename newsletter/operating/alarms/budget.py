"""The month's budget of the language model, once it is used up."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsletter.review.alert import Raised

if TYPE_CHECKING:
    from newsletter.app import House


@dataclass(frozen=True, slots=True)
class Budget:
    """Looks at what the month has cost."""

    id: str = "budget"
    every: dt.timedelta = dt.timedelta(minutes=15)
    slow: bool = True

    def look(self, house: "House", since: dt.datetime) -> Iterator[Raised]:
        """Yield the month whose tokens or money are spent."""
        del since
        model, now = house.config.model, house.clock.now()
        if model.writer == "house":
            return
        (tokens, money), month = house.spent(now), model.budget.month
        if tokens < month.tokens and money < month.money:
            return
        yield Raised(
            self.id, f"{now:%Y-%m}", "The model's budget is used up",
            f"{now:%B} has taken {tokens:,} of {month.tokens:,} tokens and {money:.2f} of "
            f"{month.money:.2f} in money.",
            "The house writer takes over until the month is over; raise model.budget.month if "
            "the model is to go on.",
        )  # fmt: skip


ALARM = Budget()

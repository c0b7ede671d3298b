"""Model: the hand that writes is there, its service answers and takes the key."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from newsletter import wire
from newsletter.config import secret
from newsletter.doctor.asking import Silent, Told, ask
from newsletter.doctor.finding import Finding, Health
from newsletter.errors import ConfigError
from newsletter.hand import at_home, host_of, model_address

if TYPE_CHECKING:
    from newsletter.app import House

OPENAI = "https://api.openai.com/v1"
MODEL_KEY = "NEWSLETTER_MODEL_KEY"


@dataclass(frozen=True, slots=True)
class _Model:
    id: str = "model"
    title: str = "the hand that writes"

    def look(self, house: "House") -> "Iterator[Finding]":
        """Ask the service which models it has: that costs nothing and shows that the key works."""
        settings = house.config.model
        if settings.writer == "house":
            words = "The house writer writes; it needs no model and no key."
            yield Finding(self.id, "model.writer", Health.OK, words)
            return
        try:
            address = model_address(settings.base_url or OPENAI)
            home = at_home(host_of(address))
            key = wire.usable_key(secret(MODEL_KEY), "model", MODEL_KEY, home=home)
        except (ConfigError, ValueError) as error:
            yield Finding(self.id, "model", Health.BAD, f"{str(error).rstrip('.')}.")
            return
        headers = {"authorization": f"Bearer {key.get_secret_value()}"} if key else {}
        try:
            told = ask(f"{address}/models", headers)
        except Silent as error:
            words = f"The service gives no answer ({error}); check model.base_url and the network."
            yield Finding(self.id, "model.base_url", Health.BAD, words)
            return
        yield self._meant(told, settings.name)

    def _meant(self, told: Told, name: str) -> Finding:
        if told.status in {401, 403}:
            words = f"The service refuses the key ({told.status}); check {MODEL_KEY}."
            return Finding(self.id, MODEL_KEY, Health.BAD, words)
        if told.status == 429:
            words = "The service answers 429 (too many requests, or no money); look at its account."
            return Finding(self.id, "model", Health.WARN, words)
        if told.status in {404, 405, 501}:
            words = (
                "The service answers, but lists no models; whether the name is right is not known."
            )
            return Finding(self.id, "model.name", Health.UNKNOWN, words)
        if told.status != 200:
            words = f"The service answers {told.status}; try again later or check model.base_url."
            return Finding(self.id, "model.base_url", Health.BAD, words)
        names = listed(told.body)
        if not names:
            words = "The service answers; which models it has could not be read."
            return Finding(self.id, "model.name", Health.OK, words)
        if name not in names:
            words = f"The service has no model {name!r} in its list; set model.name to one it has."
            return Finding(self.id, "model.name", Health.WARN, words)
        return Finding(self.id, "model.name", Health.OK, f"The service answers and has {name}.")


def listed(body: bytes) -> set[str]:
    """Return the ids of an answer's models; empty where it is no list of them."""
    try:
        data: Any = json.loads(body)
        return {str(one["id"]) for one in data["data"]}
    except (ValueError, KeyError, TypeError, RecursionError):
        return set()


CHECK = _Model()

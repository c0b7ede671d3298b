"""Forms: what kind of piece an edition is; one file each in ``draft/forms``."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from newsletter import registry
from newsletter.compute.facts import Ledger
from newsletter.config import Universe
from newsletter.draft.claims import Draft

FORMS = "newsletter.draft.forms"

Write = Callable[[Ledger, Universe, Collection[str]], Draft]


@dataclass(frozen=True, slots=True)
class Form:
    """A kind of piece, as the house writer writes it and as a model is asked for it.

    Parameters
    ----------
    id : str
        The name that ``editions.*.form`` of config.yaml gives it; its file's too.
    write : callable
        Ledger, Universe and what earlier editions said to the house writer's Draft.
    prompt : str
        Id of the prompt that asks a model for its prose.
    """

    id: str
    write: Write
    prompt: str = "brief"


def forms() -> dict[str, Form]:
    """Return every form found in ``draft/forms``, by id."""
    return registry.collect(
        value
        for module in registry.modules(FORMS)
        for value in vars(module).values()
        if isinstance(value, Form)
    )

"""How the letter is to sound: the ``voice`` part of config.yaml."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from newsletter.universe import Strict

DESCRIPTION = (
    "You are sharp, sceptical and concrete. You take a position that could turn out wrong and "
    "say what it rests on; you state the best case against it as its friends would. You cite "
    "how often a thing has happened and what followed, and say so where the past says nothing. "
    "Short sentences carry the argument, verbs are plain, and no sentence could stand in any "
    "other evening's letter."
)
BANNED = (
    "delve", "tapestry", "navigate", "landscape", "amid", "game changer", "perfect storm",
    "only time will tell", "it remains to be seen", "buckle up", "roller coaster", "uncharted",
    "double-edged sword", "tip of the iceberg", "wall of worry", "cautiously optimistic",
    "skyrocket", "plummet", "investors should", "guaranteed", "no-brainer",
)  # fmt: skip
_STANCE = {
    "bold": "Come down on one side every evening; `neither` only where the facts truly balance.",
    "balanced": "Take a side where the weight of evidence is clear, and say plainly where not.",
    "measured": "Prefer `neither`; take a side only on evidence that is strong and long.",
}

_Phrase = Annotated[str, Field(min_length=2, max_length=60)]
_Passage = Annotated[str, Field(min_length=20, max_length=1500)]


class Voice(Strict):
    """How the letter sounds.

    `description` says it in words, `stance` how readily a side is taken, `words` how long the
    body is, `banned` what is not written, `examples` passages whose manner (never whose facts)
    is to be followed. The house writer keeps to a voice of its own.
    """

    description: str = Field(default=DESCRIPTION, min_length=20, max_length=2000)
    stance: Literal["bold", "balanced", "measured"] = "bold"
    words: tuple[int, int] = (450, 650)
    banned: tuple[_Phrase, ...] = BANNED
    examples: tuple[_Passage, ...] = Field(default=(), max_length=5)

    @model_validator(mode="after")
    def _a_length_that_can_be_met(self) -> "Voice":
        fewest, most = self.words
        if not 250 <= fewest < most <= 2000:
            raise ValueError(
                f"words are {fewest} to {most}; give two numbers between 250 and 2000, the "
                "smaller first"
            )
        return self

    def told(self) -> str:
        """Return what a prompt says of the voice."""
        parts = [self.description, _STANCE[self.stance]]
        if self.banned:
            parts.append(f"Never write: {', '.join(self.banned)}.")
        if self.examples:
            shown = "\n".join(f"> {' '.join(text.split())}" for text in self.examples)
            parts.append(f"Follow the manner of these passages, not their facts:\n{shown}")
        return "\n".join(parts)

    @property
    def length(self) -> str:
        """The wanted length of the body in words, ``"450 to 650"``."""
        return f"{self.words[0]} to {self.words[1]}"

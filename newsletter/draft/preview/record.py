"""What we said: the house's calls, counted from its own record."""

from newsletter.draft.evening import Evening
from newsletter.draft.prose import pick, sentences
from newsletter.draft.remembered import CALLS


def paragraph(ev: Evening) -> str | None:
    """Count the calls on record; None before the first is made."""
    if not ev.has(f"{CALLS}.made", f"{CALLS}.settled", f"{CALLS}.right"):
        return None
    made = f"Of our calls, {{{{{CALLS}.made}}}} have been made"
    if not ev.value(f"{CALLS}.settled"):
        return sentences(
            f"{made}, and none has run its time.",
            pick(ev, 861, ("We shall say how they end, whichever way that is.",
                           "Until they end, they prove nothing, and we claim nothing.")),
        )  # fmt: skip
    return sentences(
        f"{made}. Of our calls, {{{{{CALLS}.settled}}}} have been settled. Of our calls, "
        f"{{{{{CALLS}.right}}}} have proved right.",
        pick(ev, 863, ("None is ever taken off the list.",
                       "The table at the end sets them beside callers who do not think at all.",
                       "The wrong ones stay in the count.")),
    )  # fmt: skip

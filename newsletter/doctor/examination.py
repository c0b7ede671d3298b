"""Looking at everything at once: each check in a thread of its own, all within a bound."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Collection, Iterable
from typing import TYPE_CHECKING, Final

from newsletter import registry
from newsletter.doctor.finding import Check, Finding, Health
from newsletter.errors import ConfigError, NewsletterError
from newsletter.send.addresses import UNPRINTABLE, redact

if TYPE_CHECKING:
    from newsletter.app import House

SECONDS: Final = 15.0
"""How long all checks have together."""
LATE: Final = "the check's end"
"""Subject of a finding that a check did not come to its end."""
LONGEST: Final = 600
"""Characters of a sentence: what a stranger's server says is cut there."""
_FOLDER: Final = "newsletter.doctor.checks"


def checks(only: Collection[str] = ()) -> dict[str, Check]:
    """Return the checks by id.

    Parameters
    ----------
    only : collection of str
        Ids; empty for all of them.

    Raises
    ------
    ConfigError
        If one of the ids is none.
    """
    known = registry.names(_FOLDER)
    for name in only:
        if name not in known:
            raise ConfigError(f"There is no check {name!r}; there are {', '.join(known)}.")
    found: dict[str, Check] = registry.collect(one.CHECK for one in registry.modules(_FOLDER))
    return {name: check for name, check in found.items() if not only or name in only}


def examine(house: House, only: Collection[str] = (), seconds: float = SECONDS) -> list[Finding]:
    """Run the checks all at once; return what they found, by check and in their order.

    Whatever goes wrong in a check is a finding. One that does not end in time is left behind
    in a daemon's thread and told of as such.

    Parameters
    ----------
    house : House
        The workspace; nothing of it is changed.
    only : collection of str
        Ids of checks; empty for all.
    seconds : float
        For all of them together.
    """
    wanted = checks(only)
    done: queue.Queue[tuple[str, list[Finding]]] = queue.Queue()

    def run(name: str, check: Check) -> None:
        done.put((name, _looked(check, house)))

    for name, check in wanted.items():
        threading.Thread(target=run, args=(name, check), name=f"doctor-{name}", daemon=True).start()
    found: dict[str, list[Finding]] = {}
    last = time.monotonic() + seconds
    while len(found) < len(wanted):
        try:
            name, each = done.get(timeout=max(0.0, last - time.monotonic()))
        except queue.Empty:
            break
        found[name] = each
    return [
        finding
        for name in wanted
        for finding in found.get(name) or [_late(name, seconds)]
    ]  # fmt: skip


def _looked(check: Check, house: House) -> list[Finding]:
    try:
        found: Iterable[Finding] = check.look(house)
        return [_clean(one) for one in found]
    except (ConfigError, NewsletterError) as error:
        words = str(error)
    except Exception as error:  # noqa: BLE001 - whatever is broken, the others are still told
        # Its own words are left out: nobody knows what stands in them.
        words = f"It broke off ({type(error).__name__}); this is a fault of the program: report it."
    return [_clean(Finding(check.id, "the check", Health.UNKNOWN, words))]


def _clean(finding: Finding) -> Finding:
    """Return a finding that names no address and cannot move a terminal's cursor."""
    words = redact(_line(finding.words))
    cut = words if len(words) <= LONGEST else words[: LONGEST - 1] + "…"
    return Finding(finding.check, redact(_line(finding.subject))[:80], finding.health, cut)


def _line(text: str) -> str:
    return " ".join(UNPRINTABLE.sub(" ", text).split())


def _late(name: str, seconds: float) -> Finding:
    words = f"No answer within {seconds:.0f} s; look at the network, then run the check again."
    return Finding(name, LATE, Health.UNKNOWN, words)

"""Live: how an edition in the making stands, as the page is told."""

from typing import Any

from newsletter.preview.studio import Studio
from newsletter.underway import STAGES, Making, lasting, readable

_TITLES = {
    "running": "In the making",
    "done": "Made",
    "failed": "It failed",
    "stale": "Broken off",
}


class Live:
    """Tells what changes by itself: files, revisions, runs.

    Parameters
    ----------
    studio : Studio
        What is previewed.
    """

    def __init__(self, studio: Studio) -> None:
        self._studio = studio
        self._named = ("", "")  # a mail and its subject

    def state(self, key: str = "") -> dict[str, Any]:
        """Return how an edition stands, as plain JSON data; by default the one shown first."""
        studio = self._studio
        key = studio.shown(key)
        revision, now = studio.revision(key), studio.house.clock.now()
        run = studio.run(key)
        return {
            "key": key,
            "mark": studio.mark(key),
            "mail": studio.exists(key),
            "subject": self._subject(revision),
            "run": run and _told(run, now),
        }

    def _subject(self, revision: tuple[int, str] | None) -> str:
        if revision is None:
            return ""
        if self._named[0] != revision[1]:  # the whole mail is read for it: once, not each time
            self._named = revision[1], self._studio.house.pipeline.mail(revision[1]).subject
        return self._named[1]


def _told(run: Making, now: Any) -> dict[str, Any]:
    """Return what the page shows of a run."""
    sent = f"{run.sent:,} characters" if run.sent else ""
    document = run.to_json(now)
    return {
        **document,
        "title": _TITLES[document["state"]],
        "verdict": run.verdict(now),
        "stages": STAGES.get(run.work, ()),
        "took": lasting(run.seconds(now)),
        "about": " · ".join(part for part in (run.hand, sent) if part),
        "prose": readable(run.text),
    }

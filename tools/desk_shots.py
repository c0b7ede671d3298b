"""Pictures of every page of the desk: ``python tools/desk_shots.py docs/images/desk``.

A workspace of the sample market gets editors, readers, an edition in review, one that was sent
and is corrected, a copy in doubt; its desk is served and opened in Chromium. Two schemes and
two widths take turns, so that each page is seen once and all four often.
"""

import contextlib
import io
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

import desk_support  # noqa: E402
from conftest import ARGUMENTS, CHROMIUM  # noqa: E402
from PIL import Image  # noqa: E402
from playwright.sync_api import sync_playwright  # noqa: E402

from newsletter.draft.erratum import Wrong  # noqa: E402
from newsletter.review.edition import EditionKey  # noqa: E402
from newsletter.send.delivery import Delivery, DeliveryState, Subscriber  # noqa: E402

COLOURS: Final = 96
WIDE, NARROW = 1280, 390
RIGHT = "The small-cap fund is {{IWM.return.ytd|signed}} this year."


def in_review(key: str) -> dict[str, str]:
    """Return the pages of an edition that waits, by the name of their picture."""
    return {
        "tonight.light": "/", "tonight.phone": "/", "review.light": f"/editions/{key}",
        "findings.dark": f"/editions/{key}?panel=findings",
        "compare.light": f"/editions/{key}?panel=compare",
        "history.dark": f"/editions/{key}?panel=history",
        "comments.light": f"/editions/{key}?panel=comments",
        "write.light": f"/editions/{key}?panel=write",
        "write.phone": f"/editions/{key}?panel=write",
        "decide.dark": f"/editions/{key}/decide",
    }  # fmt: skip


def gone_out(key: str, reader: str) -> dict[str, str]:
    """Return the other pages, once it has gone out and is corrected."""
    correction = str(EditionKey.parse(key).correction(1))
    return {
        "correct.light": f"/editions/{correction}/correct", "corrected.dark": f"/editions/{key}",
        "correction.light": f"/editions/{correction}", "archive.light": "/archive",
        "signals.light": "/signals", "signals.phone": "/signals",
        "formula.dark": "/signals/formula/size", "scorecard.light": "/scorecard",
        "audience.dark": "/audience", "reader.light": f"/audience/{reader}",
        "deliveries.light": "/deliveries", "delivery.dark": f"/deliveries/{key}",
        "audit.light": "/audit?check=true", "people.light": "/people", "account.dark": "/account",
        "webhooks.light": "/webhooks", "work.dark": "/work",
        "settings.light": "/settings", "api.dark": "/api",
    }  # fmt: skip


def taken(page: Any, path: str, file: Path) -> None:
    """Take one picture, in few colours."""
    page.goto(path)
    page.wait_for_timeout(900)
    picture = Image.open(io.BytesIO(page.screenshot()))
    picture.convert("RGB").quantize(COLOURS).save(file, optimize=True)


def sent(desk: Any) -> str:
    """Send the edition, begin its correction, put a copy in doubt; return a reader's id."""
    house, key = desk.house, EditionKey.parse(desk.key)
    house.desk.approve(key, "Bo")
    house.pipeline.deliver(lambda work, *given: work(*given), desk.key)
    reader, _ = house.audience.add("zoe@example.com", "Zoe", "evening", {}, house.clock.now())
    who = Subscriber(reader.id, reader.email, "Zoe", "evening")
    copy = Delivery(
        desk.key, who, f"{reader.id}@x", DeliveryState.IN_DOUBT, 1, "", house.clock.now()
    )
    house.deliveries.freeze(desk.key, [copy])
    said = house.corrections.sentences(desk.edition())[0]
    house.corrections.begin(key, [Wrong(said, RIGHT)], "An editor's slip.", "Nothing else.", "Di")
    return str(reader.id)


def main(folder: Path) -> None:
    """Make the workspace and take all pictures."""
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory() as base, contextlib.ExitStack() as doors:
        made = desk_support._made(Path(base))  # before the browser: its event loop is not the run's
        play = doors.enter_context(sync_playwright())
        browser = play.chromium.launch(executable_path=str(CHROMIUM), args=ARGUMENTS)
        desk = desk_support.Desk(Path(base) / "desk", made, lambda: browser)
        said = {"words": "Is this too sure?", "part": "headline"}
        desk.client("compliance").act(f"/editions/{desk.key}/comments", **said)
        entrance = {"login.light": "/login", "invitation.dark": (
            f"/invitation/{desk.newsroom.guard.invitations.make('Di', 'Ada')}"
        )}  # fmt: skip
        approve = desk.newsroom.guard.links.make(desk.key, desk.edition().revision.content, "Bo")
        shots(desk, None, entrance, folder)
        shots(desk, "editor", {"approve.phone": f"/approve/{approve}"}, folder)
        shots(desk, "admin", in_review(desk.key), folder)
        shots(desk, "admin", gone_out(desk.key, sent(desk)), folder)
        desk.close()
        browser.close()


def shots(desk: Any, role: str | None, pages: dict[str, str], folder: Path) -> None:
    """Take the pictures of some pages as somebody sees them."""
    for name, path in pages.items():
        kind = name.rpartition(".")[2]
        width, scheme = NARROW if kind == "phone" else WIDE, "dark" if kind == "dark" else "light"
        page = desk.page(role, None, width, scheme)
        taken(page, path, folder / f"{name}.png")
        page.context.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""Time preflight: whole mails against ledgers of many sizes, long texts, hostile megabytes.

Usage: python benchmarks/preflight_speed.py [--path DIR --session DATE] [--sizes 1000 ...]
       [--repeat N] [--warm N] [--others DATE ...] [--no-hostile] [--out FILE]

The mail is the edition of a session of real data (``--path`` as for ``newsletter run
--provider files``), else the one in ``tests/golden``; ledgers are its own facts, copied under
other subjects. Three times are told apart, as medians of some runs in milliseconds: a ledger
never seen before (its indexes are built), a text never seen before on a known ledger (all
that is remembered of texts is forgotten first), and a revision with one paragraph changed.
With ``--others`` (sessions of the same data) a fourth time is taken, the one that a running
house sees: before each measurement everything is forgotten and the editions of those sessions
are checked against their own ledgers; then comes this session's edition, which the process
has not met, in words and phrases that it partly has. Then texts of growing length, and seconds
for a megabyte of each kind of malice.

A pattern is read by `newsletter.preflight.scanning.sieve` only once it was asked for `OFTEN` times,
so a process gets faster over its first checks; what an earlier one has read it knows at once,
unless ``PYTHONPYCACHEPREFIX`` names an empty folder. The first one is timed as it is (``cold``);
before anything else is timed the mail is checked ``--warm`` times, each time as if never
seen before, and ``learning`` says what these took.
"""

import argparse
import functools
import gc
import json
import statistics
import sys
import tempfile
import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests" / "unit"))
sys.path.insert(0, str(ROOT / "tests"))

from preflight_support import BRIEFING, LEDGER  # noqa: E402

from newsletter.compute.facts import Ledger, index_facts  # noqa: E402
from newsletter.preflight import prover  # noqa: E402
from newsletter.preflight.check import check, check_mail  # noqa: E402
from newsletter.preflight.scanning import sieve  # noqa: E402
from newsletter.preflight.text.document import Document  # noqa: E402

SIZES = (1_000, 5_000, 20_000, 80_000)
LENGTHS = (1, 2, 4, 8)
_MEGA = 1_000_000
_INDEXES = frozenset({"assertions", "rules", "_asked", "_sides", "_lengths"})
HOSTILE = {
    "digits": "1" * _MEGA,
    "numbers": "1 " * (_MEGA // 2),
    "percentages": "1.5% " * (_MEGA // 5),
    "brackets": "(" * _MEGA,
    "square brackets": "[" * (_MEGA // 2) + "](" * (_MEGA // 4),
    "and": "and " * (_MEGA // 4),
    "quotes": "\"'" * (_MEGA // 2),
    "dashes": "-—–" * (_MEGA // 3),
    "spelled": "twenty-one " * (_MEGA // 11),
    "halves": "half a quarter of " * (_MEGA // 18),
    "names": "small caps rose " * (_MEGA // 16),
    "strangers": "Walmart fell airlines rose " * (_MEGA // 27),
    "months": "since early May " * (_MEGA // 16),
    "soft hyphens": "a\u00ad" * (_MEGA // 2),
    "full width": "\uff12\uff15\uff05" * (_MEGA // 3),
    "right to left": "\u202e1%" * (_MEGA // 3),
    "spaces": " " * _MEGA,
    "full stops": "a. " * (_MEGA // 3),
    "commas": "a, " * (_MEGA // 3),
    "one sentence": "small caps rose 3%, and the S&P 500, which never gained, " * (_MEGA // 57),
    "sentences": "Small caps rose 3% this week. Walmart did not gain. " * (_MEGA // 52),
    "paragraphs": "Small caps rose 3% this week. Walmart did not gain.\n\n" * (_MEGA // 53),
    "headings": "# Small caps rose 3%\n\nIWM fell.\n\n" * (_MEGA // 33),
    "long table": "| IWM | 3% |\n" * (_MEGA // 13),
    "wide table": ("|" + "1%|" * (_MEGA // 6) + "\n") * 2,
    "just short enough": "\n\n".join(
        " ".join(f"Then {9 * p + n} {'Walmart fell airlines rose ' * 70}." for n in range(6))
        for p in range(90)
    ),
}
HOSTILE_HTML = {
    "nested": "<div>" * (_MEGA // 5) + "IWM rose 5%",
    "tables in tables": "<table><tr><td>" * (_MEGA // 15) + "1%",
    "cells": "<table>" + "<tr><td>1%</td></tr>" * (_MEGA // 20),
    "one row": "<table><tr><th>a</th>" + "<td>1%</td>" * (_MEGA // 11),
    "open tags": "<a " * (_MEGA // 3),
    "attributes": "<a " + "b=c " * (_MEGA // 4) + ">IWM",
    "angles": "<" * _MEGA,
    "spans": "<span>1%" * (_MEGA // 8),
}


@dataclass(frozen=True)
class Mail:
    """What is sent, and the facts it was written from."""

    subject: str
    preheader: str
    html: str
    text: str
    ledger: Ledger

    def seconds(self, ledger: Ledger) -> float:
        """Return the seconds that checking takes."""
        start = time.perf_counter()
        parts = (self.subject, self.preheader, self.html, self.text)
        check_mail(*parts, ledger)
        return time.perf_counter() - start

    def revised(self, number: int) -> "Mail":
        """Return the mail with one sentence more in its first paragraphs."""
        more = f" That was revision {number}."
        html = self.html.replace("</p>", f"{more}</p>", 1)
        head, gap, rest = self.text.partition("\n\n")
        return replace(self, html=html, text=f"{head}{more}{gap}{rest}")


def golden() -> Mail:
    """Return the hand-made evening of the tests."""
    folder = ROOT / "tests" / "golden" / "render_basic"
    subject, html, text = (
        (folder / name).read_text(encoding="utf-8")
        for name in ("subject.txt", "body.html", "body.txt")
    )
    return Mail(subject.strip(), "", html, text, LEDGER)


def real(path: str, session: str) -> Mail:
    """Return the edition of a session, written and rendered from real data."""
    from newsletter.app import House
    from newsletter.review.edition import EditionKey

    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "config.yaml").write_text((ROOT / "config.yaml").read_text())
        house = House(Path(folder) / "config.yaml")
        key = EditionKey.parse(f"{session}.XNYS.evening")
        order = {"key": str(key), "provider": "files", "path": str(Path(path).resolve())}
        snapshot = house.collect(order)
        ledger = house.compute(snapshot)
        made = house.render(key, house.house_draft(key, ledger), ledger, snapshot)
    return Mail(made.subject, made.preheader, made.html, made.text, ledger)


def caches() -> list[Any]:
    """Return all that preflight remembers of texts; indexes of ledgers are not among it.

    They are looked for among all objects there are, which drives what a check is about to
    read out of the processor's cache: so it is done before anything is timed.
    """
    return [
        one
        for one in gc.get_objects()
        if isinstance(one, functools._lru_cache_wrapper)
        and (one.__module__ or "").startswith("newsletter.preflight")
        and one.__name__ not in _INDEXES
    ]


def forget(remembered: list[Any]) -> None:
    """Forget all that preflight remembers of texts; indexes of ledgers stay."""
    for one in remembered:
        one.cache_clear()
    for _, kept in prover._PROVERS.values():
        kept._settled.clear()
        kept._reader.subjects._seen.clear()


def times(mail: Mail, size: int, repeat: int) -> dict[str, float]:
    """Return the three times of a mail against a ledger of a size, in milliseconds."""
    found: dict[str, list[float]] = {"new_ledger": [], "unseen_text": [], "revision": []}
    remembered = caches()
    for number in range(repeat):
        facts = enlarged(mail.ledger, size)
        gc.collect()  # of the ledger before; making one is no part of a check
        forget(remembered)
        found["new_ledger"].append(mail.seconds(facts))
        forget(remembered)
        found["unseen_text"].append(mail.seconds(facts))
        found["revision"].append(mail.revised(number).seconds(facts))
    return {f"{name}_ms": _ms(seconds) for name, seconds in found.items()}


def after_others(mail: Mail, others: list[Mail], size: int, repeat: int) -> dict[str, float]:
    """Return milliseconds of an edition never seen, in a process that has checked others."""
    facts, remembered, taken = enlarged(mail.ledger, size), caches(), []
    mail.seconds(facts)  # its indexes are built
    for _ in range(repeat):
        forget(remembered)
        for other in others:
            other.seconds(other.ledger)
        gc.collect()
        taken.append(mail.seconds(facts))
    return {"median_ms": _ms(taken), "worst_ms": round(1000 * max(taken), 1)}


def warming(mail: Mail, count: int) -> dict[str, float]:
    """Return milliseconds of a process's first check, and of those that follow."""
    first = mail.seconds(mail.ledger)
    rest, remembered = [], caches()
    for _ in range(count):
        forget(remembered)
        rest.append(mail.seconds(mail.ledger))
    found = {"cold_ms": _ms([first]), "checks": count, "patterns_learnt": len(sieve.KNOWN)}
    if rest:
        found |= {"learning_s": round(sum(rest), 1), "second_ms": _ms(rest[:1])}
        found["last_ms"] = _ms(rest[-5:])
    return found


def _ms(seconds: list[float]) -> float:
    return round(1000 * statistics.median(seconds), 1)


def enlarged(ledger: Ledger, size: int) -> Ledger:
    """Return a ledger with copies of its facts under other subjects, or cut to a size."""
    facts = list(ledger)
    made = facts[:size]
    copy = 0
    while len(made) < size:
        copy += 1
        for fact in facts[: size - len(made)]:
            tag = f"Z{copy}{fact.subject}"
            made.append(
                replace(fact, id=f"{tag}.{fact.id.partition('.')[2]}", subject=tag,
                        name=f"{fact.name} number {copy}")
            )  # fmt: skip
    return replace(ledger, facts=index_facts(made))


def lengths(repeat: int) -> dict[str, float]:
    """Return milliseconds for texts of growing length, no two paragraphs the same."""
    found, remembered = {}, caches()
    for count in LENGTHS:
        parts = [BRIEFING.replace("small caps", f"small caps ({n})") for n in range(count)]
        document = "\n\n".join(parts)
        runs = []
        for _ in range(repeat):
            forget(remembered)
            start = time.perf_counter()
            check(Document.of_markdown(document), LEDGER)
            runs.append(time.perf_counter() - start)
        found[str(len(document))] = _ms(runs)
    return found


def hostile() -> dict[str, float]:
    """Return seconds for a megabyte of each kind of malice."""
    found = {}
    for read, texts in ((Document.of_text, HOSTILE), (Document.of_html, HOSTILE_HTML)):
        for name, text in texts.items():
            start = time.perf_counter()
            check(read(text), LEDGER)
            found[f"{read.__name__[3:]}: {name}"] = round(time.perf_counter() - start, 2)
    return found


def main() -> None:
    """Run every measurement and print it."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--path")
    parser.add_argument("--session", default="2026-07-02")
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SIZES))
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument("--warm", type=int, default=40)
    parser.add_argument("--others", nargs="*", default=[])
    parser.add_argument("--no-hostile", action="store_true")
    parser.add_argument("--out", type=Path)
    wanted = parser.parse_args()
    mail = real(wanted.path, wanted.session) if wanted.path else golden()
    found: dict[str, Any] = {
        "warming": warming(mail, wanted.warm),
        "mail": {
            "html_characters": len(mail.html),
            "text_characters": len(mail.text),
            "facts": len(list(mail.ledger)),
        },
        "ledger": {str(n): times(mail, n, wanted.repeat) for n in wanted.sizes},
        "length_ms": lengths(wanted.repeat),
    }
    if wanted.path and wanted.others:
        others = [real(wanted.path, session) for session in wanted.others]
        found["after_others"] = {
            str(n): after_others(mail, others, n, wanted.repeat) for n in wanted.sizes
        }
    if not wanted.no_hostile:
        found["hostile_s"] = hostile()
    text = json.dumps(found, indent=1)
    if wanted.out is not None:
        wanted.out.write_text(text + "\n")
    print(text)


if __name__ == "__main__":
    main()

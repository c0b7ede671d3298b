"""Change true sentences of real briefings into false ones; count who notices, and who cries wolf.

Usage: python benchmarks/mutants.py --path DIR [--count N] [--seed S] [--family NAME ...]
       [--sessions N] [--examples N] [--short] [--out FILE]

A mutant counts as caught when a blocking finding touches the mutated sentence that its true
original, in the same place, did not have. The last column counts only mutants whose original
was let through, so that refusing everything earns nothing. Beside the house's own preflight
the same sentences go to two checks that others run. See tests/corpus for how sentences and
mutants are made.
"""

import argparse
import json
import math
import random
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from corpus import briefings  # noqa: E402
from corpus.mutations import FAMILIES, Mutant, mutants  # noqa: E402
from corpus.peers import Etorotrade, Intel  # noqa: E402
from corpus.templates import statements  # noqa: E402

from newsletter.compute.facts import Ledger  # noqa: E402
from newsletter.preflight import check as stage  # noqa: E402
from newsletter.preflight.report import Severity  # noqa: E402
from newsletter.preflight.rule import RuleContext  # noqa: E402
from newsletter.preflight.text.document import Document  # noqa: E402

CHECKERS = ("house", "etorotrade", "intel")
SHORT = ("2018-12-04", "2020-11-09", "2023-07-21", "2026-06-12")
_HOUSE = ("house_figureless", "house_original_passed")
_Z = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Task:
    """One session's share of the work."""

    date: str
    earlier: str | None
    folder: str
    families: tuple[str, ...]
    count: int
    seed: str


Seen = Callable[[briefings.Sentence, str], dict[str, int]]
"""What a checker finds in a sentence in its place: keys with how often."""


# -- the three checkers ------------------------------------------------------------------


def house(ledger: Ledger) -> Seen:
    """Return the house's preflight as a function of a sentence in its place."""
    context = RuleContext(aliases=briefings.aliases())

    def seen(sentence: briefings.Sentence, text: str) -> dict[str, int]:
        page, start, end = sentence.page(text)
        report = stage.check(Document.of_markdown(page), ledger, context=context)
        return _tally(
            f"{one.rule} {one.message}"
            for one in report.findings
            if one.severity is Severity.BLOCK and one.span.start < end and start < one.span.end
        )

    return seen


def etorotrade(briefing: briefings.Briefing) -> Seen:
    """Return that peer's check as a function of a sentence in its place."""
    checker = Etorotrade.of(briefing.ledger, briefings.aliases())

    def seen(sentence: briefings.Sentence, text: str) -> dict[str, int]:
        page, start, end = sentence.page(text)
        return _tally(page[a:b] for a, b in checker.flags(page) if a < end and start < b)

    return seen


def intel(briefing: briefings.Briefing) -> Seen:
    """Return that peer's check: its evidence is the draft's facts and the sentence's own."""
    ledger = briefing.ledger
    drafted = Intel.of(ledger[one] for one in briefing.draft.used())

    def seen(sentence: briefings.Sentence, text: str) -> dict[str, int]:
        page, start, end = sentence.page(text)
        own = Intel.of(ledger[slot.fact] for slot in sentence.slots)
        checker = Intel(drafted.known | own.known)
        return _tally(page[a:b] for a, b in checker.flags(page) if a < end and start < b)

    return seen


def _tally(keys: Iterator[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for key in keys:
        found[key] = found.get(key, 0) + 1
    return found


# -- one session -------------------------------------------------------------------------


def session(task: Task) -> dict[str, Any]:
    """Check the clean sentences and the mutants of one session."""
    folder = Path(task.folder)
    date, earlier = (
        None if one is None else briefings.dt.date.fromisoformat(one)
        for one in (task.date, task.earlier)
    )
    assert date is not None
    briefing = briefings.briefing(date, folder, earlier)
    rng = random.Random(f"{task.seed} {task.date}")
    made = statements(briefing.ledger, rng)
    true = [*briefing.sentences, *made]
    run = {
        "house": house(briefing.ledger),
        "etorotrade": etorotrade(briefing),
        "intel": intel(briefing),
    }
    clean = {id(one): {name: seen(one, one.text) for name, seen in run.items()} for one in true}
    alarms = [
        {
            "session": task.date,
            "source": "template" if one.kind == "template" else "draft",
            "text": one.text,
            **{name: list(clean[id(one)][name]) for name in CHECKERS},
        }
        for one in true
    ]
    rows = [
        _row(one, run, clean[id(one.original)])
        for family in task.families
        for one in mutants(briefing, true, family, task.seed, task.count)
    ]
    return {"alarms": alarms, "rows": rows}


def _row(one: Mutant, run: dict[str, Seen], clean: dict[str, dict[str, int]]) -> dict[str, Any]:
    caught = {}
    for name, seen in run.items():
        now = seen(one.original, one.text)
        caught[name] = any(count > clean[name].get(key, 0) for key, count in now.items())
    return {
        "session": one.session,
        "family": one.family,
        "figureless": one.figureless,
        "source": "template" if one.original.kind == "template" else "draft",
        "original": one.original.text,
        "text": one.text,
        "why": one.why,
        "passed": not clean["house"],
        **caught,
    }


# -- the whole corpus --------------------------------------------------------------------


def run(
    folder: Path,
    *,
    count: int,
    seed: str = "1",
    families: tuple[str, ...] = FAMILIES,
    dates: tuple[str, ...] = (),
    processes: int = 2,
) -> dict[str, Any]:
    """Build the corpus and check it.

    Parameters
    ----------
    folder : pathlib.Path
        Directory of the real bars.
    count : int
        Mutants of each family wanted; fewer where no more can be made.
    seed, families, dates : str, tuple of str
        The same seed makes the same corpus; all sessions and families by default.
    processes : int
        How many work at once; 0 works in this one.

    Returns
    -------
    dict
        ``rows`` (mutants, and who caught them) and ``alarms`` (true sentences, and what
        was said of them).
    """
    tasks = _tasks(folder, dates or tuple(map(str, briefings.SESSIONS)), count, seed, families)
    if processes:
        with get_context("spawn").Pool(processes) as pool:
            parts = pool.map(session, tasks, chunksize=1)
    else:
        parts = [session(task) for task in tasks]
    rows = [row for part in parts for row in part["rows"]]
    kept = [row for family in families for row in _kept(rows, family, count, seed)]
    return {"rows": kept, "alarms": [alarm for part in parts for alarm in part["alarms"]]}


def _tasks(
    folder: Path, dates: tuple[str, ...], count: int, seed: str, families: tuple[str, ...]
) -> list[Task]:
    """Share the work out by session; each knows the one before it, for stale figures."""
    each = max(2, math.ceil(1.25 * count / len(dates)))
    before: list[str | None] = [None, *dates[:-1]]
    return [
        Task(date, earlier, str(folder), families, each, seed)
        for date, earlier in zip(dates, before, strict=True)
    ]


def _kept(rows: list[dict[str, Any]], family: str, count: int, seed: str) -> list[dict[str, Any]]:
    mine = [row for row in rows if row["family"] == family]
    if len(mine) <= count:
        return mine
    return random.Random(f"{seed} {family}").sample(mine, count)


def wilson(hits: int, of: int) -> tuple[float, float]:
    """Return the Wilson 95 % interval of a share."""
    if not of:
        return 0.0, 1.0
    share, spread = hits / of, _Z * _Z / of
    middle = (share + spread / 2) / (1 + spread)
    half = _Z * math.sqrt(share * (1 - share) / of + spread / (4 * of)) / (1 + spread)
    return max(0.0, middle - half), min(1.0, middle + half)


def _rate(hits: int, of: int) -> dict[str, Any]:
    low, high = wilson(hits, of)
    share = round(hits / of, 4) if of else None
    return {"hits": hits, "of": of, "share": share, "low": round(low, 4), "high": round(high, 4)}


def summary(found: dict[str, Any]) -> dict[str, Any]:
    """Return catch rates by family, macro means and false-alarm rates, for each checker."""
    rows, alarms = found["rows"], found["alarms"]
    families = {}
    for family in dict.fromkeys(row["family"] for row in rows):
        mine = [row for row in rows if row["family"] == family]
        bare = [row for row in mine if row["figureless"]]
        passed = [row for row in mine if row["passed"]]
        families[family] = {
            "mutants": len(mine),
            "figureless": len(bare),
            **{name: _rate(sum(r[name] for r in mine), len(mine)) for name in CHECKERS},
            "house_figureless": _rate(sum(r["house"] for r in bare), len(bare)),
            "house_original_passed": _rate(sum(r["house"] for r in passed), len(passed)),
        }
    macro = {
        name: round(sum(f[name]["share"] for f in families.values()) / len(families), 4)
        for name in CHECKERS
    }
    wolf = {
        source: {name: _rate(sum(bool(a[name]) for a in mine), len(mine)) for name in CHECKERS}
        for source in ("draft", "template", "all")
        if (mine := [a for a in alarms if source in {"all", a["source"]}])
    }
    return {
        "sessions": len({alarm["session"] for alarm in alarms}),
        "mutants": len(rows),
        "families": families,
        "macro": macro,
        "false_alarms": wolf,
    }


def table(made: dict[str, Any]) -> str:
    """Return the summary as a Markdown table."""
    heads = (*CHECKERS, "house, without figures", "house, original let through")
    lines = [
        f"| Family | Mutants | Without figures | {' | '.join(heads)} |",
        f"|---|---|---|{'---|' * len(heads)}",
    ]
    for family, one in made["families"].items():
        cells = [_cell(one[name]) for name in (*CHECKERS, *_HOUSE)]
        lines.append(f"| {family} | {one['mutants']} | {one['figureless']} | {' | '.join(cells)} |")
    means = " | ".join(f"**{100 * made['macro'][name]:.1f} %**" for name in CHECKERS)
    lines.append(f"| **macro mean** | {made['mutants']} |  | {means} |  |  |")
    for source, one in made["false_alarms"].items():
        cells = [_cell(one[name]) for name in CHECKERS]
        lines.append(
            f"| false alarms, {source} | {one['house']['of']} |  | {' | '.join(cells)} |  |  |"
        )
    return "\n".join(lines)


def _cell(one: dict[str, Any]) -> str:
    if not one["of"]:
        return ""
    return f"{100 * one['share']:.1f} % ({100 * one['low']:.1f}–{100 * one['high']:.1f})"


def examples(found: dict[str, Any], count: int, seed: str) -> dict[str, list[str]]:
    """Return some mutants that got through and some true sentences that did not."""
    rng = random.Random(seed)
    out = {}
    for family in dict.fromkeys(row["family"] for row in found["rows"]):
        missed = [r for r in found["rows"] if r["family"] == family and not r["house"]]
        out[family] = [
            f"{row['session']}: {row['text']}  [{row['why']}]"
            for row in rng.sample(missed, min(count, len(missed)))
        ]
    wolf = [alarm for alarm in found["alarms"] if alarm["house"]]
    out["false alarms"] = [
        f"{alarm['session']}: {alarm['text']}  [{alarm['house'][0]}]"
        for alarm in rng.sample(wolf, min(4 * count, len(wolf)))
    ]
    return out


def main() -> None:
    """Run and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--path", required=True, type=Path)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", default="1")
    parser.add_argument("--family", action="append", choices=FAMILIES)
    parser.add_argument("--sessions", type=int, default=0, help="only the first so many")
    parser.add_argument("--examples", type=int, default=3)
    parser.add_argument("--short", action="store_true", help="four sessions, 25 of each family")
    parser.add_argument("--out", type=Path, help="write every mutant and alarm here as JSON")
    given = parser.parse_args()
    start = time.perf_counter()
    dates = SHORT if given.short else tuple(map(str, briefings.SESSIONS))
    found = run(
        given.path.resolve(),
        count=25 if given.short else given.count,
        seed=given.seed,
        families=tuple(given.family or FAMILIES),
        dates=dates[: given.sessions or None],
    )
    made = summary(found)
    made["seed"] = given.seed
    made["seconds"] = round(time.perf_counter() - start, 1)
    made["examples"] = examples(found, given.examples, given.seed)
    if given.out:
        given.out.write_text(json.dumps(found, indent=1, ensure_ascii=False))
    print(json.dumps(made, indent=1, ensure_ascii=False))
    print()
    print(table(made))


if __name__ == "__main__":
    main()

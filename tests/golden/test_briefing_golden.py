"""The golden briefing: one evening's facts and the words the house writer finds for them.

`ledger.json` holds the facts of a simulated evening that the writer looks at; `briefing.md`
is what it writes. Read it aloud before accepting a change: ``make golden`` rewrites both.
"""

import datetime as dt
import json
import os
from dataclasses import replace
from pathlib import Path

import pytest

from newsletter import config
from newsletter.collect.providers.sample import Sample
from newsletter.collect.sessions import TradingDays
from newsletter.collect.stage import gather
from newsletter.compute.facts import Ledger
from newsletter.compute.ledger import compute_ledger
from newsletter.draft.claims import Draft, filled
from newsletter.draft.house import write

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(__file__).parent / "briefing"
SESSION = dt.date(2026, 7, 2)
UNIVERSE = config.load(ROOT / "config.yaml").universe


def as_markdown(draft: Draft) -> str:
    """Lay a filled draft out for reading."""
    lines = [
        f"**{draft.kicker}**",
        f"# {draft.headline}",
        f"*{draft.dek}*",
        " · ".join(draft.tickers),
    ]
    lines += ["\n".join(f"- {bullet}" for bullet in draft.bullets)]
    for section in (*draft.sections, draft.counter):
        lines += ([f"## {section.heading}"] if section.heading else []) + list(section.paragraphs)
    lines += ["## What we watch", "\n".join(f"- {line}" for line in draft.watch)]
    lines += ["## What would change our mind", "\n".join(f"- {x}" for x in draft.change_mind)]
    lines += ["## Verdict", draft.verdict]
    for table in draft.tables:
        rows = [table.columns, ("---",) * len(table.columns), *table.rows]
        lines += [
            f"## {table.title}",
            "\n".join(f"| {' | '.join(row)} |" for row in rows),
            table.note,
        ]
    return "\n\n".join(lines) + "\n"


class _Watched(dict):
    """A mapping that remembers which of its keys were asked for."""

    def __init__(self, *args):
        super().__init__(*args)
        self.seen = set()

    def __getitem__(self, key):
        self.seen.add(key)
        return super().__getitem__(key)

    def __contains__(self, key):
        self.seen.add(key)
        return super().__contains__(key)

    def get(self, key, default=None):
        self.seen.add(key)
        return super().get(key, default)


def _renew_ledger() -> None:
    """Keep of the sample market's ledger what the writer asks for."""
    days = TradingDays("XNYS", SESSION)
    gathered = gather(Sample(), SESSION, UNIVERSE, days, start=dt.date(2019, 1, 2))
    whole = compute_ledger(gathered.snapshot, UNIVERSE, days.index)
    watched = _Watched(whole.facts)
    filled(write(replace(whole, facts=watched), UNIVERSE), replace(whole, facts=watched))
    asked = {fact.id: fact for fact in whole if fact.id in watched.seen}
    signals = tuple(replace(one, evidence=()) for one in whole.signals)
    small = replace(whole, facts=asked, signals=signals, series={}, absent={})
    document = small.to_json()
    rows = {key: document.pop(key) for key in ("facts", "signals")}
    lines = [f'"{key}": {json.dumps(value)}' for key, value in document.items()]
    for key, many in rows.items():  # one to a line, so that a difference can be read
        listed = ",\n".join(json.dumps(one, ensure_ascii=False) for one in many)
        lines.append(f'"{key}": [\n{listed}\n]')
    (FOLDER / "ledger.json").write_text("{" + ",\n".join(lines) + "}\n")


def test_the_golden_briefing_is_as_it_was_read():
    renew = os.environ.get("UPDATE_GOLDEN") == "1"
    if renew:
        if os.environ.get("CI") == "true":
            pytest.fail("CI never rewrites what people have read.")
        _renew_ledger()
    ledger = Ledger.from_json(json.loads((FOLDER / "ledger.json").read_text()))
    text = as_markdown(filled(write(ledger, UNIVERSE), ledger))
    golden = FOLDER / "briefing.md"
    if renew:
        golden.write_text(text)
    assert text == golden.read_text()

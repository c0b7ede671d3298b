"""The golden briefing: one evening's facts and the words the house writer finds for them.

`ledger.json` holds the facts of a simulated evening that the writer looks at; `briefing.md`
is what it writes. Read it aloud before accepting a change: ``make golden`` rewrites it.
"""

import json
import os
from pathlib import Path

import pytest

from newsletter import config
from newsletter.compute.facts import Ledger
from newsletter.draft.claims import Draft, filled
from newsletter.draft.house import write

ROOT = Path(__file__).resolve().parents[2]
FOLDER = Path(__file__).parent / "briefing"
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


def test_the_golden_briefing_is_as_it_was_read():
    ledger = Ledger.from_json(json.loads((FOLDER / "ledger.json").read_text()))
    text = as_markdown(filled(write(ledger, UNIVERSE), ledger))
    golden = FOLDER / "briefing.md"
    if os.environ.get("UPDATE_GOLDEN") == "1":
        if os.environ.get("CI") == "true":
            pytest.fail("CI never rewrites what people have read.")
        golden.write_text(text)
    assert text == golden.read_text()

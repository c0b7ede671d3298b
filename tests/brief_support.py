"""The house writer's draft taken apart, as a model that writes perfectly would send it."""

import json
import re

from preflight_support import LEDGER

from newsletter.draft import house
from newsletter.draft.brief import Brief
from newsletter.draft.claims import SLOT, Draft

_STOP = re.compile(r"(?<=[.!?])\s+(?=[A-Z{])")


def sentence(text):
    return {"kind": "opinion", "text": text, "facts": [m[1] for m in SLOT.finditer(text)]}


def _paragraph(text):
    return [sentence(part) for part in _STOP.split(text)]


def _part(section):
    return {"heading": section.heading, "paragraphs": [_paragraph(p) for p in section.paragraphs]}


def reply(draft: Draft) -> dict:
    """Return a brief's JSON with the words of a draft."""
    return {
        "kicker": draft.kicker,
        "headline": draft.headline,
        "dek": draft.dek,
        "preheader": draft.preheader,
        "tickers": list(draft.tickers),
        "bullets": [sentence(text) for text in draft.bullets],
        "sections": [_part(section) for section in draft.sections],
        "counter": _part(draft.counter),
        "watch": [sentence(text) for text in draft.watch],
        "change_mind": [
            {"sentence": sentence(text), "condition": "IWM.return.1d > 50"}
            for text in draft.change_mind
        ],
        "verdict": _paragraph(draft.verdict),
        "charts": list(draft.charts),
        "tables": [],
    }


def written(universe) -> tuple[Draft, Brief]:
    """Return the house draft on the shared ledger, and the same as a brief."""
    draft = house.write(LEDGER, universe)
    return draft, Brief.model_validate_json(json.dumps(reply(draft)))

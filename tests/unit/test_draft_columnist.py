"""The columnist: whatever a model sends, an evening has a draft that nobody objects to."""

import datetime as dt
import json
import re
from decimal import Decimal
from pathlib import Path

import pytest
from brief_support import reply, written
from compute_support import universe
from hypothesis import given, settings
from hypothesis import strategies as st
from preflight_support import LEDGER

from newsletter.draft.brief import texts
from newsletter.draft.claims import filled
from newsletter.draft.columnist import Columnist
from newsletter.draft.commission import Manner
from newsletter.draft.forms.briefing import BRIEFING
from newsletter.draft.model import Fault, Mode, ModelError, Reply
from newsletter.draft.objections import Objection
from newsletter.draft.prompt import Prompts
from newsletter.draft.purse import Limits, Price, Purse

ROOT = Path(__file__).resolve().parents[2]
PROMPTS = Prompts.of({p.name: p.read_text() for p in (ROOT / "prompts").glob("*.md")})
MANNER = Manner("Sharp.", "450 to 650", ("delve",), 0.7, 4000)
HOUSE, BRIEF = written(universe())
CHARTS = ("size_ratio", "sectors", "breadth")
NOW = dt.datetime(2026, 7, 2, 21, tzinfo=dt.UTC)
PLAN = {
    "thesis": "The lead is thin.",
    "stance": "neither",
    "evidence": [{"claim": "Small caps fell.", "facts": ["IWM.return.1d"]}],
    "counter": [{"claim": "They lead this year.", "facts": ["IWM.return.ytd"]}],
    "change_mind": ["IWM.return.5d > 5"],
    "call": {"subject": "IWM", "direction": "down", "horizon": "5d"},
}
FIRST = "sections.0.paragraphs.0.0"


class Script:
    """A model that gives its lines in turn; a fault among them is raised."""

    name = "script"

    def __init__(self, *lines):
        self.lines, self.asked = list(lines), []

    def complete(self, request, seconds, heard=None):
        self.asked.append(request)
        line = self.lines.pop(0) if self.lines else ModelError("gone", Fault.UNAVAILABLE)
        if isinstance(line, Exception):
            raise line
        text = line if isinstance(line, str) else json.dumps(line)
        return Reply(text, "script-1", Mode.SCHEMA, 1000, 500, 0.5)


def columnist(*lines, tokens=10**7):
    limits = Limits(tokens=tokens, money=Decimal(10), seconds=60.0)
    purse = Purse(limits, limits, Price(Decimal(1), Decimal(2)), lambda: 0.0)
    script = Script(*lines)
    return Columnist(script, PROMPTS, purse, MANNER, lambda: NOW, BRIEFING), script


def objecting(*words):
    """Object to sentences with certain words, as a checker would that reads finished text."""

    def check(draft):
        for text in filled(draft, LEDGER).passages():
            for sentence in re.split(r"(?<=[.?!]) ", text):
                for word in words:
                    if word in sentence:
                        yield Objection(sentence, f"“{word}” is not borne out.")

    return check


def said(place, text):
    """Return the brief's JSON with one sentence of the first paragraph exchanged."""
    sent = reply(HOUSE)
    node = sent
    *path, last = place.split(".")
    for key in path:
        node = node[int(key)] if key.isdigit() else node[key]
    last = int(last) if last.isdigit() else last
    if isinstance(node[last], dict):
        node[last] = {**node[last], "text": text}
    else:
        node[last] = text
    return sent


def run(writer, check=None):
    return writer.write(LEDGER, universe(), check or objecting("WRONG"), CHARTS)


def test_a_good_reply_is_the_draft():
    writer, script = columnist(PLAN, reply(HOUSE))
    made = run(writer)
    assert (made.draft.author, made.draft.hands, made.fallback) == ("model:script", (), "")
    assert made.draft.headline == HOUSE.headline
    assert [r.prompt for r in script.asked] == ["plan", "brief"]
    assert [e.reply.text for e in made.transcript.exchanges][1] == json.dumps(reply(HOUSE))


def test_what_is_objected_to_is_mended_by_the_model():
    mend = {"mends": [{"place": FIRST, "text": "We see it so.", "facts": []}]}
    writer, script = columnist(PLAN, said(FIRST, "It was WRONG today."), mend)
    made = run(writer)
    assert made.draft.sections[0].paragraphs[0].startswith("We see it so.")
    assert (made.draft.hands, [r.prompt for r in script.asked]) == ((), ["plan", "brief", "repair"])
    assert "It was WRONG today." in script.asked[-1].user
    assert "is not borne out" in script.asked[-1].user


def test_a_typed_figure_goes_back_before_anything_is_printed():
    mend = {"mends": [{"place": FIRST, "text": "Small caps fell {{IWM.return.1d}}.", "facts": []}]}
    writer, script = columnist(PLAN, said(FIRST, "Small caps fell 0.6%."), mend)
    made = run(writer)
    assert "{{IWM.return.1d}}" in made.draft.sections[0].paragraphs[0]
    assert "types a figure by hand" in script.asked[-1].user


def test_after_two_repairs_a_sentence_is_left_out():
    stubborn = {"mends": [{"place": FIRST, "text": "Still WRONG.", "facts": []}]}
    writer, script = columnist(
        PLAN, said(FIRST, "It was WRONG today."), stubborn, stubborn, stubborn
    )
    made = run(writer)
    assert not [text for text in made.draft.passages() if "WRONG" in text]
    assert [r.prompt for r in script.asked].count("repair") == 2
    assert made.draft.author == "model:script"


def test_a_headline_that_cannot_be_mended_is_the_houses():
    writer, _ = columnist(PLAN, said("headline", "WRONG again"))
    made = run(writer)
    assert (made.draft.headline, made.draft.dek) == (HOUSE.headline, HOUSE.dek)
    assert [hand.part for hand in made.draft.hands] == ["headline", "dek"]


def test_a_repair_touches_only_what_was_wrong():
    mend = {
        "mends": [
            {"place": FIRST, "text": "We see it so.", "facts": []},
            {"place": "headline", "text": "Buy now", "facts": []},
        ]
    }
    made = run(columnist(PLAN, said(FIRST, "It was WRONG."), mend)[0])
    assert made.draft.headline == HOUSE.headline


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ((ModelError("The service is down.", Fault.UNAVAILABLE),), "service is down"),
        ((ModelError("Refused.", Fault.REFUSED),), "Refused"),
        (("no json", "no json"), "no JSON object"),
        ((PLAN, "{}", "{}"), "no brief"),
        ((PLAN, ModelError("Cut.", Fault.TRUNCATED), ModelError("Cut.", Fault.TRUNCATED)), "Cut"),
        (({**PLAN, "stance": "sell"}, {**PLAN, "stance": "sell"}), "no plan"),
    ],
)
def test_without_a_usable_reply_the_house_writer_has_the_evening(lines, words):
    made = run(columnist(*lines)[0])
    assert made.draft == HOUSE
    assert words in made.fallback
    assert len(made.transcript.exchanges) == len(lines)


def test_a_malformed_reply_is_asked_for_once_more_and_not_the_same_way():
    writer, script = columnist("talk", PLAN, "talk", reply(HOUSE))
    assert run(writer).fallback == ""
    assert len({json.dumps(r.seed) for r in script.asked[:2]}) == 2


def test_a_purse_that_is_empty_asks_nothing():
    writer, script = columnist(PLAN, reply(HOUSE), tokens=100)
    made = run(writer)
    assert (made.draft, script.asked) == (HOUSE, [])
    assert "100 left" in made.fallback


def test_an_objection_to_the_whole_that_nothing_mends_is_the_houses_evening():
    made = run(columnist(PLAN, reply(HOUSE))[0], lambda draft: [Objection("", "Too long.")])
    assert made.draft == HOUSE
    assert "Too long" in made.fallback


def test_a_body_of_which_nothing_stands_is_never_laid_out():
    """Its charts would have no place, and the reason given would be theirs."""
    sent = reply(HOUSE)
    for part in sent["sections"]:
        for paragraph in part["paragraphs"]:
            for one in paragraph:
                one["text"] = "It rose 3%."
    laid_out = []

    def check(draft):
        laid_out.append(draft)
        return []

    made = run(columnist(PLAN, sent)[0], check)
    assert (made.draft, laid_out) == (HOUSE, [])
    assert "could not be mended" in made.fallback or "No section" in made.fallback


@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from([p for p, _ in texts(BRIEF)]),
        st.sampled_from(["WRONG.", "It rose 3%.", "{{NOPE.x}} fell.", "", "{{", "Fine by us."]),
        max_size=8,
    ),
    st.lists(st.sampled_from(["", "{}", '{"mends": []}', "junk"]), max_size=4),
)
def test_whatever_is_sent_what_comes_out_is_borne_out(broken, repairs):
    sent = reply(HOUSE)
    for place, text in broken.items():
        node = sent
        *path, last = place.split(".")
        for key in path:
            node = node[int(key)] if key.isdigit() else node[key]
        last = int(last) if last.isdigit() else last
        node[last] = {**node[last], "text": text} if isinstance(node[last], dict) else text
    made = run(columnist(PLAN, sent, *repairs)[0])
    printed = list(filled(made.draft, LEDGER).passages())
    assert not [text for text in printed if "WRONG" in text or "{{" in text or "3%." in text]
    assert all((made.draft.headline, made.draft.verdict, made.draft.counter.paragraphs))

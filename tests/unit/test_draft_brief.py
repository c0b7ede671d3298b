"""What a model may send, what is wrong with it, and what is made of the rest."""

import json
from dataclasses import replace

import pytest
from brief_support import reply, written
from compute_support import universe
from hypothesis import given
from hypothesis import strategies as st
from preflight_support import LEDGER

from newsletter.draft import brief as shapes
from newsletter.draft.brief import SHAPES, rewritten, schema, sentences, texts
from newsletter.draft.claims import AUTHOR, SLOT, Draft, Table
from newsletter.draft.dictation import Problem, faults, problems, read
from newsletter.draft.evening import Evening
from newsletter.draft.library import TABLES as LIBRARY
from newsletter.draft.library import Offer, offer
from newsletter.draft.model import Fault, ModelError
from newsletter.draft.relevant import MOST, listed, relevant
from newsletter.draft.salvage import assembled, salvaged
from newsletter.draft.track_record import TITLE as RECORD

HOUSE, BRIEF = written(universe())
TABLES = {
    name: replace(HOUSE.tables[0], title=name) for name in ("scoreboard", "levels", "signals")
}
OFFER = Offer(("size_ratio", "sectors", "breadth"), TABLES)
EV = Evening(LEDGER, universe())
PLACES = [place for place, _ in texts(BRIEF)]
FIRST = "sections.0.paragraphs.0.0"


def objects(node):
    if isinstance(node, dict):
        if node.get("type") == "object":
            yield node
        for value in node.values():
            yield from objects(value)
    elif isinstance(node, list):
        for value in node:
            yield from objects(value)


@pytest.mark.parametrize("name", SHAPES)
def test_every_schema_is_one_that_strict_output_takes(name):
    document = schema(name, facts=["A.b"], subjects=["A"], charts=["c"], places=["headline"])
    found = list(objects(document))
    assert found
    for node in found:
        assert node["additionalProperties"] is False
        assert node["required"] == list(node["properties"])
    text = json.dumps(document)
    assert not any(f'"{word}":' in text for word in ("title", "minItems", "default", "anyOf"))


def test_ids_are_closed_to_those_of_the_evening():
    document = schema("brief", facts=["A.b"], subjects=["A"], charts=["c"])
    assert document["$defs"]["Sentence"]["properties"]["facts"]["items"]["enum"] == ["A.b"]
    assert document["properties"]["tickers"]["items"]["enum"] == ["A"]
    assert document["properties"]["charts"]["items"]["enum"] == ["c"]


def test_a_perfect_reply_is_read_and_nothing_is_wrong_with_it():
    text = json.dumps(reply(HOUSE))
    for sent in (text, f"Sure!\n```json\n{text}\n```\nHope this helps.", f"Here: {text} done"):
        assert read("brief", sent) == BRIEF
    assert list(problems(BRIEF, LEDGER)) == []


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        ("", "no JSON object"),
        ("I cannot help with that.", "no JSON object"),
        ('{"kicker": ', "no JSON object"),
        ("[" * 100_000, "no JSON object"),
        ('{"a":' * 100_000, "no JSON object"),
        ("{}", "no brief: kicker: field required"),
        (json.dumps({**reply(HOUSE), "tools": ["send"]}), "tools: extra inputs"),
        (json.dumps({**reply(HOUSE), "headline": 7}), "headline: input should be"),
        (json.dumps({**reply(HOUSE), "bullets": "none"}), "bullets: input should be"),
    ],
)
def test_what_is_not_of_its_shape_is_malformed(sent, words):
    with pytest.raises(ModelError, match=words) as caught:
        read("brief", sent)
    assert caught.value.fault is Fault.MALFORMED


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Small caps rose {{IWM.return.9d}}.", "no such fact"),
        ("Small caps rose {{IWM.return.1d|loud}}.", "no such fact or form"),
        ("Small caps rose {{IWM return}}.", "cannot be read"),
        ("Small caps rose 4%.", "types a figure by hand"),
        ("Small caps rose four percent.", "types a figure by hand"),
        ("Small caps beat large by two and a half points.", "types a figure by hand"),
        ("Nine of the eleven sectors rose.", "types a figure by hand"),
        ("It {{IWM.return.1d > 90 | soared}}.", "do not bear out"),
        ("It {{IWM.return.1d >> 90 | soared}}.", "no comparison"),
        ("**Small caps** rose.", "markup"),
        ("See https://example.com.", "markup"),
        ("<b>Small caps</b> rose.", "markup"),
        ("  ", "empty"),
        ("word " * 200, "use at most"),
        ("We delve into it.", "does not write “delve”"),
    ],
)
def test_each_fault_is_told_in_a_sentence(text, words):
    found = list(faults(FIRST, text, LEDGER, banned=("delve",)))
    assert any(words in why for why in found), found
    assert all(why.endswith(".") for why in found)


@pytest.mark.parametrize(
    "text",
    [
        "The S&P 500 and the Russell 2000 stand above their 50-day averages.",
        "Over five sessions two trades travelled under one name.",
        "Small caps {{IWM.return.1d > -90 | moved}} {{IWM.return.1d}}.",
    ],
)
def test_names_windows_and_turns_of_phrase_are_no_figures(text):
    assert list(faults(FIRST, text, LEDGER)) == []


def test_a_fact_outside_tonights_list_is_a_problem():
    found = list(faults(FIRST, "It rose {{IWM.return.1d}}.", LEDGER, allowed={"SPY.return.1d"}))
    assert found == ["IWM.return.1d is not among tonight's facts; use only ids from the list."]


@pytest.mark.parametrize(
    ("condition", "words"),
    [("IWM.return.1d > -90", "holds already"), ("NOPE.x > 1", "does not hold"), ("?", "no comp")],
)
def test_what_would_change_our_mind_must_be_open_and_decidable(condition, words):
    sent = reply(HOUSE)
    sent["change_mind"][0]["condition"] = condition
    (found,) = problems(read("brief", json.dumps(sent)), LEDGER)
    assert (found.place, words in found.why) == ("change_mind.0.sentence", True)


def test_too_few_and_too_many_parts_are_problems():
    sent = {**reply(HOUSE), "bullets": [], "sections": reply(HOUSE)["sections"] * 4}
    found = [p.why for p in problems(read("brief", json.dumps(sent)), LEDGER)]
    assert [why.split(" ")[0] for why in found] == ["bullets", "sections"]


@given(st.sets(st.sampled_from(PLACES)))
def test_taking_texts_out_takes_out_those_and_no_others(gone):
    kept = rewritten(BRIEF, dict.fromkeys(gone))
    left = [t for _, t in texts(kept) if t]
    assert left == [t for p, t in texts(BRIEF) if t and p not in gone]


@given(st.dictionaries(st.sampled_from(PLACES), st.text("abc", min_size=1), max_size=5))
def test_rewriting_changes_those_places_and_no_others(mends):
    assert dict(texts(rewritten(BRIEF, mends))) == {**dict(texts(BRIEF)), **mends}


def test_a_brief_without_problems_is_the_models_whole():
    draft = salvaged(BRIEF, (), HOUSE, "model", OFFER)
    assert draft == assembled(BRIEF, HOUSE, "model", OFFER)
    assert (draft.author, draft.hands, draft.headline) == ("model", (), HOUSE.headline)
    assert [s.paragraphs for s in draft.sections] == [s.paragraphs for s in HOUSE.sections]


@given(st.sets(st.sampled_from(PLACES), max_size=12))
def test_what_stays_wrong_never_stays_in(wrong):
    sent = {p: f"MODEL {i}" for i, p in enumerate(PLACES)}
    mine = rewritten(BRIEF, {p: f"{t} ({sent[p]})" for p, t in texts(BRIEF)})
    try:
        draft = salvaged(mine, [Problem(p, "", "wrong") for p in wrong], HOUSE, "model", OFFER)
    except ModelError:
        return
    body = " ".join(draft.passages())
    assert not [p for p in wrong if f"({sent[p]})" in body]
    for hand in draft.hands:
        assert getattr(draft, hand.part) == getattr(HOUSE, hand.part)
        assert hand.author == AUTHOR
    for name in ("headline", "dek", "bullets", "watch", "change_mind", "verdict"):
        assert getattr(draft, name)
    assert draft.counter.paragraphs
    assert Draft.from_bytes(draft.to_bytes()) == draft


def test_too_much_wrong_is_the_house_writers_evening():
    places = [place for place, _ in sentences(BRIEF)]
    wrong = [Problem(place, "", "wrong") for place in places[: len(places) // 2]]
    with pytest.raises(ModelError, match="could not be mended"):
        salvaged(BRIEF, wrong, HOUSE, "model", OFFER)


def test_unknown_charts_are_passed_over():
    mine = BRIEF.model_copy(update={"charts": ["pie", "breadth", "breadth"]})
    assert assembled(mine, HOUSE, "model", OFFER).charts == ("breadth",)
    none = BRIEF.model_copy(update={"charts": ["pie"]})
    assert assembled(none, HOUSE, "model", OFFER).charts == HOUSE.charts


def test_tables_are_asked_for_by_name_and_our_record_is_never_left_out():
    record = replace(HOUSE.tables[0], title=RECORD)
    house = replace(HOUSE, tables=(*HOUSE.tables, record))
    mine = BRIEF.model_copy(update={"tables": ["levels", "pie", "levels", "signals"]})
    asked = (TABLES["levels"], TABLES["signals"])
    assert assembled(mine, HOUSE, "model", OFFER).tables == asked
    assert assembled(mine, house, "model", OFFER).tables == (*asked, record)
    none = BRIEF.model_copy(update={"tables": ["pie"]})
    assert assembled(none, house, "model", OFFER).tables == house.tables


def test_every_table_on_offer_stands_on_tonights_facts():
    own = Table("One stock: and its market", ("Stretch", "It"), (("Today", "n/a"),))
    found = offer(EV, ("breadth",), replace(HOUSE, tables=(*HOUSE.tables, own)))
    assert found.tables["one_stock_and_its_market"] is own
    assert set(found.tables) - {"one_stock_and_its_market"} <= set(LIBRARY)
    assert {"scoreboard", "sectors", "levels"} <= set(found.tables)
    for table in found.tables.values():
        assert table.rows
        assert all(len(row) == len(table.columns) for row in table.rows)
        for cell in (cell for row in table.rows for cell in row):
            assert all(slot[1].partition("|")[0] in LEDGER for slot in SLOT.finditer(cell))


def test_an_old_draft_keeps_its_hash():
    assert "hands" not in HOUSE.to_json()
    assert Draft.from_json(HOUSE.to_json()) == HOUSE


def test_the_relevant_facts_are_few_known_and_those_the_house_used():
    found = relevant(LEDGER, universe(), HOUSE)
    ids = [fact.id for fact in found]
    assert len(ids) == len(set(ids)) <= MOST
    assert set(HOUSE.used()) <= set(ids)
    lines = listed(found, LEDGER).splitlines()
    assert len(lines) == len(found)
    assert all(line.startswith(f"{id} | ") for line, id in zip(lines, ids, strict=True))
    assert shapes.SHAPES["brief"] is shapes.Brief

"""What programs do at the desk: write, talk, send, keep readers and webhooks; all of it once."""

import datetime as dt
import sqlite3
from contextlib import closing
from dataclasses import replace

import pytest
from desk_support import desk, own_desk
from program_support import Program, problem

from newsletter.desk.api.caller import BUNDLE, Rate
from newsletter.desk.api.problems import TooMany
from newsletter.desk.editing import rewritten
from newsletter.desk.outgoing import Outgoing
from newsletter.desk.security.limits import Limiter
from newsletter.review.edition import State
from newsletter.review.listing import Sought, Wanted
from newsletter.review.tokens import Scope
from newsletter.send.delivery import Delivery, DeliveryState

__all__ = ["desk", "own_desk"]
READER = "ann@example.com"
FACT = {
    "name": "unemployment expectations", "value": "4.3", "unit": "percent",
    "source": "Survey of Consumer Expectations, New York Fed",
    "link": "https://www.newyorkfed.org/microeconomics/sce", "date": "2026-06-08",
}  # fmt: skip


def actions(desk):
    return [action for _, action in desk.actions(desk.key)]


# -- conditions --------------------------------------------------------------------------------


@pytest.mark.parametrize("tag", ['""', "*", '"', "W/", '"' + "0" * 64 + '"', "x" * 64, "W/*"])
def test_a_condition_that_names_no_content_lets_nothing_through(desk, tag):
    one = Program(desk, "editor")
    for path, body in (("approve", None), ("hold", {"reason": "Why not."}), ("send", None)):
        problem(one.post(f"{one.edition}/{path}", body, match=tag), 412)
    problem(one.put(f"{one.edition}/draft", one.get(f"{one.edition}/draft").json(), tag), 412)
    edits = {"edits": [{"act": "put", "part": "headline", "text": "Small companies rose"}]}
    problem(one.post(f"{one.edition}/edits", edits, match=tag), 412)
    assert desk.edition().state is State.IN_REVIEW


# -- writing -----------------------------------------------------------------------------------


def test_edits_are_carried_over_and_what_two_changed_is_left_to_them(own_desk):
    desk, one, other = own_desk, Program(own_desk, "writer"), Program(own_desk, "editor")
    first, before = one.etag(), one.get(f"{one.edition}/draft").json()
    mine = {"edits": [{"act": "put", "part": "kicker", "text": "Small against large"}]}
    made = other.post(f"{one.edition}/edits", mine, once="once-only-1", match=first)
    assert (made.status_code, made.json()["revision"]["author"]) == (200, "Bo")
    assert made.headers["etag"] != first
    again = other.post(f"{one.edition}/edits", mine, once="once-only-1", match=first)
    assert again.json() == made.json()
    # Of the first revision still: one part that nobody has touched, and one that somebody has.
    put = [{"act": "put", "part": "verdict", "text": "We keep our view."}]
    theirs = [{"act": "put", "part": "kicker", "text": "Large against small"}]
    clash = one.post(f"{one.edition}/edits", {"edits": put + theirs}, match=first)
    assert "line above" in problem(clash, 409)
    (conflict,) = clash.json()["conflicts"]
    assert conflict["base"] == before["kicker"]
    assert (conflict["theirs"], conflict["mine"]) == ("Small against large", "Large against small")
    assert desk.edition().revision.number == 2  # not even the part that could be carried over
    carried = one.post(f"{one.edition}/edits", {"edits": put}, match=first)
    assert carried.json()["revision"]["number"] == 3
    after = one.get(f"{one.edition}/draft").json()
    assert after == before | {"kicker": "Small against large", "verdict": "We keep our view."}
    # Everything at once, of the latest alone; what is taken back is put again.
    problem(one.put(f"{one.edition}/draft", before, first), 412)
    back = one.put(f"{one.edition}/draft", before, carried.headers["etag"])
    assert back.json()["revision"]["content"] == first.strip('"')
    assert [revision["number"] for revision in one.get(f"{one.edition}/revisions").json()] == [
        1, 2, 3, 4,
    ]  # fmt: skip


def test_a_fact_of_somebody_elses_is_added_and_a_bad_one_is_told_in_words(own_desk):
    one = Program(own_desk, "writer")
    problem(Program(own_desk, "compliance").post(f"{one.edition}/facts", FACT), 403)
    said = problem(one.post(f"{one.edition}/facts", FACT | {"link": "ftp://example.com"}), 422)
    assert "--" not in said
    assert own_desk.edition().revision.number == 1
    answer = one.post(f"{one.edition}/facts", FACT)
    assert answer.status_code == 201
    kept = one.get(f"{one.edition}/facts?contains=cited.").json()["items"]
    assert [fact["id"] for fact in kept] == ["cited.unemployment_expectations.value"]
    assert actions(own_desk) == ["submitted", "revised", "cited"]


def test_other_words_leave_standing_what_is_no_words(desk):
    found = desk.newsroom.draft(desk.edition().revision.draft)
    given = Program(desk).get(f"/editions/{desk.key}/draft").json()
    assert rewritten(found, given) == found
    fewer = found.change_mind[1:]
    kept = rewritten(found, given | {"change_mind": fewer, "headline": " Other\u202e  words\n"})
    assert (kept.headline, kept.change_mind) == ("Other words", tuple(fewer))
    assert kept.conditions == (found.conditions[1:] if any(found.conditions[1:]) else ())
    same = replace(
        kept, headline=found.headline, change_mind=found.change_mind, conditions=found.conditions
    )
    assert same == found  # tables, hands, transcript: nobody's provenance is edited away


@pytest.mark.parametrize("wrong", [
    {"act": "put", "part": "charts", "text": "a"}, {"act": "choose", "part": "headline"},
    {"act": "choose", "part": "charts", "text": "no_such_chart"}, {"act": "erase", "part": "dek"},
    {"act": "put", "part": "bullets.999", "text": "x"}, {"act": "remove", "part": "verdict"},
    {"act": "put", "part": "author", "text": "x"}, {"act": "put", "part": "dek", "text": " \n"},
    {"act": "put", "part": "tables.0", "text": "x"}, {"act": "put", "part": "dek", "more": 1},
    {"act": "insert", "part": "sections.99.paragraphs.0", "text": "x"},
])  # fmt: skip
def test_an_edit_of_what_there_is_not_is_told(desk, wrong):
    one = Program(desk, "writer")
    answer = one.post(f"{one.edition}/edits", {"edits": [wrong]}, match=one.etag())
    assert answer.status_code in {404, 422}, answer.text
    problem(answer, answer.status_code)
    assert desk.edition().revision.number == 1


# -- comments ----------------------------------------------------------------------------------


def test_comments_are_said_answered_and_settled(own_desk):
    one, other = Program(own_desk, "writer"), Program(own_desk, "compliance")
    path = f"{one.edition}/comments"
    said = one.post(path, {"words": "<b>Is it?</b>", "part": "headline"}).json()
    answer = other.post(path, {"words": "It is.", "answers": said["id"]}).json()
    assert [each["words"] for each in one.get(path).json()] == ["<b>Is it?</b>", "It is."]
    problem(one.post(path, {"words": "Really?", "answers": answer["id"]}), 404)
    problem(one.post(path, {"words": "x", "part": "nowhere"}), 404)
    problem(one.post(path, {"words": " \n "}), 409)
    for _ in range(2):
        done = other.post(f"{path}/{said['id']}/resolve").json()
        assert done["resolved_by"] == "Cy"
    assert one.post(f"{path}/{said['id']}/reopen").json()["resolved_by"] is None
    problem(one.post(f"{path}/{said['id'] + 999}/resolve"), 404)


# -- sending -----------------------------------------------------------------------------------


def test_what_is_approved_is_planned_sent_and_stopped(own_desk):
    desk, one, begun = own_desk, Program(own_desk, "editor"), []
    desk.newsroom.runs.begin = lambda *asked: begun.append(asked) or True
    match, now = one.etag(), desk.house.clock.now()
    soon = {"at": (now + dt.timedelta(hours=1)).isoformat()}
    assert "only an approved" in problem(
        one.post(f"{one.edition}/schedule", soon, match=match), 409
    )
    problem(one.post(f"{one.edition}/schedule", soon), 428)
    one.post(f"{one.edition}/approve", match=match)
    problem(Program(desk, "writer").post(f"{one.edition}/send", match=match), 403)
    narrow = Program(desk, "editor", [Scope.READ, Scope.DECIDE])
    assert "lacks the scope send" in problem(narrow.post(f"{one.edition}/send", match=match), 403)
    problem(one.get(f"{one.edition}/plan"), 404)
    for at in ("2026-08-01T06:30:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:00:00-12:00"):
        problem(one.post(f"{one.edition}/schedule", {"at": at}, match=match), 422)
    late = {"at": (now + dt.timedelta(days=30)).isoformat()}
    problem(one.post(f"{one.edition}/schedule", late, match=match), 409)
    plan = one.post(f"{one.edition}/schedule", soon, match=match).json()
    assert plan == one.get(f"{one.edition}/plan").json()
    assert (plan["content"], plan["by"]) == (match.strip('"'), "Bo")
    assert one.post(f"{one.edition}/unschedule").json()["state"] == "approved"
    problem(one.post(f"{one.edition}/unschedule"), 404)
    assert one.post(f"{one.edition}/test", {"address": "bo@example.com"}).json()["sent"]
    problem(one.post(f"{one.edition}/test", {"address": "no address"}), 409)
    first = one.post(f"{one.edition}/send", once="send-it-once", match=match)
    assert (first.status_code, first.json()["begun"]) == (202, True)
    assert one.post(f"{one.edition}/send", once="send-it-once", match=match).json() == first.json()
    assert begun == [("deliver", desk.key)]
    stopped = one.post(f"{one.edition}/stop", {"reason": "A figure is wrong."})
    assert stopped.json()["state"] == "cancelled"
    assert actions(desk)[-1] == "cancelled"


def test_a_delivery_is_paused_and_goes_on(own_desk):
    desk, one, begun = own_desk, Program(own_desk, "editor"), []
    desk.newsroom.runs.begin = lambda *asked: begun.append(asked) or True
    why = {"reason": "A figure is wrong."}
    assert "only an edition on its way out" in problem(one.post(f"{one.edition}/pause", why), 409)
    problem(one.get(f"{one.edition}/pause"), 404)
    problem(one.post(f"{one.edition}/resume"), 409)
    one.post(f"{one.edition}/approve", match=one.etag())
    desk.house.pipeline.freeze(desk.key)
    problem(Program(desk, "writer").post(f"{one.edition}/pause", why), 403)
    problem(one.post(f"{one.edition}/pause", {"reason": ""}), 422)
    made = one.post(f"{one.edition}/pause", why, once="pause-it-once")
    assert (made.status_code, made.json()["by"], made.json()["reason"]) == (
        200,
        "Bo",
        why["reason"],
    )
    assert one.post(f"{one.edition}/pause", why, once="pause-it-once").json() == made.json()
    assert one.get(f"{one.edition}/pause").json() == made.json()
    problem(one.post(f"{one.edition}/pause", why), 409)
    assert one.post(f"{one.edition}/resume").json() == made.json()
    assert begun == [("deliver", desk.key)]
    problem(one.get(f"{one.edition}/pause"), 404)
    assert actions(desk)[-2:] == ["paused", "resumed"]


def test_other_words_are_asked_for_looked_at_and_taken(own_desk):
    desk, one, other = own_desk, Program(own_desk, "writer"), Program(own_desk, "editor")
    path, before = f"{one.edition}/proposals", one.get(f"{one.edition}/draft").json()
    problem(Program(desk, "compliance").post(path, {"part": "headline"}), 403)
    problem(one.post(path, {"part": "nowhere"}), 404)
    assert "model" in problem(one.post(path, {"part": "headline", "instruction": "Shorter"}), 422)
    asked = one.post(path, {"part": "headline"}, once="ask-it-once")
    assert asked.status_code == 202
    id = asked.json()["id"]
    assert one.post(path, {"part": "headline"}, once="ask-it-once").json()["id"] == id
    problem(other.get(f"{path}/{id}"), 404)  # whoever asked sees it, and nobody else
    for thread in list(desk.newsroom.proposals._threads):
        thread.join(60)
    made = one.get(f"{path}/{id}").json()
    assert (made["course"], made["hand"].partition("@")[0]) == ("done", "house-writer")
    assert made["text"] not in {None, before["headline"]}
    assert one.get(f"{one.edition}/draft").json() == before  # nothing is changed by asking
    taken = one.post(f"{path}/{id}/take").json()
    assert (taken["revision"]["number"], taken["revision"]["author"]) == (2, "Di")
    assert one.get(f"{one.edition}/draft").json()["headline"] == made["text"]
    problem(one.post(f"{path}/{id}/take"), 409)
    assert actions(desk)[-1] == "took other words"


def test_what_went_out_is_corrected(own_desk):
    desk, house, one = own_desk, own_desk.house, Program(own_desk, "writer")
    right = "The small-cap fund is {{IWM.return.ytd|signed}} this year."
    said = house.corrections.sentences(desk.edition())[0]
    words = {"points": [{"said": said, "right": right}], "cause": "A slip.", "changed": "No more."}
    path = f"{one.edition}/corrections"
    assert "revise it instead" in problem(one.post(path, words), 409)
    house.desk.approve(desk.edition().key, "Bo")
    house.pipeline.deliver(lambda work, *given: work(*given), desk.key)
    problem(Program(desk, "compliance").post(path, words), 403)
    invented = words | {"points": [{"said": "We never wrote this.", "right": right}]}
    assert "quotes what was not sent" in problem(one.post(path, invented), 422)
    made = one.post(path, words)
    assert (made.status_code, made.json()["state"]) == (201, "in_review")
    key = made.json()["key"]
    assert key == f"{desk.key}_correction"
    assert [each["key"] for each in one.get(path).json()] == [key]
    problem(one.post(path, words), 409)  # one at a time: that one is revised
    other, match = words | {"cause": "An editor's slip."}, made.headers["etag"]
    problem(one.put(f"/editions/{key}/erratum", other), 428)
    revised = one.put(f"/editions/{key}/erratum", other, match)
    assert revised.json()["revision"]["number"] == 2
    problem(one.put(f"/editions/{key}/erratum", other, match), 412)
    problem(one.put(f"{one.edition}/erratum", other, one.etag()), 409)


def test_copies_name_readers_to_those_alone_who_may_know_them(own_desk):
    desk, book = own_desk, own_desk.house.deliveries
    one, other = Program(desk, "editor"), Program(desk, "writer")
    readers = list(desk.house.audience.active("evening"))
    states = (DeliveryState.ACCEPTED, DeliveryState.IN_DOUBT, DeliveryState.BOUNCED)
    now = desk.house.clock.now()
    rows = [
        Delivery(desk.key, reader, f"<{at}@x>", state, 1, f"550 {reader.email} said no", now)
        for at, (reader, state) in enumerate(zip(readers, states, strict=True))
    ]
    book.freeze(desk.key, rows)
    copies = one.get(f"{one.edition}/copies?limit=2").json()
    assert (len(copies["items"]), copies["total"], copies["next"]) == (2, 3, 2)
    whole = copies["items"] + one.get(f"{one.edition}/copies?offset=2").json()["items"]
    assert {each["address"] for each in whole} == {reader.email for reader in readers}
    for blind in (other, Program(desk, "editor", [Scope.READ])):
        text = blind.get(f"{one.edition}/copies").text
        assert "@example" not in text
        assert "…@" in text
    assert one.get(f"{one.edition}/deliveries").json()["counts"] == {
        "accepted": 1, "in_doubt": 1, "bounced": 1,
    }  # fmt: skip
    assert [each["key"] for each in one.get("/deliveries").json()["items"]] == [desk.key]
    (doubt,) = one.get(f"{one.edition}/copies?state=in_doubt").json()["items"]
    path = f"{one.edition}/copies/{doubt['reader']}/doubt"
    problem(other.post(path, {"decision": "delivered"}), 403)
    settled = one.post(path, {"decision": "delivered"}).json()
    assert (settled["state"], settled["reader"]) == ("accepted", doubt["reader"])
    problem(one.post(path, {"decision": "delivered"}), 409)
    assert actions(desk)[-1] == "decided a doubt"


# -- readers -----------------------------------------------------------------------------------


def test_readers_are_added_found_and_erased_and_no_answer_keeps_their_address(own_desk):
    desk, one = own_desk, Program(own_desk, "editor")
    problem(Program(desk, "editor", set(Scope) - {Scope.READERS}).get("/readers"), 403)
    joining = {"address": "Dee@Example.com", "list": "evening", "consent": "form, 1 July 2026"}
    problem(one.post("/readers", joining | {"list": "nobody's"}), 422)
    problem(one.post("/readers", joining | {"address": "dee@"}), 422)
    made = one.post("/readers", joining).json()
    assert (made["active"], made["new"]) == (True, True)
    assert one.post("/readers", joining).json() == made | {"new": False}
    found = one.post("/readers/search", {"text": "dee@"}).json()
    assert [each["id"] for each in found["items"]] == [made["id"]]
    whole = one.get(f"/readers/{made['id']}").json()
    assert whole["consent"]["how"] == "form, 1 July 2026"
    assert one.get("/readers").json()["lists"]["evening"]["active"] == 4
    assert '"Dee@example.com"' in one.post("/readers/export").text
    problem(one.post(f"/readers/{made['id']}/unsubscribe", {"reason": "dee@example.com"}), 409)
    gone = one.post(f"/readers/{made['id']}/unsubscribe", {"reason": "By letter."}).json()
    assert not gone["active"]
    assert one.post("/readers", joining).json()["active"] is False  # only they can undo that
    problem(one.post(f"/readers/{made['id']}/erase", {"address": READER}), 409)
    erased = one.post(f"/readers/{made['id']}/erase", {"address": "dee@example.com"}).json()
    assert erased == {"called": whole["called"], "subscriptions": 1}
    problem(one.get(f"/readers/{made['id']}"), 404)
    desk.house.database.close()
    with closing(sqlite3.connect(desk.folder / "data" / "newsletter.db")) as raw:
        held = "\n".join(raw.iterdump())
    assert "Ada" in held
    assert "dee@example" not in held.casefold()


# -- webhooks, people --------------------------------------------------------------------------


def test_webhooks_are_set_up_and_their_secret_stands_nowhere(own_desk):
    desk, one = own_desk, Program(own_desk)
    from program_support import inner

    inner(desk).state.outgoing = Outgoing(home=True)
    hook = {"url": "http://127.0.0.1:9/told", "events": ["edition.sent", "edition.approved"]}
    problem(one.post("/webhooks", hook | {"url": "https://10.0.0.1/"}), 409)
    problem(one.post("/webhooks", hook | {"events": []}), 422)
    problem(Program(desk, "editor").post("/webhooks", hook), 403)
    made = one.post("/webhooks", hook)
    assert (made.status_code, made.json()["made_by"]) == (201, "Ada")
    path = f"/webhooks/{made.json()['id']}"
    secret = one.post(f"{path}/secret").json()["secret"]
    assert secret.startswith("whsec_")
    assert one.post(f"{path}/test").status_code == 200
    assert [told["event"] for told in one.get(f"{path}/log").json()] == ["test"]
    assert one.post(f"{path}/off").json()["disabled_at"]
    assert one.post(f"{path}/on").json()["disabled_at"] is None
    assert one.get("/webhooks").json() == [made.json()]
    with closing(sqlite3.connect(desk.folder / "data" / "newsletter.db")) as raw:
        assert secret not in "\n".join(raw.iterdump())
    assert one.post(path, method="DELETE").status_code == 200
    problem(one.post(path, method="DELETE"), 404)
    assert one.get("/webhooks").json() == []


def test_whoever_is_dismissed_is_out_with_their_keys_and_nobody_is_let_in(own_desk):
    one, gone = Program(own_desk), Program(own_desk, "writer")
    assert gone.get("/me").status_code == 200
    answer = one.post("/people/Di/dismiss")
    assert (answer.json()["name"], answer.json()["active"]) == ("Di", False)
    problem(gone.get("/me"), 401)
    problem(one.post("/people/Di/dismiss"), 404)
    problem(one.post("/people/Ada/dismiss"), 409)  # nobody takes their own right away
    assert own_desk.actions("Di")[-1] == ("Ada", "dismissed")


# -- pages -------------------------------------------------------------------------------------


def test_page_by_page_come_all_editions_and_all_of_the_log(own_desk):
    desk, one = own_desk, Program(own_desk)
    key = desk.key
    with closing(sqlite3.connect(desk.folder / "data" / "newsletter.db")) as raw:
        for table, column in (("editions", "key"), ("revisions", "edition")):
            names = [row[1] for row in raw.execute(f"pragma table_info({table})")]
            for day in range(1, 10):
                chosen = ", ".join("?" if name == column else name for name in names)
                raw.execute(
                    f"insert into {table} select {chosen} from {table} where {column} = ?",
                    (f"2025-01-0{day}.XNYS.evening", key),
                )
        raw.commit()
    expected = [str(row.key) for row in desk.house.editions.listed(Wanted(), 100)[0]]
    assert len(expected) == 10
    for limit in (1, 3, 10, 100):
        found, following = [], ""
        while following is not None:
            page = one.get("/editions", params={"limit": limit, "before": following}).json()
            found += [each["key"] for each in page["items"]]
            following = page["next"]
            assert page["total"] == 10
        assert found == expected, limit
    some = one.get("/editions", params={"since": "2025-01-03", "until": "2025-01-04"}).json()
    assert [each["key"][:10] for each in some["items"]] == ["2025-01-04", "2025-01-03"]
    log = list(desk.house.audit.walk(Sought()))[::-1]
    found, following = [], None
    while following is not None or not found:
        given = {"limit": 1} | ({"before": following} if following else {})
        page = one.get("/audit", params=given).json()
        found += [(each["seq"], each["hash"]) for each in page["items"]]
        following = page["next"]
        assert (page["checked"], page["broken"]) == (False, None)
    assert found == [(row.seq, row.hash) for row in log]


def test_the_log_is_not_gone_through_for_a_page_of_it(desk, monkeypatch):
    one = Program(desk)
    for name in ("entries", "walk", "first_broken"):
        monkeypatch.setattr(desk.house.audit, name, lambda *_: pytest.fail("the whole log is read"))
    assert one.get("/audit?limit=1").status_code == 200


# -- how often ---------------------------------------------------------------------------------


def test_processes_together_let_no_more_through_than_one(desk):
    limiter: Limiter = desk.newsroom.guard.limiter
    now, processes, told = desk.house.clock.now(), [Rate(), Rate(), Rate()], []

    def asks(rate, who="somebody"):
        try:
            rate.require(limiter, who, 4 * BUNDLE, now)
        except TooMany as error:
            told.append(error.seconds)
            return False
        return True

    assert sum(asks(processes[turn % 3]) for turn in range(12 * BUNDLE)) == 4 * BUNDLE
    assert not asks(Rate())  # one that is begun anew
    assert asks(Rate(), "somebody else")
    assert {0 < seconds <= 60 for seconds in told} == {True}

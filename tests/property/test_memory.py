"""Memory: a call is settled by its own session's facts, once, whatever order they come in."""

import datetime as dt
import itertools
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from memory_support import (
    DAYS,
    PAIR,
    Remembered,
    base,
    call,
    key,
    ledger,
    said,
    spread,
    trigger,
    view,
)

from newsletter.compute.facts import MEMORY
from newsletter.draft.calls import HORIZONS, due
from newsletter.draft.memory import GRACE, Memory, committed, evaluate, holds
from newsletter.draft.remembered import (
    TRIGGER,
    VIEW,
    leading,
    standing,
    with_memory,
    with_remembered,
)

SESSIONS = DAYS.between(dt.date(2026, 1, 2), dt.date(2026, 6, 30))
WORLD = SESSIONS[:48]
FIRST = WORLD[0]
values = st.sampled_from(["-2.5", "-0.01", "0", "0.01", "1.75"])
days = st.sampled_from(SESSIONS)
AHEAD = f"{PAIR}.spread.5d > 0.05"


# -- when a call is due --------------------------------------------------------------------


@given(days, st.sampled_from(HORIZONS))
def test_a_call_is_due_when_first_a_window_of_its_length_begins_with_it(session, horizon):
    later = (day for day in DAYS.between(session, session + dt.timedelta(days=120)))
    first = next(day for day in later if day > session and base(day, horizon) >= session)
    assert due(session, horizon, DAYS) == first


@pytest.mark.parametrize("horizon", HORIZONS)
def test_the_window_begins_with_the_call_wherever_any_window_does(horizon):
    everywhere = DAYS.between(dt.date(2020, 1, 2), dt.date(2026, 6, 30))
    later = [base(day, horizon) for day in DAYS.between(everywhere[0], dt.date(2026, 12, 1))]
    exact = [base(due(day, horizon, DAYS), horizon) == day for day in everywhere]
    assert exact == [day in set(later) for day in everywhere]
    assert sum(exact) / len(exact) > 0.9 or horizon != "5d"


# -- settling and firing -------------------------------------------------------------------


@st.composite
def worlds(draw):
    """Ledgers of some sessions, calls and triggers of some, an order to judge them in."""
    ledgers = {}
    for session in WORLD:
        facts = [
            spread(session, horizon, draw(values), kind=kind)
            for horizon in ("5d", "1m")
            for kind in ("price", "total")
            if draw(st.integers(0, 5))
        ]
        ledgers[session] = ledger(session, *facts)
    made = draw(st.lists(st.sampled_from(WORLD[:30]), min_size=1, max_size=5, unique=True))
    editions = [
        said(
            session,
            calls=[
                call(session, horizon=draw(st.sampled_from(("5d", "1m"))), number=number,
                     kind=draw(st.sampled_from(("price", "total"))))
                for number in (1, 2)
            ],
            triggers=[trigger(session, AHEAD, lapses=draw(st.sampled_from(WORLD)))],
        )
        for session in made
    ]  # fmt: skip
    order = draw(st.lists(st.sampled_from(WORLD), min_size=1, max_size=60))
    return ledgers, editions, order


def _judged(ledgers, editions, order):
    memory = Remembered()
    for one in editions:
        memory.record(one)
    for session in order:
        memory.add(evaluate(memory.recall(), ledgers[session]))
    return memory.recall()


@settings(max_examples=60, deadline=None)
@given(worlds())
def test_a_call_ends_by_the_first_session_in_its_days_of_grace_that_has_its_figure(world):
    ledgers, editions, order = world
    memory = _judged(ledgers, editions, order)
    for one in memory.calls:
        last = one.due + GRACE[one.horizon]
        id = f"{PAIR}.spread.{one.horizon}" + (".total" if one.kind == "total" else "")
        able = sorted(
            s for s in order if one.due <= s <= last and id in ledgers[s]
            and ledgers[s][id].period.start >= one.session
        )  # fmt: skip
        mark = memory.mark(one)
        if able:
            fact = ledgers[able[0]][id]
            assert (mark.session, mark.value) == (able[0], fact.value)
            assert (mark.start, mark.reason) == (fact.period.start, "")
        elif any(s > last for s in order):
            assert mark.value is None
            assert mark.reason.startswith(f"No session from {one.due} to {last} gave its figure.")
        else:
            assert mark is None


@settings(max_examples=40, deadline=None)
@given(worlds(), st.randoms(use_true_random=False))
def test_the_order_and_number_of_evaluations_change_nothing(world, random):
    ledgers, editions, order = world
    shuffled = [*order, *order[: len(order) // 2]]
    random.shuffle(shuffled)
    one, other = _judged(ledgers, editions, order), _judged(ledgers, editions, shuffled)
    assert [one.mark(c) and (one.mark(c).session, one.mark(c).value) for c in one.calls
            if one.mark(c) is None or one.mark(c).value is not None] == [
            other.mark(c) and (other.mark(c).session, other.mark(c).value) for c in other.calls
            if other.mark(c) is None or other.mark(c).value is not None]  # fmt: skip
    assert [one.fired(t) for t in one.triggers] == [other.fired(t) for t in other.triggers]


@settings(max_examples=40, deadline=None)
@given(worlds())
def test_whoever_looks_every_evening_settles_on_the_due_session_itself(world):
    ledgers, editions, _ = world
    whole = {
        day: ledger(day, *(spread(day, h, "1.5", kind=k) for h in ("5d", "1m")
                           for k in ("price", "total")))
        for day in ledgers
    }  # fmt: skip
    memory = _judged(whole, editions, WORLD)
    for one in memory.calls:
        mark = memory.mark(one)
        assert (mark and mark.session) == (one.due if one.due <= WORLD[-1] else None)


@settings(max_examples=60, deadline=None)
@given(worlds())
def test_a_trigger_fires_on_the_first_session_on_which_it_holds_and_counts(world):
    ledgers, editions, order = world
    memory = _judged(ledgers, editions, order)
    for one in memory.triggers:
        held = [
            s for s in order if one.session < s <= one.lapses
            and f"{PAIR}.spread.5d" in ledgers[s]
            and ledgers[s][f"{PAIR}.spread.5d"].value > Decimal("0.05")
        ]  # fmt: skip
        assert memory.fired(one) == (min(held) if held else None)


@settings(max_examples=40, deadline=None)
@given(worlds(), st.sampled_from(WORLD))
def test_judging_adds_and_takes_nothing_away(world, session):
    ledgers, editions, order = world
    before = _judged(ledgers, editions, order)
    found = evaluate(before, ledgers[session])
    assert not set(found.marks) & set(before.marks)
    assert not set(found.firings) & set(before.firings)
    known = before.before(ledgers[session])
    again = evaluate(replace(before, marks=before.marks + found.marks,
                             firings=before.firings + found.firings), ledgers[session])  # fmt: skip
    assert (again.marks, again.firings) == ((), ())
    assert all(v.session < session for v in known.views)


@pytest.mark.parametrize(
    "condition",
    ["NOPE.return.1d > 1", f"{PAIR}.spread.5d > NOPE.spread.5d", "no condition at all", "",
     f'{PAIR}.spread.5d = "leading"', f"{PAIR}.spread.5d > IWM.return.5d"],
)  # fmt: skip
def test_what_tonight_cannot_decide_is_neither(condition):
    today = WORLD[9]
    book = ledger(today, spread(today, "5d", "9"), spread(today, "5d", "9", subject="IWM"))
    assert holds(condition, book) is None
    memory = Memory((view(FIRST),), (), (trigger(FIRST, condition),))
    assert evaluate(memory, book).firings == ()
    later = WORLD[10]
    assert evaluate(memory, ledger(later)).firings == ()


# -- what leads ----------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_trigger_leads_the_next_briefing_after_it_fired_and_no_other(data):
    """Editions may be skipped; the house takes the same side throughout."""
    memory, led = Remembered(), {}
    sent = [FIRST]
    memory.record(said(FIRST, triggers=[trigger(FIRST, AHEAD, words="The one ahead.")]))
    for session in WORLD[1:20]:
        book = ledger(session, spread(session, "5d", data.draw(values)))
        memory.add(evaluate(memory.recall(), book))
        whole = with_memory(book, memory.recall(), "evening")
        if f"{TRIGGER}.date" in whole:
            led[session] = whole[f"{TRIGGER}.fired"].value
        if data.draw(st.booleans()):
            memory.record(said(session, data.draw(st.sampled_from(("for", "neither")))))
            sent.append(session)
    fired = memory.recall().fired(memory.recall().triggers[0])
    if fired is None:
        assert led == {}
        return
    # Until an edition that leads with it has gone out, each attempt leads with it.
    until = next((s for s in sent if s >= fired), WORLD[19])
    expected = [s for s in WORLD[1:20] if fired <= s <= until]
    assert list(led) == expected
    assert set(led.values()) <= {fired}


def test_the_trigger_of_a_view_that_has_been_given_up_leads_nothing():
    one, two, today = WORLD[0], WORLD[1], WORLD[8]
    memory = Remembered()
    memory.record(said(one, "for", triggers=[trigger(one, AHEAD)]))
    memory.record(said(two, "against"))
    book = ledger(today, spread(today, "5d", 3))
    memory.add(evaluate(memory.recall(), book))
    assert memory.recall().fired(memory.recall().triggers[0]) == today
    assert leading(memory.recall().before(book), book, "evening") is None


def test_of_several_the_one_set_last_leads_and_of_one_edition_the_first():
    memory = Remembered()
    for session in WORLD[:3]:
        memory.record(said(session, triggers=[trigger(session, AHEAD, number=n) for n in (1, 2)]))
    today = WORLD[8]
    book = ledger(today, spread(today, "5d", 3))
    memory.add(evaluate(memory.recall(), book))
    found, when = leading(memory.recall().before(book), book, "evening")
    assert (found.session, found.number, when) == (WORLD[2], 1, today)


# -- what is known when ----------------------------------------------------------------------


def test_an_edition_made_again_does_not_remember_itself_nor_what_came_later():
    memory = Remembered()
    for session in WORLD[:5]:
        memory.record(said(session, calls=[call(session)], triggers=[trigger(session, AHEAD)]))
    known = memory.recall().before(ledger(WORLD[2]))
    assert {one.session for one in (*known.views, *known.calls, *known.triggers)} == set(WORLD[:2])


def test_another_exchange_and_the_sample_market_have_memories_of_their_own():
    memory = Remembered()
    memory.record(said(WORLD[0], simulated=True))
    memory.record(said(WORLD[1]))
    today = WORLD[3]
    seen = [memory.recall().before(ledger(today, simulated=s)).views for s in (True, False)]
    assert [[v.session for v in one] for one in seen] == [[WORLD[0]], [WORLD[1]]]
    assert memory.recall().before(ledger(today, exchange="XLON")).views == ()


@pytest.mark.parametrize(("apart", "stands"), [(1, True), (360, True), (366, True), (367, False)])
def test_a_view_stands_for_twelve_months(apart, stands):
    today = dt.date(2026, 6, 1)
    memory = Memory((view(today - dt.timedelta(days=apart), "against"),))
    assert (standing(memory, today) is not None) == stands


def test_the_view_that_stands_is_the_last_that_took_a_side():
    memory = Memory((view(WORLD[0], "for"), view(WORLD[1], "against"), view(WORLD[2], "neither"),
                     view(WORLD[3], "")))  # fmt: skip
    assert standing(memory, WORLD[5]).session == WORLD[1]


# -- facts -----------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(worlds(), st.sampled_from(WORLD[1:]), st.booleans())
def test_what_is_remembered_is_of_its_own_kind_and_survives_a_replay(world, session, scored):
    ledgers, editions, order = world
    memory = _judged(ledgers, editions, [s for s in order if s <= session])
    plain = ledgers[session]
    whole = with_memory(plain, memory, "evening", scored=scored)
    added = [fact for fact in whole if fact.id not in plain]
    assert all(fact.kind == MEMORY and fact.source == "own record" for fact in added)
    assert all(whole[fact.id] == fact for fact in plain)
    assert with_remembered(plain, whole).to_bytes() == whole.to_bytes()
    back = type(whole).from_bytes(whole.to_bytes())
    assert with_remembered(plain, back).to_bytes() == whole.to_bytes()
    assert all(fact.period.end == session for fact in added)


def test_without_a_past_a_ledger_stays_the_same_object():
    book = ledger(FIRST, spread(FIRST, "5d", 1))
    assert with_memory(book, Memory(), "evening", scored=True) is book
    assert with_remembered(book, book) is book


def test_views_and_counts_are_told_as_facts():
    memory = Remembered()
    for session, direction in itertools.product(WORLD[:1], ("up",)):
        memory.record(said(session, "against", calls=[call(session, direction)]))
    today = due(WORLD[0], "5d", DAYS)
    book = ledger(today, spread(today, "5d", "-1"))
    memory.add(evaluate(memory.recall(), book))
    whole = with_memory(book, memory.recall(), "evening")
    assert whole[f"{VIEW}.date"].value == WORLD[0]
    assert whole[f"{VIEW}.stance"].value == "against"
    counts = [int(whole[f"memory.calls.{name}"].number) for name in
              ("made", "open", "settled", "right")]  # fmt: skip
    assert counts == [1, 0, 1, 0]


# -- what an edition is held to ----------------------------------------------------------------


def test_only_doubts_that_can_come_true_later_are_kept(monkeypatch):
    from compute_support import universe
    from preflight_support import LEDGER

    from newsletter.compute.facts import index_facts
    from newsletter.draft.claims import Call
    from newsletter.draft.house import write

    book = replace(LEDGER, facts=index_facts([*LEDGER, spread(LEDGER.session.date, "1m", "2.25")]))
    draft = replace(
        write(book, universe()),
        change_mind=("One.", "Two.", "Three.", "Four."),
        conditions=("IWM.return.5d > 50", "IWM.return.5d < 50", "NOPE.return.5d > 1", ""),
        calls=(Call(PAIR, "down", "1m"), Call("XYZ", "up", "5d")),
        stance="against",
    )
    kept = committed(key(book.session.date), draft, book, DAYS)
    assert [(t.number, t.words, t.condition) for t in kept.triggers] == [
        (1, "One.", "IWM.return.5d > 50")
    ]
    assert len(DAYS.between(book.session.date, kept.triggers[0].lapses)) == 22
    first, second = kept.calls
    assert (first.kind, first.trailing, first.due) == (
        "price",
        Decimal("2.25"),
        dt.date(2026, 8, 3),
    )
    assert (second.kind, second.trailing) == ("", None)
    assert (kept.view.stance, kept.view.simulated) == ("against", False)
    unpaired = replace(draft, conditions=draft.conditions[:3])
    assert committed(key(book.session.date), unpaired, book, DAYS).triggers == ()


def test_a_window_that_began_before_the_call_settles_nothing():
    one = call(WORLD[0])
    early = spread(one.due, "5d", "9", start=WORLD[0] - dt.timedelta(days=1))
    memory = Memory((view(WORLD[0]),), (one,))
    assert evaluate(memory, ledger(one.due, early)).marks == ()

"""Logging in: every answer, and what none of them gives away."""

import dataclasses
import datetime as dt
import logging
import threading

import pyotp
import pytest
from argon2 import PasswordHasher
from security_support import CHEAP, CONTENT, EDITION, OTHER, PASSWORD, Room

from newsletter.desk.security import login
from newsletter.desk.security.keys import digest
from newsletter.desk.security.login import Step
from newsletter.desk.security.passwords import Passwords, TooBusy, WeakPassword
from newsletter.desk.security.totp import reset
from newsletter.review.access import Stage

MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def room(tmp_path):
    opened = Room(tmp_path)
    yield opened
    opened.database.close()


def test_from_the_invitation_to_the_desk_and_back_again(room):
    sessions, login = room.guard.sessions, room.login
    invitation = room.guard.invitations.make("ann", "operator")
    with pytest.raises(WeakPassword):
        login.accept_invitation(invitation, "ann@example.com ann")
    first = login.accept_invitation(invitation, PASSWORD, agent="Browser")
    assert first.step is Step.ENROL
    assert login.code(first.token, "000000").step is Step.ENDED
    assert (
        login.enrol(first.token, "000000").words
        == "That code is wrong or was used already; wait for the next one."
    )
    code = pyotp.TOTP(login.enrolment(first.token).secret).at(room.clock.now())
    inside = login.enrol(first.token, code)
    assert (inside.step, len(inside.recovery)) == (Step.IN, 10)
    assert sessions.find(first.token) is None
    assert sessions.find(inside.token).agent == "Browser"
    assert login.enrolment(inside.token) is None
    login.leave(inside.token)
    assert sessions.find(inside.token) is None
    again = room.enter(" ANN@example.com ", replacing=inside.token)
    assert again.step is Step.CODE
    assert sessions.find(again.token).stage is Stage.PASSWORD
    assert login.enrolment(again.token) is None
    assert login.code(again.token, code).step is Step.REFUSED
    room.clock.advance(MINUTE)
    assert login.code(again.token, room.code()).step is Step.IN
    assert room.actions() == [
        "invited",
        "set a password",
        "code refused",
        "authenticator set up",
        "logged in",
        "logged out",
        "password given",
        "code refused",
        "logged in",
    ]
    assert room.audit.first_broken() is None


def test_a_code_counts_once_even_for_two_at_once(room):
    room.enrolled()
    room.clock.advance(MINUTE)
    halves, code = [room.enter().token for _ in range(2)], room.code()
    gate, steps = threading.Barrier(2), []

    def give(token):
        gate.wait()
        steps.append(room.login.code(token, code).step)

    threads = [threading.Thread(target=give, args=(token,)) for token in halves]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert sorted(steps) == [Step.IN, Step.REFUSED]


def test_a_recovery_code_opens_once(room):
    codes = room.enrolled().recovery
    assert room.login.code(room.enter().token, codes[0].upper()).step is Step.IN
    assert room.access.recovery_left("ann") == 9
    assert room.login.code(room.enter().token, codes[0]).step is Step.REFUSED
    room.enrolled("bob")
    assert room.login.code(room.enter("bob").token, codes[1]).step is Step.REFUSED


def test_unknown_wrong_disabled_and_never_invited_get_the_same_answer(room):
    room.enrolled()
    room.enrolled("bob")
    room.editors.add("cyd", "cyd@example.com", room.clock.now())
    room.editors.disable("bob", room.clock.now())
    tries = [("nobody", PASSWORD), ("ann", OTHER), ("bob", PASSWORD), ("cyd", PASSWORD)]
    answers = {room.enter(who, password) for who, password in tries}
    (answer,) = answers
    assert (answer.step, answer.words, answer.token) == (Step.REFUSED, login.REFUSED, "")
    last = room.audit.entries()[-4:]
    assert [entry.subject for entry in last] == ["an unknown name", "ann", "an unknown name", "cyd"]
    assert {entry.actor for entry in last} == {"desk"}


@pytest.mark.parametrize("who", ["ann", "nobody"])
def test_five_failures_lock_one_account_from_one_place_for_a_quarter_of_an_hour(room, who):
    room.enrolled()
    assert [room.enter(who, OTHER).step for _ in range(5)] == [Step.REFUSED] * 5
    room.clock.advance(MINUTE)
    locked = [room.enter(who, PASSWORD) for _ in range(3)]
    assert {each.step for each in locked} == {Step.LOCKED}
    assert locked[0].words == "Too many attempts; try again in 14 minutes."
    assert locked[0].wait == 14 * MINUTE
    assert room.actions().count("locked out") == 1
    assert room.enter("ann", ip="198.51.100.7").step is Step.CODE
    room.clock.advance(14 * MINUTE)
    assert room.enter(who).step is (Step.CODE if who == "ann" else Step.REFUSED)


def test_fifty_failures_lock_a_place_and_successes_do_not_count(room):
    room.enrolled()
    for number in range(49):
        assert room.guard.limiter.login(f"nobody{number}", "192.0.2.1").ids
    for _ in range(6):
        assert room.enter().step is Step.CODE
    assert room.enter("another", OTHER).step is Step.REFUSED
    assert room.enter().step is Step.LOCKED
    assert room.enter(ip="198.51.100.7").step is Step.CODE


def test_of_many_at_once_no_more_are_checked_than_may_fail(room):
    room.enrolled()
    steps, gate = [], threading.Barrier(8)

    def guess():
        gate.wait()
        steps.append(room.enter("ann", OTHER).step)

    threads = [threading.Thread(target=guess) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(steps) == [Step.LOCKED] * 3 + [Step.REFUSED] * 5


def test_codes_are_limited_for_each_editor_and_a_right_one_forgives(room):
    room.enrolled()
    room.clock.advance(MINUTE)
    half = room.enter().token
    assert [room.login.code(half, "000000").step for _ in range(4)] == [Step.REFUSED] * 4
    assert room.login.code(half, room.code()).step is Step.IN
    room.clock.advance(MINUTE)
    half = room.enter().token
    assert [room.login.code(half, "x").step for _ in range(5)] == [Step.REFUSED] * 5
    assert room.login.code(half, room.code()).step is Step.LOCKED


def test_who_found_no_place_has_not_failed(tmp_path):
    room = Room(tmp_path, Passwords(CHEAP, at_once=1, patience=0.01))
    with room.login.passwords._place():
        for _ in range(6):
            with pytest.raises(TooBusy):
                room.enter()
    assert room.enter().step is Step.REFUSED
    room.database.close()


def test_a_password_is_hashed_anew_when_the_cost_has_changed(room):
    room.enrolled()
    dearer = Passwords(PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    stronger = dataclasses.replace(room.login, passwords=dearer)
    assert stronger.password("ann", PASSWORD, ip="").step is Step.CODE
    assert "$m=16,t=2,p=1$" in room.access.credential("ann").password
    assert stronger.password("ann", PASSWORD, ip="").step is Step.CODE


def test_a_disabled_editor_is_out_at_once_and_stays_out(room):
    token = room.enrolled().token
    half = room.enter().token
    invitation = room.guard.invitations.make("ann", "operator")
    room.editors.disable("ann", room.clock.now())
    assert room.guard.sessions.find(token) is room.guard.sessions.find(half) is None
    room.editors.add("ann", "ann@example.com", room.clock.now())
    assert room.guard.sessions.find(token) is None
    assert room.login.accept_invitation(invitation, OTHER).words == login.NO_INVITATION
    assert room.enter().step is Step.CODE
    room.editors.disable("ann", room.clock.now())
    room.editors.add("ann", "another@example.com", room.clock.now())
    assert room.enter().step is Step.REFUSED
    assert room.access.credential("ann").totp_generation == 2


def test_a_new_password_ends_every_other_session(room):
    token = room.enrolled().token
    room.clock.advance(MINUTE)
    elsewhere = room.login.code(room.enter().token, room.code()).token

    def change(old, new):
        return room.login.change_password(token, old, new, ip="192.0.2.1")

    assert change(OTHER, OTHER).step is Step.REFUSED
    with pytest.raises(WeakPassword):
        change(PASSWORD, "the evening letter")
    assert room.guard.sessions.find(elsewhere) is not None
    changed = change(PASSWORD, OTHER)
    assert changed.step is Step.IN
    assert room.guard.sessions.find(changed.token).stage is Stage.WHOLE
    assert room.guard.sessions.find(token) is room.guard.sessions.find(elsewhere) is None
    assert change(OTHER, PASSWORD).step is Step.ENDED
    assert (room.enter().step, room.enter(password=OTHER).step) == (Step.REFUSED, Step.CODE)
    half = room.enter(password=OTHER).token
    assert room.login.change_password(half, OTHER, PASSWORD, ip="").step is Step.ENDED


def test_a_reset_authenticator_is_set_up_anew_with_another_secret(room):
    inside = room.enrolled()
    old = room.code(steps=1)
    reset(room.access, room.clock, "ann", "operator")
    assert room.guard.sessions.find(inside.token) is None
    half = room.enter()
    assert half.step is Step.ENROL
    assert room.login.enrol(half.token, old).step is Step.REFUSED
    assert room.login.enrol(half.token, room.code()).step is Step.IN
    room.clock.advance(MINUTE)
    assert room.login.code(room.enter().token, inside.recovery[0]).step is Step.REFUSED


def test_nothing_secret_stands_in_the_database_the_log_or_a_repr(room, caplog, capfd):
    caplog.set_level(logging.DEBUG)
    invitation = room.guard.invitations.make("ann", "operator")
    first = room.login.accept_invitation(invitation, PASSWORD)
    enrolment = room.login.enrolment(first.token)
    codes = [pyotp.TOTP(enrolment.secret).at(room.clock.now())]
    inside = room.login.enrol(first.token, codes[0], ip="192.0.2.1")
    room.enter(PASSWORD, PASSWORD)  # the password where the name belongs
    room.enter(password=OTHER)
    room.clock.advance(MINUTE)
    codes.append(room.code())
    half = room.enter()
    whole = room.login.code(half.token, codes[1], ip="192.0.2.1")
    link = room.guard.links.make(EDITION, CONTENT, "ann")
    form = room.guard.csrf.token("session")
    told = [repr(each) for each in (room.guard, inside, whole, enrolment, room.audit.entries())]
    told += [repr(room.access.credential("ann")), caplog.text, *capfd.readouterr()]
    room.database.close()
    kept = b"".join(file.read_bytes() for file in room.folder.iterdir())
    tokens = [invitation, first.token, inside.token, half.token, whole.token, link, form]
    canaries = [PASSWORD, OTHER, enrolment.secret, *inside.recovery, *tokens]
    canaries += [each.replace("-", "") for each in inside.recovery]
    for canary in canaries:
        assert canary.encode() not in kept
    for canary in [*canaries, *codes, "192.0.2.1"]:
        assert not any(canary in each for each in told)
    assert b"192.0.2.1" not in kept
    assert digest(whole.token).encode() in kept
    assert b"$argon2id$" in kept

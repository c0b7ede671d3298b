"""Passwords: strength, hashes, and how many of them at once."""

import threading

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.low_level import Type
from security_support import CHEAP, OTHER, PASSWORD

from newsletter.desk.security.passwords import Passwords, TooBusy, WeakPassword, require_good


def test_a_hash_is_argon2id_of_at_least_the_required_cost_and_holds():
    passwords = Passwords()
    phc = passwords.hash(PASSWORD)
    found = extract_parameters(phc)
    assert phc.startswith("$argon2id$v=19$")
    assert (found.type, found.salt_len, found.hash_len) == (Type.ID, 16, 32)
    assert found.memory_cost >= 19 * 1024
    assert found.time_cost >= 2
    assert passwords.verify(phc, PASSWORD) == (True, False)
    cheap = Passwords(CHEAP).hash(PASSWORD)
    assert passwords.verify(cheap, PASSWORD) == (True, True)
    assert passwords.verify(cheap, OTHER) == (False, False)


class Counting(PasswordHasher):
    """Tells which hashes are computed, and how many at the same moment."""

    def __init__(self):
        super().__init__(time_cost=1, memory_cost=8, parallelism=1)
        self.seen, self.inside, self.most = [], 0, 0
        self.lock, self.entered = threading.Lock(), threading.Event()
        self.full, self.gate = threading.Event(), threading.Event()
        self.gate.set()

    def verify(self, hash, password):
        with self.lock:
            self.seen.append(extract_parameters(hash))
            self.inside += 1
            self.most = max(self.most, self.inside)
            self.entered.set()
            if self.inside >= 4:
                self.full.set()
        self.gate.wait(10)
        try:
            return super().verify(hash, password)
        finally:
            with self.lock:
                self.inside -= 1


def test_fifty_logins_at_once_compute_four_hashes_at_a_time_and_all_are_answered():
    hasher = Counting()
    hasher.gate.clear()
    passwords = Passwords(hasher)
    phc, begun, answers = passwords.hash(PASSWORD), threading.Semaphore(0), []

    def log_in():
        begun.release()
        answers.append(passwords.verify(phc, PASSWORD))

    threads = [threading.Thread(target=log_in) for _ in range(50)]
    for thread in threads:
        thread.start()
    assert all(begun.acquire(timeout=60) for _ in threads)
    assert hasher.full.wait(60)
    hasher.gate.set()
    for thread in threads:
        thread.join(120)
    assert answers == [(True, False)] * 50
    assert hasher.most == 4


def test_who_waits_too_long_is_told_so():
    hasher = Counting()
    hasher.gate.clear()
    passwords = Passwords(hasher, at_once=1, patience=0.01)
    first = threading.Thread(target=passwords.verify, args=(None, PASSWORD))
    first.start()
    assert hasher.entered.wait(10)
    with pytest.raises(TooBusy, match="try again in a minute"):
        passwords.verify(None, PASSWORD)
    hasher.gate.set()
    first.join(10)
    assert passwords.verify(None, PASSWORD) == (False, False)


@pytest.mark.parametrize(
    ("phc", "password"),
    [(None, PASSWORD), ("", PASSWORD), ("$argon2id$broken", PASSWORD), (None, "\ud800" * 20)],
)
def test_whom_we_do_not_know_costs_as_much_as_whom_we_do(phc, password):
    hasher = Counting()
    passwords = Passwords(hasher)
    known = passwords.hash(OTHER)
    assert passwords.verify(known, PASSWORD) == (False, False)
    assert passwords.verify(phc, password) == (False, False)
    first, second = hasher.seen
    assert first == second


def test_an_endless_password_and_an_empty_one_open_nothing():
    passwords = Passwords(CHEAP)
    assert passwords.verify(CHEAP.hash(b""), "") == (False, False)
    assert passwords.verify(CHEAP.hash(b""), "x" * 257) == (False, False)
    assert passwords.verify(CHEAP.hash("é" * 20), "e\u0301" * 20) == (True, False)


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("granite lanter", "has 14 characters"),
        ("e\u0301" * 14, "has 14 characters"),
        ("x" * 257, "longer than 256"),
        ("passwordpassword", "easy to guess"),
        ("123456789012345", "easy to guess"),
        ("qwertyuiopasdfgh", "easy to guess"),
        ("a" * 100, "easy to guess"),
        ("ann@example.com", "easy to guess"),
        ("granite lantern oboe \ud800", "no text"),
    ],
)
def test_a_password_that_can_be_guessed_is_refused_in_one_sentence(password, why):
    with pytest.raises(WeakPassword, match=why) as caught:
        require_good(password, "Ann Evening", "ann@example.com", "The Evening Letter")
    assert password not in str(caught.value)


@pytest.mark.parametrize(
    "password", [PASSWORD, f"{PASSWORD} {OTHER} " * 4, "граніт ліхтар гобой яр"]
)
def test_a_long_password_of_any_script_is_taken(password):
    require_good(password, "ann", "ann@example.com", "The Evening Letter")

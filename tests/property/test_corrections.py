"""Keys of corrections, and who is reached by what: for every kind, state and standing."""

import contextlib
import itertools

import pytest
from engine_support import KEY, LIFETIME, NOW, desk, revision
from hypothesis import given
from hypothesis import strategies as st

from newsletter import assets, kinds
from newsletter.config import Config, load
from newsletter.draft.claims import Draft, Section
from newsletter.draft.erratum import Erratum, Wrong
from newsletter.review.desk import AuditEntry
from newsletter.review.edition import EditionKey
from newsletter.send.delivery import Delivery, DeliveryState
from newsletter.store.audience import Audience
from newsletter.store.database import Database
from newsletter.store.deliveries import SqlDeliveryBook

KINDS = st.from_regex(r"[a-z][a-z0-9_]{0,31}", fullmatch=True)
TEXT = st.text(st.characters(codec="utf-8"), max_size=60)
LEFT = AuditEntry(NOW, "operator", "left", "reader 0123456789ab")
ARRIVED = {"accepted", "in_doubt", "dot_sent"}
"""Copies that the reader has, or may have: after the final dot nobody can take one back."""


@given(KINDS, st.integers(1, kinds.MOST))
def test_a_corrections_key_tells_what_it_corrects(kind: str, number: int) -> None:
    key = EditionKey.parse(f"2026-07-02.XNYS.{kind}")
    made = EditionKey.parse(str(key.correction(number)))
    assert made.corrects == key
    assert kinds.root(made.kind) == kinds.root(kind)
    assert made.session == key.session


@given(KINDS, st.integers(1, 99), st.integers(1, 99))
def test_two_corrections_never_share_a_key(kind: str, one: int, other: int) -> None:
    assert (kinds.correction(kind, one) == kinds.correction(kind, other)) is (one == other)


def test_no_configured_edition_may_look_like_a_correction() -> None:
    config = load(assets.find("config.yaml"))
    given = config.model_dump()
    given["editions"]["evening_correction"] = {}
    with pytest.raises(ValueError, match="ends like the key of a correction"):
        Config.model_validate(given)
    assert config.kind("evening_correction_2") == config.editions["evening"]
    assert config.kind("unheard_of_correction") is None


@given(st.lists(st.tuples(TEXT, TEXT), max_size=4), TEXT, TEXT, TEXT)
def test_what_a_correction_says_is_kept_as_it_is(
    points: list[tuple[str, str]], headline: str, cause: str, changed: str
) -> None:
    erratum = Erratum(headline, tuple(Wrong(*each) for each in points), cause, changed)
    empty = Draft("Di", "", "", "", "", "", (), (), (), Section("", ()), (), (), "")
    assert "erratum" not in empty.to_json()  # the hash of a draft kept before stays as it was
    draft = Draft.from_json({**empty.to_json(), "erratum": None})
    assert draft == empty
    whole = Draft("Di", "", "", "", "", "", (), (), (), Section("", ()), (), (), "",
                  erratum=erratum)  # fmt: skip
    assert Draft.from_bytes(whole.to_bytes()) == whole


def test_exactly_who_has_a_copy_and_still_wants_mail_is_reached(tmp_path):
    """Each reader: how their copy ended, whether they left, whether they were erased."""
    with contextlib.closing(Database(f"sqlite:///{tmp_path / 'news.db'}")) as database:
        desk(database).submit(KEY, revision(), LIFETIME)
        audience, book = Audience(database), SqlDeliveryBook(database)
        rows, wanted = [], set()
        cases = itertools.product(DeliveryState, (False, True), (False, True))
        for number, (state, left, erased) in enumerate(cases):
            address = f"reader{number}@example.com"
            reader, _ = audience.add(address, "", "evening", {}, NOW)
            rows.append(Delivery(str(KEY), reader, f"<{number}@x>", state, 1, "", NOW))
            if state in ARRIVED and not left and not erased:
                wanted.add(address)
        book.freeze(str(KEY), rows)
        audience.add("other@example.com", "", "evening", {}, NOW)  # was sent nothing
        for row, (_, left, erased) in zip(
            rows, itertools.product(DeliveryState, (False, True), (False, True)), strict=True
        ):
            if left:
                audience.unsubscribe(row.subscriber.id, LEFT)
            if erased:
                audience.erase(row.subscriber.email, LEFT)
        found = [one.email for one in audience.reached(str(KEY))]
        assert len(found) == len(set(found)) == audience.reaching(str(KEY)) == len(ARRIVED)
        assert set(found) == wanted
        assert list(audience.reached(str(KEY.correction(1)))) == []

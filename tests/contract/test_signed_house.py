"""Whatever a house that signs lets out is signed, and without a key nothing goes."""

import email

import dkim
import pytest
from desk_support import own_desk  # noqa: F401 - a fixture
from signing_support import DOMAIN, SECOND, SELECTOR, keys, zone

from newsletter.desk.planned import telling
from newsletter.errors import ConfigError
from newsletter.send.delivery import DeliveryState
from newsletter.signatures import SecondSignature, Signature

SIGNS = Signature(
    selector=SELECTOR, domain=DOMAIN, key="one.pem",
    ed25519=SecondSignature(selector=SECOND, key="two.pem"),
)  # fmt: skip


@pytest.fixture
def signing(own_desk):
    """A desk whose sender signs with keys in files beside config.yaml, and tells its editors."""
    house = own_desk.house
    for name, (_, pem) in zip(("one.pem", "two.pem"), keys(), strict=True):
        (house.base / name).write_bytes(pem)
        (house.base / name).chmod(0o600)
    way = house.config.senders["mailbox"].model_copy(
        update={"dkim": SIGNS, "bounce_domain": "bounces.example.com"}
    )
    review = house.config.review.model_copy(update={"tell": True})
    senders = {**house.config.senders, "mailbox": way}
    house.config = house.config.model_copy(update={"senders": senders, "review": review})
    for name in ("desk", "pipeline", "planning"):
        house.__dict__.pop(name, None)
    return own_desk


def approved(desk):
    form = {"content": desk.edition().revision.content}
    answer = desk.client("editor").act(f"/editions/{desk.key}/approve", **form)
    assert answer.status_code == 303


def deliver(desk):
    return desk.house.pipeline.deliver(lambda step, *given: step(*given), desk.key)


def arrived(desk):
    """Return the mails in the box with what dkimpy says of both their signatures."""
    table = {f"{name}.".encode(): text.encode() for name, text in zone().items()}
    found = []
    for file in sorted((desk.folder / "data" / "mailbox" / "new").glob("*")):
        raw = file.read_bytes()
        good = [
            dkim.DKIM(raw).verify(idx=index, dnsfunc=lambda name, **_: table[name])
            for index in range(raw.count(b"DKIM-Signature:"))
        ]
        found.append((email.message_from_bytes(raw), good, file))
    return found


def test_copies_tests_letters_and_what_is_sent_again_are_signed(signing):
    told = telling(signing.house).tell_all()
    assert told == 4
    signing.house.pipeline.send_test(signing.key, "try@example.com")
    approved(signing)
    assert deliver(signing) == {"accepted": 3}
    mails = arrived(signing)
    assert len(mails) == 4 + 1 + 3
    assert [good for _, good, _ in mails] == [[True, True]] * len(mails)

    from newsletter.store.models import DeliveryRow

    with signing.house.database.begin() as session:  # as a crash after the dot leaves it
        row = session.query(DeliveryRow).filter_by(edition=signing.key).first()
        row.state, reader, message = str(DeliveryState.IN_DOUBT), row.subscriber, row.message_id
    (file,) = (each for mail, _, each in mails if mail["Message-ID"] == f"<{message}>")
    before = file.read_bytes()
    file.unlink()
    answer = signing.client("editor").act(
        f"/deliveries/{signing.key}/doubt", reader=reader, decision="again"
    )
    assert answer.status_code == 303, answer.text
    assert file.read_bytes() == before, "the same bytes"


def test_without_a_key_nothing_goes_and_nothing_is_begun(signing):
    approved(signing)
    (signing.house.base / "two.pem").chmod(0o644)
    with pytest.raises(ConfigError, match="chmod 600"):
        deliver(signing)
    with pytest.raises(ConfigError, match="chmod 600"):
        signing.house.pipeline.send_test(signing.key, "try@example.com")
    assert telling(signing.house).tell_all() == 0
    assert arrived(signing) == []
    assert signing.edition().state == "approved"
    assert signing.house.deliveries.counts(signing.key) == {}

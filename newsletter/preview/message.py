"""Message: the copy of a choice as it would be sent, byte for byte, to a sample reader."""

import datetime as dt

from newsletter.errors import SendRefused
from newsletter.preview import letters
from newsletter.preview.choice import Choice
from newsletter.preview.readers import reader, watching
from newsletter.preview.studio import Proof, Studio
from newsletter.render.letters import Letter
from newsletter.render.personal import Own
from newsletter.review.edition import EditionKey
from newsletter.send.deliver import send_test
from newsletter.send.letters import letter_message
from newsletter.send.message import FrozenMessage
from newsletter.send.tokens import Purpose


def own(studio: Studio, choice: Choice, key: str) -> Own:
    """Return what in the copy of a choice's reader is their own; its links open nothing."""
    list_name, _ = studio.list_of(choice, key)
    subscriber = watching(choice.reader, choice.watch).subscriber(list_name)
    signer, edition = studio.house.preview_signer, key or studio.key or "preview"
    return Own(
        signer.unsubscribe_url(subscriber, edition),
        signer.url(subscriber, Purpose.PREFERENCES, edition),
        subscriber.tickers,
    )


def message(studio: Studio, choice: Choice, proof: Proof) -> bytes:
    """Return the whole message.

    Raises
    ------
    SendError
        If the reader's name or address, or a header, cannot be mailed.
    SendRefused
        If the mail lacks what every mail must have.
    """
    if proof.material.raw:
        return proof.material.raw
    if proof.letter is not None and not proof.letter.to_a_list:
        return _letter(studio, choice, proof.letter)
    key = proof.material.key or studio.key
    list_name, sender = studio.list_of(choice, key)
    config = studio.house.config
    frozen = FrozenMessage.of(
        proof.mail, config.senders[sender], config.publication, key or "preview", list_name,
        _date(studio, key),
    )  # fmt: skip
    subscriber = watching(choice.reader, choice.watch).subscriber(list_name)
    return frozen.for_reader(subscriber, studio.house.preview_signer).data


def _letter(studio: Studio, choice: Choice, letter: Letter) -> bytes:
    """Return the message of a letter that goes to one person."""
    _, sender = studio.list_of(choice, "")
    found = reader(choice.reader)
    date = _date(studio, letters.PREFIX + letter.name)
    unsigned = studio.house.config.senders[sender].model_copy(update={"dkim": None})  # only shown
    return letter_message(
        letter, unsigned, found.email, studio.house.preview_signer,
        date, name=found.name,
    ).data  # fmt: skip


def test(studio: Studio, choice: Choice, address: str, sender: str) -> str:
    """Send what is shown as a marked test; return what the other side answered.

    Parameters
    ----------
    studio : Studio
        The house; its own key makes the link, so that it is genuine in form.
    choice : Choice
        What is shown.
    address : str
        Where it goes.
    sender : str
        A key of ``senders`` in config.yaml.

    Raises
    ------
    SendError, SendRefused
        If it may not go, or the other side does not take it.
    """
    proof, house = studio.draw(choice), studio.house
    if proof.letter is not None:
        raise SendRefused("A letter with sample words is sent nowhere; export it as .eml instead.")
    key = proof.material.key or studio.key
    list_name, _ = studio.list_of(choice, key)
    frozen = FrozenMessage.of(
        proof.mail, house.config.senders[sender], house.config.publication, key or "preview",
        list_name, house.clock.now(), test=True,
    )  # fmt: skip
    frozen = frozen.signed_by(house.stamp(sender))
    receipt = send_test(frozen, address, house.signer, house.transport(sender))
    return str(getattr(receipt, "reply", "") or "taken")


def _date(studio: Studio, key: str) -> dt.datetime:
    if not key:
        return studio.house.clock.now()
    session = letters.SESSION if letters.is_letter(key) else EditionKey.parse(key).session
    return studio.house.trading_days(session.date).close(session)

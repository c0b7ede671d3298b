"""The message of a letter: one mail to one person, which no list sent."""

import datetime as dt
import hashlib
from typing import TYPE_CHECKING

from newsletter.config import Sender
from newsletter.errors import SendRefused
from newsletter.render.rendered import UNSUBSCRIBE_URL
from newsletter.send import addresses, headers
from newsletter.send.dkim import Stamp
from newsletter.send.message import rfc5322
from newsletter.send.mime import mime_body, require_pictures
from newsletter.send.tokens import LinkSigner
from newsletter.send.transport import Envelope

if TYPE_CHECKING:  # a process that may send one some day waits for none
    from newsletter.render.letters import Letter


def letter_message(
    letter: "Letter",
    sender: Sender,
    recipient: str,
    signer: LinkSigner,
    date: dt.datetime,
    *,
    name: str = "",
    stamp: Stamp | None = None,
) -> Envelope:
    """Return the message of a letter that answers one person.

    It says that a machine wrote it (``Auto-Submitted``, RFC 3834), so that no holiday
    notice answers, and carries neither ``List-Unsubscribe`` nor ``Precedence``: it belongs
    to no list. The same letter to the same address at the same instant is the same message.

    Parameters
    ----------
    letter : Letter
        From `newsletter.render.letters.letter`.
    sender : Sender
        From, Reply-To and MAIL FROM.
    recipient : str
        Address; hostile, checked here.
    signer : LinkSigner
        Makes a Message-ID that tells nobody the address.
    date : datetime.datetime
        Aware instant; the Date header.
    name : str
        The recipient's display name; hostile, may be empty.
    stamp : Stamp, optional
        Signs it; needed where the sender has ``dkim`` in config.yaml.

    Raises
    ------
    SendRefused
        If the letter goes to a list, speaks of simulated data, its HTML shows a missing
        picture, or it would go unsigned though the sender signs.
    SendError
        If an address or a header value cannot be mailed.
    """
    _require_personal(letter)
    if sender.dkim is not None and stamp is None:
        raise SendRefused(
            f"The letter {letter.name} would go without the signature that the sender's dkim asks "
            "for; nothing is sent. Hand in the sender's stamp."
        )
    mail = letter.rendered()
    require_pictures(mail)
    from_address = addresses.normalise(sender.from_address)
    to = addresses.normalise(recipient)
    reply_to = addresses.normalise(sender.reply_to) if sender.reply_to else from_address
    content_type, body, _ = mime_body(mail, {})
    content = hashlib.sha256(letter.subject.encode() + b"".join(body)).hexdigest()
    when = rfc5322(date)
    mark = signer.mark("letter", letter.name, to, content, when)
    message_id = f"letter.{letter.name}.{mark}@{from_address.rpartition('@')[2]}"
    fields = [
        headers.mailbox("To", name, to),
        headers.exact("Message-ID", f"<{message_id}>"),
        headers.mailbox("From", sender.from_name, from_address),
        headers.exact("Reply-To", f"<{reply_to}>"),
        headers.text("Subject", letter.subject),
        headers.exact("Date", when),
        headers.exact("Auto-Submitted", "auto-generated"),
        headers.exact("X-Auto-Response-Suppress", "All"),
        headers.exact("MIME-Version", "1.0"),
        content_type,
    ]
    # The body starts with the empty line that ends the header.
    data = b"".join([*fields, *body])
    return Envelope(from_address, to, message_id, stamp.signed(data) if stamp else data)


def _require_personal(letter: "Letter") -> None:
    if letter.to_a_list or UNSUBSCRIBE_URL in letter.html + letter.text:
        raise SendRefused(
            f"The letter {letter.name} goes to the readers of a list, each with a link to leave "
            "it; deliver it as an edition's message (FrozenMessage.of(letter.rendered(), …))."
        )
    if letter.sample:
        raise SendRefused(
            f"The letter {letter.name} speaks of simulated data, which must not leave this "
            "machine; look at it in the preview."
        )

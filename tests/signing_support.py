"""What tests of signatures share: keys made once, a zone that shows them, a copy of a mail."""

import functools

from send_support import SENDER, frozen, reader, signer

from newsletter.send.dkim import DkimKey, Stamp
from newsletter.send.keyring import made, place, record
from newsletter.signatures import Signature

DOMAIN = "news.example.com"
SELECTOR, SECOND = "s2026", "e2026"
SIGNING = SENDER.model_copy(update={"dkim": Signature(selector=SELECTOR, domain=DOMAIN)})


@functools.cache
def keys():
    """An RSA key of 2048 bits and an Ed25519 key, each with its PEM text."""
    return made(), made(ed25519=True)


@functools.cache
def stamp(*, second=True):
    (rsa, _), (ed25519, _) = keys()
    both = [DkimKey(SELECTOR, rsa), DkimKey(SECOND, ed25519)]
    return Stamp(DOMAIN, both if second else both[:1])


def zone():
    """The DNS as a table: name to text."""
    (rsa, _), (ed25519, _) = keys()
    return {place(SELECTOR, DOMAIN): record(rsa), place(SECOND, DOMAIN): record(ed25519)}


def copy(mail=None, *, second=True, **changes):
    """A reader's signed copy."""
    message = frozen(mail).signed_by(stamp(second=second))
    return message.for_reader(reader(**changes), signer()).data

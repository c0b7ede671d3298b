"""How somebody gets to the desk: they are appointed, and a letter to them alone invites them."""

from email.message import EmailMessage
from email.utils import format_datetime, formataddr, make_msgid
from typing import Final

from newsletter.desk.newsroom import Newsroom
from newsletter.desk.security.invitations import invitation_url
from newsletter.errors import ConfigError, NewsletterError, NotFound
from newsletter.review.roles import Role
from newsletter.send.addresses import clean_name, normalise
from newsletter.send.transport import Envelope

LONGEST_NAME: Final = 80

WORDS = """\
Hello {name},

{by} invites you to the desk of {publication}, as {role}.

Open this link, choose a password, and set up an authenticator app:

{link}

It works once, within 72 hours, and is for you alone. If you expected no such letter, do
nothing and tell {by}.
"""

VOUCHED = """\
Hello {name},

{by} invites you to the desk of {publication}, as {role}.

Open this address and sign in with {sign_on}, under the address of this letter:

{link}

If you expected no such letter, do nothing and tell {by}.
"""


def appoint(desk: Newsroom, by: str, name: str, email: str, role: Role, **detail: str) -> str:
    """Appoint somebody new, or again; return the name they have at the desk.

    Raises
    ------
    ConfigError, NewsletterError
        With what is wrong with the name or the address, or who has the name already.
    """
    name, address = clean_name(" ".join(name.split())), normalise(email)
    if len(name) > LONGEST_NAME:
        raise ConfigError(f"The name is longer than {LONGEST_NAME} characters; shorten it.")
    desk.house.editors.add(name, address, desk.now(), role)
    desk.record(by, "appointed", name, role=str(role), **detail)
    return name


def invite(desk: Newsroom, by: str, name: str) -> tuple[str, bool, str]:
    """Make and mail an invitation; earlier ones of the same editor are void.

    Returns
    -------
    tuple of (str, bool, str)
        The link, for who may hand it over; whether it was mailed; and in words how that went.
    """
    who = next((one for one in desk.house.editors.all() if one.name == name and one.active), None)
    if who is None:
        raise NotFound(f"There is no active editor {name[:80]!r}.")
    link = f"{desk.address}/login"
    if desk.by_password:
        link = invitation_url(desk.address, desk.guard.invitations.make(name, by))
    return link, *mailed(desk, name, who.email, str(who.role), by, link)


def mailed(
    desk: Newsroom, name: str, address: str, role: str, by: str, link: str
) -> tuple[bool, str]:
    """Send an invitation; return whether it has left this machine, and in words how that went.

    Parameters
    ----------
    desk : Newsroom
        Its first edition's sender carries the letter.
    name, address, role : str
        Who is invited, and as what.
    by : str
        Who invites them.
    link : str
        Works once, where passwords open the desk; else it leads to the entrance.
    """
    house = desk.house
    sender_name = next(iter(house.config.editions.values())).sender
    sender, publication = house.config.senders[sender_name], house.config.publication.name
    message = EmailMessage()
    message["From"] = formataddr((sender.from_name, sender.from_address))
    message["To"] = formataddr((name, address))
    message["Subject"] = f"Your invitation to the desk of {publication}"
    message["Date"] = format_datetime(desk.now())
    message["Message-ID"] = make_msgid(domain=sender.from_address.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    settings = house.config.desk.oidc
    text = (WORDS if desk.by_password else VOUCHED).format(
        name=name, by=by, publication=publication, role=role, link=link,
        sign_on=settings.name if settings else "",
    )  # fmt: skip
    message.set_content(text, cte="8bit")
    data = message.as_bytes().replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    envelope = Envelope(sender.from_address, address, message["Message-ID"].strip("<>"), data)
    try:
        with house.transport(sender_name) as way:
            way.send(envelope, lambda: None)
            local = way.local
    except NewsletterError as error:
        return False, f"It could not be mailed: {error}"
    if local:
        return False, "It lies in the mailbox on this machine, for nothing leaves it."
    return True, "It was mailed."

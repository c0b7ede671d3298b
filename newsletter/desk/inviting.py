"""The letter with which somebody is invited to the desk: plain text, to one person."""

from email.message import EmailMessage
from email.utils import format_datetime, formataddr, make_msgid

from newsletter.desk.newsroom import Newsroom
from newsletter.errors import NewsletterError
from newsletter.send.transport import Envelope

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


def mailed(desk: Newsroom, name: str, address: str, role: str, by: str, link: str) -> str:
    """Send an invitation; return in words how that went.

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
        return f"It could not be mailed: {error} Hand the link over yourself."
    if local:
        return "It lies in the mailbox on this machine, for nothing leaves it; hand the link over."
    return "It was mailed as well."

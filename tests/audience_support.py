"""What the tests of the audience share: a database, and real-shaped exports of other services."""

import contextlib
import datetime as dt
import io

from newsletter.send.importing import Import
from newsletter.send.services import is_header, named, recognised
from newsletter.send.sheet import opened
from newsletter.store.audience import Audience
from newsletter.store.database import Database
from newsletter.store.intake import SqlIntake

NOW = dt.datetime(2026, 7, 2, 21, 30, tzinfo=dt.UTC)

EXPORTS = {
    # Columns as each service's export has them; rows made up.
    "mailchimp": (
        "Email Address,First Name,Last Name,Company,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,"
        "CONFIRM_IP,LATITUDE,LONGITUDE,GMTOFF,DSTOFF,TIMEZONE,CC,REGION,UNSUB_TIME,CLEAN_TIME,"
        "LEID,EUID,NOTES,TAGS\n"
        "a@example.com,Ada,Lovelace,,2,2024-02-05 19:28:23,203.0.113.7,2024-02-05 19:30:00,,,,,,,"
        'gb,,,,1,e1,,"""Editors"",""VIP"""\n'
        "b@example.com,Bo,,,1,2023-02-12 10:54:27,,2023-02-12 10:54:27,,,,,,,,,2024-07-23 12:19:27,"
        ",2,e2,,\n"
        "c@example.com,,,,1,2023-02-12 10:54:27,,2023-02-12 10:54:27,,,,,,,,,,2024-03-23 17:30:05,"
        "3,e3,,\n"
        "d@example.com,,,,1,,,,,,,,,,,,,,4,e4,,\n"
    ),
    "substack": (
        "email,active_subscription,expiry,plan,email_disabled,created_at,first_payment_at\n"
        "a@example.com,true,2027-01-01T00:00:00.000Z,yearly,false,2024-02-05T19:28:23.000Z,\n"
        "b@example.com,false,,other,true,2024-02-05T19:28:23.000Z,\n"
    ),
    "ghost": (
        "id,email,name,note,subscribed_to_emails,complimentary_plan,stripe_customer_id,created_at,"
        "deleted_at,labels,tiers\n"
        '1,a@example.com,Ada Lovelace,private words,true,false,,2024-02-05T19:28:23.000Z,,"Editors,'
        'VIP",\n'
        "2,b@example.com,,,false,false,,2024-02-05T19:28:23.000Z,,,\n"
    ),
    "listmonk": (
        "uuid,email,name,attributes,status,created_at,updated_at\n"
        'u1,a@example.com,Ada Lovelace,"{""country"": ""GB"", ""tickers"": [""AAPL""], ""plan"": '
        '""gold""}",enabled,2024-02-05T19:28:23.000+01:00,2024-02-05T19:28:23.000+01:00\n'
        "u2,b@example.com,,{},blocklisted,2024-02-05T19:28:23Z,2025-02-05T19:28:23Z\n"
    ),
    "buttondown": (
        "email,notes,metadata,tags,subscriber_type,creation_date,unsubscription_date,"
        "undeliverability_date\n"
        'a@example.com,private words,"{""plan"": ""gold""}","Editors,VIP",regular,'
        "2024-02-05T19:28:23Z,,\n"
        "b@example.com,,{},,unsubscribed,2024-02-05T19:28:23Z,2025-02-05T19:28:23Z,\n"
        "c@example.com,,{},,undeliverable,2024-02-05T19:28:23Z,,2025-02-05T19:28:23Z\n"
        "d@example.com,,{},,unactivated,2024-02-05T19:28:23Z,,\n"
    ),
    "beehiiv": (
        "email,First Name,Last Name,status,tier,created_at,stripe_customer_id,Free Tier,"
        "Premium Tier,unsubscribed_at\n"
        "a@example.com, Ada , Lovelace,active,free,2024-02-05 19:28:23 UTC,,Yes,No,\n"
        "b@example.com,,,inactive,free,2024-02-05 19:28:23 UTC,,Yes,No,\n"
        "d@example.com,,,pending,free,2024-02-05 19:28:23 UTC,,Yes,No,\n"
        "e@example.com,,,active,premium,2024-02-05 19:28:23 UTC,,No,Yes,2025-03-13 11:33:53 UTC\n"
    ),
    "plain": "E-Mail;Name;Status\na@example.com;Ada Lovelace;\nb@example.com;;unsubscribed\n",
}


@contextlib.contextmanager
def audience(folder):
    database = Database(f"sqlite:///{folder / 'news.db'}")
    try:
        yield Audience(database), SqlIntake(database)
    finally:
        database.close()


def taken(intake, data, *, suppressed=(), dry=False, service=None, encoding=None, now=NOW):
    """Import bytes or text; return (rows by outcome, refusals)."""
    stream = io.BytesIO(data.encode() if isinstance(data, str) else data)
    table = opened(stream, encoding, is_header)
    refused = []
    work = Import(
        named(service) if service else recognised(table.header), "evening", {"how": "a test"},
        intake, lambda emails: set(suppressed).intersection(emails), refused.append, dry,
    )  # fmt: skip
    *_, told = work.run(table, now)
    counts = {outcome.name.lower(): n for outcome, n in told.counts.items() if n}
    return counts, [(one.line, one.reason) for one in refused]

"""Bounces and complaints as mail servers of several kinds write them."""

# ruff: noqa: E501 - as it was said, in one piece

OURS = "2026-07-02.XNYS.evening.0123456789abcdef@news.example.com"
BOUNCE = "b+token@bounces.news.example.com"

POSTFIX = f"""\
Return-Path: <>
Delivered-To: {BOUNCE}
Received: by mx.relay.example (Postfix)
\tid 4ZqQ8T0Kz3z9rx; Thu,  2 Jul 2026 22:01:07 +0000 (UTC)
Date: Thu,  2 Jul 2026 22:01:07 +0000 (UTC)
From: MAILER-DAEMON@mx.relay.example (Mail Delivery System)
Subject: Undelivered Mail Returned to Sender
To: {BOUNCE}
Auto-Submitted: auto-replied
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="4ZqQ8S5Zb1z9rw.1783029667/mx.relay.example"
Content-Transfer-Encoding: 8bit
Message-Id: <4ZqQ8T0Kz3z9rx@mx.relay.example>

This is a MIME-encapsulated message.

--4ZqQ8S5Zb1z9rw.1783029667/mx.relay.example
Content-Description: Notification
Content-Type: text/plain; charset=utf-8

This is the mail system at host mx.relay.example.

I'm sorry to have to inform you that your message could not
be delivered to one or more recipients. It's attached below.

<ada@readers.example>: host mx.readers.example[192.0.2.7] said: 550 5.1.1
    <ada@readers.example>: Recipient address rejected: User unknown in local
    recipient table (in reply to RCPT TO command)

--4ZqQ8S5Zb1z9rw.1783029667/mx.relay.example
Content-Description: Delivery report
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.relay.example
X-Postfix-Queue-ID: 4ZqQ8S5Zb1z9rw
X-Postfix-Sender: rfc822; {BOUNCE}
Arrival-Date: Thu,  2 Jul 2026 22:01:06 +0000 (UTC)

Final-Recipient: rfc822; ada@readers.example
Original-Recipient: rfc822;ada@readers.example
Action: failed
Status: 5.1.1
Remote-MTA: dns; mx.readers.example
Diagnostic-Code: smtp; 550 5.1.1 <ada@readers.example>: Recipient address
    rejected: User unknown in local recipient table

--4ZqQ8S5Zb1z9rw.1783029667/mx.relay.example
Content-Description: Undelivered Message Headers
Content-Type: text/rfc822-headers

Return-Path: <{BOUNCE}>
Subject: Small caps lead
Message-ID: <{OURS}>
To: ada@readers.example

--4ZqQ8S5Zb1z9rw.1783029667/mx.relay.example--
"""

EXCHANGE = f"""\
From: <postmaster@readers.example>
To: <{BOUNCE}>
Date: Thu, 2 Jul 2026 22:02:11 +0000
Content-Type: multipart/report; report-type=delivery-status;
\tboundary="c1f1b0f6-2e4b-4b8a-9b1f-5c9f5f1e8b61"
Content-Language: en-US
Message-ID: <d3f5c6aa-1111-2222-3333-444455556666@readers.example>
In-Reply-To: <{OURS}>
References: <{OURS}>
Subject: Undeliverable: Small caps lead
Auto-Submitted: auto-replied
MIME-Version: 1.0

--c1f1b0f6-2e4b-4b8a-9b1f-5c9f5f1e8b61
Content-Type: multipart/alternative; differences=Content-Type;
\tboundary="9f0c1f3e-aaaa-bbbb-cccc-ddddeeeeffff"

--9f0c1f3e-aaaa-bbbb-cccc-ddddeeeeffff
Content-Type: text/plain; charset="us-ascii"
Content-Transfer-Encoding: quoted-printable

Delivery has failed to these recipients or groups:

ada@readers.example<mailto:ada@readers.example>
The recipient's mailbox is full and can't accept messages now. Please try=
 resending your message later.

--9f0c1f3e-aaaa-bbbb-cccc-ddddeeeeffff
Content-Type: text/html; charset="us-ascii"

<html><body>Delivery has failed</body></html>

--9f0c1f3e-aaaa-bbbb-cccc-ddddeeeeffff--

--c1f1b0f6-2e4b-4b8a-9b1f-5c9f5f1e8b61
Content-Type: message/delivery-status

Reporting-MTA: dns;EX01.readers.example
Received-From-MTA: dns;mx.relay.example
Arrival-Date: Thu, 2 Jul 2026 22:02:08 +0000

Original-Recipient: rfc822;ada@readers.example
Final-Recipient: rfc822;ada@readers.example
Action: failed
Status: 5.2.2
Diagnostic-Code: smtp;554 5.2.2 mailbox full; STOREDRV.Deliver.Exception:QuotaExceededException.MapiExceptionShutoffQuotaExceeded
X-Display-Name: ada@readers.example

--c1f1b0f6-2e4b-4b8a-9b1f-5c9f5f1e8b61
Content-Type: message/rfc822

Message-ID: <{OURS}>
Subject: Small caps lead
From: The Rotation <n@news.example.com>
To: ada@readers.example

Text.

--c1f1b0f6-2e4b-4b8a-9b1f-5c9f5f1e8b61--
"""

GMAIL = f"""\
Delivered-To: {BOUNCE}
From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>
To: {BOUNCE}
Auto-Submitted: auto-replied
Subject: Delivery Status Notification (Failure)
References: <{OURS}>
In-Reply-To: <{OURS}>
Message-ID: <6a46d2a3.170a0220.0f1e.11aa.GMR@mx.google.com>
Date: Thu, 02 Jul 2026 15:03:47 -0700 (PDT)
Content-Type: multipart/report; boundary="000000000000aa11bb0638"; report-type=delivery-status

--000000000000aa11bb0638
Content-Type: text/plain; charset="UTF-8"

** Message blocked **

Your message to ada@gmail.example has been blocked.

--000000000000aa11bb0638
Content-Type: message/delivery-status

Reporting-MTA: dns; googlemail.com
Arrival-Date: Thu, 02 Jul 2026 15:03:46 -0700 (PDT)
X-Original-Message-ID: <{OURS}>

Final-Recipient: rfc822; ada@gmail.example
Action: failed
Status: 5.7.26
Remote-MTA: dns; gmail-smtp-in.l.google.com. (192.0.2.27, the server for the domain.)
Diagnostic-Code: smtp; 550-5.7.26 Your email has been blocked because the sender is unauthenticated.
 550 5.7.26 Gmail requires all senders to authenticate with either SPF or DKIM.
Last-Attempt-Date: Thu, 02 Jul 2026 15:03:47 -0700 (PDT)

--000000000000aa11bb0638
Content-Type: message/rfc822

Message-ID: <{OURS}>
Subject: Small caps lead

----- Message truncated -----

--000000000000aa11bb0638--
"""

AMAZON = f"""\
From: MAILER-DAEMON@amazonses.com
To: {BOUNCE}
Subject: Delivery Status Notification (Failure)
Date: Thu, 2 Jul 2026 22:04:02 +0000
Message-ID: <010001978d1f-1f2e3d4c-000000@email.amazonses.com>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="----=_Part_1_2.3"

------=_Part_1_2.3
Content-Type: text/plain; charset=us-ascii
Content-Transfer-Encoding: 7bit

An error occurred while trying to deliver the mail to the following recipients:
ada@readers.example
------=_Part_1_2.3
Content-Type: message/delivery-status

Reporting-MTA: dns; a8-12.smtp-out.amazonses.com

Action: failed
Final-Recipient: rfc822; ada@readers.example
Diagnostic-Code: smtp; 550 5.1.1 user unknown
Status: 5.1.1

------=_Part_1_2.3
Content-Type: message/rfc822

From: n@news.example.com
Message-ID: <{OURS}>
Subject: Small caps lead

Text.
------=_Part_1_2.3--
"""

QMAIL = f"""\
Return-Path: <>
Received: (qmail 1234 invoked for bounce); 2 Jul 2026 22:05:00 -0000
Date: 2 Jul 2026 22:05:00 -0000
From: MAILER-DAEMON@old.example
To: {BOUNCE}
Subject: failure notice

Hi. This is the qmail-send program at old.example.
I'm afraid I wasn't able to deliver your message to the following addresses.
This is a permanent error; I've given up. Sorry it didn't work out.

<ada@readers.example>:
Sorry, no mailbox here by that name. (#5.1.1)

--- Below this line is a copy of the message.

Return-Path: <{BOUNCE}>
Received: (qmail 1230 invoked from network); 2 Jul 2026 22:04:58 -0000
Message-ID: <{OURS}>
Subject: Small caps lead

Text.
"""

EXIM = f"""\
Return-path: <>
From: Mail Delivery System <Mailer-Daemon@exim.example>
To: {BOUNCE}
X-Failed-Recipients: ada@readers.example
Auto-Submitted: auto-replied
Subject: Mail delivery failed: returning message to sender
Message-Id: <E1tAbCd-0001aB-2C@exim.example>
Date: Thu, 02 Jul 2026 23:06:00 +0100

This message was created automatically by mail delivery software.

A message that you sent could not be delivered to one or more of its
recipients. This is a permanent error. The following address(es) failed:

  ada@readers.example
    host mx.readers.example [192.0.2.7]
    SMTP error from remote mail server after RCPT TO:<ada@readers.example>:
    550 No such user here

------ This is a copy of the message, including all the headers. ------

Return-path: <{BOUNCE}>
Message-ID: <{OURS}>
Subject: Small caps lead

Text.
"""

DELAYED = (
    POSTFIX.replace("Action: failed", "Action: delayed")
    .replace("Status: 5.1.1", "Status: 4.4.1")
    .replace("smtp; 550 5.1.1", "smtp; 421 4.4.1")
)

YAHOO_ARF = f"""\
From: <feedback@arf.mail.yahoo.com>
To: <complaints@news.example.com>
Date: Thu, 2 Jul 2026 22:30:00 +0000
Subject: Small caps lead
Message-ID: <arf-1@arf.mail.yahoo.com>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=feedback-report; boundary="part1_13d"

--part1_13d
Content-Type: text/plain; charset="US-ASCII"

This is an email abuse report for an email message received on
Thu, 2 Jul 2026 22:00:00 +0000.

--part1_13d
Content-Type: message/feedback-report

Feedback-Type: abuse
User-Agent: Yahoo!-Mail-Feedback/2.0
Version: 1
Original-Mail-From: <{BOUNCE}>
Original-Rcpt-To: ada@yahoo.example
Received-Date: Thu, 2 Jul 2026 22:00:00 +0000
Reported-Domain: news.example.com

--part1_13d
Content-Type: message/rfc822

Message-ID: <{OURS}>
From: n@news.example.com
Subject: Small caps lead

Text.
--part1_13d--
"""

HOLIDAY = f"""\
From: Ada <ada@readers.example>
To: {BOUNCE}
Subject: Automatic reply: Small caps lead
Auto-Submitted: auto-replied
X-Auto-Response-Suppress: All
In-Reply-To: <{OURS}>
Content-Type: text/plain

I am out of the office; user unknown jokes aside, 550 5.1.1 is my room.
"""

LETTER = f"""\
From: Ada <ada@readers.example>
To: {BOUNCE}
Subject: Why so bearish?
Content-Type: text/plain

I liked it anyway.
"""

WORD = {
    "postfix": (POSTFIX, "hard"),
    "exchange": (EXCHANGE, "soft"),
    "gmail": (GMAIL, "block"),
    "amazon": (AMAZON, "hard"),
    "qmail": (QMAIL, "hard"),
    "exim": (EXIM, "hard"),
    "postfix, delayed": (DELAYED, "delayed"),
    "yahoo, complaint": (YAHOO_ARF, "complaint"),
}


def raw(text: str) -> bytes:
    """Return a mail as it stands in a mailbox: CRLF line ends."""
    return text.replace("\n", "\r\n").encode()

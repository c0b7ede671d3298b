"""Time a reader's signed copy of a 60 kB mail, beside EmailMessage with dkimpy and openssl.

Usage: python benchmarks/signing.py [--runs 9] [--copies 60] [--out FILE]

``ours`` splices a reader's places into the frozen message and signs it with one 2048-bit key;
``theirs`` builds the same parts with `email.message.EmailMessage` and signs with dkimpy, the
same fields over-signed, relaxed/simple. Both are verified by dkimpy before anything is timed.
Times are of the processor (`time.process_time`), as those of ``openssl speed`` are, so that
other work on the machine weighs less; rounds of all contestants and of openssl take turns, and
medians, lowest and highest are told. ``share`` is our signing rate by that of openssl
(``openssl speed rsa2048``) in the same round; splicing is not in it.

``prefix`` asks whether it would pay to hash the part of the body before the first reader's
link once for all readers.
"""

import argparse
import datetime as dt
import hashlib
import json
import re
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import dkim

from newsletter.config import Publication, Sender
from newsletter.render.rendered import UNSUBSCRIBE_URL, Rendered
from newsletter.send.delivery import Subscriber
from newsletter.send.dkim import SIGNED, DkimKey, Stamp, simple
from newsletter.send.keyring import made, place, record
from newsletter.send.message import FrozenMessage
from newsletter.send.tokens import LinkSigner

DOMAIN, SELECTOR = "news.example.com", "s2026"
DATE = dt.datetime(2026, 7, 2, 21, 45, tzinfo=dt.UTC)
SIGNER = LinkSigner(bytes(range(32)), "https://news.example.com")
SENDER = Sender(transport="maildir", from_name="The Rotation", from_address=f"n@{DOMAIN}")
PUBLICATION = Publication(
    name="The Rotation", publisher="Example Press", postal_address="1 Example Street",
    contact="desk@example.com", base_url="https://news.example.com",
    time_zone="America/New_York", exchange="XNYS",
)  # fmt: skip


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--copies", type=int, default=60)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    found = measure(options.runs, options.copies)
    text = json.dumps(found, indent=1)
    if options.out:
        options.out.write_text(text + "\n")
    print(text)


def measure(runs: int, copies: int) -> dict[str, Any]:
    """Return rates by contestant, and how they compare."""
    key, pem = made()
    frozen = FrozenMessage.of(
        mail(), SENDER, PUBLICATION, "2026-07-02.XNYS.evening", "evening", DATE
    )
    stamp = Stamp(DOMAIN, [DkimKey(SELECTOR, key)])
    signed = frozen.signed_by(stamp)
    plain = frozen.for_reader(reader(0), SIGNER).data
    body = simple(plain.partition(b"\r\n\r\n")[2])
    contestants: dict[str, Callable[[int], object]] = {
        "ours_splice_and_sign": lambda n: signed.for_reader(reader(n), SIGNER).data,
        "ours_splice": lambda n: frozen.for_reader(reader(n), SIGNER).data,
        "ours_sign": lambda _: stamp.signed(plain),
        "rsa_alone": lambda _: stamp.keys[0].sign(plain[:1500]),
        "body_hash": lambda _: hashlib.sha256(body).digest(),
        "theirs_build_and_sign": lambda n: theirs(reader(n), pem),
    }
    _verified(contestants["ours_splice_and_sign"](0), record(key))
    _verified(contestants["theirs_build_and_sign"](0), record(key))
    rates: dict[str, list[float]] = {name: [] for name in (*contestants, "openssl")}
    for _ in range(runs):
        for name, make in contestants.items():
            rates[name].append(_rate(make, copies))
        rates["openssl"].append(_openssl())
    middle = {name: statistics.median(each) for name, each in rates.items()}
    shares = [a / b for a, b in zip(rates["ours_sign"], rates["openssl"], strict=True)]
    prefix = len(frozen.body[0]) / len(body)
    return {
        "bytes": len(plain),
        "runs": runs,
        "copies": copies,
        "per_second": {name: _spread(each) for name, each in rates.items()},
        "times_theirs": round(middle["ours_splice_and_sign"] / middle["theirs_build_and_sign"], 1),
        "share_of_openssl": {
            "median": round(statistics.median(shares), 2),
            "lowest": round(min(shares), 2), "highest": round(max(shares), 2),
        },
        "prefix": {
            "of_body": round(prefix, 3),
            "would_save_ms": round(1000 * prefix / middle["body_hash"], 4),
            "of_ms": round(1000 / middle["ours_splice_and_sign"], 3),
        },
    }  # fmt: skip


def mail() -> Rendered:
    """Return a mail that is about 60 kB on its way."""
    rows = "".join(
        f'<tr><td>Sector {n}</td><td style="color:#14213d">{n / 7:.2f}&nbsp;%</td></tr>\n'
        for n in range(700)
    )
    text = "Small caps lead — by 1.2 %. " * 160
    link = f'<a href="{UNSUBSCRIBE_URL}">Leave</a>'
    return Rendered(
        "Small caps lead",
        "Preheader",
        f"<html><body><table>{rows}</table>{link}</body></html>",
        f"{text}\n\nLeave: {UNSUBSCRIBE_URL}\n",
        (),
    )


def reader(number: int) -> Subscriber:
    """Return a reader."""
    return Subscriber(
        f"{number:020x}", f"reader{number}@example.com", f"Reader {number}", "evening"
    )


def theirs(subscriber: Subscriber, pem: bytes) -> bytes:
    """Build the same mail with the standard library and sign it with dkimpy."""
    source, link = mail(), SIGNER.unsubscribe_url(subscriber)
    message = EmailMessage(policy=SMTP.clone(max_line_length=998))
    message["From"] = f"The Rotation <n@{DOMAIN}>"
    message["To"] = f"{subscriber.name} <{subscriber.email}>"
    message["Reply-To"] = f"n@{DOMAIN}"
    message["Subject"] = source.subject
    message["Date"] = format_datetime(DATE)
    message["Message-ID"] = f"<{subscriber.id}@{DOMAIN}>"
    message["List-Id"] = f"The Rotation <evening.{DOMAIN}>"
    message["List-Unsubscribe"] = f"<{link}>"
    message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message["Feedback-ID"] = "2026-07-02:evening:reader-mail:nl8037a37484"
    message["Precedence"] = "bulk"
    message.set_content(source.text.replace(UNSUBSCRIBE_URL, link), cte="quoted-printable")
    html = source.html.replace(UNSUBSCRIBE_URL, link)
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    data = message.as_bytes()
    names = [name.encode() for name in SIGNED]
    once = [name for name in names if name.decode() in message]
    signature = dkim.sign(
        data, SELECTOR.encode(), DOMAIN.encode(), pem, canonicalize=(b"relaxed", b"simple"),
        include_headers=[*once, *names],
    )  # fmt: skip
    return bytes(signature + data)


def _verified(data: object, text: str) -> None:
    name = f"{place(SELECTOR, DOMAIN)}.".encode()
    answers = {name: text.encode()}
    if not dkim.verify(data, dnsfunc=lambda asked, **_: answers[asked]):
        sys.exit("dkimpy does not verify what is to be timed; no figures.")


def _rate(make: Callable[[int], object], copies: int) -> float:
    start = time.process_time()
    for number in range(copies):
        make(number)
    return copies / (time.process_time() - start)


def _openssl() -> float:
    """Return the signatures a second of ``openssl speed``, by processor time as it counts."""
    program = shutil.which("openssl") or sys.exit("openssl is missing; install it.")
    order = [program, "speed", "-seconds", "1", "rsa2048"]
    done = subprocess.run(order, capture_output=True, text=True, check=True)
    line = re.search(r"^rsa +2048 bits +\S+ +\S+ +([\d.]+)", done.stdout, re.MULTILINE)
    return float(line[1]) if line else sys.exit("openssl speed said nothing of rsa2048.")


def _spread(rates: list[float]) -> dict[str, float]:
    return {
        "median": round(statistics.median(rates), 1),
        "lowest": round(min(rates), 1),
        "highest": round(max(rates), 1),
    }


if __name__ == "__main__":
    main()

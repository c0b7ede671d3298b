"""Time a delivery against the obvious loop, other clients and Postfix's own source.

Usage: python benchmarks/sending.py [--messages N] [--connections C] [--rounds R] [--out FILE]

Every lane sends the same mail of some 60 kB to the same sink, each in a process of its own
whose CPU time is counted; the rounds are interleaved, and medians told. Sinks: our counting
one (tests/sink.py) and, where it is installed, Postfix's smtp-sink. Lanes whose program or
library is missing are left out, and the table says so.
"""

import argparse
import asyncio
import contextlib
import functools
import itertools
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]
PATH = f"{os.environ['PATH']}:/usr/sbin"
PORT = 0
COUNT = 0
CONNECTIONS = 4


def mail():
    """Return a frozen message of some 60 kB."""
    from send_support import frozen, rendered

    from newsletter.render.rendered import UNSUBSCRIBE_URL

    line = "<p>Small caps rose 1.2 % on the day — the most in three weeks, figure {}.</p>\n"
    html = "".join(line.format(n) for n in range(640))
    return frozen(rendered(html=f'{html}<img src="cid:sectors"><a href="{UNSUBSCRIBE_URL}">x</a>'))


def readers(count: int):
    from send_support import reader

    return [reader(n) for n in range(1, count + 1)]


# -- lanes: each sends COUNT messages to PORT ---------------------------------------------


def obvious() -> None:
    """Make a new EmailMessage for each reader, sign it by dkimpy, send it by one smtplib."""
    import smtplib

    sign, text = _dkimpy(), mail().for_reader(readers(1)[0], reader_links()).data
    html = text.decode()
    with smtplib.SMTP("127.0.0.1", PORT) as smtp:
        for number in range(COUNT):
            data = _new_message(html, number)
            smtp.sendmail("n@news.example.com", [f"reader{number}@example.com"], sign(data))


def obvious_unsigned() -> None:
    """Do the same, unsigned."""
    import smtplib

    html = mail().for_reader(readers(1)[0], reader_links()).data.decode()
    with smtplib.SMTP("127.0.0.1", PORT) as smtp:
        for number in range(COUNT):
            data = _new_message(html, number)
            smtp.sendmail("n@news.example.com", [f"reader{number}@example.com"], data)


def smtplib_threads() -> None:
    """Ready bytes over smtplib, a connection for each thread."""
    import smtplib

    data, numbers = mail().for_reader(readers(1)[0], reader_links()).data, iter(range(COUNT))
    lock = threading.Lock()

    def work() -> None:
        with smtplib.SMTP("127.0.0.1", PORT) as smtp:
            while True:
                with lock:
                    number = next(numbers, None)
                if number is None:
                    return
                smtp.sendmail("n@news.example.com", [f"reader{number}@example.com"], data)

    _threads(work)


def aiosmtplib_tasks() -> None:
    """Ready bytes over aiosmtplib, a connection for each task."""
    import aiosmtplib

    data, numbers = mail().for_reader(readers(1)[0], reader_links()).data, iter(range(COUNT))

    async def work() -> None:
        smtp = aiosmtplib.SMTP(hostname="127.0.0.1", port=PORT, start_tls=False)
        async with smtp:
            for number in numbers:
                await smtp.sendmail("n@news.example.com", [f"reader{number}@example.com"], data)

    async def everybody() -> None:
        await asyncio.gather(*(work() for _ in range(CONNECTIONS)))

    asyncio.run(everybody())


def transport(*, signed: bool = False) -> None:
    """Our copies, spliced for each reader, over our transport; no ledger."""
    message, links, rows, lock = mail(), reader_links(), iter(readers(COUNT)), threading.Lock()
    with _transport() as way:

        def work() -> None:
            while True:
                with lock:
                    reader = next(rows, None)
                if reader is None:
                    return
                way.send(message.for_reader(reader, links), lambda: None)

        if signed:
            message = message.signed_by(_stamp())
        _threads(work)


def delivery(*, signed: bool = False) -> None:
    """Deliver wholly: ledger with its waits for the disk, pace, suppression, transport."""
    from send_support import EDITION, clock, sql_book

    from newsletter.pacing import Pace
    from newsletter.send.crew import Course
    from newsletter.send.deliver import deliver_batch, freeze_audience
    from newsletter.send.delivery import DeliveryState
    from newsletter.send.throttle import Throttle

    message, people = mail(), readers(COUNT)
    course = Course(Throttle(Pace(domain_connections=64, domain_per_second=10_000)))
    with (
        tempfile.TemporaryDirectory() as folder,
        sql_book(Path(folder) / "books.db", people) as book,
    ):
        freeze_audience(message, people, reader_links(), book, clock())
        if signed:
            message = message.signed_by(_stamp())
        _began()
        while deliver_batch(
            message, reader_links(), _transport(), book, clock(), 2000, course=course
        ).handled:
            pass
        _ended()
        assert book.counts(EDITION) == {DeliveryState.ACCEPTED: COUNT}


def smtp_source() -> None:
    """Postfix's smtp-source: the limit of this machine and this sink."""
    command = [
        _program("smtp-source"), "-l", "62000", "-m", str(COUNT), "-s", str(CONNECTIONS),
        "-d", f"127.0.0.1:{PORT}",
    ]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True)


LANES: dict[str, Callable[[], None]] = {
    "obvious loop, signed (EmailMessage, dkimpy, smtplib)": obvious,
    "obvious loop, unsigned": obvious_unsigned,
    "smtplib, ready bytes, threads": smtplib_threads,
    "aiosmtplib, ready bytes, tasks": aiosmtplib_tasks,
    "our transport, copies built, no ledger": transport,
    "our delivery, copies built, ledger": delivery,
    "our transport, copies built and signed, no ledger": functools.partial(transport, signed=True),
    "our delivery, copies built and signed, ledger": functools.partial(delivery, signed=True),
    "smtp-source": smtp_source,
}
NEEDS = {obvious: "dkim", aiosmtplib_tasks: "aiosmtplib", smtp_source: "smtp-source"}
_times: list[float] = []


def _began() -> None:
    _times[:] = [time.perf_counter(), _cpu()]


def _ended() -> None:
    _times[:] = [time.perf_counter() - _times[0], _cpu() - _times[1]]


def _cpu() -> float:
    used = 0.0
    for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):
        usage = resource.getrusage(who)
        used += usage.ru_utime + usage.ru_stime
    return used


def _transport():
    from newsletter.send.transports.smtp import SmtpTransport

    return SmtpTransport("127.0.0.1", PORT, security="none", connections=CONNECTIONS)


def _stamp():
    from signing_support import stamp

    return stamp(second=False)


def reader_links():
    """Return what makes readers' links."""
    from send_support import signer

    return signer()


def _threads(work: Callable[[], None]) -> None:
    threads = [threading.Thread(target=work) for _ in range(CONNECTIONS)]
    _began()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    _ended()


def _dkimpy() -> Callable[[bytes], bytes]:
    import dkim
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric import rsa

    key = rsa.generate_private_key(65537, 2048).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    return lambda data: dkim.sign(data, b"s", b"news.example.com", key) + data


def _new_message(html: str, number: int) -> bytes:
    from email.message import EmailMessage
    from email.policy import SMTP

    message = EmailMessage(policy=SMTP)
    message["From"], message["To"] = "n@news.example.com", f"reader{number}@example.com"
    message["Subject"] = "Small caps lead"
    message["List-Unsubscribe"] = f"<https://news.example.com/u/{number}>"
    message.set_content(html[:4000])
    message.add_alternative(html[:54_000].replace("READER", str(number)), subtype="html")
    return message.as_bytes()


def _program(name: str) -> str:
    found = shutil.which(name, path=PATH)
    if found is None:
        raise SystemExit(f"{name} is not installed; tools/install-debian.sh does that.")
    return found


# -- sinks and rounds --------------------------------------------------------------------


@contextlib.contextmanager
def our_sink() -> Iterator[int]:
    with tempfile.NamedTemporaryFile() as file:
        command = [sys.executable, str(ROOT / "tests" / "sink.py"), file.name]
        sink = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            yield int(sink.stdout.readline())
        finally:
            sink.kill()
            sink.wait()
            sink.stdout.close()


@contextlib.contextmanager
def postfix_sink() -> Iterator[int]:
    from send_servers import free_port

    port = free_port()
    sink = subprocess.Popen([_program("smtp-sink"), "-u", "nobody", f"127.0.0.1:{port}", "200"])
    try:
        time.sleep(0.5)
        yield port
    finally:
        sink.kill()
        sink.wait()


def one(lane: str, port: int, given: argparse.Namespace) -> tuple[float, float]:
    """Run a lane in a process of its own; return seconds and CPU seconds."""
    command = [sys.executable, __file__, "--lane", lane, "--port", str(port)]
    command += ["--messages", str(given.messages), "--connections", str(given.connections)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    seconds, cpu = json.loads(done.stdout)
    return seconds, cpu


def missing(lane: str) -> bool:
    from importlib.util import find_spec

    if isinstance(LANES[lane], functools.partial):
        return False
    need = NEEDS.get(LANES[lane])
    return need is not None and not (find_spec(need) or shutil.which(need, path=PATH))


def rounds(name: str, sink, given: argparse.Namespace) -> dict[str, dict[str, float]]:
    lanes = [lane for lane in LANES if not missing(lane)]
    times: dict[str, list[tuple[float, float]]] = {lane: [] for lane in lanes}
    with sink() as port:
        for _, lane in itertools.product(range(given.rounds), lanes):
            times[lane].append(one(lane, port, given))
    rates = {
        lane: {
            "per_second": given.messages / statistics.median(t for t, _ in took),
            "per_cpu_second": given.messages / statistics.median(c for _, c in took),
        }
        for lane, took in times.items()
    }
    print(f"\n{name}, {given.connections} connections, {given.messages} messages, "
          f"median of {given.rounds}")  # fmt: skip
    for lane, rate in rates.items():
        print(f"  {lane:55} {rate['per_second']:8.0f}/s {rate['per_cpu_second']:8.0f}/CPU s")
    for lane in sorted(set(LANES) - set(lanes)):
        print(f"  {lane:55} left out: {NEEDS[LANES[lane]]} is missing")
    return rates


def main() -> None:
    global PORT, COUNT, CONNECTIONS  # noqa: PLW0603 - of this process, for its lane
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--messages", type=int, default=1000)
    parser.add_argument("--connections", type=int, default=4)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--lane", help=argparse.SUPPRESS)
    parser.add_argument("--port", type=int, help=argparse.SUPPRESS)
    given = parser.parse_args()
    COUNT, CONNECTIONS = given.messages, given.connections
    if given.lane:
        PORT = given.port
        _began()
        began = list(_times)
        LANES[given.lane]()
        if _times == began:
            _ended()
        print(json.dumps(_times))
        return
    found = {"our sink": rounds("our sink", our_sink, given)}
    if shutil.which("smtp-sink", path=PATH):
        found["smtp-sink"] = rounds("smtp-sink", postfix_sink, given)
    if given.out:
        given.out.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()

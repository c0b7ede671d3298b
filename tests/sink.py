"""A counting mail server in a process of its own, as fast as Python allows, with faults on call.

``python sink.py FILE [FAULT...]`` writes its port to standard output, then a line for each
message it has taken to FILE: the reader's address and the hash of the message. A line is
written and flushed before the 250 goes out, so that what was answered is always in the file;
and the server outlives whoever sends.

Faults, each met with the given probability (``--seed``): ``drop`` (hangs up anywhere before the
dot), ``lost`` (takes the message, then hangs up without an answer), ``421``, ``4xx``, ``5xx``
(each at a random command), ``after`` (refuses the whole message), ``stall`` (answers late).
"""

import argparse
import asyncio
import random
import ssl
import sys

BODY_END = b"\r\n.\r\n"


class Answers:
    """Answers to commands that came together go together (RFC 2920 §3.2), as real servers do it."""

    def __init__(self, writer, reader):
        self.writer, self.reader, self.waiting = writer, reader, []

    def write(self, answer):
        self.waiting.append(answer)
        if b"\n" not in self.reader._buffer:  # no further command is there
            self.flush()

    def flush(self):
        self.writer.write(b"".join(self.waiting))
        self.waiting.clear()

    async def drain(self):
        self.flush()
        await self.writer.drain()


class Sink:
    def __init__(self, file, faults, seed, stall):
        self.file, self.faults, self.stall = file, faults, stall
        self.random = random.Random(seed)
        self.connections = 0

    def fault(self, *names):
        """Return the fault that is met now, of those that can be."""
        for name in names:
            if self.random.random() < self.faults.get(name, 0.0):
                return name
        return ""

    async def talk(self, reader, writer):
        self.connections += 1
        try:
            writer.write(b"220 sink ESMTP\r\n")
            await self._commands(reader, Answers(writer, reader))
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            writer.close()

    async def _commands(self, reader, writer):
        recipient = b""
        while line := await reader.readline():
            verb = line[:4].upper()
            if verb == b"EHLO":
                writer.write(b"250-sink\r\n250 PIPELINING\r\n")
                continue
            if verb == b"QUIT":
                writer.write(b"221 bye\r\n")
                return
            if verb == b"RCPT":
                recipient = line[8:].strip().strip(b"<>")
            wrong = self.fault("drop", "421", "4xx", "5xx", "stall") if self.faults else ""
            if wrong == "drop":
                return
            if wrong == "421":
                writer.write(b"421 4.3.2 closing\r\n")
                await writer.drain()
                return
            if wrong == "stall":
                await asyncio.sleep(self.stall)
            if verb == b"DATA" and (wrong in {"4xx", "5xx"} or not recipient):
                writer.write(b"554 5.5.1 no valid recipients\r\n")
            elif wrong == "4xx" and verb in {b"MAIL", b"RCPT"}:
                writer.write(b"451 4.3.0 later\r\n")
                recipient = b""
            elif wrong == "5xx" and verb == b"RCPT":
                writer.write(b"554 5.6.0 no\r\n")
                recipient = b""
            elif verb == b"DATA":
                writer.write(b"354 go on\r\n")
                if not await self._message(reader, writer, recipient):
                    return
                recipient = b""
            else:
                writer.write(b"250 2.0.0 fine\r\n")

    async def _message(self, reader, writer, recipient):
        data = await reader.readuntil(BODY_END)
        wrong = self.fault("after", "lost") if self.faults else ""
        if wrong == "after":
            writer.write(b"451 4.3.0 not now\r\n")
            return True
        self.file.write(b"%s %d\n" % (recipient, len(data)))
        self.file.flush()
        if wrong == "lost":
            return False
        writer.write(b"250 2.0.0 taken\r\n")
        return True


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("file")
    parser.add_argument("faults", nargs="*", help="name=probability")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--stall", type=float, default=0.2)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--tls", help="certificate with its key")
    parser.add_argument("--port", type=int, default=0)
    given = parser.parse_args()
    faults = {name: float(share) for name, share in (one.split("=") for one in given.faults)}
    context = None
    if given.tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(given.tls)
    with open(given.file, "ab", buffering=0) as file:  # noqa: PTH123 - unbuffered
        sink = Sink(file, faults, given.seed, given.stall)
        server = await asyncio.start_server(
            sink.talk, given.host, given.port, limit=16 << 20, backlog=200, ssl=context
        )
        print(server.sockets[0].getsockname()[1], flush=True)
        sys.stdout.close()
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())

"""A speech service on loopback that can be told to fail, and sounds to send."""

import io
import json
import threading
import time
import wave
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


def wav(seconds=1.0, rate=8000, *, streamed=False):
    """Return a WAV file of a ramp; `streamed` leaves the lengths out, as a stream does."""
    out = io.BytesIO()
    with wave.open(out, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(rate)
        count = int(seconds * rate)
        ramp = b"".join(k.to_bytes(2, "little") for k in range(2000))
        sound.writeframes((ramp * (count // 2000 + 1))[: count * 2])
    data = bytearray(out.getvalue())
    if streamed:
        data[4:8] = data[40:44] = b"\xff\xff\xff\xff"
    return bytes(data)


MP3 = b"ID3\x04" + b"\0" * 60 + b"\xff\xfb\x90\x00" * 400


@dataclass
class Answer:
    """One answer: a status, a type, a body; how slowly, how often."""

    status: int = 200
    kind: str = "audio/mpeg"
    body: bytes = MP3
    headers: dict = field(default_factory=dict)
    pause: float = 0.0
    repeat: int = 1
    trickle: float = 0.0
    cut: bool = False


class SpeechService:
    """Answers `POST /v1/audio/speech` by a script, the last answer again and again."""

    def __init__(self, *answers):
        self._answers = list(answers) or [Answer()]
        self.seen = []
        service = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                """Say nothing."""

            def do_POST(self):
                length = int(self.headers["Content-Length"])
                asked = json.loads(self.rfile.read(length))
                service.seen.append((self.path, dict(self.headers), asked))
                left = service._answers
                service._answer(self, left.pop(0) if len(left) > 1 else left[0])

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.handle_error = lambda *_: None
        self.base_url = f"http://127.0.0.1:{self._server.server_port}/v1"

    def __enter__(self):
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()

    @staticmethod
    def _answer(handler, answer):
        handler.close_connection = True
        time.sleep(answer.pause)
        handler.send_response(answer.status)
        handler.send_header("Content-Type", answer.kind)
        for name, value in answer.headers.items():
            handler.send_header(name, value)
        if answer.cut:
            handler.send_header("Content-Length", str(len(answer.body) * 2))
        handler.end_headers()
        for _ in range(answer.repeat):
            if answer.trickle:
                for byte in answer.body:
                    handler.wfile.write(bytes([byte]))
                    time.sleep(answer.trickle)
            else:
                handler.wfile.write(answer.body)

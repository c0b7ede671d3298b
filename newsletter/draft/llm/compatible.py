"""Any service that speaks as OpenAI's does: a large one, a gateway, or one at home.

They differ in what they know. So a request begins in the strictest mode, steps down when
the service does not know it, leaves out what it rejects, and remembers what worked.
"""

import random
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass

from newsletter import wire
from newsletter.draft.llm._dialect import LADDER, Answer, asked, read_event, read_whole, schema_text
from newsletter.draft.llm._trouble import Trouble
from newsletter.draft.model import Fault, Listener, Mode, ModelError, Reply, Request
from newsletter.draft.purse import tokens_of
from newsletter.errors import ConfigError
from newsletter.hand import at_home, host_of, model_address

_LONGEST_CALL = 86_400.0
_BYTES_PER_TOKEN = 4
_ROOM = 8  # times the bytes of the longest reply; beyond it a service does not keep its limit
_QUOTED_WORDS = 12
_SENTENCES = {
    "unreachable": ("cannot be reached; check model.base_url", Fault.UNAVAILABLE),
    "silent": ("was silent for longer than model.timeout_seconds", Fault.TIMEOUT),
    "broken": ("broke off its reply", Fault.UNAVAILABLE),
    "unfinished": ("ended its reply without an end", Fault.UNAVAILABLE),
    "unreadable": ("answered what is no reply", Fault.MALFORMED),
    "late": ("gave no whole reply in the time there was", Fault.TIMEOUT),
    "long": ("sent a reply far longer than model.max_tokens", Fault.MALFORMED),
}


@dataclass
class _Call:
    """The course of one `complete`."""

    request: Request
    heard: Listener | None
    began: float
    ends: float
    modes: tuple[Mode, ...]
    without: frozenset[str]
    attempts: int = 0
    failures: int = 0

    @property
    def mode(self) -> Mode:
        return self.modes[0]

    def lower(self) -> bool:
        """Step down if there is a lower mode."""
        if len(self.modes) == 1:
            return False
        self.modes = self.modes[1:]
        return True

    def drop(self, habit: str) -> bool:
        """Leave a habit out from now on; False if there is none or it was left out already."""
        if not habit or habit in self.without:
            return False
        self.without |= {habit}
        return True


class CompatibleModel:
    """A language model behind an OpenAI-compatible address.

    Parameters
    ----------
    name : str
        The model's name as its service knows it.
    base_url : str
        ``https://…``, or ``http://`` on this machine.
    key : str or None
        None only for this machine. It never shows in a repr, an error or a log.
    timeout : float
        Longest silence of the service, in seconds.
    retries : int
        How often a request that failed in passing is made again.
    mode : Mode or None
        Keep to this one; None begins with the strictest and steps down.
    sleep : callable
        Waits that many seconds.
    jitter : callable
        A number from 0 to 1, by which each pause is multiplied, so that many clients that
        failed together do not return together.
    clock : callable
        Seconds that only rise.

    Raises
    ------
    ConfigError
        If the address is not safe or a key is missing or unusable.
    """

    def __init__(
        self,
        name: str,
        base_url: str,
        key: str | None = None,
        *,
        timeout: float = 120.0,
        retries: int = 3,
        mode: Mode | None = None,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] = random.random,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        try:
            self._address = model_address(base_url)
        except ValueError as error:
            raise ConfigError(f"model.base_url {error}.") from None
        self._name = name
        self._host = host_of(self._address)
        self._key = wire.usable_key(key, "model", "NEWSLETTER_MODEL_KEY", home=at_home(self._host))
        self._timeout, self._retries = timeout, retries
        self._sleep, self._jitter, self._clock = sleep, jitter, clock
        self._modes: tuple[Mode, ...] = LADDER if mode is None else (mode,)
        self._without: frozenset[str] = frozenset()

    def __repr__(self) -> str:
        return f"CompatibleModel({self._name!r}, {self._address!r})"

    @property
    def name(self) -> str:
        """The configured model's name."""
        return self._name

    def complete(self, request: Request, seconds: float, heard: Listener | None = None) -> Reply:
        """Return the reply to a request.

        Parameters
        ----------
        request : Request
            The whole of what is asked.
        seconds : float
            Time left for all attempts together; no pause and no trickle of bytes goes
            beyond it.
        heard : callable, optional
            Told pieces as they arrive. If a stream breaks, the next attempt begins anew.
            Whatever it raises ends the request, closes the connection and is passed on.

        Raises
        ------
        ModelError
            If there is no whole reply in that time.
        """
        began = self._clock()
        ends = began + min(seconds, _LONGEST_CALL)
        call = _Call(request, heard, began, ends, self._modes, self._without)
        while True:
            if self._clock() >= call.ends:
                raise self._failure(call, Trouble("late"))
            call.attempts += 1
            try:
                answer = self._ask(call)
            except Trouble as error:
                trouble = error
            else:
                break
            self._mend(call, trouble)
        # Only what has worked is remembered: an outage must not lower the mode for good.
        self._modes = call.modes
        self._without = call.without
        return self._reply(call, answer)

    def _ask(self, call: _Call) -> Answer:
        from newsletter.draft.llm import _wire

        answer, mode = Answer(), call.mode
        path, body = asked(mode, call.request, self._name, call.without)
        line = _wire.Line(self._address, self._key, at_home(self._host), self._timeout)
        pieces = _wire.exchange(
            line,
            path,
            body,
            seconds=max(0.001, call.ends - self._clock()),
            most_tokens=call.request.max_tokens,
            event=lambda event: read_event(mode, answer, event),
            whole=lambda document: read_whole(mode, answer, document),
        )
        most, size = call.request.max_tokens * _BYTES_PER_TOKEN * _ROOM, 0
        with closing(pieces):
            for piece in pieces:
                size += len(piece.encode("utf-8", "replace"))
                if size > most:
                    raise Trouble("long")
                if piece and call.heard is not None:
                    call.heard(piece)
        if "stream" in body and not answer.finish:
            raise Trouble("unfinished")
        return answer

    def _mend(self, call: _Call, trouble: Trouble) -> None:
        """Change how the request is made, or wait; raise if neither can help."""
        if trouble.settled:
            raise self._failure(call, trouble)
        if call.drop(trouble.unwanted()):
            return
        if trouble.kind == "unfinished" and call.failures and call.drop("stream"):
            return
        if trouble.form_refused(call.mode):
            if call.mode is Mode.OBJECT and call.drop("schema"):
                return
            if call.lower():
                return
        if trouble.passing and call.failures < self._retries:
            self._wait(call, trouble)
            return
        # Some services answer a way of asking they do not know with a bare 500.
        if trouble.status == 500 and call.lower():
            return
        raise self._failure(call, trouble)

    def _wait(self, call: _Call, trouble: Trouble) -> None:
        pause = wire.pause(call.failures, trouble.wait, self._jitter())
        call.failures += 1
        if pause >= call.ends - self._clock():
            raise self._failure(call, trouble, " and there is no time to ask again")
        self._sleep(pause)

    def _reply(self, call: _Call, answer: Answer) -> Reply:
        text, request = answer.text, call.request
        if answer.refusal:
            raise ModelError(f"The model {self._name} declined to answer.", Fault.REFUSED)
        if answer.cut:
            raise ModelError(
                f"The model {self._name} was cut off after {request.max_tokens} tokens; raise "
                "model.max_tokens.",
                Fault.TRUNCATED,
            )
        if not text.strip():
            raise ModelError(f"The model {self._name} answered nothing.", Fault.MALFORMED)
        prompt = len(request.system) + len(request.user) + len(schema_text(request))
        counts = answer.tokens_in, answer.tokens_out
        return Reply(
            text=text,
            model=answer.model or self._name,
            mode=call.mode,
            tokens_in=tokens_of(prompt) if counts[0] is None else counts[0],
            tokens_out=tokens_of(len(text)) if counts[1] is None else counts[1],
            seconds=self._clock() - call.began,
            attempts=call.attempts,
        )

    def _failure(self, call: _Call, trouble: Trouble, more: str = "") -> ModelError:
        where = f"The model service at {self._host}"
        if trouble.unauthorised:
            return ModelError(
                f"{where} refuses the key ({trouble.status}); check NEWSLETTER_MODEL_KEY.",
                Fault.UNAUTHORISED,
            )
        if trouble.filtered:
            return ModelError(f"{where} declined the prompt by its filter.", Fault.REFUSED)
        if trouble.kind == "status":
            said = _quoted(trouble.message)
            hint = "; check model.base_url and model.name" if trouble.status == 404 else ""
            return ModelError(f"{where} answered {trouble.status}{said}{hint}{more}.")
        sentence, fault = _SENTENCES[trouble.kind]
        return ModelError(f"{where} {sentence} (attempts: {call.attempts}){more}.", fault)


def _quoted(message: str) -> str:
    """Return the first few words of what a service said, printable, behind a colon."""
    words = "".join(char if char.isprintable() else " " for char in message[:400]).split()
    quote = " ".join(words[:_QUOTED_WORDS])[:120].strip().rstrip(".")
    return f': "{quote}"' if quote else ""

"""Ways out over HTTPS: what every delivery service's transport keeps to.

The ledger is written before the last byte of a request's body goes, as it is before SMTP's
final dot: a service that has not got the whole body cannot have taken the mail, and one that
has and did not answer leaves the outcome in doubt.
"""

import datetime as dt
import json
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import TYPE_CHECKING, Any, ClassVar, Self

from newsletter import wire
from newsletter.config import Sender
from newsletter.errors import ConfigError, SendError
from newsletter.hand import model_address
from newsletter.send.addresses import UNPRINTABLE, redact
from newsletter.send.transport import Envelope, Phase, Receipt, Refused, Unavailable

if TYPE_CHECKING:
    import httpx2

LONGEST_ANSWER = 64_000
_DOUBTFUL = frozenset({500, 502, 504})
_ABOUT_US = frozenset({401, 402, 403, 404, 405, 407})


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that hands one mail over."""

    url: str
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What a service answered; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    text: str

    def document(self) -> Any:
        """Return the answer as JSON; None where it is none."""
        try:
            return json.loads(self.text)
        except (ValueError, RecursionError):
            return None


@dataclass(frozen=True, slots=True)
class Service(ABC):
    """One delivery service, as a sender's settings and its key describe it."""

    name: str = ""
    address: str = ""
    user: str = ""
    key: str = field(default="", repr=False)
    region: str = ""
    domain: str = ""
    default_address: str = ""

    @classmethod
    def of(cls, sender: Sender, key: str | None, address: str = "") -> Self:
        """Make it from a sender's settings.

        Raises
        ------
        ConfigError
            If it has no key, or an address to which none may be sent.
        """
        plain = cls()
        usable = wire.usable_key(
            key, plain.name, f"NEWSLETTER_{plain.name.upper()}_KEY", home=False
        )
        try:
            where = model_address(sender.api_url or address or plain.default_address)
        except ValueError as error:
            raise ConfigError(f"senders.*.api_url {error}.") from error
        return cls(
            name=plain.name,
            address=where,
            user=sender.username or "",
            key=usable.get_secret_value() if usable else "",
            region=sender.region,
            domain=sender.service_domain,
        )

    @abstractmethod
    def asked(self, envelope: Envelope, now: dt.datetime) -> Asked:
        """Return the request that hands a mail over."""

    @abstractmethod
    def receipt(self, answer: Answer) -> str:
        """Return the id under which a mail was taken."""

    def about_us(self, answer: Answer) -> bool:
        """Tell whether a refusal is of the account, and so of every mail."""
        del answer
        return False

    def looked(self, now: dt.datetime) -> Asked | None:
        """Return a request that reads something cheap with our key; None where there is none."""
        del now
        return None

    def refusal(self, answer: Answer) -> int:
        """Return the SMTP reply code of like meaning, for a refusal of one mail."""
        del answer
        return 554


class WebTransport:
    """Hands messages to a delivery service, one request for each, over kept connections.

    Parameters
    ----------
    service : Service
        Which.
    timeout_seconds : float
        Longest silence.
    """

    local = False
    _seconds: ClassVar[float] = 600.0

    def __init__(self, service: Service, timeout_seconds: float = 60) -> None:
        self.name = service.name
        self._service, self._timeout = service, timeout_seconds
        self._client: httpx2.Client | None = None
        self._barred: Unavailable | None = None

    def __enter__(self) -> Self:
        """Make ready; the first message opens the connection."""
        import httpx2

        self._barred = None
        self._client = httpx2.Client(
            verify=wire.trusted(),
            timeout=wire.timeout(self._timeout, self._seconds),
            trust_env=False,  # a proxy of the environment would read every mail
            follow_redirects=False,
        )
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close connections."""
        if self._client is not None:
            self._client.close()
        self._client = None

    def send(self, envelope: Envelope, before_dot: Callable[[], None]) -> Receipt:
        """Hand over one message.

        Parameters
        ----------
        envelope : Envelope
            What to send.
        before_dot : callable
            Called when all of the request but its last byte has gone.

        Raises
        ------
        Refused
            If the service answered no.
        Unavailable
            If it cannot be reached, or has refused us before.
        newsletter.errors.SendError
            If the connection was lost twice before the last byte, or (`code` None) after it.
        """
        if self._barred is not None:
            raise self._barred
        asked = self._service.asked(envelope, dt.datetime.now(dt.UTC))
        answer = self._exchanged(asked, before_dot)
        if 200 <= answer.status < 300:
            return Receipt(redact(f"{answer.status} {self._service.receipt(answer)}".strip())[:300])
        raise self._no(answer)

    def probe(self, sender: str, seconds: float) -> str:
        """Ask the service for something cheap: does it answer, and does it take our key.

        Parameters
        ----------
        sender : str
            Who mail will be from; the services are not asked about that.
        seconds : float
            Longest wait.

        Returns
        -------
        str
            Empty where all is well; else what could not be found out, for people.

        Raises
        ------
        Unavailable
            If it cannot be reached or refuses the key.
        """
        import httpx2

        del sender
        asked = self._service.looked(dt.datetime.now(dt.UTC))
        if asked is None:
            return f"A key for {self.name} is set; a test mail shows whether it works."
        try:
            with httpx2.Client(
                verify=wire.trusted(), timeout=seconds, trust_env=False, follow_redirects=False
            ) as client:
                status = client.get(asked.url, headers=dict(asked.headers)).status_code
        except httpx2.HTTPError as error:
            raise self._unreachable(error) from error
        if status == 401:
            raise Unavailable(
                f"{self.name} refuses the key (401); check NEWSLETTER_{self.name.upper()}_KEY.",
                permanent=True,
            )
        if status == 200:
            return ""
        return (
            f"{self.name} answers {status} to a question that a key for sending alone may not ask; "
            "a test mail shows whether it works."
        )

    def _exchanged(self, asked: Asked, before_dot: Callable[[], None]) -> Answer:
        import httpx2

        crossed = False

        def body() -> Iterator[bytes]:
            nonlocal crossed
            yield asked.body[:-1]
            before_dot()
            crossed = True
            yield asked.body[-1:]

        for last_try in (False, True):
            try:
                return self._answer(asked, body())
            except httpx2.HTTPError as error:
                if crossed:
                    raise SendError(
                        f"{self.name} gave no answer after the whole message; it may or may not "
                        "have taken it.",
                        permanent=False,
                    ) from error
                if isinstance(error, httpx2.ConnectError | httpx2.ConnectTimeout):
                    raise self._unreachable(error) from error
                if last_try:
                    raise SendError(
                        f"{self.name} closed the connection before the message was complete; it "
                        "will be tried again.",
                        permanent=False,
                    ) from error
        raise AssertionError("unreachable")

    def _answer(self, asked: Asked, body: Iterator[bytes]) -> Answer:
        if self._client is None:
            raise SendError("The way out is closed.", permanent=False)
        headers = {**asked.headers, "content-length": str(len(asked.body)), "accept": "*/*"}
        with self._client.stream("POST", asked.url, headers=headers, content=body) as response:
            data = b""
            for piece in response.iter_bytes():
                data += piece
                if len(data) > LONGEST_ANSWER:
                    break
            text = data[:LONGEST_ANSWER].decode("utf-8", "replace")
            names = {name.lower(): value for name, value in response.headers.items()}
            return Answer(response.status_code, names, text)

    def _no(self, answer: Answer) -> SendError:
        """Return what an answer means that is no yes."""
        status = answer.status
        if status in _DOUBTFUL:  # it failed while it worked on the mail: who knows how far
            return SendError(
                f"{self.name} failed ({status}) after the whole message; it may or may not have "
                "taken it.",
                permanent=False,
            )
        if status in _ABOUT_US or self._service.about_us(answer):
            self._barred = Unavailable(
                f"{self.name} does not take mail from us ({status}); nothing more is sent. Check "
                f"the sender's settings and NEWSLETTER_{self.name.upper()}_KEY.",
                permanent=True,
            )
            return self._refused(answer, 454)
        if status == 429 or wire.passing(status) or status < 400:
            self._barred = Unavailable(
                f"{self.name} asks to wait ({status}); what is left goes later.", permanent=False
            )
            return self._refused(answer, 451)
        return self._refused(answer, self._service.refusal(answer))

    def _refused(self, answer: Answer, code: int) -> Refused:
        said = redact(" ".join(UNPRINTABLE.sub(" ", answer.text).split()))[:300]
        return Refused(
            f"{self.name} refused the message: {answer.status} {said}.",
            code=code,
            reply=f"{code} {self.name} {answer.status}: {said}",
            phase=Phase.DOT,
        )

    def _unreachable(self, error: Exception) -> Unavailable:
        reason = type(error).__name__
        return Unavailable(
            f"{self.name} cannot be reached ({reason}); try again later or check the network.",
            permanent=False,
        )


def fetched(url: str) -> bytes:
    """Return a small document of a service, over verified TLS.

    Raises
    ------
    ValueError
        If it cannot be had.
    """
    import httpx2

    try:
        with httpx2.Client(verify=wire.trusted(), trust_env=False, timeout=10) as client:
            answer = client.get(url)
    except httpx2.HTTPError as error:
        raise ValueError("a certificate cannot be fetched") from error
    if answer.status_code != 200 or len(answer.content) > LONGEST_ANSWER:
        raise ValueError("a certificate cannot be fetched")
    return answer.content

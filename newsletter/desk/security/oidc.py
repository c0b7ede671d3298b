"""Single sign-on: sending a visitor to a provider of identities, and judging who comes back.

The authorization code flow of OpenID Connect with PKCE. Everything that ties an answer to the
question (state, nonce, verifier) is derived with the desk's key from one sealed cookie of the
visitor's: nothing of it is kept here, and no other browser can use it.
"""

import base64
import binascii
import datetime as dt
import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlencode

from newsletter.desk.security.keys import derive
from newsletter.desk.security.limits import PER_ADDRESS, WINDOW, network
from newsletter.desk.security.login import Login, Outcome, Step
from newsletter.desk.security.oidc_provider import Metadata, Provider
from newsletter.desk.security.oidc_token import Expected, Untrusted, read
from newsletter.desk.security.oidc_wire import Trouble, plain_code
from newsletter.errors import NewsletterError
from newsletter.review.access import DESK, Allowance, Claimed
from newsletter.review.desk import AuditEntry
from newsletter.sign_on import SignOn

COOKIE: Final = "__Host-desk-sso"
BACK: Final = "/login/sso/back"
"""Where the provider sends visitors back to; it is registered there to the letter."""
LASTS: Final = dt.timedelta(minutes=10)
"""How long somebody may take at the provider."""
_LONGEST: Final = 3600
"""Of a cookie or a code; browsers keep cookies of 4,096 bytes with their name."""
_AN_EMAIL: Final = 254

OLD: Final = "This way in has ended or was begun in another browser; begin again."
STRANGER: Final = "{name} knows you, but this desk does not let you in; ask an admin of the desk."
"""The one answer for an unknown, dismissed or unverified person, and for a borrowed address."""
REFUSED: Final = "{name} did not sign you in; begin again, or sign in there first."
DOUBTFUL: Final = (
    "What {name} answered cannot be trusted, so nobody was let in; begin again, and tell an "
    "admin of the desk if it happens again. The audit log says why."
)


class Away(NewsletterError):
    """The provider cannot be asked; one sentence for whoever waits at the door."""


@dataclass(frozen=True, slots=True)
class Begun:
    """A visitor is on their way: `url` is where to, `cookie` is what they carry."""

    url: str
    cookie: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Came:
    """A visitor is back: how it ended, and where they wanted to go."""

    outcome: Outcome
    then: str = "/"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who stands at the door: address, browser, and the session they came with, if any."""

    ip: str
    agent: str = ""
    replacing: str | None = None


class SingleSignOn:
    """The way in through a provider.

    Parameters
    ----------
    settings : SignOn
        Of the configuration.
    provider : Provider
        Who vouches for people.
    login : Login
        Lets them in.
    address : str
        The desk's, without a slash at its end.
    """

    def __init__(self, settings: SignOn, provider: Provider, login: Login, address: str) -> None:
        self.settings, self.provider = settings, provider
        self._login, self._back = login, address + BACK
        self._leave = f"{address}/login"

    def begin(self, then: str) -> Begun:
        """Send a visitor to the provider.

        Parameters
        ----------
        then : str
            Where in the desk they want to go.

        Raises
        ------
        Away
            If the provider cannot be asked.
        """
        at, cookie = self._metadata(), self._sealed(then)
        question = {
            "response_type": "code", "client_id": self.settings.client_id,
            "redirect_uri": self._back, "scope": "openid email",
            "state": self._about("state", cookie), "nonce": self._about("nonce", cookie),
            "code_challenge": _challenge(self._about("verifier", cookie)),
            "code_challenge_method": "S256",
        }  # fmt: skip
        if self.settings.second_factor and self.settings.second_factor.acr:
            question["acr_values"] = " ".join(self.settings.second_factor.acr)
        return Begun(_with(at.authorization, question), cookie)

    def finish(self, answer: Mapping[str, str], cookie: str, visitor: Visitor) -> Came:
        """Judge what a visitor brings back from the provider.

        Parameters
        ----------
        answer : mapping
            The query they came with.
        cookie : str
            What they carry from `begin`; may be empty.
        visitor : Visitor
            Who they are.

        Raises
        ------
        Away
            If the provider cannot be asked.
        """
        limiter, place = self._login.limiter, network(visitor.ip)
        admission = limiter.admit((Allowance("sso from", place, PER_ADDRESS, WINDOW),))
        if admission.free_at is not None:
            minutes = -(-int(limiter.wait(admission).total_seconds()) // 60) or 1
            words = f"Too many attempts; try again in {minutes} min."
            return Came(Outcome(Step.LOCKED, words, wait=limiter.wait(admission)))
        then = self._opened(cookie)
        if then is None or not self._own(answer, cookie):
            return Came(Outcome(Step.ENDED, OLD))
        try:
            outcome = self._judged(answer, cookie, visitor)
        except Untrusted as error:
            outcome = self._refused(DOUBTFUL, str(error), visitor)
        except Trouble as error:
            self._note(str(error), visitor)
            raise Away(self._away(str(error))) from error
        if outcome.token:
            limiter.withdraw(admission)
        return Came(outcome, then)

    def leaving(self) -> str:
        """Return where one signs out of the provider itself; empty where it has no such place.

        Raises
        ------
        Away
            If the provider cannot be asked.
        """
        at = self._metadata().end_session
        if not (at and self.settings.logout):
            return ""
        mine = {"client_id": self.settings.client_id, "post_logout_redirect_uri": self._leave}
        return _with(at, mine)

    def check(self) -> str:
        """Ask the provider for its document and keys; return in words what came.

        Raises
        ------
        Away
            If it cannot be asked.
        """
        at = self._metadata()
        try:
            count = len(self.provider.keys(again=True))
        except Trouble as error:
            raise Away(self._away(str(error))) from error
        out = ", and a way out" if at.end_session else ""
        plural = "" if count == 1 else "s"
        return f"It answers as {self.settings.issuer}, with {count} key{plural}{out}."

    # -- one answer ----------------------------------------------------------------------

    def _judged(self, answer: Mapping[str, str], cookie: str, visitor: Visitor) -> Outcome:
        named = answer.get("iss", "")
        if (named or self.provider.metadata().names_itself) and named != self.settings.issuer:
            raise Untrusted("the answer is another provider's")
        if "error" in answer:
            code = answer["error"] if plain_code(answer["error"]) else "an error"
            return self._refused(REFUSED, f"the provider said {code}", visitor)
        code = answer.get("code", "")
        if not code or len(code) > _LONGEST:
            raise Untrusted("the answer has no code")
        tokens = self.provider.exchange(code, self._about("verifier", cookie), self._back)
        expected = Expected(
            self.settings.issuer, self.settings.client_id, self._about("nonce", cookie),
            self._login.clock.now(),
        )  # fmt: skip
        claims = read(tokens.id_token, tokens.access_token, self.provider.keys, expected)
        email = self._email(claims, tokens.access_token)
        return self._let_in(claims, email, visitor)

    def _let_in(self, claims: Mapping[str, Any], email: str, visitor: Visitor) -> Outcome:
        login, now = self._login, self._login.clock.now()
        claimed = Claimed(self.settings.issuer, claims["sub"], email)
        known = login.access.identities.known(claimed, now)
        if not known.good:
            return self._refused(STRANGER, known.why, visitor, known.editor)
        factor = self.settings.second_factor
        outcome = login.vouched(
            known.editor, self.settings.name, factor.given(claims) if factor else "",
            ip=visitor.ip, agent=visitor.agent, replacing=visitor.replacing,
        )  # fmt: skip
        if outcome.step is Step.REFUSED:
            return self._refused(STRANGER, "dismissed", visitor, known.editor)
        return outcome

    def _email(self, claims: Mapping[str, Any], access_token: str) -> str:
        """Return the address that the provider has verified, or nothing.

        Some providers tell it only where they are asked for it with the access token.
        """
        if self.settings.claim not in claims:
            more = self.provider.userinfo(access_token)
            if more and more.get("sub") != claims["sub"]:
                raise Untrusted("what it tells of the person is another's")
            claims = more
        email = claims.get(self.settings.claim)
        verified = claims.get(self.settings.verified_claim) is True
        good = isinstance(email, str) and 0 < len(email) <= _AN_EMAIL and email.isprintable()
        return str(email) if good and verified else ""

    def _refused(self, words: str, why: str, visitor: Visitor, editor: str = "") -> Outcome:
        self._note(why, visitor, editor)
        return Outcome(Step.REFUSED, words.format(name=self.settings.name))

    def _note(self, why: str, visitor: Visitor, editor: str = "") -> None:
        mark = derive(self._login.key, "from", network(visitor.ip)).hex()[:16]
        detail = {"by": self.settings.name, "why": why, "from": mark}
        subject = editor or "an unknown name"
        now = self._login.clock.now()
        self._login.record(AuditEntry(now, DESK, "login refused", subject, detail))

    # -- what ties the answer to the question ----------------------------------------------

    def _sealed(self, then: str) -> str:
        made = int(self._login.clock.now().timestamp())
        content = json.dumps([secrets.token_urlsafe(32), made, then], ensure_ascii=False)
        payload = _text(content.encode())
        return f"{payload}.{self._about('seal', payload)}"

    def _opened(self, cookie: str) -> str | None:
        """Return where the owner of a cookie wanted to go; None where it is none or too old."""
        payload, _, seal = cookie.partition(".")
        if len(cookie) > _LONGEST or not cookie.isascii():
            return None
        if not hmac.compare_digest(seal.encode(), self._about("seal", payload).encode()):
            return None
        try:
            _, made, then = json.loads(
                base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))
            )
        except (ValueError, binascii.Error):
            return None
        age = self._login.clock.now().timestamp() - made
        return str(then) if 0 <= age <= LASTS.total_seconds() else None

    def _own(self, answer: Mapping[str, str], cookie: str) -> bool:
        """Tell whether an answer is to the question of this cookie, for the first time."""
        state, given = self._about("state", cookie), answer.get("state", "")
        if not hmac.compare_digest(given.encode("utf-8", "replace"), state.encode()):
            return False
        return self._login.limiter.allow("sso answer", state, 1, WINDOW)

    def _about(self, purpose: str, cookie: str) -> str:
        return _text(derive(self._login.key, f"sso {purpose}", self.settings.issuer, cookie))

    def _metadata(self) -> Metadata:
        try:
            return self.provider.metadata()
        except Trouble as error:
            raise Away(self._away(str(error))) from error

    def _away(self, why: str) -> str:
        other = "sign in with name and password" if self._login.by_password else "try again later"
        return f"{self.settings.name} does not sign anybody in just now: {why}; {other}."


def _with(address: str, question: Mapping[str, str]) -> str:
    return f"{address}{'&' if '?' in address else '?'}{urlencode(question)}"


def _challenge(verifier: str) -> str:
    return _text(hashlib.sha256(verifier.encode()).digest())


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()

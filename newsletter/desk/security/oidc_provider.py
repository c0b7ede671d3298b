"""A provider of identities: what it says of itself, its keys, and what it gives for a code."""

import base64
import datetime as dt
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import quote

from newsletter.clock import Clock
from newsletter.desk.security.oidc_wire import Trouble, fetch, usable
from newsletter.errors import ConfigError
from newsletter.sign_on import SignOn

KEPT: Final = dt.timedelta(hours=1)
"""How long the provider's document and keys are taken as they were read."""
PATIENCE: Final = dt.timedelta(seconds=10)
"""After a failure nobody asks again for so long: everybody at the door would wait for it."""
LONGEST_TOKEN: Final = 16 * 1024
PLACE: Final = "/.well-known/openid-configuration"


@dataclass(frozen=True, slots=True)
class Metadata:
    """What a provider says of itself.

    Parameters
    ----------
    authorization, token, jwks, userinfo, end_session : str
        Its addresses; the last two may be empty.
    basic : bool
        Whether it takes the secret as HTTP's own authentication.
    names_itself : bool
        Whether its answers carry its name, and one that does not is not its own (RFC 9207).
    """

    authorization: str
    token: str
    jwks: str
    userinfo: str
    end_session: str
    basic: bool
    names_itself: bool


@dataclass(frozen=True, slots=True)
class Tokens:
    """What a code was good for."""

    id_token: object = field(repr=False)
    access_token: str = field(repr=False)


class Provider:
    """A provider, asked as seldom as can be.

    Parameters
    ----------
    settings : SignOn
        Which one.
    secret : str or None
        Ours with it; None where it gave us none.
    clock : Clock
        The time.

    Raises
    ------
    ConfigError
        If the library that reads signatures is not installed.
    """

    def __init__(self, settings: SignOn, secret: str | None, clock: Clock) -> None:
        require_library()
        self._settings, self._secret, self._clock = settings, secret, clock
        self._home = settings.issuer.startswith("http:")
        self._lock = threading.Lock()
        self._metadata: tuple[dt.datetime, Metadata] | None = None
        self._keys: tuple[dt.datetime, list[dict[str, Any]]] | None = None
        self._failed: tuple[dt.datetime, str] | None = None

    def metadata(self) -> Metadata:
        """Return what it says of itself; one asks, whoever comes meanwhile waits.

        Raises
        ------
        Trouble
            If it does not say it, or says what cannot be used.
        """
        with self._lock:
            now = self._clock.now()
            if self._metadata is not None and now - self._metadata[0] < KEPT:
                return self._metadata[1]
            if self._failed is not None and now - self._failed[0] < PATIENCE:
                raise Trouble(self._failed[1])
            try:
                found = self._discovered()
            except Trouble as error:
                self._failed = self._clock.now(), str(error)
                raise
            self._metadata, self._failed = (now, found), None
            return found

    def keys(self, again: bool = False) -> Sequence[Mapping[str, Any]]:
        """Return its public keys, as they are at this moment where that is asked.

        Raises
        ------
        Trouble
            If it does not tell them.
        """
        now = self._clock.now()
        kept = self._keys
        if kept is not None and not again and now - kept[0] < KEPT:
            return kept[1]
        listed = self._ask(self.metadata().jwks).get("keys")
        if not isinstance(listed, list):
            raise Trouble("its key set holds no list of keys")
        found = [one for one in listed if isinstance(one, dict)]
        self._keys = now, found
        return found

    def exchange(self, code: str, verifier: str, back: str) -> Tokens:
        """Give a code, and return what it was good for.

        Parameters
        ----------
        code : str
            As it came with the visitor.
        verifier : str
            What only whoever sent the visitor away can know.
        back : str
            Where the visitor came back to.

        Raises
        ------
        Trouble
            If it was good for nothing.
        """
        at = self.metadata()
        form = {
            "grant_type": "authorization_code", "code": code, "redirect_uri": back,
            "code_verifier": verifier, "client_id": self._settings.client_id,
        }  # fmt: skip
        headers = {}
        if self._secret and at.basic:
            pair = f"{_form(self._settings.client_id)}:{_form(self._secret)}"
            headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
        elif self._secret:
            form["client_secret"] = self._secret
        found = self._ask(at.token, form, headers)
        access = found.get("access_token")
        if not isinstance(access, str) or not _header_safe(access):
            access = ""
        return Tokens(found.get("id_token"), access)

    def userinfo(self, access_token: str) -> dict[str, Any]:
        """Return what it tells of the person an access token is for; empty if it never does."""
        address = self.metadata().userinfo
        if not (address and access_token):
            return {}
        return self._ask(address, headers={"Authorization": f"Bearer {access_token}"})

    def _ask(
        self,
        address: str,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        return fetch(address, self._settings.timeout_seconds, form=form, headers=headers)

    def _discovered(self) -> Metadata:
        told = self._ask(self._settings.issuer.rstrip("/") + PLACE)
        if told.get("issuer") != self._settings.issuer:
            raise Trouble("it calls itself by another name than desk.oidc.issuer")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            if not self._place(told, name):
                raise Trouble(f"its {name} is missing or no https:// address")
        # Without the list the standard has HTTP's own authentication.
        ways = told.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        return Metadata(
            authorization=self._place(told, "authorization_endpoint"),
            token=self._place(told, "token_endpoint"),
            jwks=self._place(told, "jwks_uri"),
            userinfo=self._place(told, "userinfo_endpoint"),
            end_session=self._place(told, "end_session_endpoint"),
            basic=isinstance(ways, list) and "client_secret_basic" in ways,
            names_itself=told.get("authorization_response_iss_parameter_supported") is True,
        )

    def _place(self, told: Mapping[str, Any], name: str) -> str:
        return usable(told.get(name), home=self._home)


def require_library() -> None:
    """Make sure that signatures can be read.

    Raises
    ------
    ConfigError
        If what does so is not installed.
    """
    try:
        import joserfc.jwk  # noqa: F401
    except ImportError as error:
        raise ConfigError(
            "desk.oidc is set, but the library that reads its signatures is not installed; "
            "install the extra: `pip install 'rotation-newsletter[sso]'`."
        ) from error


def _header_safe(token: str) -> bool:
    return len(token) <= LONGEST_TOKEN and token.isascii() and token.isprintable()


def _form(text: str) -> str:
    """Write a text as RFC 6749 wants it before HTTP's authentication."""
    return quote(text, safe="")

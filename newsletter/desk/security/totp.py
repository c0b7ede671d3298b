"""The second factor: codes of an authenticator (RFC 6238), and codes for when it is lost."""

import base64
import datetime as dt
import hmac
import re
import secrets
from dataclasses import dataclass, field

import pyotp
import segno

from newsletter.clock import Clock
from newsletter.desk.security.keys import derive
from newsletter.errors import NotFound
from newsletter.review.access import Access
from newsletter.review.desk import AuditEntry

STEP = 30
DRIFT = 1
"""Steps by which an authenticator's clock may be off, either way."""

RECOVERY_CODES = 10
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # without those that look alike
_CODE = re.compile(r"[0-9]{6}")


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What an editor needs to set an authenticator up.

    Parameters
    ----------
    secret : str
        To be typed, in Base32.
    uri : str
        To be opened on the same device.
    svg : str
        To be scanned: a QR code as inline SVG, without style attributes or addresses.
    """

    secret: str = field(repr=False)
    uri: str = field(repr=False)
    svg: str = field(repr=False)


class Totp:
    """Makes and checks authenticators' codes; it keeps no secret, it derives them.

    Parameters
    ----------
    key : bytes
        The desk's key.
    issuer : str
        The publication, as the authenticator shows it.
    """

    def __init__(self, key: bytes, issuer: str) -> None:
        self._key, self._issuer = key, issuer

    def secret(self, editor: str, generation: int) -> str:
        """Return the secret of an editor's authenticator, in Base32."""
        return base64.b32encode(derive(self._key, "totp", editor, str(generation))[:20]).decode()

    def enrolment(self, editor: str, generation: int) -> Enrolment:
        """Return what sets an authenticator up."""
        secret = self.secret(editor, generation)
        uri = pyotp.TOTP(secret).provisioning_uri(name=editor, issuer_name=self._issuer)
        # Dark on light whatever the page's colours are: cameras expect that.
        svg = segno.make(uri, error="m", micro=False).svg_inline(
            scale=5, dark="#000", light="#fff", title="Code to scan with an authenticator app"
        )
        return Enrolment(secret, uri, svg)

    def step(self, secret: str, code: str, now: dt.datetime, after: int) -> int | None:
        """Return the time step a code belongs to, or None.

        Parameters
        ----------
        secret : str
            In Base32.
        code : str
            Six digits, as typed.
        now : datetime.datetime
            Aware instant.
        after : int
            The last step that was accepted: neither it nor an earlier one is again.
        """
        code = re.sub(r"[\s-]", "", code)
        if not _CODE.fullmatch(code):
            return None
        present = int(now.timestamp()) // STEP
        otp = pyotp.TOTP(secret, interval=STEP)
        found = None
        for step in range(present - DRIFT, present + DRIFT + 1):
            if hmac.compare_digest(otp.generate_otp(step), code) and step > after:
                found = step
        return found

    def recovery_codes(self) -> tuple[str, ...]:
        """Return new recovery codes, 59 bits each, to be shown once."""
        return tuple(
            "-".join("".join(secrets.choice(_LETTERS) for _ in range(4)) for _ in range(3))
            for _ in range(RECOVERY_CODES)
        )

    def recovery_hash(self, editor: str, code: str) -> str:
        """Return the form in which a recovery code is kept.

        It is keyed: without the key a stolen database cannot be searched for codes.
        """
        plain = re.sub(r"[\s-]", "", code).lower()
        return derive(self._key, "recovery", editor, plain).hex()


def reset(access: Access, clock: Clock, editor: str, by: str) -> None:
    """Void an editor's authenticator, recovery codes and sessions.

    Raises
    ------
    NotFound
        If the editor has none.
    """
    entry = AuditEntry(clock.now(), by, "authenticator reset", editor)
    if not access.reset_totp(editor, entry):
        raise NotFound(
            f"{editor!r} has no login yet; see `newsletter editors list`, or send an invitation "
            "with `newsletter editors invite NAME`."
        )

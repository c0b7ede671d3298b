"""What never leaves: addresses, tokens, secrets, and from where somebody came.

It is asked last, of everything that is about to be written: whatever a library, a traceback or a
stranger put into it has been through here.
"""

import base64
import ipaddress
import json
import re
from collections.abc import Collection, Mapping
from typing import Any, Final
from urllib.parse import quote, quote_plus

ADDRESS: Final = "[address]"
TOKEN: Final = "[token]"  # noqa: S105 - what stands in a token's place
SECRET: Final = "[secret]"  # noqa: S105
PLACE: Final = "[place]"
DEEP: Final = 12
"""Levels of a nested value that are looked into; what lies deeper is left out."""

_SHORTEST_SECRET: Final = 6
_AT: Final = re.compile(
    r"@|＠|﹫|%(?:25)*40|&#0*64;?|&#x0*40;?|&commat;|\\u0040|\\x40", re.IGNORECASE
)
_STOPS: Final = frozenset(' \t\r\n\f\v<>(),;:"\\')
_DOMAIN: Final = re.compile(r"\[[^\]\s\"\\]{1,80}\]|[^\s<>(),;:\"'\\\[\]{}/?&#]{1,253}")
_LONGEST_LOCAL: Final = 320
_QUOTED: Final = re.compile(r'"[^"\r\n]{1,64}"$')
# A reader's and an editor's links: what follows the name of the page opens it.
_PATH: Final = re.compile(
    r"((?:/|%2F)(?:u|c|p|l|o|approve|invitation|reset)(?:/|%2F))(?!\{)"
    r"[^\s\"'<>\\/?#]{6,}", re.IGNORECASE,
)  # fmt: skip
_NAMED: Final = (
    r"[\w-]{0,40}(?:token|secret|password|passwd|authorization|cookie|api[_-]?key|apikey|csrf"
    r"|signature|dsn|credential)[\w-]{0,40}"
)
_QUERY: Final = re.compile(
    rf"([?&;](?:{_NAMED}|key|sig|code|state|session|sid|nonce|then|email|name)=)[^&\s\"'<>\\#]+",
    re.IGNORECASE,
)
_HEADERS: Final = (
    r"((?:proxy-)?authorization|(?:set-)?cookie|x-api-key|x-csrf-token|webhook-signature)"
)
# To the end of the string or of the line: cookies and digests hold blanks and semicolons.
_HEADER: Final = re.compile(
    _HEADERS + r"([\"']?\s*[:=,]\s*b?)(?:([\"'])(?:(?!\3)[^\r\n])*|[^\"'\s][^\r\n]*)", re.IGNORECASE
)
_SCHEME: Final = re.compile(r"\b(bearer|basic|digest)(\s+)[A-Za-z0-9._~+/=-]{6,}", re.IGNORECASE)
_USERINFO: Final = re.compile(r"(://)[^\s/@\"'<>\\]*@")
_SIGNED: Final = re.compile(r"(?<![\w-])[\w-]{8,}(?:\.[\w-]{6,})?\.[\w-]{27,}(?![\w-])", re.ASCII)
_OPAQUE: Final = re.compile(
    r"(?<![\w-])(?:nlk_|whsec_)?[A-Za-z0-9_-]{30,}={0,2}(?![\w-])", re.ASCII
)
_OURS: Final = re.compile(r"\b(?:nlk_|whsec_)[A-Za-z0-9_+/=-]{8,}")
_IPV4: Final = re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?!\.?\d)")
_IPV6: Final = re.compile(
    r"(?<![0-9A-Fa-f:.])[0-9A-Fa-f]{0,4}(?::[0-9A-Fa-f]{0,4}){2,7}(?:\.\d{1,3}){0,3}"
)
_KEY: Final = re.compile(_NAMED, re.IGNORECASE)
_WORDY: Final = (str, bytes, list, tuple, dict, set)


class Redactor:
    """Takes out of texts and of nested values what nobody may read there.

    Parameters
    ----------
    secrets : collection of str
        What this process knows and never tells. Shorter ones than six characters are words.
    """

    def __init__(self, secrets: Collection[str] = ()) -> None:
        forms = {form for secret in secrets for form in _forms(secret.strip())}
        found = sorted((one for one in forms if len(one) >= _SHORTEST_SECRET), key=len)[::-1]
        self._secrets = re.compile("|".join(map(re.escape, found))) if found else None

    def text(self, text: str) -> str:
        """Return a text without what nobody may read in it."""
        if self._secrets is not None:
            text = self._secrets.sub(SECRET, text)
        text = _HEADER.sub(rf"\1\2\3{SECRET}", text)
        text = _SCHEME.sub(rf"\1\2{SECRET}", text)
        text = _USERINFO.sub(rf"\1{SECRET}@", text) if "://" in text else text
        text = _PATH.sub(rf"\1{TOKEN}", text)
        text = _QUERY.sub(rf"\1{SECRET}", text)
        text = _OURS.sub(TOKEN, text)
        text = _addresses(text)
        text = _SIGNED.sub(_if_random, text)
        text = _OPAQUE.sub(_if_random, text)
        text = _IPV4.sub(_place, text)
        return _IPV6.sub(_place, text)

    def value(self, value: Any, depth: int = 0) -> Any:
        """Return a nested value of plain data without what nobody may read in it.

        What is not plain is shown by its own words, and those are looked at too.
        """
        if value is None or isinstance(value, bool | int | float):
            return value
        if depth > DEEP:
            return "…"
        if isinstance(value, Mapping):
            return {
                self.text(_shown(name)): SECRET
                if _KEY.fullmatch(_shown(name)) and isinstance(value[name], _WORDY)
                else self.value(value[name], depth + 1)
                for name in value
            }
        if isinstance(value, list | tuple | set | frozenset):
            return [self.value(each, depth + 1) for each in value]
        return self.text(_shown(value))


def _shown(value: Any) -> str:
    if isinstance(value, bytes | bytearray):
        return bytes(value).decode("utf-8", "replace")
    try:
        return value if isinstance(value, str) else str(value)
    except Exception:  # noqa: BLE001 - a stranger's object may fail in any way
        return f"<{type(value).__name__}>"


def _forms(secret: str) -> set[str]:
    """Return a secret as it may be written: plain, in JSON, in an address, in a header."""
    coded = base64.b64encode(secret.encode()).decode().rstrip("=")
    forms = {secret, json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1]}
    forms |= {quote(secret, safe=""), quote_plus(secret), repr(secret)[1:-1], coded}
    return forms | {one for one in secret.split("\n") if len(one) >= 16}  # a key of many lines


def _addresses(text: str) -> str:
    """Take out mail addresses, however their at-sign is written; in time linear in the text."""
    out, done = [], 0
    for at in _AT.finditer(text):
        if at.start() < done:
            continue
        start = _local(text, max(done, at.start() - _LONGEST_LOCAL), at.start())
        domain = _DOMAIN.match(text, at.end())
        if start == at.start() or domain is None:
            continue
        out += [text[done:start], ADDRESS]
        done = domain.end()
    return "".join([*out, text[done:]]) if out else text


def _local(text: str, first: int, end: int) -> int:
    """Return where the part before an at-sign begins."""
    if end > first and text[end - 1] == '"' and (found := _QUOTED.search(text, first, end)):
        return found.start()
    start = end
    while start > first and text[start - 1] not in _STOPS:
        start -= 1
    return start


def _if_random(found: re.Match[str]) -> str:
    """Judge a long run of letters: a hash has no capitals, and hardly any name has both."""
    tail = found[0].rsplit(".", 1)[-1]
    return TOKEN if tail.lower() != tail and tail.upper() != tail else found[0]


def _place(found: re.Match[str]) -> str:
    """Judge what may be a machine's address; this machine's own names nobody."""
    bare = found[0]
    while bare:
        try:
            address = ipaddress.ip_address(bare)
        except ValueError:
            if not bare.endswith(":"):
                break
            bare = bare[:-1]  # of the sentence, not of the address
            continue
        own = address.is_loopback or address.is_unspecified
        return found[0] if own else PLACE + found[0][len(bare) :]
    return found[0]

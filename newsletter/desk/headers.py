"""Headers: what every answer of the desk carries, whatever room it comes from."""

from typing import Final

from newsletter.guarding import guarding

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; frame-src 'self'; font-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)
"""Content-Security-Policy of the desk's own pages: nothing inline, nothing from elsewhere."""

MAIL_POLICY: Final = (
    "sandbox allow-same-origin; default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)
"""That of a mail in its frame: no script, no request, no form; the page may scroll it."""

SENT: Final = guarding(POLICY)

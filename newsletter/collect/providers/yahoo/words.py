"""Values from outside, made plain: words without markup, numbers within what can be."""

import html
import math
import re
import unicodedata
from typing import Any
from urllib.parse import urlsplit

MOST_WORDS = 300
MOST_LINK = 500

_SCRIPT = re.compile(r"<(script|style)\b.*?(</\1\s*>|$)", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"<[^<>]*>?")

LIMITS = {
    "trailing_pe": (-1e4, 1e4),
    "forward_pe": (-1e4, 1e4),
    "market_cap": (1e5, 1e14),
    "price": (1e-4, 1e7),
    "eps_trailing": (-1e5, 1e6),
    "price_to_book": (-1e4, 1e4),
    "profit_margin": (-1e5, 1e4),
    "operating_margin": (-1e5, 1e4),
    "revenue_growth": (-100.0, 1e5),
    "earnings_growth": (-1e5, 1e5),
    "dividend_yield": (0.0, 100.0),
    "beta": (-50.0, 50.0),
    "weight": (0.0, 100.0),
    "contracts": (0.0, 1e9),
}
"""What a figure can be, by field; beyond it the source is in error."""


def words(found: Any) -> str:
    """Return text without markup, control and invisible letters, of bounded length."""
    if not isinstance(found, str):
        return ""
    text = html.unescape(found[: 20 * MOST_WORDS])
    text = _TAG.sub(" ", _SCRIPT.sub(" ", text))
    text = "".join(" " if unicodedata.category(c)[0] in "CZ" else c for c in text)
    text = " ".join(text.replace("<", " ").replace(">", " ").split())
    return text if len(text) <= MOST_WORDS else text[: MOST_WORDS - 1].rstrip() + "…"


def symbol(found: Any) -> str:
    """Return a symbol as Yahoo writes it, or nothing where it is none."""
    text = found.strip() if isinstance(found, str) else ""
    return text if re.fullmatch(r"[A-Za-z0-9^][A-Za-z0-9.=^-]{0,19}", text) else ""


def number(found: Any, field: str, factor: float = 1.0) -> float | None:
    """Return a number within the limits of a field, else None."""
    if isinstance(found, bool | str) or found is None:  # "Infinity" and its like are text
        return None
    try:
        value = factor * float(found)
    except (TypeError, ValueError, OverflowError):
        return None
    low, high = LIMITS[field]
    return value if math.isfinite(value) and low <= value <= high else None


def link(found: Any) -> str:
    """Return a web address over https, or nothing."""
    if not isinstance(found, str) or len(found) > MOST_LINK or words(found) != found:
        return ""
    try:
        parts = urlsplit(found)
        odd = parts.scheme != "https" or not parts.hostname or "@" in parts.netloc
    except ValueError:
        return ""
    return "" if odd or re.search(r"[\s\"'`\\]", found) else found

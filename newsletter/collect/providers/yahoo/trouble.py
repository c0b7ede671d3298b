"""Why Yahoo gave nothing, in words that name no address."""

from collections.abc import Mapping

from newsletter.collect.providers.yahoo.asking import Outcome, StrangeClock

LABEL = "Yahoo Finance"
SOURCE = (LABEL, "Yahoo Finance via yfinance: personal use; a public mailing needs a licensed feed")


def reason(error: Exception) -> str:
    """Return what went wrong; an error's own words may hold the address that was asked."""
    from curl_cffi.requests.exceptions import HTTPError, RequestException, Timeout
    from yfinance.exceptions import YFRateLimitError

    if isinstance(error, YFRateLimitError):
        return "too many requests"
    if isinstance(error, Timeout | TimeoutError):
        return "no answer in time"
    if isinstance(error, HTTPError):
        return f"it answers {getattr(error.response, 'status_code', 'with an error')}"
    if isinstance(error, RequestException | OSError):
        return "no whole answer came"
    if isinstance(error, StrangeClock):
        return "its time zone cannot be right"
    return "its answer cannot be read"


def why_nothing(outcomes: Mapping[str, Outcome], asked: int) -> str:
    """Return the sentence for an evening without one price."""
    kinds = list(outcomes.values())
    if any(isinstance(out, str) and out == "refused" for out in kinds):
        return (
            "Yahoo Finance refuses to answer (too many requests); wait a quarter of an hour, or "
            "ask for less with providers.yahoo.chunk and pause_seconds."
        )
    errors = [out for out in kinds if isinstance(out, Exception)]
    if errors:
        return (
            f"Yahoo Finance cannot be reached ({reason(errors[0])}); check the network, or use "
            "providers.bars: files."
        )
    return (
        f"Yahoo Finance has no prices for any of the {asked} symbols asked for; check their "
        "spelling and providers.history_start."
    )

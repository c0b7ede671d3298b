"""What Yahoo answers beside charts, in the forms that yfinance reads."""

from typing import Any

SUMMARY = "/v10/finance/quoteSummary/"
QUOTE = "/v7/finance/quote"
OPTIONS = "/v7/finance/options/"
CALENDARS = "/v1/finance/visualization"
NEWS = "/xhr/ncp"
SECTORS = "/v1/finance/sectors/"

JULY = 1784073600
"""An expiry as Yahoo states it: midnight UTC of 2026-07-15."""


def quotes(*found: dict[str, Any]) -> dict[str, Any]:
    return {"quoteResponse": {"result": list(found), "error": None}}


def fund(
    sectors: dict[str, Any], holdings: dict[str, Any], per: float | None = 0.04
) -> dict[str, Any]:
    held = [
        {"symbol": name, "holdingName": name, "holdingPercent": share}
        for name, share in holdings.items()
    ]
    top = {
        "holdings": held,
        "equityHoldings": {"priceToEarnings": per, "priceToBook": 0.2},
        "sectorWeightings": [{key: share} for key, share in sectors.items()],
    }
    found = {
        "quoteType": {"quoteType": "ETF"},
        "summaryProfile": {"longBusinessSummary": "A fund."},
        "topHoldings": top,
        "fundProfile": {},
    }
    return {"quoteSummary": {"result": [found], "error": None}}


def chain(expiries: list[int], calls: list[Any], puts: list[Any]) -> dict[str, Any]:
    """Return an option chain; each contract is (volume, open interest)."""

    def side(found: list[Any]) -> list[dict[str, Any]]:
        return [
            {"contractSymbol": f"C{n}", "lastTradeDate": 1782999000, "strike": 600.0 + n,
             "volume": volume, "openInterest": interest}
            for n, (volume, interest) in enumerate(found)
        ]  # fmt: skip

    options = [{"expirationDate": expiries[0], "calls": side(calls), "puts": side(puts)}]
    result = {"expirationDates": expiries, "quote": {"symbol": "SPY"}, "options": options}
    return {"optionChain": {"result": [result], "error": None}}


def visual(columns: list[str], rows: list[list[Any]]) -> dict[str, Any]:
    named = [{"label": label, "type": "DATE"} for label in columns]
    return {"finance": {"result": [{"documents": [{"columns": named, "rows": rows}]}]}}


def stream(*articles: dict[str, Any]) -> dict[str, Any]:
    found = [{"id": str(n), "content": article} for n, article in enumerate(articles)]
    return {"data": {"tickerStream": {"stream": found}}}


def article(title: str, when: str, link: str, by: str = "Reuters") -> dict[str, Any]:
    return {
        "title": title,
        "pubDate": when,
        "provider": {"displayName": by},
        "canonicalUrl": {"url": link},
    }


def sector(name: str, weight: float, industries: dict[str, float]) -> dict[str, Any]:
    found = [
        {"key": key, "name": key, "symbol": "^X", "marketWeight": {"raw": share}}
        for key, share in industries.items()
    ]
    overview = {"marketWeight": {"raw": weight}}
    return {"data": {"name": name, "symbol": "^S", "overview": overview, "industries": found}}

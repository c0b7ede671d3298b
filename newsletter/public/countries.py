"""Countries to choose from, and under whose law a reader there is written to."""

from typing import Final

UNKNOWN: Final = "XX"
STRICTEST: Final = "strictest"
"""The law of whoever does not say, or lives elsewhere: the strictest of all."""
_EUROPEAN: Final = {
    "AT": "Austria", "BE": "Belgium", "BG": "Bulgaria", "HR": "Croatia", "CY": "Cyprus",
    "CZ": "Czechia", "DK": "Denmark", "EE": "Estonia", "FI": "Finland", "FR": "France",
    "DE": "Germany", "GR": "Greece", "HU": "Hungary", "IS": "Iceland", "IE": "Ireland",
    "IT": "Italy", "LV": "Latvia", "LI": "Liechtenstein", "LT": "Lithuania", "LU": "Luxembourg",
    "MT": "Malta", "NL": "Netherlands", "NO": "Norway", "PL": "Poland", "PT": "Portugal",
    "RO": "Romania", "SK": "Slovakia", "SI": "Slovenia", "ES": "Spain", "SE": "Sweden",
}  # fmt: skip
_OTHERS: Final = {
    "AR": "Argentina", "AU": "Australia", "BR": "Brazil", "CA": "Canada", "CL": "Chile",
    "CO": "Colombia", "HK": "Hong Kong", "IN": "India", "ID": "Indonesia", "IL": "Israel",
    "JP": "Japan", "MY": "Malaysia", "MX": "Mexico", "NZ": "New Zealand", "PH": "Philippines",
    "SA": "Saudi Arabia", "SG": "Singapore", "ZA": "South Africa", "KR": "South Korea",
    "CH": "Switzerland", "TW": "Taiwan", "TH": "Thailand", "TR": "Türkiye",
    "AE": "United Arab Emirates", "GB": "United Kingdom", "US": "United States", "VN": "Vietnam",
}  # fmt: skip
COUNTRIES: Final = dict(sorted((_EUROPEAN | _OTHERS).items(), key=lambda one: one[1])) | {
    UNKNOWN: "Another country"
}
_OWN: Final = {"US": "US", "CA": "CA", "IN": "IN", "GB": "UK"}


def jurisdiction(country: str) -> str:
    """Return under whose law a reader is written to.

    Examples
    --------
    >>> [jurisdiction(one) for one in ("GB", "NO", "US", "BR", "XX")]
    ['UK', 'EU', 'US', 'strictest', 'strictest']
    """
    return "EU" if country in _EUROPEAN else _OWN.get(country, STRICTEST)

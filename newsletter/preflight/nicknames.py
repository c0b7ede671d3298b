"""Nicknames: what prose calls the usual funds when it does not use their names."""

_ADJECTIVES = ("larger", "bigger", "large", "big"), ("smaller", "small", "little", "minor")
_KINDS = (
    "rival", "peer", "brethren", "cousin", "counterpart", "sibling", "company", "companies", "ones",
    "stock", "share", "name", "fry", "boys", "brother", "caps", "cap", "capitalisation stock",
    "capitalization stock", "firms", "end of the market", "half of the market",
)  # fmt: skip

NICKNAMES: dict[str, tuple[str, ...]] = {
    "SPY": (
        *(f"{adjective} {kind}" for adjective in _ADJECTIVES[0] for kind in _KINDS),
        "blue chips", "S&P 500 companies", "large-cap stocks", "large-cap index", "big-cap index",
        "cap weight", "cap-weighted index", "capitalisation-weighted index", "large-cap benchmark",
        "capitalization-weighted index", "S&P 500 index", "the wider market", "the broader market",
        "headline index", "cap-weighted one", "cap-weighted fund", "cap-weighted sibling",
        "cap-weighted twin", "cap-weighted cousin", "capitalisation-weighted fund",
        "cap-weighted S&P 500", "cap-weighted version", "benchmark",
    ),
    "IWM": (
        *(f"{adjective} {kind}" for adjective in _ADJECTIVES[1] for kind in _KINDS),
        "small-cap stocks", "small-cap index", "the Russell", "small-cap shares", "small-cap group",
        "small-cap benchmark", "small-capitalisation stocks", "minnows", "smalls", "tiddlers",
    ),
    "QQQ": ("Nasdaq-100 fund", "Nasdaq 100 fund", "the Nasdaq fund", "technology-heavy Nasdaq"),
    "RSP": (
        "equal-weighted S&P 500", "equal weighted index", "equal-weight index", "average stock",
        "equal-weighted index", "average large company", "average S&P 500 stock", "typical stock",
        "equal-weight one", "equal-weighted one", "equal-weight version",
        "equal-weight cousin", "equal-weight sibling", "equal-weight twin",
        "equal-weighted fund", "equal-weighted version",
    ),
    "IWD": ("large value", "value stocks", "value shares", "large-cap value"),
    "IWF": ("large growth", "growth stocks", "growth shares", "large-cap growth"),
    "IWN": ("small value", "small-cap value", "small-value fund"),
    "IWO": ("small growth", "small-cap growth", "small-growth fund"),
    "HYG": (
        "high yield", "junk", "junk bonds", "high-yield bonds", "high-yield debt",
        "lower-quality bonds", "junk ones", "junk debt",
    ),
    "LQD": (
        "investment grade", "investment-grade bonds", "higher-quality bonds", "quality bonds",
        "investment-grade debt", "higher-quality ones",
        "investment-grade ones", "high-grade bonds", "higher-grade bonds",
    ),
    "GC=F": ("gold", "bullion", "yellow metal", "gold price"),
    "HG=F": ("copper", "red metal", "Dr Copper", "copper price"),
    "CL=F": ("crude", "crude oil", "oil", "oil price", "barrel of crude", "WTI"),
    "DX-Y.NYB": ("dollar", "greenback", "dollar index"),
    "KRE": ("regional lenders", "regional bank stocks", "small banks", "smaller banks"),
    "XLF": ("financial shares", "financial stocks", "financials fund"),
    "XLV": ("hospitals", "health stocks", "health-care stocks", "health shares"),
    "XLU": ("power companies", "utility stocks"),
    "XLK": ("technology stocks", "technology shares", "tech stocks", "tech shares"),
    "XLP": ("staples stocks", "soap"),
    "XLRE": ("property", "property shares", "property stocks", "landlords"),
    "XLE": ("energy stocks", "oil companies", "energy shares"),
    "XLC": ("communications", "communications stocks", "communication stocks"),
    "XLB": ("miners and chemicals", "materials stocks"),
    "XLI": ("industrial stocks", "industrial shares"),
    "XLY": ("discretionary stocks", "consumer cyclicals"),
    "cyclicals": ("cyclical sectors", "cyclicals", "cyclical stocks", "cyclical shares"),
    "defensives": (
        "defensive sectors", "defensives", "defensive stocks", "defensive shares", "defensive ones",
    ),
    "giants": ("seven giants", "the giants"),
    "VIX": ("fear index", "volatility gauge", "fear barometer", "Vix", "expected volatility"),
}  # fmt: skip
"""Used only where the ledger knows the subject."""

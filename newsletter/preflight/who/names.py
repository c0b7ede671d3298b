"""Naming words: what markets call the usual funds, yields and economic figures."""

_WEIGHED = ("fund", "one", "version", "sibling", "twin", "cousin", "counterpart", "original",
            "peer", "brother", "parent", "stablemate", "S&P", "basket", "edition",
            "index")  # fmt: skip
_BY_CAP = ("cap-weighted", "capitalisation-weighted", "capitalization-weighted", "market-weighted")
_ALIKE = ("equal-weight", "equal-weighted", "equally weighted")

COMMON: dict[str, tuple[str, ...]] = {
    "SPY": (
        *(f"{weight} {kind}" for weight in _BY_CAP for kind in _WEIGHED),
        "S&P 500", "S&P", "large caps", "large-cap fund", "the broad market", "large companies",
        "larger companies", "large ones", "larger ones", "larger peers", "larger rivals",
        "larger brethren", "larger counterparts", "large peers", "bigger companies", "big caps",
        "large stocks", "larger stocks", "cap weight", "cap-weighted index", "cap weighting",
        "capitalisation weight", "S&P 500 fund", "broad index", "large-cap index", "big brothers",
        "larger cousins", "bigger brothers", "blue chips of the S&P 500", "large-cap benchmark",
    ),
    "IWM": (
        "small caps", "small cap", "small-cap fund", "small companies", "Russell 2000",
        "small ones", "smaller companies", "smaller stocks", "small stocks", "smaller ones",
        "smaller peers", "smaller rivals", "small-cap index", "smaller brethren", "small fry",
        "smaller cousins", "little ones", "Russell 2000 fund", "small-cap shares", "minnows",
    ),
    "QQQ": ("Nasdaq-100", "Nasdaq 100", "Nasdaq", "Nasdaq-100 fund", "Nasdaq fund"),
    "DIA": ("Dow", "Dow Jones", "Dow fund", "Dow industrials", "Dow Jones Industrial Average"),
    "RSP": (
        *(f"{weight} {kind}" for weight in _ALIKE for kind in _WEIGHED),
        "equal weight", "equal-weight S&P", "equal-weight S&P 500", "equal-weight fund",
        "equal weighting", "equal-weighted index", "equal-weight index", "average stock",
    ),
    "IWD": ("large value", "value", "large-cap value"),
    "IWF": ("large growth", "growth", "large-cap growth"),
    "IWN": ("small value", "small-cap value", "small-value fund"),
    "IWO": ("small growth", "small-cap growth", "small-growth fund"),
    "SMH": (
        "semiconductors", "semis", "chips", "chip stocks", "chipmakers", "semiconductor fund",
        "chip makers", "chip shares", "chip fund", "semiconductor stocks",
    ),
    "KRE": (
        "regional banks", "regional-bank fund", "regional lenders", "regional-banking fund",
        "regional bank shares", "regionals",
    ),
    "MAGS": ("Magnificent Seven", "Magnificent Seven fund", "Magnificent 7", "Mag 7"),
    "TLT": ("long Treasuries", "long bonds", "long-dated Treasuries", "long bond"),
    "HYG": (
        "high yield", "high-yield bonds", "junk bonds", "junk", "high-yield fund", "junk debt",
        "high-yield debt", "speculative-grade bonds",
    ),
    "LQD": (
        "investment grade", "investment-grade bonds", "higher-quality bonds", "high-grade bonds",
        "investment-grade debt", "investment-grade fund", "better-quality bonds", "high grade",
        "high-grade paper", "investment-grade paper", "better-rated paper",
    ),
    "GC=F": ("gold", "bullion", "yellow metal"),
    "HG=F": ("copper", "red metal"),
    "CL=F": ("crude", "oil", "crude oil", "WTI", "oil price", "West Texas crude"),
    "DX-Y.NYB": ("dollar index", "greenback", "US dollar", "dollar"),
    "us10y": (
        "ten-year Treasury", "10-year Treasury", "ten-year yield", "10-year yield", "ten-year note",
        "10-year note", "ten-year Treasury yield", "10-year Treasury yield", "ten-year", "10-year",
        "benchmark yield", "ten-year rate", "ten-year bond", "10-year bond",
    ),
    "us2y": (
        "two-year Treasury", "2-year Treasury", "two-year yield", "2-year yield", "two-year note",
        "2-year note", "two-year Treasury yield", "2-year Treasury yield", "two-year", "2-year",
        "two-year paper",
    ),
    "us3m": (
        "three-month bill", "3-month bill", "three-month Treasury bill", "three-month Treasury",
        "T-bill", "Treasury bill", "three-month yield", "three-month rate",
    ),
    "breakeven_10y": (
        "ten-year breakeven", "10-year breakeven", "breakeven", "breakeven rate", "break-even rate",
        "breakeven inflation", "ten-year break-even", "ten-year breakeven rate",
    ),
    "fed_funds": (
        "Fed", "fed funds", "fed funds rate", "federal funds rate", "policy rate", "target range",
        "Federal Reserve", "central bank",
    ),
    "unemployment": ("unemployment", "jobless rate", "unemployment rate"),
    "jobless_claims": ("jobless claims", "initial claims", "claims"),
    "initial_claims": ("jobless claims", "initial claims", "claims"),
    "claims": ("jobless claims", "initial claims"),
    "payrolls": ("payrolls", "nonfarm payrolls", "non-farm payrolls"),
    "cpi": (
        "CPI", "consumer prices", "headline inflation", "consumer price inflation", "inflation",
    ),
    "core_cpi": ("core CPI", "core inflation", "core consumer prices"),
    "core_pce": ("core PCE", "core PCE inflation"),
    "XLB": ("materials", "materials fund"),
    "XLC": ("communication services", "communication", "communications"),
    "XLE": ("energy", "energy fund", "energy shares", "energy stocks"),
    "XLF": ("financials", "financial sector", "financial sector fund", "financial shares"),
    "XLI": ("industrials", "industrial sector", "industrial shares"),
    "XLK": ("technology", "tech", "technology sector", "tech shares", "tech stocks"),
    "XLP": ("staples", "consumer staples"),
    "XLRE": ("real estate", "property shares"),
    "XLU": ("utilities", "utility shares"),
    "XLV": ("health care", "healthcare", "health-care fund"),
    "XLY": ("discretionary", "consumer discretionary"),
    "VIX": ("VIX", "volatility index", "fear gauge", "volatility gauge", "fear index"),
    "VIX3M": (
        "three-month VIX", "three-month counterpart", "three-month sibling", "three-month cousin",
        "three-month version", "three-month twin", "3-month VIX", "VIX3M",
    ),
    "giants": ("giants", "seven giants"),
    "mega_caps": ("mega caps", "seven mega caps", "megacaps"),
    "cyclicals": ("cyclicals", "cyclical sectors", "cyclical ones"),
    "defensives": ("defensives", "defensive sectors", "defensive ones"),
    "sp500_ex_mega_caps": (
        "rest of the S&P 500", "S&P 500 without the giants", "rest of the index",
        "S&P 500 without the mega caps", "other 493", "S&P 493", "index without the giants",
        "S&P 500 without them", "rest of the market", "S&P 500 excluding the giants",
    ),
}  # fmt: skip
"""Names by ledger subject; used only where the ledger knows the subject."""

"""Words as a voice says them: tickers letter by letter, signs by name, nothing unsayable left."""

import re
import unicodedata
from collections.abc import Collection

from newsletter.render.narration_figures import figures_spoken

_AS_WORDS = {
    "COVID": "Covid", "DAX": "Dax", "FRED": "Fred", "GICS": "Gicks", "NASDAQ": "Nasdaq",
    "NATO": "Nato", "OPEC": "Opec", "REIT": "Reet", "SPAC": "Spack", "SPDR": "Spider",
    "VIX": "Vix",
}  # fmt: skip
_IN_FULL = {"YTD": "year to date", "EOD": "end of day", "YOY": "year on year"}
_STRESSED = frozenset(
    "ALL AND ANY ARE BUT CAN DO DOWN FOR FROM HAS IF IN IS IT MORE MOST NO NOT NOW OF ON ONE ONLY "
    "OR OUT OVER SO THAT THE THEN THIS TO UP VERY WAS WE WITH YES YOU".split()
)
"""Words that somebody may stress with capitals: no abbreviations unless they are tickers too."""
_SIGNS = {
    "&": " and ", "@": " at ", "#": " number ", "%": " percent", "÷": " divided by ",
    "×": " times ", "=": " equals ", "≈": " about ", "~": " about ", "<": " less than ",
    ">": " more than ", "≥": " at least ", "≤": " at most ", "±": " plus or minus ",
    "→": " to ", "°": " degrees ", "§": " section ", "$": " dollars ", "€": " euros ",
    "£": " pounds ", "¥": " yen ", "+": " plus ", "−": " minus ", "‰": " per mille ",
    "▲": " up ", "▼": " down ", "■": " unchanged ", "‑": "-", "‐": "-", "’": "'", "‘": "'",
    "*": "", "†": "", "‡": "", '"': "", "“": "", "”": "", "„": "", "«": "", "»": "", "^": " ",
    "_": " ", "(": ", ", ")": ", ", "[": ", ", "]": ", ", "—": ", ", "–": ", ", "·": ", ",
    "•": ", ", "|": ", ", "…": ", ", "\\": " ", "`": "'", "®": "", "™": "", "©": " copyright ",
}  # fmt: skip
_KEPT = frozenset(" '-,.?!;:")
_SHORT = ((re.compile(r"\bvs\.?(?=\s)"), "versus"), (re.compile(r"\bS&P\b"), "S and P"))
_PAIR = re.compile(r"(?<=[A-Z])\s?/\s?(?=[A-Z])")
_CAPITALS = re.compile(r"\b[A-Z]{2,}(?:[.&-][A-Z]{1,2}\b)?(?:s\b|\b)")
_TIDY = (
    (re.compile(r"(?<![^\W\d_])-+|-+(?![^\W\d_])"), " "),
    (re.compile(r"\s+"), " "),
    (re.compile(r"\s+([,.?!;:])"), r"\1"),
    (re.compile(r"[,;:]+(?=[.?!])|,+(?=[;:])"), ""),
    (re.compile(r"([,;:])[,;:]+"), r"\1"),
    (re.compile(r"([.?!])[,;:]+"), r"\1"),
    (re.compile(r"([,;:?!])(?=[^\W\d_])"), r"\1 "),
    (re.compile(r"\.{2,}"), "."),
)


def spoken(text: str, tickers: Collection[str] = ()) -> str:
    """Return a passage as it is to be read aloud.

    Parameters
    ----------
    text : str
        One passage as print has it.
    tickers : collection of str
        Symbols that are spelled even where they look like a word in capitals.

    Returns
    -------
    str
        Letters, blanks and ``' - , . ? ! ; :`` alone, ending with a full stop, a question
        mark or an exclamation mark; empty where there is nothing to say.

    Examples
    --------
    >>> spoken("The S&P 500 lost 0.1%; IWM/SPY is 2.8% above its 50-day average")
    'The S and P five hundred lost zero point one percent; I W M to S P Y is two point eight \
percent above its fifty-day average.'
    """
    for pattern, said in _SHORT:
        text = pattern.sub(said, text)
    text = _PAIR.sub(" to ", figures_spoken(text))
    shouted = text.isupper() and len(text.split()) > 2
    known = frozenset(tickers)
    text = text.lower() if shouted else _CAPITALS.sub(lambda found: _letters(found, known), text)
    return _ended("".join(map(_char, text)))


def _letters(found: re.Match[str], tickers: frozenset[str]) -> str:
    """Return capitals letter by letter, or as the word that they are."""
    word, many = found[0].removesuffix("s"), "s" if found[0].endswith("s") else ""
    if word in _AS_WORDS or word in _IN_FULL:
        return _AS_WORDS.get(word, _IN_FULL.get(word, word)) + many
    if word not in tickers and (word in _STRESSED or len(word) > 6):
        return found[0].capitalize()
    return " ".join(char for char in word if char.isalpha()) + many


def _char(char: str) -> str:
    if char in _KEPT or unicodedata.category(char)[0] in "LM":
        return char
    if char == "/":
        return " or "
    if char in _SIGNS:
        return _SIGNS[char]
    if char.isspace():
        return " "
    # A sign nobody foresaw is named rather than lost: it may have been the point.
    name = unicodedata.name(char, "").lower()
    return f" {''.join(c if c.isalpha() else ' ' for c in name)} "


def _ended(text: str) -> str:
    for pattern, said in _TIDY:
        text = pattern.sub(said, text)
    text = text.strip(" ,;:-")
    if not any(char.isalpha() for char in text):
        return ""
    text = text.lstrip(" .?!'")
    return text if text[-1] in ".?!" else f"{text}."

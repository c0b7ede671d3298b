"""Nouns: what a count counts. "Six gains in a row" is no number of sectors."""

import re

from newsletter.patterns import compiled
from newsletter.preflight.ledger.entries import Entry
from newsletter.preflight.ledger.needs import measured
from newsletter.preflight.sentences.reading import Reading

_FLAGS = re.IGNORECASE
_STOCKS = r"stock|member|compan|name|issue|share|constituent|component"
_NOUNS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (compiled(metric), nouns)
    for metric, nouns in (
        (r"^(?:advancing|count|rotation_|correlation)", r"sector|group|industr|part"),
        (
            (
                r"^(?:advancers|decliners|unchanged|new_high|new_low|net_new|members|overbought"
                r"|oversold|breadth|advancers_share|growing|loss_makers)"
            ),
            rf"{_STOCKS}|high|low|riser|faller|advancer|decliner|gainer|loser|winner|breadth",
        ),
        (r"^streak_sessions|sessions$|^curve_days|^inverted|^turbulent", r"session|day|time"),
        (r"^trailing_", rf"giant|mega|{_STOCKS}|titan|magnificent|seven"),
        (
            r"^base_rate",
            r"time|case|event|occasion|instance|quarter|month|year|week|signal|sequel",
        ),
        (r"^(?:hikes|cuts)", r"hike|cut|increase|rise|reduction|time|move"),
        (r"^(?:small_ahead|value_ahead)", r"style|row|pair|column|box|time|case"),
    )
)
"""What may be counted, by metric; a figure followed by another noun is another count."""
_ALL = (
    rf"sector|group|industr|{_STOCKS}|session|day|week|month|quarter|year|time|giant|mega|titan"
    r"|gain|loss|advance|decline|rise|fall|win|case|event|occasion|fund|market|countr|analyst"
    r"|investor|hike|cut|point|style|box|bank|job|house|barrel|ounce|hour|minute|percent|in a row"
    r"|straight|consecutive|successive|high|low|move"
)
_COUNTERPARTS = {
    "advancers": "decliners", "decliners": "advancers", "new_highs": "new_lows",
    "new_lows": "new_highs",
}  # fmt: skip
_NET = compiled(
    r"\bnet\b|\bminus\b|outnumber|exceed|\b(?:highs?|lows?)\b[^.;]{0,24}\bthan\b|\bless new\b",
    _FLAGS,
)
"""What sets highs against lows, so that their difference may be meant."""
_OVER = compiled(r"\bover-?(?:bought|sold)\b", _FLAGS)
_OVER_HEAD = compiled(r" (?:\w+ ){0,2}?over-?(?:bought|sold)\b", _FLAGS)
_HEAD = compiled(rf"[ -](?:[a-z-]+ ){{0,2}}?(?P<noun>{_ALL})", _FLAGS)


def counts(entry: Entry, reading: Reading) -> bool:
    """Tell whether what a count is followed by is what an entry counts."""
    if entry.metric.startswith("net_new"):
        return _NET.search(f"{reading.sentence} {reading.context}") is not None
    nouns = next((nouns for metric, nouns in _NOUNS if metric.search(entry.metric)), None)
    if nouns is None:
        return True
    head = _HEAD.match(reading.tail)
    if head is not None and not re.match(nouns, head["noun"], _FLAGS):
        return False
    text = f"{reading.sentence} {reading.context}"
    if entry.loose and re.search(nouns, text, _FLAGS) is None:
        return False
    said = _OVER_HEAD.match(reading.tail)
    if said is not None and entry.metric not in {"overbought", "oversold"}:
        return False  # "28 overbought shares" are not the 28 that fell
    if entry.metric in {"overbought", "oversold"}:
        behind = _OVER.findall(re.split(r"[;:]", reading.tail, maxsplit=1)[0])
        before = _OVER.findall(reading.before)
        nearest = behind[:1] or before[-1:]
        return not nearest or nearest[0].lower().replace("-", "") == entry.metric
    other = _COUNTERPARTS.get(entry.metric)
    near = reading.segment
    own = other is None or measured(entry.metric, near)
    return own or not measured(other or "", near)

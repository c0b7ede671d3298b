"""Spelling: figures that a text states in words.

Whole numbers, halves and quarters, fractions of a group or of a unit, shares (``three of
the seven``, ``nine in ten``), ranks and multiples.
"""

import re
from collections.abc import Iterator
from decimal import Decimal

from newsletter.patterns import compiled
from newsletter.preflight.figures.direction_words import DOWN, UP
from newsletter.preflight.figures.figure import Figure, FigureKind
from newsletter.preflight.figures.refining import FINE, gapped
from newsletter.preflight.figures.wording import (
    AFTER_ELIDED,
    BEFORE_ELIDED,
    ELIDED,
    FRACTIONS,
    MAGNITUDES,
    MULTIPLES,
    ORDINALS,
    PLAIN_NOUNS,
    SPELLED,
    WORD,
    spelled,
)
from newsletter.preflight.scanning.quick import quick
from newsletter.preflight.scanning.scan import scan

UNIT = (
    r"(?P<bps>(?:bps?|basis[- ]points?)\b)"
    r"|(?P<points>(?:%|per ?cent(?:age)?|percentage)[- ]?points?\b|ppts?\b|pp\b|pts?\b|points?\b)"
    r"|(?P<percent>%|(?:percent|per[ -]cent|pct|p\.c\.)(?!\w))"
    r"|(?P<ordinal>(?:st|nd|rd|th)\b)"
    r"|(?P<money>dollars?\b|cents\b)"
    r"|(?P<foreign>euros?\b|yen\b|rupees?\b|sterling\b)"
    r"|(?P<times>x\b|×|times\b|-fold\b|fold\b)"
    r"|(?P<strange>‰|permille\b)"
)
"""What a number may be followed by; the name of the group is its kind."""
_GROUP = r"names|stocks|members|funds|sectors|giants|companies|issues|shares"
_SHARE = quick(
    rf"\b(?P<n>\d{{1,6}}|{SPELLED}|none)(?: (?:{_GROUP}))? (?:out )?of "
    rf"(?:the |its |all |those |our )?(?P<of>\d{{1,6}}|{SPELLED})\b(?![.·]\d|,\d|%| ?(?:percent"
    rf"|per cent)\b)",
    re.IGNORECASE,
)
_SLASH = compiled(r"(?<![\w/.])(?P<n>\d{1,5})/(?P<of>\d{1,5})(?![\w/])")
_IN = quick(
    rf"\b(?P<n>\d{{1,2}}|{SPELLED})(?: (?:name|stock|member|share|company|issue|sector)s?)?"
    r"[ -](?:in|out of)[ -](?:every )?(?P<of>three|four|five|six|seven|eight|nine|ten|twenty|3|4|5"
    r"|6|7|8|9|10|20|100|a hundred)\b(?!-| (?:(?:straight|trading|of) )?(?:sessions|days|weeks"
    r"|months|years|percent|points)|%|[.,]\d)",
    re.IGNORECASE,
)
_PARTS = "|".join(FRACTIONS)
_DIGIT = r"(?:one|two|three|four|five|six|seven|eight|nine)"
_OF_UNIT = quick(
    r"(?<!and )(?<!and a )(?<!and an )(?<!and one )(?<!and two )(?<!and three )(?<!-)"
    rf"\b(?:(?P<n>an?|{_DIGIT})[ -])?(?P<part>{_PARTS})(?: of)?(?: (?:a|an|one"
    rf"|1))? "
    r"(?:full )?(?:(?P<percent>percent|per cent|pct)(?!\w)(?! points?)|(?P<points>(?:percentage "
    r"|per "
    r"cent |percent )?points?)\b(?! (?:of|worth))|(?P<bps>basis points?)\b)"
    rf"|\b(?P<m>an?|{_DIGIT})[ -](?P<share>{_PARTS}) of (?P<elliptic>one)"
    r"(?=[.,;:!?)]|$)",
    re.IGNORECASE,
)
_HUNDREDTHS = quick(
    rf"\b(?P<n>{SPELLED})[ -]hundredths? of (?:a|an|one) (?:full )?(?:(?P<percent>percent|per"
    rf" cent)(?!\w)"
    rf"(?! points?)|(?P<points>(?:percentage |per cent |percent )?points?)\b)",
    re.IGNORECASE,
)
_NUMBER_AND = compiled(rf"\b(?:{SPELLED}|\d+) and $", re.IGNORECASE)
_LEADING = (
    r"(?:more than|less than|fewer than|nearly|almost|about|roughly|around|over|under|by|up|down"
    r"|lost|gained|shed|added|returned|fallen|risen|climbed|fell|rose|jumped|dropped|between|some"
    r"|put on|tacked on|piled on|gave up|given up|gone|made|grown|won|surrendered|just|barely"
    r"|approximately|close to|shy of|short of|beyond|than) "
)
_OF_SCALE = quick(
    rf"\b(?:(?P<n>an?|one|two|three)[ -])?(?P<part>{_PARTS})(?: of)?(?: an?)?[ -]"
    r"(?P<scale>million|billion|trillion)\b(?P<money>[ -]dollars?\b)?",
    re.IGNORECASE,
)
_AND_PART = quick(
    rf"\b(?P<n>an?|\d{{1,2}}|{SPELLED}) (?P<unit>(?:percentage )?points?|per ?cent) and "
    rf"(?P<k>an?|{WORD})[ -](?P<part>{_PARTS})\b(?! of)",
    re.IGNORECASE,
)
_FRACTION = compiled(
    rf"\b(?P<n>a|an|one|two|three|four|nine)[ -](?P<part>{_PARTS})\b(?P<tail> of\b(?! the (?:year"
    r"|way|quarter|time)))?"
    r"|(?P<half>(?:^|[^\w ]\s?|\b(?:about|nearly|almost|roughly|over|than|under|only|just|barely"
    r"|least|and|in|with|by|for|some|around|between) )"
    r"half\b(?! an?\b))(?P<tail2> (?:of|the|its|their|all)\b)?",
    re.IGNORECASE,
)
_BEFORE_FRACTION = quick(rf"\b{_LEADING}$", re.IGNORECASE)
_OF_FORMER = compiled(
    r" of (?:what (?:it|they|he|she|the|that|once|was)\b|(?:its|their) (?:former|old|peak|record"
    r"|earlier|one-time|original)\b)",
    re.IGNORECASE,
)
"""What makes a fraction the part that is left, and not the part that was lost."""
_NO_FRACTION = compiled(
    r"[ -](?:ago|later|earlier|end|time|straight|consecutive|successive|day|week|session"
    r"|month|year|century|hour|finger)\b",
    re.IGNORECASE,
)
_PLAINLY = compiled(
    r"\b(?:plus|minus|stands at|stood at|volatility of|rate of|share of|yield of)"
    r" (?:about |nearly |almost |over )?$",
    re.IGNORECASE,
)
_BELOW = compiled(
    r" (?:below|above|under|over|beneath|short of) (?:its|their|the|it|them)\b", re.IGNORECASE
)
"""What makes a fraction one where nothing before it tells: ``a quarter below its record``."""
_MOVED_A = compiled(
    r"\bby (?:(?:about|nearly|almost|roughly|around|just|more than|less than|over|under|a little"
    rf"|well|only|or so|some) ){{0,3}}$|\b(?:{UP}|{DOWN}) (?:(?:about|nearly|almost|roughly"
    r"|around|just|more than|less than|over|under) )?$",
    re.IGNORECASE,
)
"""What makes ``a point`` a figure."""
_PLUS = (
    r" and (?:a|an|one|two|three|four)[ -](?:half|thirds|third|quarters|quarter|fifths|fifth|tenths"
    r"|tenth)\b| point (?:zero |oh |nought )?(?:one|two|three|four|five|six|seven|eight|nine)"
)
_WORDS = quick(
    rf"\b(?P<n>{SPELLED}|a half|half a|a single"
    rf"|a)(?P<half>{_PLUS})?(?P<odd>[- ]odd)?(?:[ -](?:full "
    rf"|whole )?(?:{UNIT}))?",
    re.IGNORECASE,
)
_ORDINAL = quick(
    rf"\b(?P<n>{'|'.join(ORDINALS[1:])})\b[ -](?=(?P<unit>percentile)\b|of the\b|best|worst"
    rf"|largest|smallest|biggest|highest|"
    r"lowest|strongest|weakest|straight|consecutive|successive|session|week|month|day|monthly"
    r"|weekly|time|in a row|among|out of|decile|quartile)"
    rf"|\b(?:rank(?:s|ed)?|placed|came|finished|stands) (?P<rank>{'|'.join(ORDINALS[1:])})\b"
    rf"(?![- ]best)",
    re.IGNORECASE,
)
_SPAN = compiled(r"session|week|month|day", re.IGNORECASE)
_RUN = compiled(
    r"(?:session|week|month|day|year|monthly|weekly)\b(?=[^.;:]{0,40}\b(?:in a row|running|in"
    r" succession|straight|on the trot|without|consecutive|successive|gain|loss|fall|rise|decline"
    r"|advance))",
    re.IGNORECASE,
)
_SUPERLATIVE = compiled(r"\w{1,12}est\b|worst|straight|consecutive|successive")
_MUCH = r"(?:much|far|fast|many|big|large|hard|steeply|sharply|strongly|quickly|well|badly|wide)"
_MOVE = (
    r"(?:gain|rise|fall|loss|return|advance|decline|move|drop|pace|rate|size|increase|jump|slide"
    r"|volatility|number)s?"
)
_MULTIPLE = quick(
    rf"\b(?P<verb>{'|'.join(MULTIPLES)})\b"
    rf"|\b(?P<n>(?<![\d.,])\d{{1,3}}(?:\.\d{{1,3}})?|{SPELLED}) times"
    rf" (?=as {_MUCH}\b|the {_MOVE}\b|that (?:of|for|on)\b"
    rf"|what\b|(?:[\w&-]+ ){{0,3}}?[\w&-]+'s(?:[.,;]|$| {_MOVE}\b)|more\b|better\b|further\b"
    rf"|(?:its|their) )"
    rf"|\b(?P<part>half|a (?:third|quarter|fifth)|two[- ]thirds|three[- ]quarters) "
    rf"(?=as {_MUCH}\b|the {_MOVE} of\b|that of\b|what\b)"
    r"|\b(?P<times>twice|double|triple|treble|thrice) (?:the|its|as|their|that|what)\b"
    r"|\b(?:two|three|four|five|ten)fold\b"
    rf"|\b(?P<each>\d{{1,2}}(?:\.\d)?|{SPELLED})(?=(?: [a-z]+){{0,4}}? for (?:each|every)\b"
    r"|[ -]to[ -](?:one|1)\b)"
    rf"|\bfor (?:each|every) (?:\w+ ){{1,4}}?(?:that|which) [^,;.]{{3,30}},? (?:(?:more than|over"
    rf"|nearly|about|almost|roughly|some) )?(?P<each2>\d{{1,2}}(?:\.\d)?|{SPELLED})(?= (?:rose|fell"
    r"|gained|advanced|lost|declined|did|went|climbed|dropped)\b)",
    re.IGNORECASE,
)
_DOUBLED_THAT = compiled(
    rf" (?:the |its |that of )?(?:[\w&-]+ ){{0,4}}?(?:[\w&-]+'s?|that of) (?:[\w&-]+"
    rf" )??(?:{_MOVE}|the)\b",
    re.IGNORECASE,
)
"""Behind ``doubled``: somebody else's gain, of which it is a multiple."""
_TIMES = {"twice": 2, "double": 2, "triple": 3, "treble": 3, "thrice": 3}
_SIZES = {"half": (1, 2), "a third": (1, 3), "a quarter": (1, 4), "a fifth": (1, 5),
          "two thirds": (2, 3), "three quarters": (3, 4)}  # fmt: skip
_ARTICLES = {"a": 1, "an": 1, "": 1}
_TWO = Decimal(2)
_LITTLE = Decimal("0.05")
_SOME = Decimal("0.1")
_NEAR = {Decimal(0): _LITTLE, Decimal("0.5"): _SOME}


def value_of(text: str) -> Decimal | None:
    """Return the value of a number in digits or words."""
    return Decimal(text) if text.replace(".", "", 1).isdecimal() else spelled(text)


def shares(text: str) -> Iterator[Figure]:
    """Yield ``three of the seven``, ``36/40`` and ``nine in ten``."""
    for match in scan(_IN, text):
        n, of = value_of(match["n"]), value_of(match["of"])
        if n is not None and of is not None and n < of:
            slack = min(Decimal(50) / of, Decimal(5))
            value = 100 * n / of
            yield Figure(
                FigureKind.FRACTION, match.start(), match.end(), value, unit="share", slack=slack
            )
    for match in (*scan(_SHARE, text), *scan(_SLASH, text)):
        n = Decimal(0) if match["n"].lower() == "none" else value_of(match["n"])
        if n is not None and match["n"].lower() != "one":
            yield Figure(FigureKind.SHARE, match.start(), match.end(), n, of=value_of(match["of"]))


def multiples(text: str) -> Iterator[Figure]:
    """Yield ``doubled`` (a change), ``twice the gain`` and ``three for each that fell``."""
    for match in scan(_MULTIPLE, text):
        change = MULTIPLES.get((match["verb"] or "").lower())
        if change is not None and _DOUBLED_THAT.match(text, match.end()):
            ratio = Decimal(100 + change) / 100
            yield Figure(FigureKind.MULTIPLE, match.start(), match.end(), ratio)
            continue
        if change is not None:
            yield Figure(FigureKind.FRACTION, match.start(), match.end(), Decimal(change))
            continue
        value = _multiple(match)
        each = match["each"] or match["each2"]
        if each and (value is None or value < _TWO):
            continue
        start = match.start("each2") if match["each2"] else match.start()
        end = match.start() + len(match[0].rstrip())
        unit = "each" if each else ""
        yield Figure(FigureKind.MULTIPLE, start, end, value, 0, unit=unit, slack=_SOME)


def _multiple(match: re.Match[str]) -> Decimal | None:
    if match["n"] or match["each"] or match["each2"]:
        return value_of(match["n"] or match["each"] or match["each2"])
    if match["times"]:
        return Decimal(_TIMES[match["times"].lower()])
    if match["part"]:
        n, of = _SIZES[match["part"].lower().replace("-", " ")]
        return Decimal(n) / of
    return None


def fractions(text: str) -> Iterator[Figure]:
    """Yield fractions of a unit (``a fifth of a percent``) and of a whole."""
    for match in scan(_OF_UNIT, text):
        figure = _of_unit(match)
        if figure is not None:
            yield figure
    yield from _compound(text)
    for match in scan(_HUNDREDTHS, text):
        kind = FigureKind.POINTS if match["points"] else FigureKind.PERCENT
        yield Figure(
            kind, match.start(), match.end(), (value_of(match["n"]) or 0) / Decimal(100), 2
        )
    for match in scan(_FRACTION, text):
        if _NUMBER_AND.search(text[max(0, match.start() - 24) : match.start()]):
            continue  # "one and two-fifths percent" is one figure
        if match["half"]:
            approximate = re.match(
                r"about|nearly|almost|roughly|than|over|under|between", match["half"], re.IGNORECASE
            )
            if match["tail2"] or approximate:
                end = match.end("half")
                yield Figure(FigureKind.FRACTION, end - 4, end, Decimal(50))
            continue
        n = _ARTICLES.get(match["n"].lower()) or int(spelled(match["n"]) or 1)
        part = FRACTIONS[match["part"].lower()]
        if (n == 1 and not match["tail"] and not _stated(match, text)) or n >= part:
            continue
        value, sign = Decimal(100 * n) / part, 0
        if _OF_FORMER.match(
            text, match.end("part")
        ):  # "worth a tenth of what it was": it lost nine
            value, sign = value - 100, -1
        yield Figure(FigureKind.FRACTION, match.start(), match.end("part"), value, sign=sign)


def _compound(text: str) -> Iterator[Figure]:
    """Yield ``a quarter of a billion dollars`` and ``a point and six tenths``."""
    for match in scan(_OF_SCALE, text):
        count, size = _counted(match["n"] or ""), FRACTIONS[match["part"].lower()]
        scale = MAGNITUDES[match["scale"].lower()]
        kind = FigureKind.USD if match["money"] else FigureKind.COUNT
        value, slack = Decimal(count * scale) / size, Decimal(scale) / 50
        places = 2 - len(str(scale))
        yield Figure(kind, match.start(), match.end(), value, places, slack=slack)
    for match in scan(_AND_PART, text):
        size = FRACTIONS[match["part"].lower()]
        value = _counted(match["n"]) + Decimal(_counted(match["k"])) / size
        slack = Decimal(0) if size == 10 else _SOME
        kind = FigureKind.POINTS if "point" in match["unit"].lower() else FigureKind.PERCENT
        yield Figure(kind, match.start(), match.end(), value, 1, slack=slack)


def _counted(words: str) -> int:
    return _ARTICLES.get(words.lower()) or int(value_of(words) or 1)


def _of_unit(match: re.Match[str]) -> Figure | None:
    n, part = (match["m"], match["share"]) if match["elliptic"] else (match["n"], match["part"])
    count = _ARTICLES.get((n or "").lower()) or int(spelled(n or "") or 1)
    size = FRACTIONS[part.lower()]
    if count >= size:
        return None
    groups = {
        "percent": FigureKind.PERCENT, "points": FigureKind.POINTS, "bps": FigureKind.BPS,
        "elliptic": FigureKind.PERCENT,
    }  # fmt: skip
    kind = next(kind for group, kind in groups.items() if match[group])
    unit = "elliptic" if match["elliptic"] else ""
    value = Decimal(count) / size
    return Figure(kind, match.start(), match.end(), value, 1, unit=unit, slack=_LITTLE)


def _stated(match: re.Match[str], text: str) -> bool:
    """Tell whether ``a fifth`` is a share: ``up by a fifth``, not ``a fifth day``."""
    before = text[max(0, match.start() - 16) : match.start()]
    if _NO_FRACTION.match(text, match.end()):
        return False
    if _PLAINLY.search(before) or _BELOW.match(text, match.end()) or gapped(text, *match.span()):
        return True
    if _BEFORE_FRACTION.search(before) is None:
        return False
    period = match["part"].lower() == "quarter" and re.search(r"\b(?:over|than|and) $", before)
    return not period or before.endswith("more than ")


def spelled_out(text: str) -> Iterator[Figure]:
    """Yield ranks, and numbers in words with their unit."""
    for match in scan(_ORDINAL, text):
        word = (match["n"] or match["rank"]).lower()
        group = "n" if match["n"] else "rank"
        kind = FigureKind.PERCENTILE if match["unit"] else FigureKind.ORDINAL
        if _ranks(match, word, text):
            value = Decimal(ORDINALS.index(word))
            yield Figure(kind, match.start(group), match.end(group), value)
    for match in scan(_WORDS, text):
        figure = _word(match, text)
        if figure is not None:
            yield figure


def _ranks(match: re.Match[str], word: str, text: str) -> bool:
    if match["n"] and _SPAN.match(text, match.end()):
        return _RUN.match(text, match.end()) is not None and word != "first"
    if word not in {"first", "second"} or match["rank"]:
        return True
    return (
        re.match(r"\w+est\b|worst|straight|consecutive|successive", text[match.end() :][:12])
        is not None
    )


def _word(match: re.Match[str], text: str) -> Figure | None:
    unit = next((u for u in ("bps", "points", "percent", "money", "times") if match[u]), "")
    words = match["n"].lower()
    extra = _extra((match["half"] or "").lower())
    if words in {"a", "half a", "a half", "a single"}:
        countable = unit in {"bps", "percent"} or (
            unit == "points"
            and (
                "half" in words
                or "percentage" in match[unit].lower()
                or _MOVED_A.search(text[max(0, match.start() - 32) : match.start()]) is not None
            )
        )
        if not countable:
            return None
        value: Decimal | None = Decimal(1) if words in {"a", "a single"} else Decimal("0.5")
    else:
        value = spelled(words)
    if value is None:
        return None
    exact = " point " in (match["half"] or "")
    places = 1 if extra or value == Decimal("0.5") else 0
    slack = Decimal(0) if exact or not places else _NEAR.get(extra, FINE)
    value += extra
    bound = "more" if match["odd"] else ""
    if unit == "money" and match[unit].lower() == "cents":
        value, places, slack = value / 100, places + 2, slack / 100
    kinds = {"bps": FigureKind.BPS, "points": FigureKind.POINTS, "percent": FigureKind.PERCENT,
             "money": FigureKind.USD}  # fmt: skip
    if unit in kinds:
        return Figure(
            kinds[unit], match.start(), match.end(), value, places, slack=slack, bound=bound
        )
    if extra:
        end = match.end("half")
        return Figure(
            FigureKind.NUMBER, match.start(), end, value, places, slack=slack, bound=bound
        )
    if value <= _TWO and value != 0:
        return _elided(match, text, value)
    end = match.end("odd") if match["odd"] else match.end("n")
    if PLAIN_NOUNS.match(text, end):
        return None
    return Figure(FigureKind.COUNT, match.start(), end, value, bound=bound)


def _elided(match: re.Match[str], text: str, value: Decimal) -> Figure | None:
    """Return a ``one`` or ``two`` that may take its unit from a figure before it."""
    before = text[max(0, match.start() - 24) : match.start()]
    if not (AFTER_ELIDED.match(text, match.end("n")) and BEFORE_ELIDED.search(before)):
        return None
    return Figure(FigureKind.COUNT, match.start(), match.end("n"), value, unit=ELIDED)


def _extra(words: str) -> Decimal:
    """Return the value of ``and a half``, ``and three quarters`` or ``point two``."""
    if words.startswith(" point"):
        places = 2 if re.search(r"zero|oh|nought", words) else 1
        return (spelled(words.rsplit(" ", 1)[1]) or Decimal(0)).scaleb(-places)
    if not words:
        return Decimal(0)
    count, part = re.split(r"[ -]", words.removeprefix(" and "))
    return Decimal(_ARTICLES.get(count) or int(spelled(count) or 1)) / FRACTIONS[part]

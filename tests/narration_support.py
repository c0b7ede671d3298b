"""Numbers read back from a spoken text, written apart from what speaks them."""

import re
from decimal import Decimal

_SMALL = {
    word: value
    for value, word in enumerate(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen "
        "fifteen sixteen seventeen eighteen nineteen".split()
    )
}
_TENS = {
    word: 10 * (value + 2)
    for value, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split())
}
_SCALES = {"thousand": 10**3, "million": 10**6, "billion": 10**9, "trillion": 10**12}
_PLACES = {
    "first": "one", "second": "two", "third": "three", "fifth": "five", "eighth": "eight",
    "ninth": "nine", "twelfth": "twelve",
}  # fmt: skip
_TOKEN = re.compile(r"[+−]?\$?\d+(?:,\d{3})*(?:\.\d+)?(?:st|nd|rd|th)?|[A-Za-z]+|[^\sA-Za-z\d]")
ALLOWED = re.compile(r"[a-zA-Z '\-,.?!;:]")


def numbers(text):
    """Return every number of a text in order, printed in digits or said in words."""
    words = [_cardinal(word) for word in _TOKEN.findall(text)]
    words = [word for word in words if word != "-"]
    found, at = [], 0
    while at < len(words):
        if words[at][-1].isdigit():
            found.append(Decimal(re.sub(r"[$,]", "", words[at]).replace("−", "-")))
            at += 1
        elif _known(words[at]):
            value, end = _read(words, at)
            if at and words[at - 1] == "minus":
                value = -value
            found.append(value)
            at = end
        else:
            at += 1
    return found


def _cardinal(word):
    """Return an ordinal, in digits or words, as the number that it names."""
    if word[0].isdigit() or word[0] in "+−$":
        return re.sub(r"(?:st|nd|rd|th)$", "", word)
    low = word.lower()
    if low in _PLACES:
        return _PLACES[low]
    if low.endswith("ieth"):
        return low.removesuffix("ieth") + "y"
    stem = low.removesuffix("th")
    known = _known(stem) or stem == "hundred" or stem in _SCALES
    return stem if stem != low and known else low


def _known(word):
    return word in _SMALL or word in _TENS


def _read(words, at):
    """Return the number that begins at a place, in dollars where it is of money, and its end."""
    value, at = _whole(words, at)
    if at < len(words) - 1 and words[at] == "point" and words[at + 1] in _SMALL:
        digits, at = "", at + 1
        while at < len(words) and _SMALL.get(words[at], 10) < 10:
            digits, at = digits + str(_SMALL[words[at]]), at + 1
        value = Decimal(f"{value}.{digits}")
        if at < len(words) and words[at] in _SCALES:
            value, at = value * _SCALES[words[at]], at + 1
    if at < len(words) and words[at] in {"cent", "cents"}:
        return Decimal(value) / 100, at + 1
    if words[at : at + 2] in (["dollars", "and"], ["dollar", "and"]) and _known(words[at + 2]):
        cents, end = _whole(words, at + 2)
        if words[end : end + 1] in (["cents"], ["cent"]):
            return value + Decimal(cents) / 100, end + 1
    return Decimal(value), at


def _whole(words, at):
    total, group = 0, 0
    while at < len(words):
        word = words[at]
        if word in _TENS and group % 100 == 0 and not _tens_of_a_year(words, at, group):
            group += _TENS[word]
        elif word in _TENS or (word in _SMALL and _SMALL[word] > 9 and group % 100):
            group = group * 100 + _TENS.get(word, _SMALL.get(word, 0))  # twenty twenty-six
        elif word in _SMALL and _SMALL[word] > 9:
            group += _SMALL[word]
        elif word in _SMALL and (group % 10 == 0 and (group == 0 or _SMALL[word])):
            group += _SMALL[word]
            if words[at - 1 : at] == ["zero"] or word == "zero":
                return total + group, at + 1
        elif word == "oh" and 0 < group < 100:
            group *= 100  # nineteen oh-five
        elif word == "hundred":
            group *= 100
        elif word in _SCALES:
            total, group = total + group * _SCALES[word], 0
        else:
            break
        at += 1
    return total + group, at


def _tens_of_a_year(words, at, group):
    return 0 < group < 100 and words[at - 1] not in {"hundred", *_SCALES}

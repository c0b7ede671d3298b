"""Standings: where prose gives somebody a place in a league, and who that is."""

import re
from collections.abc import Iterator
from itertools import pairwise

from newsletter.patterns import compiled
from newsletter.preflight.phrases import standing_words as words
from newsletter.preflight.phrases.lone import excepted, lone
from newsletter.preflight.phrases.placing import Standing
from newsletter.preflight.phrases.whom import Whom, run, singles, whom
from newsletter.preflight.sentences import clause
from newsletter.preflight.sentences.sentence import Sentence
from newsletter.preflight.who.subjects import Mention

_BESIDE = compiled(r" (?:[(]?[+−-]?\d[\d.]*%?[*)]? )?")
"""Between a name and the end of the table that it is at: nothing, or its figure."""


def standings(sentence: Sentence) -> Iterator[Standing]:
    """Yield every claim to a place in a sentence, none within another."""
    taken: list[tuple[int, int]] = []
    readers = (_leasts, _onlys, _podiums, _nones, _alls, _lasts, _mosts, _places)
    for reader in (*readers, lone, _listed, _fronted, _dids, _bests, _verbs):
        for one in reader(sentence):
            if all(one.end <= low or one.start >= high for low, high in taken):
                taken.append((one.start, one.end))
                yield one


def _fronted(sentence: Sentence) -> Iterator[Standing]:
    """Read ``has had the best year`` where the sentence begins with whom it is said among."""
    front = words.FRONTED.match(sentence.text, sentence.start, sentence.end)
    if front is None:
        return
    for match in sentence.find(words.HAD_ONE):
        who = placed(sentence, match.start(), match.end())
        place = 1 if match["top"] else -1
        yield Standing(match.start(), match.end(), place, False, who, f"{front[0]} {match[0]}")


def _bests(sentence: Sentence) -> Iterator[Standing]:
    for form in (words.HAD, words.BIGGEST, words.BEST, words.NOUN):
        for match in sentence.find(form):
            lead = sentence.text[max(sentence.start, match.start() - 24) : match.start()]
            if words.NO_RANK.search(lead):
                continue
            if match.groupdict().get("lead") == "" and not words.OPENS.search(lead):
                continue
            order = (match.groupdict().get("order") or "").lower()
            place = _order(order) if order else 1
            if order == "next":
                place = 2
            sign = 1 if match["top"] else -1
            yield Standing(
                match.start(), match.end(), sign * place, False,
                placed(sentence, match.start(), match.end()), match[0],
            )  # fmt: skip


def _mosts(sentence: Sentence) -> Iterator[Standing]:
    """Read ``shedding the most of any sector``, ``rose more than any other``."""
    for match in sentence.find(words.MOST):
        top = bool(match["up"]) == bool(match["most"] or match["more"])
        behind = whom(sentence, match.start(), match.end())
        who = placed(sentence, match.start(), match.end())
        # A figure between the verb and "more" is no part of it: it is proved by itself.
        start = match.end("size") if match["size"] else match.start()
        yield Standing(
            start, match.end(), 1 if top else -1, False, who if who.groups else behind, match[0]
        )


def _leasts(sentence: Sentence) -> Iterator[Standing]:
    """Read ``lost least``, ``gained the second most`` where sectors are told of."""
    if not sentence.search(words.SECTORS):
        return
    for match in sentence.find(words.LEAST):
        sign = 1 if (match["lost"] is None) != (match["least"] is not None) else -1
        order = (match["order"] or "first").lower()
        place = 2 if order == "next" else _order(order)
        who = placed(sentence, match.start(), match.end())
        said = sentence.text[sentence.start : sentence.end]
        yield Standing(match.start(), match.end(), sign * place, False, who, said)


def _verbs(sentence: Sentence) -> Iterator[Standing]:
    for match in sentence.find(words.VERB):
        near = match["next"] or match["next2"]
        low = {"third": -3}.get((match["next"] or "").lower(), -2)
        yield Standing(
            match.start(), match.end(), low if near else 1 if match["top"] else -1, False,
            placed(sentence, match.start(), match.end()), match[0],
        )  # fmt: skip


def _lasts(sentence: Sentence) -> Iterator[Standing]:
    """Read places counted from the last before ``second`` can be taken for one from the first."""
    return (one for one in _verbs(sentence) if one.place < -1)


def _places(sentence: Sentence) -> Iterator[Standing]:
    for match in sentence.find(words.PLACE):
        bare = (
            match["o5"] or match["o8"] or ((match["top"] or match["bottom"]) and not match["lead"])
        )
        opens = match["also"] or words.OPENS.search(sentence.text[sentence.start : match.start()])
        if bare and not opens:
            continue
        said = (
            match["o1"] or match["o2"] or match["o3"] or match["o4"] or match["o5"]
            or match["o6"] or match["o7"] or match["o8"] or ""
        ).lower()  # fmt: skip
        medals = {"gold": 1, "silver": 2, "bronze": 3}
        loose = bool(match["tops"] or match["bottoms"] or match["several"] or match["weak"])
        medal = match["medal"] or match["medal2"]
        if medal:
            place = medals[medal.lower()]
        elif match["only"] or said.startswith("runner"):
            place = 2
        elif said in {"top", ""} and not loose:
            place = -1 if match["bottom"] else 1
        elif said in {"bottom", "last"}:
            place = -1
        elif loose:
            many = {"two": 2, "three": 3, "four": 4, "five": 5}.get(
                (match["many"] or "three").lower()
            )
            place = many or int(match["many"])
            place = -place if match["bottoms"] or match["weak"] else place
        else:
            place = _order(said)
        said_of = (
            whom if match["only"] or words.TO_WHOM.match(sentence.text, match.end()) else placed
        )
        who = said_of(sentence, match.start(), match.start() if match["only"] else match.end())
        if match["only"] and not any(m.end <= match.start() for m in singles(sentence)):
            told = [m for m in singles(sentence) if ":" in sentence.text[match.end() : m.start]]
            who = Whom((told[0].subjects,), told[0].start, told[0].end) if told else Whom()
        if match["lead"] and " of " not in match[0]:  # "utilities +1.9% at the top, …"
            near = [m for m in singles(sentence) if m.end <= match.start()][-1:]
            if near and _BESIDE.fullmatch(sentence.text, near[0].end, match.start()):
                who = Whom((near[0].subjects,), near[0].start, near[0].end)
        if match["o8"]:  # "…; last was technology"
            who = _following(sentence, match.end()) or Whom()
        if match["o7"] and not who.groups and sentence.earlier:  # an answer: "Tenth, in a …"
            one = sentence.earlier[0]
            who = Whom((one.subjects,), one.start, one.end)
        yield Standing(match.start(), match.end(), place, loose, who, match[0])
        if match["only"]:
            yield from _ahead(sentence, match)


def _ahead(sentence: Sentence, match: re.Match[str]) -> Iterator[Standing]:
    """Read who is first where somebody is second only to them."""
    behind = next((m for m in singles(sentence) if m.start >= match.end()), None)
    if behind is not None and behind.start - match.end() <= 6:
        who = Whom((behind.subjects,), behind.start, behind.end)
        yield Standing(behind.start, behind.end, 1, False, who, match[0])


def _nones(sentence: Sentence) -> Iterator[Standing]:
    yield from _nobody(sentence)
    for form in (words.NONE, words.NONE_BEAT):
        for match in sentence.find(form):
            after = next((m for m in singles(sentence) if m.start >= match.end()), None)
            if after is None or after.start - match.end() > 4:
                continue
            if any(match.start() < m.start < match.end() for m in singles(sentence)):
                continue
            sign = -1 if match.groupdict().get("worse") else 1
            who = Whom((after.subjects,), after.start, after.end)
            yield Standing(match.start(), match.end(), sign, False, who, match[0])


def _nobody(sentence: Sentence) -> Iterator[Standing]:
    """Read ``no sector has had a better year`` of whoever the sentence before spoke of."""
    for match in sentence.find(words.NONE_DID):
        named = [m for m in singles(sentence) if m.end <= match.start()]
        told = named[-1:] or [m for m in sentence.earlier if "sectors" not in m.subjects][:1]
        if told:
            who = Whom((told[0].subjects,), told[0].start, told[0].end)
            sign = 1 if match["better"] else -1
            yield Standing(match.start(), match.end(), sign, False, who, match[0])


def _listed(sentence: Sentence) -> Iterator[Standing]:
    """Read ``energy first, real estate second``; one alone may be anything."""
    found = []
    for mention in singles(sentence):
        match = words.LISTED.match(sentence.text, mention.end, sentence.end)
        if match is not None and not _one_of(sentence, mention, match["place"]):
            said = match["place"].lower()
            ends = {"top": 1, "last": -1, "bottom": -1}
            place = (
                ends[said] if said in ends else 2 if said in {"next", "runner-up"} else _order(said)
            )
            who = Whom((mention.subjects,), mention.start, mention.end)
            text = sentence.text[sentence.start : sentence.end]
            found.append(Standing(mention.start, match.end(), place, False, who, text))
    yield from found if len(found) > 1 or "sector" in sentence.text.lower() else ()


def _one_of(sentence: Sentence, mention: Mention, place: str) -> bool:
    """Tell whether ``next`` stands behind several: ``with energy and utilities next``."""
    if place.lower() != "next":
        return False
    index = sentence.named.index(mention) if mention in sentence.named else -1
    return index > 0 and len(sentence.run(index, -1)) > 1


def _alls(sentence: Sentence) -> Iterator[Standing]:
    for match in sentence.find(words.ALL):
        who = placed(sentence, match.start(), match.end())
        sign = 1 if match["better"] else -1
        one = Standing(match.start(), match.end(), sign, False, who, match[0])
        yield from excepted(sentence, one)


def _dids(sentence: Sentence) -> Iterator[Standing]:
    """Read ``technology did best and financials did worst``: of whom stands right before."""
    for match in sentence.find(words.DID):
        last = next((m for m in reversed(singles(sentence)) if m.end <= match.start()), None)
        if last is None or not words.SUBJECT.fullmatch(sentence.text, last.end, match.start()):
            continue
        order = (match["order"] or "first").lower()
        sign = 1 if match["top"] else -1
        said = sentence.text[sentence.start : sentence.end]
        who = run(sentence, last, -1)
        yield Standing(match.start(), match.end(), sign * _order(order), False, who, said)


def _onlys(sentence: Sentence) -> Iterator[Standing]:
    """Read ``only energy has done better than financials``: first, and second."""
    text = sentence.text
    for one, other in pairwise(singles(sentence)):
        lead = words.ONLY.search(text, max(sentence.start, one.start - 20), one.start)
        verb = words.ONLY_VERB.fullmatch(text, one.end, other.start)
        if lead is None or verb is None:
            continue
        sign = 1 if verb["better"] else -1
        said = text[sentence.start : sentence.end]
        for place, who in ((1, one), (2, other)):
            whom_ = Whom((who.subjects,), who.start, who.end)
            start, end = (lead.start(), one.end) if place == 1 else (verb.start(), other.end)
            yield Standing(start, end, sign * place, False, whom_, said)


def _podiums(sentence: Sentence) -> Iterator[Standing]:
    """Read ``the podium reads energy, utilities, real estate``: places in order."""
    text = sentence.text
    for index, mention in enumerate(sentence.named):
        lead = words.PODIUM.search(text, max(sentence.start, mention.start - 110), mention.start)
        if lead is None:
            continue
        listed = sentence.run(index, +1)[:3]
        for place, one in enumerate(listed, 1):
            who = Whom((one.subjects,), one.start, one.end)
            start = lead.start() if place == 1 else one.start
            ranked = place if lead["top"] else place - len(listed) - 1
            yield Standing(start, one.end, ranked, False, who, text[sentence.start : sentence.end])
        return


def _order(said: str) -> int:
    digits = re.match(r"\d+", said)
    if said == "next":
        return 2
    return int(digits[0]) if digits else words.ORDERS.index(said) + 1


def placed(sentence: Sentence, start: int, end: int) -> Whom:
    """Return who is given the place that the words from `start` to `end` name."""
    before = [m for m in singles(sentence) if sentence.start <= m.start and m.end <= start]
    last = before[-1] if before else None
    low, _ = clause.bounds(sentence, start)
    if last is not None and words.NOT.search(
        sentence.text, max(sentence.start, last.start - 12), last.start
    ):
        before = before[:-1]
        if before and sentence.text[last.end : start].strip(" ,") in {
            "",
            "was",
            "is",
            "were",
            "are",
        }:
            return run(sentence, before[-1], -1)
    beside = next((m for m in singles(sentence) if 0 <= m.start - end <= 1), None)
    if beside is not None and last is not None and sentence.text[last.end] == ",":
        return run(sentence, beside, +1)
    if (
        last is not None
        and words.COPULA.fullmatch(words.ASIDE.sub(" ", sentence.text[last.end : start], count=1))
        and last.start >= low - 40
    ):
        return run(sentence, last, -1)
    if (
        last is not None
        and words.WITH.search(sentence.text, max(sentence.start, last.start - 12), last.start)
        and words.DOING.fullmatch(sentence.text, last.end, start)
    ):
        return run(sentence, last, -1)
    behind = _following(sentence, end)
    if behind is not None:
        return behind
    return whom(sentence, start, end)


def _following(sentence: Sentence, end: int) -> Whom | None:
    for mention in singles(sentence):
        if mention.start < end:
            continue
        if mention.start - end > 120:
            return None
        gap = sentence.text[end : mention.start]
        if words.TO.fullmatch(words.BESIDE.sub(" ", gap)):
            return run(sentence, mention, +1)
        if not words.THROUGH.search(sentence.text, end, mention.start) and "," not in gap:
            return None
    return None

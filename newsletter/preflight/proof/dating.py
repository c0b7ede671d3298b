"""Proof of dates: the session, dates that are facts, and the ends of facts' periods."""

import datetime as dt
import re
from collections.abc import Collection, Iterator

from newsletter.compute.facts import MEMORY, Fact
from newsletter.patterns import compiled
from newsletter.preflight.figures.dates import When
from newsletter.preflight.ledger.entries import Book
from newsletter.preflight.ledger.needs import measured
from newsletter.preflight.report import Verdict
from newsletter.preflight.scanning.quick import quick
from newsletter.preflight.scanning.scan import whole
from newsletter.preflight.sentences import lexicon
from newsletter.preflight.sentences.reading import Reading
from newsletter.preflight.who.subjects import members_of

_SINCE = compiled(
    r"\b(?:since|from|back to|began|begins?|start\w*|history|sample)\b[^.;]{0,40}$", re.IGNORECASE
)
_BASE = quick(
    r"\b(?:since|as of|from|after|base\w*|close of|close on|closed? (?:of|on|in)|against|compared"
    r"|counted|between|ago|end of)\b[^.;]{0,40}$",
    re.IGNORECASE,
)
_AHEAD = compiled(
    r"\b(?:next|until|by|before|coming|reopens?|come|every|each) (?:the )?$", re.IGNORECASE
)
_CHANGED = compiled(
    r"\d|per ?cent|\bpoints?\b|\b(?:gain|loss|rise|fall|drop|return|move|change|lead|gap|close"
    r"|sessions"
    r"|days|compar|data|source|base)",
    re.IGNORECASE,
)
"""What is counted from a day."""
_UNSEEN = compiled(
    r"\b(?:unmatched|unseen|unequalled|unrivalled|(?:not|never) (?:been )?seen)\b[^.;]{0,20}"
    r"\bsince\b[^.;,]{0,24}$",
    re.IGNORECASE,
)
"""Before the day since which a price has not been as it is."""
_STATE = compiled(
    r"\b(?:not|never|no longer)\b[^.;]{0,40}\b(?:so|this|as|such)\b[^.;]{0,60}\bsince\b|"
    r"\b(?:without a break|unbroken|uninterrupted(?:ly)?)\b[^.;]{0,20}\bsince\b|"
    r"\b(?:curve|term structure|gauge|signal|regime|quadrant)\b[^.;]{0,60}?\b(?:since|on|from"
    r"|in)\b"
    r"|\b(?:above|below|under|over|beneath|clear of)\b[^.;]{0,30}\b(?:\d{2,3}d|\d{2,3}-day"
    r"|averages?|trend ?line)\b[^.;]{0,30}\bsince\b"
    r"|\bsince\b[^.;]{0,70}?\b(?:above|below|under|over|beneath|clear of)\b[^.;]{0,30}"
    r"\b(?:\d{2,3}d|\d{2,3}-day|\w+-day|averages?|trend ?line)\b"
    r"|\b(?:in|at|into|regain\w*|took|taken|held|holds?|kept|keeps?) (?:the|its|their) "
    r"(?:lead|front|top|upper hand)\b[^.;]{0,30}\bsince\b"
    r"|\b(?:high[- ]water mark|all-time (?:high|peak)|record"
    r"(?: close| high)?)\b(?:[^.;]|\.\d){0,50}\b(?:is|was|stands?|dates?|set|of|from|came|fell"
    r"|go(?:es|ing)? back|reach(?:es|ing) back)\b"
    r"|\b(?:top|highest|best|lowest|worst) (?:close|closing level|finish)\b(?:[^.;]|\.\d){0,50}"
    r"\b(?:is|was|came|stands?|dates?|set)\b|\bin(?:to)? (?:force|effect)\b|\btook effect\b",
    re.IGNORECASE,
)
"""States and records: the ledger knows since when they hold, and no other day will do."""
_OURSELVES = compiled(r"\bwe (?:said|argued)\b", re.IGNORECASE)
_RECENT = 7
_PAIR = 2
_CLOSE = compiled(r"\.cross\.close_(\d+)d\b")
_LINES = compiled(
    r"\b(?:50|fifty)[- ]?d(?:(?!\b(?:but|and|yet|though)\b)[^,;:]){0,60}?\b(?:above|below"
    r"|under|over"
    r"|beneath|past)\b (?:(?:its|the|their) )?(?:200|two[- ]hundred)|\b(?:200|two[- ]hundred)[- ]?d"
    r"(?:(?!\b(?:but|and|yet|though)\b)[^,;:]){0,60}?\b(?:above|below|under|over|beneath|past)\b"
    r" (?:(?:its|the|their) )?(?:50|fifty)",
    re.IGNORECASE,
)
"""One average above or below another: no close has crossed either."""
_RATIO = compiled(
    r"\bratios?\b|\b(?:against|versus|vs|relative|compared|divided)\b|[/÷]", re.IGNORECASE
)
_TOLD = tuple[Verdict, str, str]
_CASES = r"\b(?:times|of|occasions?|days|sessions|odds)\b"
_CUES = (
    ("trend", compiled(r"trend|\bline\b|support|resistance", re.IGNORECASE)),
    ("line_", compiled(r"trend|\bline\b|support|resistance", re.IGNORECASE)),
    ("rotation", compiled(r"rotation|quadrant", re.IGNORECASE)),
    ("curve", compiled(r"curve|invert|yield", re.IGNORECASE)),
    ("in_force", compiled(r"rate|range|\bFed\b|effect|force", re.IGNORECASE)),
    ("mcclellan", compiled(r"McClellan", re.IGNORECASE)),
    ("thrust", compiled(r"thrust", re.IGNORECASE)),
    ("ad_line", compiled(r"advance.decline|\bA/D\b|breadth", re.IGNORECASE)),
    ("signal", compiled(r"since|signal|regime|verdict|gauge|turn|flip|switch", re.IGNORECASE)),
    (
        "base_rate",
        compiled(
            rf"since\b[^.;]{{0,60}}\d{{4}}(?=(?:[^.;]|\.\d){{0,200}}{_CASES})"
            rf"|{_CASES}(?:[^.;]|\.\d){{0,200}}since\b[^.;]{{0,60}}\d{{4}}"
            r"|history|data|sample|begin|start|back to|quarters|record"
            r"|occasion|past cases|base rate",
            re.IGNORECASE,
        ),
    ),
    (
        "cross",
        compiled(
            r"cross|average|regain|reclaim|\bline\b|\b(?:50|200)[- ]?(?:dma|day|d)\b", re.IGNORECASE
        ),
    ),
    ("peak", compiled(r"peak|\bhigh\b|\btop|deepest|worst fall", re.IGNORECASE)),
    ("trough", compiled(r"trough|\blow\b|bottom|deepest|worst fall", re.IGNORECASE)),
    ("first_in_sample", compiled(r"begin|start|data|sample|history", re.IGNORECASE)),
    ("first", compiled(r"\bfirst\b|\blongest\b|since", re.IGNORECASE)),
    ("longest", compiled(r"\blongest\b", re.IGNORECASE)),
    ("record", compiled(r"record|\bhigh\b|peak|all-time", re.IGNORECASE)),
    ("highest", compiled(r"high|best|strongest|top", re.IGNORECASE)),
    ("lowest", compiled(r"low|worst|weakest", re.IGNORECASE)),
    ("since", compiled(r"since|from", re.IGNORECASE)),
)


_SIGNALS = {
    "breadth": r"breadth|advanc|particip|members|stocks",
    "copper": r"copper|gold",
    "cyclical": r"cyclical|defensive|staples|discretionary",
    "equal": r"equal|average stock|typical|broad|cap",
    "junk": r"junk|yield|credit|grade|spread",
    "leadership": r"lead|front|top|ahead",
    "rotation": r"rotat|gauge|composite|signal",
    "sector": r"correlat|together|lockstep",
    "small": r"small|large|big|IWM|Russell",
    "trend": r"trend|line|break|broke",
    "value": r"value|growth",
    "vix": r"VIX|slope|term|volatil|fear",
    "volatility": r"volatil|regime|calm|quiet|turbulen|nerv|storm|rough",
}
"""What a sentence must speak of for the day of a signal to be meant, by its first word."""


_FIRED = compiled(
    r"\b(?:fir(?:ed|es|ing)|went off|gone off|trigger(?:ed|s)?|rang|rung|last thrust|once)\b",
    re.IGNORECASE,
)
"""What happened on the day of a breadth thrust itself."""


def prove_date(reading: Reading, book: Book) -> _TOLD:
    """Prove a date.

    Parameters
    ----------
    reading : Reading
        The date and what surrounds it.
    book : Book
        What the ledger knows.

    Returns
    -------
    tuple of (Verdict, str, str)
        Verdict, fact id, and what is true where the date is not.
    """
    when = reading.figure.when or When()
    before = reading.before
    if when.matches(book.session):
        return Verdict.PROVED, "session", ""
    if when.kind == "weekday":
        return _weekday(when, reading, book)
    unseen = _UNSEEN.search(before) is not None
    for fact, date in dated(reading, book):
        if unseen and "close_since" not in fact.metric:
            continue
        if when.means(date, book.session) or (when.year and when.matches(date)):
            return Verdict.PROVED, fact.id, ""
    if when.kind == "year":
        for subject in (*reading.subjects, reading.lead):
            if (subject, when.year) in book.years:
                return Verdict.PROVED, book.years[subject, when.year], ""
    if when.month == 1 and not (when.day or when.year or when.days[1]) and _SINCE.search(before):
        return Verdict.PROVED, "year:start", ""
    if _STATE.search(reading.sentence):  # a state has its own day, and no other will do
        return _wrong(when, reading, book)
    if _SINCE.search(before) or when.kind == "year":
        for start, name, members in book.starts:
            if when.means(start, book.session) and _own(members, reading) and _SINCE.search(before):
                return Verdict.PROVED, name, ""
    if when.kind == "year" or (_BASE.search(before) and _told_of_change(reading)):
        for date, name in book.bases.items():
            recent = when.kind != "year" or date.year >= book.session.year - 1
            if recent and when.means(date, book.session):
                return Verdict.PROVED, name, ""
    return _wrong(when, reading, book)


def _told_of_change(reading: Reading) -> bool:
    """Tell whether a sentence speaks of a change, which may be counted from any known base."""
    said = reading.sentence
    return bool(_CHANGED.search(said) or lexicon.MOVE.search(said) or lexicon.COMPARED.search(said))


def dated(reading: Reading, book: Book) -> Iterator[tuple[Fact, dt.date]]:
    """Yield the dates of whom a text speaks, as far as it names what happened on them.

    Parameters
    ----------
    reading : Reading
        A figure and what surrounds it.
    book : Book
        What the ledger knows.
    """
    named = [s for s in (*reading.subjects, reading.lead) if s] or reading.scope
    if not named and _STATE.search(reading.sentence):
        named = ["us10y", "us2y", "us3m"] if "curve" in reading.sentence.lower() else ["none"]
    if named and _OURSELVES.search(reading.sentence):  # whoever the heading above is about
        named = [*named, MEMORY]
    anybody = not named
    cued: dict[str, bool] = {}
    for fact, date in book.dates_of(named):
        if fact.metric not in cued:
            cued[fact.metric] = _cued(fact.metric, reading.sentence)
        meant = cued[fact.metric] and _of_its_signal(fact, reading.sentence)
        meant = (
            meant and _of_its_ratio(fact, reading) and _of_its_curve(fact, {*named, *reading.scope})
        )
        if anybody and fact.kind != MEMORY and not all(map(str.islower, members_of(fact))):
            meant = False  # the day of a fund that nobody has named
        if meant and not _other_average(fact, reading):
            yield fact, date


def _other_average(fact: Fact, reading: Reading) -> bool:
    """Tell whether a close crossed another average on that day than the one spoken of."""
    length = _CLOSE.search(fact.id) if reading.window else None
    if length is None:
        return False
    return int(length[1]) != reading.window or _LINES.search(reading.sentence) is not None


def _of_its_signal(fact: Fact, sentence: str) -> bool:
    name, _, rest = fact.id.partition(".")
    if name == "breadth_thrust" and rest.startswith("signal.") and _FIRED.search(sentence):
        return False  # when it last fired, another fact tells
    word = _SIGNALS.get(name.partition("_")[0]) if rest.startswith("signal.") else None
    return word is None or re.search(word, sentence, re.IGNORECASE) is not None


def _of_its_ratio(fact: Fact, reading: Reading) -> bool:
    """Tell whether a ratio is spoken of, and not one of its two sides alone."""
    if "/" not in fact.subject:
        return True
    said = members_of(fact) <= {*reading.subjects, reading.lead, *reading.scope}
    return said or _RATIO.search(reading.sentence) is not None


def _of_its_curve(fact: Fact, named: Collection[str]) -> bool:
    """Tell whether a curve lies between the two yields that are named, if two are."""
    known = {one for one in named if one.startswith("us") and one[2:3].isdigit()}
    return ".curve." not in fact.id or len(known) < _PAIR or members_of(fact) <= known


def _own(members: frozenset[str], reading: Reading) -> bool:
    named = {s for s in (*reading.subjects, reading.lead) if s} or reading.scope
    known = {m for m in members if not m.islower()}
    if len(known) > _PAIR and not named & (members - known):
        return False  # what began for a group began for none of its members
    return not known or not named or bool(known & named)


def _cued(metric: str, sentence: str) -> bool:
    for part, cue in _CUES:
        if part in metric:
            return whole(sentence).search(cue) is not None
    return measured(metric, sentence)


def _weekday(when: When, reading: Reading, book: Book) -> _TOLD:
    if _AHEAD.search(reading.before):
        return Verdict.OPINION, "", ""
    for fact, date in dated(reading, book):
        if when.matches(date) and 0 <= (book.session - date).days <= _RECENT:
            return Verdict.PROVED, fact.id, ""
    return Verdict.UNSUPPORTED, "", ""


def _wrong(when: When, reading: Reading, book: Book) -> _TOLD:
    subjects = set(reading.subjects)
    for fact, date in book.dates if subjects else ():
        if members_of(fact) & subjects and _cued(fact.metric, reading.sentence):
            if "record" in fact.metric and "record" in reading.sentence:
                return Verdict.CONTRADICTED, fact.id, fact.display
            if "since" in fact.metric and date.year == when.year:
                return Verdict.CONTRADICTED, fact.id, fact.display
    if when.day and (when.month, when.day) == (book.session.month, book.session.day):
        return Verdict.CONTRADICTED, "session", book.session.isoformat()
    return Verdict.UNSUPPORTED, "", ""


def near_session(when: When, session: dt.date) -> bool:
    """Tell whether a date of the page's furniture belongs to this edition.

    Parameters
    ----------
    when : When
        What is printed.
    session : datetime.date
        The session; an edition appears on it or within a week.
    """
    if when.kind != "date":
        return True
    return any(when.matches(session + dt.timedelta(days=days)) for days in range(_RECENT + 1))

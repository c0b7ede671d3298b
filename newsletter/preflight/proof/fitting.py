"""Fitting: whether an entry of the ledger is what the words around a figure speak of.

Subject, measure, averaging window, period, kind of return and sign are asked one by one;
an entry must pass all of them, whatever its value.
"""

import re
from functools import cached_property

from newsletter.patterns import compiled
from newsletter.preflight.figures import cues
from newsletter.preflight.figures.figure import FigureKind
from newsletter.preflight.ledger.entries import Book, Entry
from newsletter.preflight.ledger.measures import LEVELS, PLAIN, stands, unconditional
from newsletter.preflight.ledger.needs import said
from newsletter.preflight.proof import outcomes, reported, standing
from newsletter.preflight.proof.nouns import counts
from newsletter.preflight.scanning.scan import whole
from newsletter.preflight.sentences.reading import Reading
from newsletter.units import Unit

_CHANGES = {Unit.PERCENT, Unit.POINTS, Unit.BPS}
_COUNTED = {FigureKind.COUNT, FigureKind.SHARE}
_SESSIONS = {"5d": 5, "1m": 21, "21d": 21, "3m": 63, "63d": 63, "1y": 252}
_USUAL = 63
"""The horizon that is meant where prose names none."""
_OVER_TIME = PLAIN | {"annualised_return"}
_BELOW = {"drawdown", "distance_from_record"}
"""Measures that are never above zero."""
_FIVE_YEARS = compiled(r"\b(?:five|5)[- ]years?\b|\b5y\b", re.IGNORECASE)
_AVERAGED = compiled(r"^(?:gap|breadth|slope|rsi|cross|overbought|oversold)")
_SPANNED = compiled(r"^(?:volatility|beta|correlation)$")
_RELATIVE = {"spread", "lead", "curve", "relative_return"}
_RANKED = frozenset("1d 5d 1m 3m ytd".split())
"""Periods over which subjects are ranked."""
_AGAINST_MARKET = {"correlation", "beta"}
_MARKET = "SPY"
"""Measures "of X with the S&P 500": the other side is nobody's own."""
_RATIO = compiled(
    r"\bratios?\b|relative|against|versus|\bvs\b|compared|measured|\bset\b|in terms of|relation|/",
    re.IGNORECASE,
)
"""What must be said for a figure of a ratio."""
_SUM = compiled(
    r"\b(?:combined|together|between them|in (?:total|sum|aggregate)|jointly|added up)\b",
    re.IGNORECASE,
)
_YEAR = compiled(
    r"(?<![\d.,$])(?:19|20)\d\d(?![\d%]|[.,]\d)|\b(?P<last>last (?:calendar )?year)\b",
    re.IGNORECASE,
)
_YEAR_OF = compiled(r"\byear(?: of)? (?:19|20)\d\d\b", re.IGNORECASE)
_STRETCHES = frozenset("5d 1m 3m 6m ytd 1y".split())
"""Periods that are no default: their words stand in the text."""
_WHOLE = frozenset({"SPY", "sp500", "giants", "mega_caps", "MAGS", "sp500_ex_mega_caps"})
"""Whose multiple of earnings a group's may be; a fund's or a company's is its own."""
_LOOSE = {
    "mega_caps": compiled(
        r"giant|mega|magnificent|big tech|heavyweight|titan|largest|the seven|IWM|small",
        re.IGNORECASE,
    ),
    "trend_break": compiled(r"trend|break|broke|capped", re.IGNORECASE),
    "evidence": compiled(r"compar|chance|evidence|stand out|stands out", re.IGNORECASE),
}
"""What must be said for a group that is not named."""


class Fitting:
    """One reading, asked whether entries fit it.

    Parameters
    ----------
    reading : Reading
        The figure and what surrounds it.
    book : Book
        The ledger, by what can be printed.

    Attributes
    ----------
    said : callable
        Whether the text holds the words that a measure needs.
    """

    def __init__(self, reading: Reading, book: Book) -> None:
        self.reading, self.book = reading, book
        self.text = f"{reading.sentence} {reading.context}"
        self._named = {s for s in (*reading.subjects, reading.lead) if s}
        self.periods = self._reached()
        self.said = said(self.text).__getitem__
        self._record: bool | None = None

    def _reached(self) -> frozenset[str]:
        """Return the periods of the text, without one that only a later clause speaks of."""
        reading = self.reading
        if not reading.before:  # a cell, mostly
            return reading.periods
        stop = cues.NEW_CLAUSE.search(reading.tail)
        if stop is None or cues.PERIOD.search(reading.tail, 0, stop.start()):
            return reading.periods
        start = reading.sentence.find(reading.before) + len(reading.before)
        if cues.PERIOD.search(reading.sentence, 0, start):
            return reading.periods
        later = cues.PERIOD.search(reading.sentence, start)
        if later is None or cues.LABELS[later.lastgroup or ""] != reading.periods:
            return reading.periods
        return cues.TONIGHT

    def fits(self, entry: Entry) -> bool:
        """Tell whether subject, measure, window and period are those of the text.

        Of an entry whose measure is named, as `said` tells.
        """
        rate = entry.metric.startswith("base_rate")
        if (self._counts_cases and not rate) or (rate and outcomes.of_others(entry, self._named)):
            return False
        if "_pe" in entry.metric and not standing.right_middle(entry.metric, self.reading):
            return False
        if entry.metric == "gap" and entry.pair is None and standing.of_ratio(self.reading):
            return False  # neither side's own distance is that of their ratio
        if entry.pair is None and not entry.loose and entry.metric not in _AGAINST_MARKET:
            named = not entry.members.isdisjoint(self.reading.subjects)
            if not named and not (rate and outcomes.of_market(entry, self.reading)):
                return False  # as `subject` says
        elif not self.subject(entry):
            return False
        return (
            (unconditional(entry.metric) or self._measure(entry))
            and self._same_window(entry)
            and self.period(entry)
            and (entry.unit is not Unit.COUNT or counts(entry, self.reading))
        )

    def subject(self, entry: Entry) -> bool:
        """Tell whether an entry speaks of whom the text speaks."""
        if entry.loose:
            return self._group(entry) and not (
                "_pe" in entry.metric and self._named and not self._named & _WHOLE
            )
        if entry.metric in _AGAINST_MARKET and self._alone:
            return entry.members <= self.reading.scope
        if entry.pair is None:
            return not entry.members.isdisjoint(self.reading.subjects)
        if entry.members.isdisjoint(self._named) or not self._group(entry):
            return False
        if entry.metric.startswith("base_rate") and outcomes.of_pair(entry, self.reading):
            return True
        if "/" in entry.source.subject and _RATIO.search(self.text) is None:
            return False
        return entry.members <= self._sides

    def _group(self, entry: Entry) -> bool:
        """Tell whether a group or signal is spoken of, where its name must fall."""
        words = _LOOSE.get(entry.source.subject)
        return words is None or whole(self.text).search(words) is not None

    @cached_property
    def _sides(self) -> set[str]:
        """Who may be compared: both sides of a comparison may stand apart."""
        if len(self._named) < 2:
            return {*self.reading.scope, *standing.led(self._named, self.reading.sentence)}
        if cues.COMPARED.search(self.reading.sentence) and len(self.reading.subjects) < 2:
            return {*self._named, *self.reading.scope}
        return self._named

    @cached_property
    def _alone(self) -> bool:
        """Whether only one is named beside the market."""
        return len(self.reading.scope - {_MARKET}) == 1

    @cached_property
    def _signal(self) -> str:
        """The signal that the row of a table is about; empty where none is."""
        row = self.reading.context.lower()
        names = self.book.signals
        return next((names[said] for said in names if row.startswith(said)), "")

    @cached_property
    def _counts_cases(self) -> bool:
        """Whether the figure is a share of past cases."""
        return outcomes.counts_cases(self.reading)

    @cached_property
    def _spoken(self) -> frozenset[str]:
        """The signals that the sentence names in words."""
        return outcomes.spoken(self.reading.sentence)

    def _measure(self, entry: Entry) -> bool:
        reading, metric = self.reading, entry.metric
        if metric in PLAIN:
            # Nobody's own return is what two have gained together.
            shared = metric == "return" and len(reading.subjects) > 1 and self._summed
            return not (self._other or shared)
        if metric in LEVELS or metric.startswith("record_close"):
            return self._standing(entry)
        if metric == "change" and entry.label == "12m" and reported.INFLATION.search(self.text):
            return True
        if metric == "change" and entry.unit is not Unit.COUNT:
            return standing.REACHED.search(reading.before) is None
        if metric.startswith("base_rate"):
            if self._signal and entry.source.subject != self._signal:
                return False
            if self._spoken and entry.source.subject not in self._spoken:
                return False
            return self._of_all_days == ("all_days" in metric)
        if metric == "drawdown" and entry.label.startswith("since:"):
            return cues.WORST.search(self.text) is not None
        if metric == "gap":
            return self._from_average()
        if metric == "breadth_change":
            return standing.BENEATH.search(reading.before) is None
        if metric == "breadth":
            side = cues.SIDE.search(reading.tail) or standing.BENEATH.search(reading.before)
            if side is not None and side[0].lower() not in {"above", "over"}:
                return False
            return self._earlier(entry)
        return True

    @cached_property
    def _of_all_days(self) -> bool:
        """Whether the text speaks of all days, not of those after a signal."""
        reading = self.reading
        label = reading.before if cues.LABEL.fullmatch(reading.before) else ""
        said = cues.ALL_DAYS.search(f"{label} | {reading.segment}")
        return bool(said or cues.ALL_DAYS_COLUMN.search(reading.context))

    @cached_property
    def _summed(self) -> bool:
        """Whether the text speaks of what several have gained together."""
        return bool(_SUM.search(self.reading.segment) or _SUM.match(self.reading.sentence))

    def _from_average(self) -> bool:
        """Tell whether a figure is a distance from an average that its own clause names."""
        before = self.reading.before.rpartition(";")[2]
        tail = self.reading.tail.partition(";")[0]
        if "average" in tail or "line" in tail:
            return True
        if standing.GAINED.search(before):
            return False
        return "average" in f"{before} {self.reading.context}"

    @cached_property
    def _other(self) -> bool:
        """Whether another measure than a plain return is named."""
        one = self.reading
        return bool(cues.OTHER_MEASURES.search(one.segment) or cues.AVERAGE.search(one.tail))

    def _earlier(self, entry: Entry) -> bool:
        """Tell whether a reading of then or now is meant."""
        ago = entry.fact.endswith("_ago")
        return ago == self._speaks_of_past

    def _standing(self, entry: Entry) -> bool:
        """Tell whether a figure is where something stands: its level, or its record level."""
        reading = self.reading
        if standing.MOVED_BY.search(reading.before):
            return False
        if self._record is None:
            self._record = standing.is_record(reading.before, reading.tail)
        if entry.metric.startswith("record_close"):
            return self._record
        recorded = entry.unit is Unit.USD or entry.unit is Unit.INDEX
        if recorded and self._record and not standing.SET_TODAY.search(reading.sentence):
            return False
        count = reading.figure.kind is FigureKind.COUNT and entry.unit is not Unit.COUNT
        return not count or standing.NO_NOUN.match(reading.tail) is not None

    @cached_property
    def _speaks_of_past(self) -> bool:
        """Whether it is the past: not ``67% …`` but ``up from 53% a month ago``."""
        reading = self.reading
        behind = reading.segment[max(0, reading.segment.find(reading.tail[:12])) :]
        return (
            cues.AGO.search(behind) is not None
            or cues.UP_FROM.search(reading.before) is not None
            or cues.AGO_BEFORE.search(reading.before) is not None
            or cues.FROM.search(reading.before) is not None
        )

    def _same_window(self, entry: Entry) -> bool:
        """Tell whether an averaging window is the one named, or the only one there is."""
        if not entry.lookback or entry.metric.startswith("base_rate"):
            return True
        if _SPANNED.match(entry.metric):
            return self._same_span(entry)
        named = {self.reading.window} - {0} or self._windows_above()
        if named:
            return entry.lookback in named
        if not _AVERAGED.match(entry.metric):
            return True
        return len(self.book.windows.get((entry.members, entry.metric), ())) < 2

    def _windows_above(self) -> set[int]:
        return {int(m["days"]) for m in cues.DAY_WINDOW.finditer(self.reading.context)}

    def _same_span(self, entry: Entry) -> bool:
        named = {int(m["days"]) for m in cues.DAY_WINDOW.finditer(self.text)}
        named |= {_SESSIONS[one] for one in self.periods if one in _SESSIONS}
        if named:
            return entry.lookback in named
        return len(self.book.windows.get((entry.members, entry.metric), ())) < 2

    def period(self, entry: Entry) -> bool:
        """Tell whether an entry's period is the one named; the day where none is."""
        label, periods = entry.label, self.periods
        if entry.metric in _OVER_TIME and ":" in label:
            return self._named_period(label, entry.metric)
        if entry.metric.startswith("base_rate") and entry.lookback in _SESSIONS.values():
            return entry.lookback in self._ahead
        if reported.is_one(entry):
            return reported.fits(entry, self.reading, periods)
        if label == "5y":
            said = f"{self.reading.sentence} {self.reading.context}"
            return _FIVE_YEARS.search(said) is not None
        if label not in cues.WINDOWS:
            return True
        if cues.NAMED in periods:
            return self._calendar(entry)
        if cues.WEEKDAY in periods:
            return self._calendar(entry)
        if label in periods:
            return True
        return "1d" in periods and stands(entry.metric)

    def _calendar(self, entry: Entry) -> bool:
        """Tell whether a weekday, month or year that is named is the period of an entry."""
        session, said = self.book.session, self.reading.sentence
        if entry.label == "1d":
            return f"{session:%A}".lower() in said.lower()
        return entry.label == "ytd" and reported.in_year(session.year, said)

    @cached_property
    def _ahead(self) -> set[int]:
        """The horizons a text may mean: those it names, else the usual one."""
        said_ahead = f"{self.reading.sentence} | {self.reading.context}"
        named = {outcomes.horizon(match) for match in cues.AHEAD.finditer(said_ahead)}
        said = {_SESSIONS[label] for label in self.periods if label in _SESSIONS}
        return named or said or {_USUAL}

    def _named_period(self, label: str, metric: str) -> bool:
        """Tell whether a text names the year of ``cal:2025``, or ``since`` and its base."""
        what, _, when = label.partition(":")
        if what == "cal":
            return self._year == int(when) and not self._other_stretch
        if when[:4] not in self.text:
            return what == "since" and metric == "annualised_return"
        return (what == "since") == (cues.SINCE.search(self.text) is not None)

    @cached_property
    def _other_stretch(self) -> bool:
        """Whether the words at the figure name another stretch than a calendar year."""
        reading = self.reading
        if cues.SINCE.search(self.text) is not None:
            return True
        return not self.periods.isdisjoint(_STRETCHES) and not _YEAR_OF.search(reading.sentence)

    @cached_property
    def _year(self) -> int | None:
        """The calendar year nearest to the figure: right behind it, else before it."""
        reading = self.reading
        found = [*_YEAR.finditer(reading.tail)]
        if found and cues.REACHES.match(reading.tail[: found[0].start()]):
            return self._year_of(found[0])
        before = [*_YEAR.finditer(reading.before)]
        for match in (*before[-1:], *found, *_YEAR.finditer(self.text)):
            return self._year_of(match)
        return None

    def _year_of(self, match: re.Match[str]) -> int:
        return self.book.session.year - 1 if match["last"] else int(match[0])

    def one_kind(self, entries: list[Entry]) -> list[Entry]:
        """Keep one kind of return: the one that is named, else the subject's usual one.

        Where prose does not name it, a ranked subject (a sector) is read on the basis of
        its ranks, any other on price where a price return is known.
        """
        total, ranked = self.reading.total, self.book.ranked
        if total is True:
            return [e for e in entries if e.kind != "price" or e.metric not in PLAIN]
        priced = {(e.members, e.metric, e.label) for e in entries if e.kind == "price"}
        kept = []
        for entry in entries:
            usual = ranked.get(next(iter(entry.members))) if len(entry.members) == 1 else None
            usual = usual if entry.label in _RANKED else None
            if total is None and usual and entry.metric == "return" and entry.kind != usual:
                continue
            known = (entry.members, entry.metric, entry.label) in priced
            dropped = total is False and entry.metric in PLAIN
            if entry.kind == "total" and (dropped or (usual is None and known)):
                continue
            kept.append(entry)
        return kept

    def directed(self, entry: Entry) -> bool:
        """Tell whether the sign of an entry is the one its words demand."""
        reading, figure = self.reading, self.reading.figure
        if not outcomes.right_way(entry, reading, self.book.hits):
            return False
        if entry.past and reading.direction and cues.UP_FROM.search(reading.before):
            now = self.book.present.get((entry.members, entry.metric, entry.lookback))
            return now is None or (now.value > entry.value) == (reading.direction > 0)
        if figure.kind is FigureKind.FRACTION and entry.metric in PLAIN and reading.direction:
            return (entry.value > 0) == (reading.direction > 0)
        if entry.metric == "change" and entry.unit is Unit.COUNT and reading.direction:
            return (entry.value > 0) == (reading.direction > 0)
        if entry.unit not in _CHANGES or figure.kind in {*_COUNTED, FigureKind.FRACTION}:
            bare = entry.metric == "level" and not figure.sign and figure.value != 0
            if entry.value < 0 and (figure.sign > 0 or bare):
                return False  # a gauge at −1 stands neither at +1 nor at 1
            above = entry.metric in _BELOW and standing.OVER.match(reading.tail)
            return (figure.sign >= 0 or entry.value < 0) and not above
        zero = figure.value == 0
        if cues.UNSIGNED.search(entry.metric) or (entry.metric in LEVELS):
            return figure.sign >= 0 or zero
        if reading.direction == 0 or zero or (entry.metric in _BELOW and not reading.direction):
            return True
        return (entry.value > 0) == (self._wanted(entry) > 0)

    def _wanted(self, entry: Entry) -> int:
        reading = self.reading
        wanted = 1 if reading.direction is None else reading.direction
        mirrored = entry.pair is not None and entry.metric in _RELATIVE
        if mirrored and entry.pair is not None and reading.lead == entry.pair[1]:
            return -wanted
        return wanted

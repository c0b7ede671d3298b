"""Watched: the one stock of an edition, what speaks for looking at it and what against.

It is chosen by the size of its five sessions against its own habit, by nobody's liking, and
nothing here says what to do with it. Facts of a stock that is no configured instrument are
made only while it stands out: what would change our mind then has no condition that a later
session could be sure to decide.
"""

from newsletter.compute.facts import Fact
from newsletter.draft.claims import Table
from newsletter.draft.doubt import Doubt
from newsletter.draft.evening import Evening, Figure, required
from newsletter.draft.prose import capital, pick, round_robin, sentences
from newsletter.errors import DraftError

CHOSEN = "unusual_move"
"""Metric of the fact by which a stock is chosen."""
ABSENT = "n/a"
TIDE = 3.0
"""Percent of the market's five sessions from which a stock's may be drift."""
_WINDOWS = (("1d", "Today"), ("5d", "Five sessions"), ("1m", "One month"), ("ytd", "This year"),
            ("1y", "One year"))  # fmt: skip


def choose(ev: Evening) -> "Watched":
    """Return the stock furthest from its own habit; ties go to the first by ticker.

    Raises
    ------
    DraftError
        If the ledger measured none.
    """
    found = _candidates(ev)
    if not found:
        raise DraftError(
            f"No stock can be written about for {ev.ledger.session}: the ledger holds no "
            "measure of "
            "an unusual move. It needs a year of the members' closes; see `newsletter facts`."
        )
    return Watched(ev, found[0])


def _candidates(ev: Evening) -> list[Fact]:
    found = [fact for fact in ev.ledger if fact.metric == CHOSEN]
    return sorted(found, key=lambda fact: (-fact.number, fact.id))


def figures(one: "Watched") -> Table:
    """Set the stock beside the large-cap fund over every stretch."""
    benchmark = one.ev.large
    rows = []
    for window, label in _WINDOWS:
        own = one.move(window)
        other = one.ev.figure(f"{benchmark}.return.{window}{'.total' if one.total else ''}")
        if own is not None:
            rows.append((label, own.signed, other.signed if other else ABSENT))
    note = "With dividends." if one.total else "Price change."
    columns = ("Stretch", one.label, one.ev.universe.label(benchmark))
    return Table("The stock and the market", columns, tuple(rows), note)


def others(ev: Evening, one: "Watched") -> Table:
    """Name the stocks that came next, so that nobody takes the first for the only one."""
    rows = []
    for fact in _candidates(ev):
        other = Watched(ev, fact)
        week = other.move("5d")
        if other.id != one.id and week is not None:
            lead = other.lead()
            rows.append((other.label, week.signed, lead.signed if lead else ABSENT))
    note = "Next by the same rule."
    columns = ("Stock", "Five sessions", f"Lead over {ev.name(ev.large)}, five sessions")
    return Table("Also out of character", columns, tuple(rows), note)


class Watched:
    """One stock as an edition speaks of it.

    Parameters
    ----------
    ev : Evening
        The ledger.
    fact : Fact
        By which it was chosen.
    """

    def __init__(self, ev: Evening, fact: Fact) -> None:
        self.ev, self.fact, self.id = ev, fact, fact.subject
        self.known = fact.subject in ev.universe.instruments
        self.name = fact.name if self.known else fact.subject
        """As prose calls it once it has been introduced."""
        self.label = ev.universe.label(fact.subject)
        self.total = ev.figure(f"{self.id}.return.5d") is None
        lead = self.lead()
        self.up = lead is None or lead.value > 0

    def move(self, window: str) -> Figure | None:
        """Return its return, on one kind of closes throughout."""
        return self.ev.figure(f"{self.id}.return.{window}{'.total' if self.total else ''}")

    @property
    def week(self) -> Figure:
        """Its five sessions."""
        return required(self.move("5d"), f"{self.id} over 5d")

    def lead(self) -> Figure | None:
        """Return its lead over the large-cap fund in those sessions."""
        stem = f"{self.id}-{self.ev.large}.spread.5d"
        return self.ev.figure(f"{stem}.total" if self.total else stem)

    # -- the head ---------------------------------------------------------------------------

    def headline(self) -> str:
        """Return a line that promises to look and nothing more."""
        name = capital(self.name)
        return round_robin(self.ev, 911, (
            f"{name} away from its own habits: ", f"{name} out of character: ",
            f"{name}, seen through its own closes: ", f"{name}, a stock out of step: ",
            f"The odd one out is {self.name}: ", f"{name} without its usual manners: ",
            f"{name} under the lamp: ", f"A page about {self.name}: ",
            f"Tonight's outlier is {self.name}: ", f"{name}, and what its closes cannot tell: ",
            f"Why {self.name}, of all stocks: ",
        ), (
            "a question, not an answer", "worth a look, not a verdict",
            "first the reason, then the view", "interest is not conviction",
            "curiosity, and no advice", "a rule picked it, and nobody's liking",
        ))  # fmt: skip

    def dek(self) -> str:
        """Return what is out of the ordinary, and what that is worth."""
        return (
            f"{self.fact.name} {_did(self.week)} over five sessions; a stock that stands out is "
            "worth understanding before it is worth an opinion."
        )

    def preheader(self) -> str:
        """Return what an inbox shows."""
        return f"{capital(self.name)} {self.week.signed} over five sessions, and both sides of it."

    def bullets(self) -> tuple[str, ...]:
        """Return the move, its size, and the odds."""
        return (
            f"The move: {self.fact.name} {_did(self.week)} over five sessions.",
            f"The measure: {self._size()}.",
            self._odds_line(),
        )

    def _size(self) -> str:
        # Not "usual": beside a base rate that word means all days.
        return (
            f"over five sessions a move of {self.name} against the market "
            f"{{{{{self.fact.id}}}}} times its ordinary size"
        )

    # -- the body ----------------------------------------------------------------------------

    def opening(self) -> str:
        """Tell what happened."""
        day, lead = self.move("1d"), self.lead()
        name, week, large = self.name, _did(self.week), self.ev.name(self.ev.large)
        first = (
            f"{capital(self.fact.name)} {week} over five sessions.",
            f"Tonight the count ends with {name}, which {week} over five sessions.",
            f"{capital(name)} {week} over five sessions, and nothing in its prices says why.",
            f"The stock is {name}: it {week} over five sessions.",
            f"Look at {name} for a minute, since it {week} over five sessions.",
            f"The rule stops at {name} tonight, because it {week} over five sessions.",
            f"One move kept us looking: {name} {week} over five sessions.",
            f"We begin with a move and without a reason: {name} {week} over five sessions.",
            f"Here is a stock that made itself noticed: {name} {week} over five sessions.",
            f"Five sessions, one stock, no reason given: {name} {week} over five sessions.",
        )
        second = ("",) if day is None else (
            f" Today {name} {_did(day)}.",
            f" On the day {name} {_did(day)}, for those who count in single sessions.",
            f" As for the day by itself, {name} {_did(day)}.",
            _beside(name, day, self.week),
        )  # fmt: skip
        third = ("",) if lead is None or abs(lead.value) < 0.05 else (
            f" Over five sessions {name} is {_against(lead, large)}.",
            f" Set beside {large}, {name} is {_against(lead, 'it')} over five sessions.",
            f" That leaves {name} {_against(lead, large)} over five sessions.",
            (f" What counts is the distance to the market: over five sessions {name} is "
            f"{_against(lead, large)}."),
        )  # fmt: skip
        return round_robin(
            self.ev,
            921,
            first,
            [f"{a}{b}" for x in second for y in third for a, b in ((x, y), (y, x))],
        )

    def disclaimer(self) -> str:
        """Say plainly what this is not."""
        return (
            "This is no recommendation and no forecast of a price: a rule picked the name, we know "
            "nothing of its business that is not in its closes, and a reader who acts on it acts "
            "on less than he thinks."
        )

    def method(self) -> str:
        """Tell the rule and its weakness."""
        compared = "stocks.compared.5d"
        many = f"Of {{{{{compared}}}}} stocks compared, " if self.ev.has(compared) else ""
        first = "we take" if many else "We take"
        return sentences(
            f"{many}{first} the one whose five sessions against the market lie furthest from its "
            "own habit of the past year.",
            f"For {self.name} the move over five sessions is {{{{{self.fact.id}}}}} times "
            "its usual size.",
            pick(self.ev, 913, (
                ("In a crowd that size somebody is always out of character, so the rank itself "
                "proves nothing."),
                "Some stock must come first in such a count, and coming first is no evidence.",
            )),
        )  # fmt: skip

    def evidence(self) -> str:
        """Tell what speaks for taking the move seriously: it has company in longer stretches."""
        return sentences(*self._points(same=True)) or (
            "There is little beside the move itself. Neither trend nor longer stretch points the "
            "same way, and a single loud week is the weakest kind of evidence."
        )

    def against(self) -> str:
        """Tell what speaks for taking it lightly."""
        found = self._points(same=False)
        lead = pick(self.ev, 915, (
            "A sceptic would begin with the obvious: one stock, five sessions, no reason given.",
            ("The case for looking away is easily made: prices this noisy make patterns by "
            "themselves."),
        ))  # fmt: skip
        return sentences(lead, self._tide(), *found)

    def _tide(self) -> str | None:
        """Tell that the market went the same way, where it went far."""
        market = self.ev.move(self.ev.large, "5d")
        if market is None or abs(market.value) < TIDE or (market.value > 0) != self.up:
            return None
        return (
            f"Over five sessions {self.ev.name(self.ev.large)} {'rose' if self.up else 'fell'} as "
            "well: in such a tide much that looks like a decision is drift."
        )

    def answer(self) -> str:
        """Concede what must be conceded."""
        return pick(self.ev, 917, (
            ("We have no answer to the missing reason. A wrong close, a dividend, an index "
             "change or "
            "a bid would all look alike from here, and the first thing to do with such a move is "
            "to find out which it was."),
            ("All of it is fair. News that we do not hold may explain the move in a line, and then "
            "this page was a long way round to it."),
        ))  # fmt: skip

    def _points(self, *, same: bool) -> list[str]:
        """Return the sentences whose figures point with the move, or against it."""
        return [text for way, text in self._figures() if (way > 0) == (self.up == same)]

    def _figures(self) -> list[tuple[int, str]]:
        name, found = capital(self.name), []
        for window, stretch in (("1m", "over one month"), ("ytd", "this year"),
                                ("1y", "over one year")):  # fmt: skip
            figure = self.move(window)
            if figure is not None and abs(figure.value) >= 1:
                dividends = " with dividends" if self.total else ""
                # The name first: behind a stretch of time LOW would be read as an extreme.
                text = f"{name} {_stands(figure)} {stretch}{dividends}."
                found.append((_way(figure), text))
        for days in (50, 200):
            gap = self.ev.figure(f"{self.id}.gap.{days}d")
            if gap is not None and abs(gap.value) >= 0.5:
                side = "above" if gap.over else "below"
                text = f"{name} stands {gap.plain} {side} its {days}-day average."
                found.append((_way(gap), text))
        high = self.ev.figure(f"{self.id}.drawdown.now")
        if high is not None and abs(high.value) >= 10:
            found.append((-1, f"{name} is {high.plain} below the high of its past year."))
        return found

    # -- what followed before ------------------------------------------------------------------

    def odds(self) -> str:
        """Cite the stock's own past after moves as large, or say that it has none."""
        stem = f"{self.id}.base_rate.21d"
        if not self.ev.has(f"{stem}.known", f"{stem}.median", f"{stem}.hit_rate"):
            return (
                "Its own past holds too few moves as large to say what usually comes next, or none "
                "that counts as large by our rule. We would rather print that than borrow the past "
                "of another stock."
            )
        led = "led" if self.up else "trailed"
        noise = self.ev.state(f"{stem}.verdict") == "noise"
        return sentences(
            f"After moves as large in the same direction, {self.name} {led} the market over "
            "the next "
            f"month in {{{{{stem}.hit_rate}}}} of {{{{{stem}.known}}}} separate cases.",
            f"Over all days {self.name} {led} it over the next month "
            f"{{{{{stem}.all_days_hit_rate}}}} of the time.",
            "Chance alone could give that difference, so it is no edge." if noise else
            "Chance alone would seldom give that difference; and yet it is one stock's past, found "
            "by looking where the light was.",
        )  # fmt: skip

    def _odds_line(self) -> str:
        stem = f"{self.id}.base_rate.21d"
        if not self.ev.has(f"{stem}.known", f"{stem}.hit_rate"):
            return "The odds: too few earlier moves as large for a base rate."
        led = "led" if self.up else "trailed"
        return (
            f"The odds: after moves as large in the same direction, {self.name} {led} the market "
            f"over the next month in {{{{{stem}.hit_rate}}}} of {{{{{stem}.known}}}} "
            "separate cases."
        )

    # -- the end ----------------------------------------------------------------------------------

    def watch(self) -> tuple[str, ...]:
        """Name what would tell a move from a blip."""
        gap = self.ev.figure(f"{self.id}.gap.50d")
        verb = "stays" if self.up else "comes back"
        found = [(f"Whether a reason appears that others can check, and whether {self.name} {verb} "
                 "without one.")]  # fmt: skip
        if gap is not None:
            verb = "holds above" if gap.over else "gets back above"
            found.append(f"Whether {self.name} {verb} its 50-day average.")
        return tuple(found)

    def doubts(self) -> tuple[Doubt, ...]:
        """Return what would make it wrong, with a condition where one can be decided."""
        spread = self.lead()
        found = [
            Doubt(
                f"{capital(self.name)} {'behind' if self.up else 'ahead of'} "
                f"{self.ev.name(self.ev.large)} over five sessions: the move would have been taken "
                "back.",
                "",
            )
        ]
        gap = self.ev.figure(f"{self.id}.gap.200d")
        if gap is not None and abs(gap.value) >= 0.5:
            side = "below" if gap.over else "above"
            sign = "< -0.05" if gap.value > 0 else "> 0.05"
            found.append(
                Doubt(
                    f"{capital(self.name)} {side} its 200-day average: another trend than "
                    "tonight's.",
                    f"{gap.fact.id} {sign}" if self.known else "",
                )
            )
        return tuple(found if spread is not None else found[1:])

    def verdict(self) -> str:
        """Return one or two sentences that commit to looking."""
        return pick(self.ev, 919, (
            (f"{capital(self.name)} is worth a place on the watch list and nothing further: the "
            "move is rare, the reason is unknown, and the past does not help."),
            (f"We would rather know why {self.name} moved than guess where it goes; until "
             "somebody can "
            "say why, this is curiosity with figures."),
        ))  # fmt: skip


def _did(figure: Figure) -> str:
    size = abs(figure.value)
    if size < 0.05:
        return "ended flat"
    return f"{'rose' if figure.value > 0 else 'fell'} {figure.plain}"


def _beside(name: str, day: Figure, week: Figure) -> str:
    """Return the day's move with its place in the five sessions."""
    if _way(day) != _way(week):
        return f" The day by itself is another matter: {name} {_did(day)} today."
    if abs(day.value) < abs(week.value) / 2:
        return f" The day is the smaller half of it: {name} {_did(day)} today."
    return f" Much of a move can be one day, and {name} {_did(day)} today."


def _stands(figure: Figure) -> str:
    return f"is {'up' if figure.value > 0 else 'down'} {figure.plain}"


def _way(figure: Figure) -> int:
    return 1 if figure.value > 0 else -1


def _against(figure: Figure, other: str) -> str:
    return f"{'ahead of' if figure.value > 0 else 'behind'} {other} by {figure.plain}"

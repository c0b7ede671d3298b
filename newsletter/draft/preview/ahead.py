"""The week ahead, as far as it is settled: the exchange's calendar and nothing else."""

import datetime as dt

from newsletter.draft.evening import Evening
from newsletter.draft.prose import mix, pick, sentences

NEAR, SOON = 5, 10
"""Sessions within which a date belongs to the coming week, and to the one after."""


def calendar(ev: Evening) -> str:
    """Tell holidays, early closes, the month's end and the options expiry."""
    return sentences(_hours(ev), _early(ev), _ends(ev), _expiry(ev))


def owned(ev: Evening) -> str:
    """Say what the calendar here does not hold."""
    return pick(
        ev,
        731,
        (
            (
                "What is missing from this list is missing from our books: economic releases and "
                "company results come on dates that we hold no table of, and they may matter more "
                "than anything above."
            ),
            (
                "This calendar is the exchange's. It says nothing of economic releases or company "
                "results, and any of them may make the rest of this page look quaint."
            ),
            (
                "Economic releases and company results are not listed, because we hold no table of "
                "their dates; their absence here is a gap in our books and nowhere else."
            ),
        ),
    )


def told_in_a_line(ev: Evening) -> str:
    """Return the calendar's next date that matters, for a bullet."""
    if ev.has("calendar.early_close.date"):
        return "an early close on {{calendar.early_close.date}}"
    if _within(ev, "options_expiry", NEAR):
        return f"the {_kind(ev)} options expiry on {{{{options_expiry.date}}}}"
    if _within(ev, "month_end", NEAR):
        return f"{_end(ev)} on {{{{month_end.date}}}}"
    if ev.has("options_expiry.date"):
        return f"no fixed date before the {_kind(ev)} options expiry on {{{{options_expiry.date}}}}"
    return ""


def _hours(ev: Evening) -> str | None:
    if not ev.has("calendar.resumes.date", "calendar.fifth_session.date"):
        return None
    holiday, opening = ev.ledger.get("calendar.holiday.date"), "calendar.resumes.date"
    if holiday is None:
        return mix(
            ev,
            733,
            f"Trading resumes on {{{{{opening}|long}}}}, and ",
            (
                "the five sessions to {{calendar.fifth_session.date|long}} hold no holiday",
                "no holiday interrupts the five sessions to {{calendar.fifth_session.date|long}}",
            ),
            ".",
        )
    resumes = f"trading resumes on {{{{{opening}|long}}}}"
    closed = "the exchange is closed on {{calendar.holiday.date|long}}"
    if holiday.value < ev.ledger[opening].value:  # type: ignore[operator]
        return f"T{closed[1:]} for a holiday; {resumes}.{_short(ev)}"
    return f"T{resumes[1:]}; {closed} for a holiday.{_short(ev)}"


def _short(ev: Evening) -> str:
    count = ev.figure("calendar.week.sessions")
    if count is None or count.value >= 5:
        return ""
    return (
        " The exchange calendar gives the coming week {{calendar.week.sessions|word}} sessions, "
        "and thin weeks exaggerate: what moves in them may not have been meant."
    )


def _early(ev: Evening) -> str | None:
    if not ev.has("calendar.early_close.date"):
        return None
    return "It closes early on {{calendar.early_close.date|long}}."


def _within(ev: Evening, what: str, most: int) -> bool:
    count = ev.figure(f"{what}.sessions")
    return count is not None and count.value <= most


def _end(ev: Evening) -> str:
    month, quarter = (ev.ledger.get(f"{w}_end.date") for w in ("month", "quarter"))
    if month and quarter and month.value == quarter.value:
        return "the quarter end"
    return "the month end"


def _ends(ev: Evening) -> str | None:
    if not _within(ev, "month_end", SOON):
        return None
    return mix(
        ev,
        735,
        f"T{_end(ev)[1:]}{_new_year(ev)} is {{{{month_end.date|long}}}}, {_away(ev, 'month_end')}",
        (
            "; money that rebalances by the date may move then without an opinion",
            ", and some of the trading around it may be housekeeping",
        ),
        ".",
    )


def _new_year(ev: Evening) -> str:
    end = ev.ledger["month_end.date"].value
    return ", and the year end with it," if isinstance(end, dt.date) and end.month == 12 else ""


def _away(ev: Evening, what: str) -> str:
    if ev.value(f"{what}.sessions") == 1:
        return "the next session"
    return f"{{{{{what}.sessions|word}}}} sessions from here"


def _kind(ev: Evening) -> str:
    return ev.state("options_expiry.kind") or "monthly"


def _expiry(ev: Evening) -> str | None:
    if not ev.has("options_expiry.date", "options_expiry.sessions"):
        return None
    tail = (
        (
            "; index futures expire with them, and volume may say less than it shows",
            ", a quarterly date on which index futures expire as well",
        )
        if _kind(ev) == "quarterly"
        else ("", "; until then some prices may be held where contracts are thick")
    )
    return mix(
        ev,
        737,
        f"The {_kind(ev)} options expiry falls on {{{{options_expiry.date|long}}}}, "
        f"{_away(ev, 'options_expiry')}",
        tail,
        ".",
    )

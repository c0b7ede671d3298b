"""Signals: what an edition's ledger reads out of its facts, with what followed in the past."""

import datetime as dt
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request, Response

from newsletter.compute.facts import Fact, Ledger, Series, Signal
from newsletter.compute.readings import TOO_FEW, BaseRate
from newsletter.desk import drawing
from newsletter.desk.admission import READ, Visit
from newsletter.desk.newsroom import Newsroom, newsroom
from newsletter.desk.rooms import Room
from newsletter.errors import NotFound
from newsletter.review.edition import Edition

ROOM = Room("Signals", "/signals", 20, key="s")
router = APIRouter(include_in_schema=False)
Reader = Annotated[Visit, Depends(READ)]
Text = Annotated[str, Query(max_length=80)]
Words = dict[str, Any]

FAMILIES: Final = (
    ("Races", "one part of the market against another"),
    ("Breadth", "how many take part"),
    ("Volatility and ties", "how far prices swing, and how much together"),
    ("Trend", "lines and averages"),
    ("Summary", "several readings as one"),
    ("Other", ""),
)
_TOLD: Final = ("base_rate", "signal_")
"""Metrics of evidence that the state and the table of base rates tell already."""
_VERDICTS: Final = {"signal": "differs from all days", "noise": "no different from all days"}
_RATES: Final = (
    "hit_rate", "hit_rate_low", "hit_rate_high", "median", "median_low", "median_high",
    "all_days_hit_rate", "all_days_median",
)  # fmt: skip
_HISTORIES: Final = (".ratio", ".level", ".above_50d")


@router.get("/signals")
def latest(request: Request, visit: Reader, text: Text = "") -> Response:
    """Show the signals of the newest edition."""
    desk = newsroom(request)
    newest = desk.house.editions.all(1)
    if not newest:
        return desk.page(request, visit, "signals", edition=None)
    session = newest[0].key.session.date
    return _page(request, visit, _edition(desk, session, ""), text)


@router.get("/signals/formula/{name}")
def formula(request: Request, visit: Reader, name: str) -> Response:
    """Show what a formula computes, from its own description."""
    from newsletter.compute.signal import digests, measures

    stem = name.split("@", maxsplit=1)[0]
    found = measures().get(stem) or digests().get(stem)
    if found is None:
        raise NotFound(f"No formula is called {name[:40]!r}; the signals name those there are.")
    words = {"formula": found.formula, "parts": _described(found.doc)}
    return newsroom(request).page(request, visit, "formula", **words)


@router.get("/signals/{session}")
def of_session(
    request: Request, visit: Reader, session: dt.date, text: Text = "", kind: Text = ""
) -> Response:
    """Show the signals of a session's edition."""
    return _page(request, visit, _edition(newsroom(request), session, kind), text)


@router.get("/signals/{session}/chart/{name}.png")
def chart(
    request: Request, visit: Reader, session: dt.date, name: str, kind: Text = ""
) -> Response:
    """Return a picture of the edition's mail."""
    del visit
    desk = newsroom(request)
    mail = desk.mail(_edition(desk, session, kind).revision.rendered)
    found = next((image for image in mail.images if image.name == name), None)
    if found is None:
        raise NotFound(f"The edition of {session} has no picture {name[:40]!r}.")
    return Response(found.png, media_type="image/png")


def _edition(desk: Newsroom, session: dt.date, kind: str) -> Edition:
    found: list[Edition] = desk.house.editions.of_session(session)
    # A correction has its edition's facts, but none of its pictures.
    for edition in sorted(found, key=lambda one: one.key.corrects is not None):
        if kind in {"", edition.key.kind}:
            return edition
    which = f" {kind} edition" if kind else " edition"
    raise NotFound(f"There is no{which} of {session}; the archive lists those there are.")


def _page(request: Request, visit: Visit, edition: Edition, text: str) -> Response:
    desk, revision = newsroom(request), edition.revision
    session = edition.key.session.date
    mark = ("signals", revision.ledger)
    cards = desk.once(mark, lambda: _cards(desk.ledger(revision.ledger)))
    wanted = [card for card in cards if text.casefold() in card["searched"]]
    groups = [
        {"title": title, "what": what, "cards": inside}
        for title, what in FAMILIES
        if (inside := [card for card in wanted if card["family"] == title])
    ]
    before, after = desk.house.editions.sessions_beside(session)
    mail = desk.mail(revision.rendered)
    kinds = [one.key.kind for one in desk.house.editions.of_session(session)]
    return desk.page(
        request, visit, "signals", edition=edition, session=session, before=before, after=after,
        groups=groups, text=text, shown=len(wanted), of=len(cards), images=mail.images,
        simulated=desk.ledger(revision.ledger).simulated, kinds=kinds,
    )  # fmt: skip


def _cards(ledger: Ledger) -> list[Words]:
    return [_card(signal, ledger) for signal in ledger.signals]


def _card(signal: Signal, ledger: Ledger) -> Words:
    facts = [ledger[id] for id in signal.evidence if id in ledger]
    formula = next((f.formula for f in facts if f.id == f"{signal.name}.signal.state"), "")
    formula = formula or (facts[0].formula if facts else "")
    shown = [fact for fact in facts if not fact.metric.startswith(_TOLD)]
    condition = next((f.display for f in facts if f.metric == "base_rate_condition"), "")
    sessions = ledger.get(f"{signal.name}.signal.sessions")
    rates = [_rate(signal, rate, ledger) for rate in signal.base_rates]
    title = signal.name.replace("_", " ").replace(" vs ", " against ")
    searched = " ".join([title, signal.state, formula, *(f"{f.id} {f.name}" for f in shown)])
    return {
        "name": signal.name, "title": title[:1].upper() + title[1:], "state": signal.state,
        "strength": f"{float(signal.strength):+.2f}".replace("-", "−"),
        "drawn": drawing.strength(
            signal.strength, f"Strength {float(signal.strength):+.2f} between -1 and 1"
        ), "since": signal.since,
        "sessions": sessions.display if sessions else "", "formula": formula,
        "family": _family(signal.name, shown, formula), "facts": shown, "condition": condition,
        "rates": rates, "fan": _fan(signal, title), "lines": _lines(facts, ledger),
        "searched": searched.casefold(),
    }  # fmt: skip


def _family(name: str, facts: list[Fact], formula: str) -> str:
    metrics, about = {fact.metric for fact in facts}, f"{name} {formula}"
    if "lead" in metrics:
        return "Races"
    if "breadth" in about:
        return "Breadth"
    if any(word in about for word in ("vol", "vix", "dispersion", "correlation")):
        return "Volatility and ties"
    if "trend" in about:
        return "Trend"
    return "Summary" if "component" in metrics else "Other"


def _rate(signal: Signal, rate: BaseRate, ledger: Ledger) -> Words:
    stem = f"{signal.name}.base_rate.{rate.horizon}d."
    told = {name: _said(ledger, stem + name) for name in _RATES}
    words: Words = {
        "horizon": rate.horizon, "known": rate.known, "hits": rate.hits, "since": rate.since,
        "events": rate.events, "verdict": _VERDICTS.get(rate.verdict, rate.verdict),
        "few": rate.verdict == TOO_FEW, "kind": rate.verdict.replace(" ", "-"), "told": told,
        "share": "", "middle": "",
    }  # fmt: skip
    low, high = ledger.get(stem + "hit_rate_low"), ledger.get(stem + "hit_rate_high")
    if words["few"] or low is None or high is None:
        return words
    value = 100 * rate.hits / rate.known
    usual = rate.unconditional_hit_rate
    words["share"] = drawing.interval(
        low.number, value, high.number, usual, (0.0, 100.0),
        f"Went the same way {told['hit_rate']} of the time, between {told['hit_rate_low']} and "
        f"{told['hit_rate_high']}; all days {told['all_days_hit_rate']}",
    )  # fmt: skip
    words["middle"] = _middle(rate, told)
    return words


def _said(ledger: Ledger, id: str) -> str:
    """Return a fact as a table prints it: changes with their sign, shares without."""
    fact = ledger.get(id)
    return "" if fact is None else fact.forms["signed" if "median" in fact.metric else "plain"]


def _middle(rate: BaseRate, told: dict[str, str]) -> Any:
    if rate.low is None or rate.high is None or rate.median is None:
        return ""
    usual = rate.unconditional_median
    reach = max(abs(float(v)) for v in (rate.low, rate.high, usual or 0)) or 1.0
    return drawing.interval(
        rate.low, rate.median, rate.high, usual, (-reach, reach),
        f"Median {told['median']}, between {told['median_low']} and {told['median_high']}; all "
        f"days {told['all_days_median']}",
    )  # fmt: skip


def _fan(signal: Signal, title: str) -> Words | None:
    rate = next((one for one in signal.base_rates if one.fan), None)
    if rate is None or rate.fan is None:
        return None
    ends = rate.fan
    label = (
        f"How the sequels of {rate.known} events like today's spread over {rate.horizon} sessions, "
        f"{title}: at the end half lay between {float(ends.low_quarter[-1]):+.1f} and "
        f"{float(ends.high_quarter[-1]):+.1f}, eight of ten between "
        f"{float(ends.low_tenth[-1]):+.1f} and {float(ends.high_tenth[-1]):+.1f}, the median at "
        f"{float(ends.median[-1]):+.1f}; all days {float(ends.all_days[-1]):+.1f}."
    )
    return {"svg": drawing.fan(ends, label), "said": label}


def _lines(facts: list[Fact], ledger: Ledger) -> list[Words]:
    """Return the histories of what the evidence speaks of; few facts have one."""
    stems = dict.fromkeys([f.subject for f in facts] + ["/".join(f.inputs) for f in facts])
    ids = [s + end for s in stems for end in (*_HISTORIES, ".breadth.above_200d")]
    found = [ledger.series[id] for id in dict.fromkeys(ids) if id in ledger.series][:2]
    return [one for series in found if (one := _line(series, ledger))]


def _line(series: Series, ledger: Ledger) -> Words | None:
    low, high = (
        next((s for mid in (".range", ".range_1y") for stem in (series.id, series.id[:-6])
              if (s := ledger.series.get(f"{stem}{mid}.{end}"))), None)
        for end in ("low_tenth", "high_tenth")
    )  # fmt: skip
    values = [value for value in series.values if value is not None]
    if len(values) < 2:
        return None
    said = (
        f"{series.name}: {float(values[-1]):,.3g} at the end, between {float(min(values)):,.3g} "
        f"and {float(max(values)):,.3g} since {series.dates[0]}."
    )
    return {
        "svg": drawing.line(series, low, high, said),
        "name": series.name[:1].upper() + series.name[1:],
        "last": f"{float(values[-1]):,.4g}",
    }


def _described(doc: str) -> list[Words]:
    """Return a description's parts: the opening, and each headed by its title."""
    parts: list[Words] = [{"title": "", "paragraphs": []}]
    lines = [line.strip() for line in doc.splitlines()]
    held: list[str] = []
    for place, line in enumerate(lines):
        following = lines[place + 1] if place + 1 < len(lines) else ""
        rule = set(line) == {"-"}
        heading = bool(line) and set(following) == {"-"}
        point = line.startswith("* ")
        if (not line or heading or point) and held:
            parts[-1]["paragraphs"].append(" ".join(held))
            held = []
        if heading:
            parts.append({"title": line, "paragraphs": []})
        elif line and not rule:
            held.append(f"• {line[2:]}" if point else line)
    if held:
        parts[-1]["paragraphs"].append(" ".join(held))
    return parts

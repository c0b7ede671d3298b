"""Policy and the economy: what the Fed did, and which way the macro series went."""

import re
from collections.abc import Iterator
from dataclasses import replace

from newsletter.compute.facts import Fact
from newsletter.patterns import compiled
from newsletter.preflight.assertion import Judged, assertion
from newsletter.preflight.ledger.world import World
from newsletter.preflight.phrases import bearers
from newsletter.preflight.phrases.quantifiers import NUMBER, value
from newsletter.preflight.report import Verdict
from newsletter.preflight.scanning.quick import quick
from newsletter.preflight.sentences import clause, lexicon
from newsletter.preflight.sentences.sentence import Sentence

_WHO = r"(?:the )?(?:Fed|Federal Reserve|central bank|FOMC|policy ?makers|rate[- ]setters)(?:'s)?"
_FED = compiled(
    rf"\b{_WHO}\b(?P<mid>(?:[^.;:]|\.\d){{0,60}}?)\b(?:(?P<cut>cut|cuts|cutting|lowered|lowers|reduced"
    rf"|eased|trimmed"
    r"|slashed|loosened)|(?P<hike>raised|raises|raising|hiked|hikes|lifted|increased|tightened)"
    r"|(?P<hold>held|holds|left|leaves|kept|keeps|has not moved|has not changed|did not (?:move"
    r"|change)|stood pat|has sat on its hands|moved|has moved|changed))\b",
    re.IGNORECASE,
)
_LAST_MOVE = compiled(
    r"'s? (?:\w+[- ]){0,2}?(?:last|latest|most recent|previous) (?:move|change|decision|step)\b",
    re.IGNORECASE,
)
"""``The Fed's latest move``: what that did, whatever the others of the year did."""
_MOVE_OF = compiled(
    r"\b(?:last|latest|most recent|previous) (?:move|change|decision|step)(?: made| taken)?"
    r" (?:by|of|from) $",
    re.IGNORECASE,
)
"""The same with the Fed behind it."""
_NEVER = compiled(
    r"\W*(?:and |but |yet )?(?:not once|never|at no (?:time|point)|not a single time)\b"
    r"[^,;:.]{0,40}$",
    re.IGNORECASE,
)
"""``Not once this year has the Fed …``: a denial before whoever acted."""
_TIMES = quick(rf"\b(?:(?P<once>once)|(?P<twice>twice)|(?P<n>{NUMBER}) times)\b", re.IGNORECASE)
_FED_NAME = compiled(rf"\b{_WHO}\b", re.IGNORECASE)
_SHORTER = compiled(r"\bthis (?:month|quarter|week|decade|century)\b", re.IGNORECASE)
_ANY_SPAN = compiled(
    r"\b(?:this (?:year|month|quarter|week|decade)|so far|since (?:january|new year)"
    r"|year to date)\b",
    re.IGNORECASE,
)
_THIS_YEAR = compiled(r"\bthis year|so far|since (?:january|new year)|year to date", re.IGNORECASE)
_CHANGES = compiled(
    rf"\b(?:(?P<none>no|not a single|not one)|(?P<one>one|a single|just one|only one)"
    rf"|(?P<n>{NUMBER}))(?: (?:rate|interest-rate|quarter-point))? (?:(?P<cut>cuts?|reductions?)"
    r"|hikes?|rises?|increases?)\b(?! (?:next|in sight|on the table|expected|to come))",
    re.IGNORECASE,
)
_TODAY = compiled(
    r"\b(?:today|tonight|this (?:afternoon|evening|session)|on the day)\b", re.IGNORECASE
)
_RATES = compiled(r"\brates?\b|target range|policy|interest", re.IGNORECASE)
_LATEST = compiled(
    r"\b(?:(?:last|latest|most recent|previous) (?:move|change|decision"
    r"|step)\b(?:[^.;:]|\.\d){0,60}?|that (?:once|one|time|single move|one move) )(?:\b(?:was|is"
    r"|came as"
    r"|had been)|(?<=\w), )"
    r" ?(?:(?:a|an|its|another)(?: quarter-point| half-point| \w+[- ]basis-point)? )?(?:rate )?"
    r"(?:(?P<cut>cut|reduction|easing|lower|down)|(?P<hike>hike|increase|rise"
    r"|tightening|higher|up))\b",
    re.IGNORECASE,
)
_NAMES = {
    "unemployment": r"(?:the )?(?:unemployment(?: rate)?|jobless rate|joblessness)",
    "jobless_claims": r"(?:initial |weekly |new )?(?:jobless|unemployment) (?:benefit )?claims",
    "payrolls": r"(?:nonfarm |non-farm )?payrolls?|employment|the (?:job count|number of jobs)",
    "core_cpi": r"core (?:consumer )?(?:prices|CPI)|(?:the )?core (?:CPI|consumer price index)",
    "core_pce": r"core PCE(?: prices?| price index)?|(?:the )?core PCE price index",
    "cpi": r"(?:the )?(?:headline )?(?:consumer prices|consumer price index|CPI|cost of living)",
    "breakeven_10y": r"(?:the )?(?:ten-year )?break-?evens?(?: (?:inflation )?rate)?",
    "yields": r"(?:Treasury |government[- ]bond |bond |longer[- ]dated )?yields",
    "inflation": r"(?:headline |consumer |core )?inflation(?: rate)?",
}
_SERIES = quick(
    r"\b(?:" + "|".join(f"(?P<{name}>{words})" for name, words in _NAMES.items())
    + r")(?= |,)(?: — [^—;:]{3,70} —| – [^–;:]{3,70} –|, [^,;:]{3,70},(?= \w+(?:ed"
      r"|s)?\b))?(?P<mid>(?: (?!and\b|while\b|but\b)[\w'-]+){0,4}?,?) ",
    re.IGNORECASE,
)  # fmt: skip
_MORE = quick(
    r"(?:(?P<up>ticked up|edged up|picked up|nudged up|accelerated|quickened|crept up|swelled"
    r"|expanded|heated up)|(?P<down>ticked down|edged down|cooled|slowed|abated|moderated"
    r"|contracted|shrank|crept down|came down|decelerated))\b",
    re.IGNORECASE,
)
_YEAR = compiled(
    r"\b(?:over|in|from|than|on) (?:the|a|last) (?:past )?year|year[- ]on[- ]year"
    r"|a year (?:ago|earlier)|(?:twelve|12) months",
    re.IGNORECASE,
)


@assertion("policy")
def policy(sentence: Sentence, world: World) -> Iterator[Judged]:
    """Judge what the Fed has done to its rate this year, and its last move."""
    text = sentence.text
    for match in sentence.find(_FED):
        _, high = clause.bounds(sentence, match.end())
        around = text[match.start() : min(high + 60, sentence.end)]
        before = text[max(sentence.start, match.start() - 40) : match.start()]
        last = _LAST_MOVE.search(match[0]) or _MOVE_OF.search(before)
        if last and not match["hold"]:
            yield from _lately(world, match)
            continue
        if not _RATES.search(around) and not re.match(
            r"\W*$|.{0,12}(?:this year|once|twice|times)", text[match.end() : high]
        ):
            continue  # fmt: skip
        if lexicon.HEDGE.search(match["mid"]) or clause.supposed(sentence, match.end() - 1):
            yield Judged(*match.span(), Verdict.OPINION)
            continue
        never = _NEVER.match(text, sentence.start, match.start()) is not None
        low, _ = clause.bounds(sentence, match.start())
        often = _TIMES.search(text, low, match.start())  # "twice already has the Fed cut"
        said = f"{text[match.start() : high]}{' ' + often[0] if often else ''}"
        yield _acted(world, match, said, high=high, never=never)
    yield from _counted(sentence, world)
    for match in sentence.find(_LATEST):
        for fact in world.facts("fed_funds", "change", "last"):
            right = (fact.number < 0) == bool(match["cut"])
            yield _verdict(match, [fact], right=right)


def _lately(world: World, match: re.Match[str]) -> Iterator[Judged]:
    """Judge which way the last change of the rate went."""
    denied = len(lexicon.NEGATION.findall(match["mid"] or "")) % 2 == 1
    for fact in world.facts("fed_funds", "change", "last"):
        yield _verdict(match, [fact], right=((fact.number < 0) == bool(match["cut"])) != denied)


def _counted(sentence: Sentence, world: World) -> Iterator[Judged]:
    """Judge ``one hike this year, no cut``: how many changes of the rate there were."""
    if not sentence.search(_FED_NAME) or not sentence.search(_ANY_SPAN):
        return
    if not sentence.search(_THIS_YEAR):
        for match in sentence.find(_CHANGES):
            yield Judged(*match.span(), Verdict.UNSUPPORTED)
        return
    for match in sentence.find(_CHANGES):
        metric = "cuts" if match["cut"] else "hikes"
        for fact in world.facts("fed_funds", metric, "ytd"):
            if clause.supposed(sentence, match.start()):
                yield Judged(*match.span(), Verdict.OPINION)
                continue
            wanted = value(match["n"]) if match["n"] else 0 if match["none"] else 1
            yield _verdict(match, [fact], right=int(fact.number) == wanted)


def _acted(world: World, match: re.Match[str], said: str, *, high: int, never: bool) -> Judged:
    """Judge what was done this year; `said` is it with its times, the clause ends at `high`."""
    if _SHORTER.search(said):
        return Judged(*match.span(), Verdict.UNSUPPORTED)  # the ledger counts by the year
    denied = (len(lexicon.NEGATION.findall(match["mid"] or "")) % 2 == 1) != never
    cuts, hikes = (world.facts("fed_funds", m, "ytd") for m in ("cuts", "hikes"))
    facts = [*cuts, *hikes]
    if not cuts or not hikes:
        return Judged(*match.span(), Verdict.UNSUPPORTED)
    done = {"cut": int(cuts[0].number), "hike": int(hikes[0].number)}
    kind = next(k for k in ("cut", "hike", "hold") if match[k])
    times = _TIMES.search(said)
    wanted = 0 if times is None else _often(times)
    if kind == "hold":
        moved = done["cut"] + done["hike"] > 0
        acts = (
            re.search(r"\bmoved|\bchanged", match["hold"], re.IGNORECASE)
            and "not" not in match["hold"]
        )
        if _TODAY.search(said):
            moved = _in_force_today(world)
        elif acts and wanted and not denied:
            return _verdict(match, facts, right=done["cut"] + done["hike"] == wanted)
        return _verdict(match, facts, right=(moved == bool(acts)) != denied)
    if _TODAY.search(said):
        right = _in_force_today(world) and _last(world) * (-1 if kind == "cut" else 1) > 0
        return _verdict(match, facts, right=right != denied)
    if times is not None and not denied:
        told = _verdict(match, facts, right=done[kind] == wanted)
        return replace(told, end=max(match.end(), min(match.start() + times.end(), high)))
    return _verdict(match, facts, right=(done[kind] > 0) != denied)


def _often(times: re.Match[str]) -> int:
    return 1 if times["once"] else 2 if times["twice"] else value(times["n"])


def _in_force_today(world: World) -> bool:
    facts = world.facts("fed_funds", "in_force")
    return bool(facts) and facts[0].value == world.ledger.session.date


def _last(world: World) -> int:
    facts = world.facts("fed_funds", "change", "last")
    return int(facts[0].number) if facts else 0


def _verdict(match: re.Match[str], facts: list[Fact], *, right: bool) -> Judged:
    ids = ",".join(fact.id for fact in facts)
    if right:
        return Judged(match.start(), match.end(), Verdict.PROVED, ids)
    said = ", ".join(f"{fact.id}: {fact.display}" for fact in facts)
    return Judged(match.start(), match.end(), Verdict.CONTRADICTED, ids, said)


@assertion("macro")
def macro(sentence: Sentence, world: World) -> Iterator[Judged]:
    """Judge which way unemployment, claims, payrolls, prices and yields went."""
    text = sentence.text
    for match in sentence.find(_SERIES):
        name = next(n for n in _NAMES if match[n])
        verb = lexicon.MOVE.match(text, match.end()) or _MORE.match(text, match.end())
        if verb is None or sentence.figured(verb.end()):
            continue
        start, end = match.start(), verb.end()
        if clause.supposed(sentence, verb.start()):
            yield Judged(start, end, Verdict.OPINION)
            continue
        facts = _changes(sentence, world, name, verb)
        if not facts:
            yield Judged(start, end, Verdict.UNSUPPORTED)
            continue
        found = verb.groupdict()
        sign = 1 if found.get("up") or found.get("plus") else -1 if not found.get("flat") else 0
        denied = len(lexicon.NEGATION.findall(match["mid"] or "")) % 2 == 1
        right = [
            f for f in facts if ((f.number * sign > 0) if sign else abs(f.number) <= 1) != denied
        ]
        ids = ",".join(fact.id for fact in facts)
        if right:
            yield Judged(start, end, Verdict.PROVED, ids)
        else:
            yield Judged(start, end, Verdict.CONTRADICTED, ids, facts[0].display)


def _changes(sentence: Sentence, world: World, name: str, verb: re.Match[str]) -> list[Fact]:
    """Return the change meant: over the period of the series itself, or the one named."""
    if name == "inflation":
        return []  # The ledger knows the rise of prices, not whether it quickens.
    if name in {"yields", "breakeven_10y"}:
        periods = sentence.at(*verb.span()).periods
        subject = "us10y" if name == "yields" else name
        return [
            f
            for p in sorted(periods)
            for f in world.facts(subject, "change", "21d" if p == "1m" else p)
        ]
    yearly = sentence.search(_YEAR) is not None
    label = "12m" if yearly else {"jobless_claims": "1w"}.get(name, "1m")
    return world.facts(name, "change", label)


_SIGNAL_STATES = (
    r"neutral|leading|lagging|fading|recovering|mixed|broadening stalls|broadening|narrowing"
    r"|rotation on|rotation off|capped|broken out|macro-driven|stock-picker|calm|turbulent"
    r"|strong|weak"
)
_SIGNAL = compiled(
    r"\b(?P<name>rotation gauge|(?:small|value|copper|junk|equal|cyclical"
    r"|high[- ]yield)[\w -]{0,24}?"
    r"(?: vs\.?| versus| against| over)[\w -]{2,26}?|leadership|breadth thrust|sector correlation"
    r"|(?:sector )?correlation (?:signal|gauge|measure)|trend[- ]break|breadth regime"
    r"|volatility regime)(?: signal| gauge| race)?"
    r"(?:,| (?:is|reads?|remains?|stays?|stands?|shows?|sits?|says|has turned|turned)(?: at| in"
    r"| now| still)?"
    rf"|:)(?P<no> (?:not|no longer))? [“\"']?(?P<state>{_SIGNAL_STATES})\b(?! (?:quadrant|by|the"
    rf"|to))",
    re.IGNORECASE,
)

_BY_WORD = {"high": "junk", "correlation": "sector"}
"""With which word the name of a signal begins, by the first of those that prose gives it."""


_CORRELATED = quick(
    r"\b(?:(?P<macro>macro[- ]driven)|(?P<pick>stock[- ]picker(?:['’]?s|s['’])?|stock-picking))"
    r"(?= market| signal| regime| state| world| tape|\W*$|[,.;:])",
    re.IGNORECASE,
)
_CORRELATION = compiled(r"\bcorrelat\w+", re.IGNORECASE)


@assertion("correlation")
def correlation(sentence: Sentence, world: World) -> Iterator[Judged]:
    """Judge whether sectors are said to move together or each for itself."""
    if not sentence.search(_CORRELATION):
        return
    for match in sentence.find(_CORRELATED):
        said = "macro-driven" if match["macro"] else "stock-picker"
        facts = world.facts("sector_correlation", "signal_state")
        if facts and not clause.supposed(sentence, match.start()):
            denied = bearers.is_denied(sentence, match.start())
            yield _verdict(match, facts[:1], right=(facts[0].value == said) != denied)


@assertion("signal")
def signal(sentence: Sentence, world: World) -> Iterator[Judged]:
    """Judge the state that a signal of the house is said to be in."""
    for match in sentence.find(_SIGNAL):
        spoken = re.search(r"\b(?:signal|gauge|regime)\b|:|\bvs\b|, ", match[0], re.IGNORECASE)
        first = re.match(r"[a-z]+", match["name"].lower())
        names = [
            s.name for s in world.ledger.signals
            if first and s.name.startswith(_BY_WORD.get(first[0], first[0]))
        ]  # fmt: skip
        if not spoken or not names or bearers.bygone(sentence, *match.span()):
            continue
        if match["name"].lower().startswith("breadth"):
            names = [n for n in names if n.endswith(match["name"].lower().split()[-1])]
        facts = [f for n in names for f in world.facts(n, "signal_state")]
        denied = match["no"] is not None
        right = [f for f in facts if (str(f.value) == match["state"].lower()) != denied]
        if facts:
            yield _verdict(match, right[:1] or facts[:1], right=bool(right))

"""Short true sentences made from facts, each with the false versions it could be turned into.

They say what briefings say in words and without figures: who beat whom, what rose, which
sector was best, what stands above its average. Every one is true of its ledger whichever
kind of return a reader has in mind, and every lie is false in the same way.
"""

import datetime as dt
import random
from collections.abc import Callable, Iterator
from itertools import permutations

from corpus.briefings import Lie, Sentence, printed, siblings

from newsletter.compute.facts import Ledger

NAMES = {
    "SPY": ("the S&P 500 fund", "SPY", "the S&P 500"),
    "IWM": ("the small-cap fund", "small caps", "IWM"),
    "QQQ": ("the Nasdaq-100 fund", "QQQ", "the Nasdaq-100"),
    "DIA": ("the Dow fund", "DIA"),
    "RSP": ("the equal-weight S&P 500 fund", "RSP"),
    "IWD": ("large value", "IWD"),
    "IWF": ("large growth", "IWF"),
    "SMH": ("the semiconductor fund", "SMH", "semiconductors"),
    "KRE": ("the regional-bank fund", "KRE", "regional banks"),
    "HYG": ("high-yield bonds", "HYG"),
    "GC=F": ("gold",),
    "HG=F": ("copper",),
    "CL=F": ("crude oil",),
    "XLB": ("materials", "XLB"),
    "XLC": ("communication services", "XLC"),
    "XLE": ("energy", "XLE"),
    "XLF": ("financials", "XLF"),
    "XLI": ("industrials", "XLI"),
    "XLK": ("technology", "XLK"),
    "XLP": ("consumer staples", "XLP"),
    "XLRE": ("real estate", "XLRE"),
    "XLU": ("utilities", "XLU"),
    "XLV": ("health care", "XLV"),
    "XLY": ("consumer discretionary", "XLY"),
    "AAPL": ("Apple",),
    "AMZN": ("Amazon",),
    "GOOGL": ("Alphabet",),
    "META": ("Meta",),
    "MSFT": ("Microsoft",),
    "NVDA": ("Nvidia",),
    "TSLA": ("Tesla",),
}
SECTORS = tuple(symbol for symbol in NAMES if symbol.startswith("XL"))
GROUPS = (
    ("SPY", "IWM", "QQQ", "DIA", "RSP"),
    ("IWD", "IWF", "SPY", "IWM"),
    SECTORS,
    ("AAPL", "AMZN", "GOOGL", "META", "MSFT", "NVDA", "TSLA"),
    ("GC=F", "HG=F", "CL=F"),
    ("KRE", "SMH", "SPY", "IWM", "QQQ"),
)
"""Who is set against whom."""
WHEN = {
    "1d": ("today", "on the day"),
    "5d": ("over five sessions", "over the past five sessions", "over the week"),
    "1m": ("over the past month", "over one month"),
    "3m": ("over three months", "over the past three months"),
    "6m": ("over six months", "over the past six months"),
    "ytd": ("this year", "so far this year", "since the year began"),
    "1y": ("over one year", "over the past twelve months"),
}
CLEAR = 0.15
"""How far from zero a figure must be for a word to be true of it, whatever its rounding."""

Claim = tuple[str, str, str]
"""A lie before its slots are filled: family, prose, why it is false."""
Template = Callable[[Ledger, random.Random], Iterator[Sentence]]
TEMPLATES: list[Template] = []


def template(function: Template) -> Template:
    """Register a template."""
    TEMPLATES.append(function)
    return function


def statements(ledger: Ledger, rng: random.Random, each: int = 12) -> list[Sentence]:
    """Return true sentences about a session, at most `each` of a template."""
    import corpus.templates_levels
    import corpus.templates_rates
    import corpus.templates_sectors  # noqa: F401 - they register theirs

    found: dict[str, Sentence] = {}
    for make in TEMPLATES:
        made = list(make(ledger, rng))
        for sentence in rng.sample(made, min(each, len(made))):
            found.setdefault(sentence.text, sentence)
    return list(found.values())


# -- words -----------------------------------------------------------------------------


def capital(text: str) -> str:
    """Raise the first letter."""
    return text[:1].upper() + text[1:]


def stated(ledger: Ledger, text: str, facts: tuple[str, ...], *lies: Claim) -> Sentence:
    """Make a sentence from prose with slots; lies are (family, prose with slots, why)."""
    shown, slots = printed(capital(text), ledger)
    made = tuple(
        Lie(family, printed(capital(false), ledger)[0], why) for family, false, why in lies
    )
    return Sentence(shown, slots=tuple(slots), kind="template", facts=facts, lies=made)


def sign(ledger: Ledger, fact_id: str) -> int:
    """Return the sign of a change, 0 where it is small or depends on dividends."""
    fact = ledger.get(fact_id) or ledger.get(f"{fact_id}.total")
    if fact is None:
        return 0
    values = [float(one.number) for one in siblings(fact, ledger)]
    if min(map(abs, values)) < CLEAR or min(values) * max(values) < 0:
        return 0
    return 1 if values[0] > 0 else -1


def race(ledger: Ledger, first: str, second: str, window: str) -> int:
    """Return who is ahead (1: the first), 0 where it is close or depends on dividends."""
    gaps = []
    for kind in ("", ".total"):
        facts = [ledger.get(f"{one}.return.{window}{kind}") for one in (first, second)]
        if facts[0] and facts[1]:
            gaps.append(float(facts[0].number - facts[1].number))
    if not gaps or min(map(abs, gaps)) < CLEAR or min(gaps) * max(gaps) < 0:
        return 0
    return 1 if gaps[0] > 0 else -1


def ids(ledger: Ledger, *stems: str) -> tuple[str, ...]:
    """Return the ids that are in the ledger, with and without dividends."""
    return tuple(i for stem in stems for i in (stem, f"{stem}.total") if i in ledger)


def slot(fact_id: str, form: str = "plain") -> str:
    """Return a slot."""
    return f"{{{{{fact_id}|{form}}}}}"


def number(ledger: Ledger, fact_id: str) -> float | None:
    """Return a fact's value, None where it is absent or no number."""
    fact = ledger.get(fact_id)
    return None if fact is None or isinstance(fact.value, str | dt.date) else float(fact.number)


# -- races -----------------------------------------------------------------------------

_RACES = (
    ("{a} beat {b} {w}.", "{b} beat {a} {w}.", "{a} did not beat {b} {w}."),
    ("{a} did better than {b} {w}.", "{a} did worse than {b} {w}.",
     "{a} did no better than {b} {w}."),
    ("{b} trailed {a} {w}.", "{a} trailed {b} {w}.", "{b} did not trail {a} {w}."),
    ("{b} lagged {a} {w}.", "{b} led {a} {w}.", "{b} did not lag {a} {w}."),
    ("{w}, {a} finished ahead of {b}.", "{w}, {a} finished behind {b}.",
     "{w}, {a} failed to finish ahead of {b}."),
    ("{w} {a} outperformed {b}.", "{w} {a} underperformed {b}.",
     "{w} {a} failed to outperform {b}."),
    ("{a} is ahead of {b} {w}.", "{a} is behind {b} {w}.", "{a} is not ahead of {b} {w}."),
    ("{b} could not keep up with {a} {w}.", "{a} could not keep up with {b} {w}.",
     "{b} had no trouble keeping up with {a} {w}."),
)  # fmt: skip
"""True of the first side ahead; the same turned round; the same denied."""


@template
def races(ledger: Ledger, rng: random.Random) -> Iterator[Sentence]:
    """Say who beat whom."""
    pairs = sorted({pair for group in GROUPS for pair in permutations(group, 2)})
    for a, b in rng.sample(pairs, len(pairs)):
        window = rng.choice(list(WHEN))
        if race(ledger, a, b, window) != 1:
            continue
        words = {
            "a": rng.choice(NAMES[a]),
            "b": rng.choice(NAMES[b]),
            "w": rng.choice(WHEN[window]),
        }
        true, turned, denied = (form.format(**words) for form in rng.choice(_RACES))
        why = f"{a} beat {b} over {window}"
        lies = [("flipped_comparison", turned, why), ("negation", denied, why)]
        for other, phrases in WHEN.items():
            if race(ledger, a, b, other) == -1:
                moved = true.replace(words["w"], rng.choice(phrases))
                lies.append(("swapped_period", moved, f"{b} beat {a} over {other}"))
        for third in (one for group in GROUPS if a in group for one in group):
            if third not in {a, b} and race(ledger, third, b, window) == -1:
                swapped = true.replace(words["a"], NAMES[third][0])
                if words["a"] not in words["b"]:
                    lies.append(("swapped_entity", swapped, f"{b} beat {third} over {window}"))
                break
        facts = ids(ledger, f"{a}.return.{window}", f"{b}.return.{window}")
        yield stated(ledger, true, facts, *lies)


_MOVES = {
    1: (("rose", "fell", "did not rise"), ("gained ground", "lost ground", "gained no ground"),
        ("finished higher", "finished lower", "failed to finish higher"),
        ("advanced", "declined", "did not advance"), ("went up", "went down", "did not go up"),
        ("climbed", "dropped", "did not climb"), ("made money", "lost money", "made no money"),
        ("is in positive territory", "is in negative territory", "is not in positive territory")),
    -1: (("fell", "rose", "did not fall"), ("lost ground", "gained ground", "lost no ground"),
         ("finished lower", "finished higher", "did not finish lower"),
         ("declined", "advanced", "did not decline"), ("went down", "went up", "did not go down"),
         ("dropped", "climbed", "avoided a drop"), ("lost money", "made money", "lost no money"),
         ("was sold", "was bought", "was not sold")),
}  # fmt: skip


@template
def moves(ledger: Ledger, rng: random.Random) -> Iterator[Sentence]:
    """Say what rose and what fell."""
    for symbol in rng.sample(list(NAMES), len(NAMES)):
        window = rng.choice(("1d", "1d", *WHEN))
        way = sign(ledger, f"{symbol}.return.{window}")
        if not way:
            continue
        verb, opposite, denied = rng.choice(_MOVES[way])
        name, when = rng.choice(NAMES[symbol]), rng.choice(WHEN[window])
        shape = rng.choice(("{n} {v} {w}.", "{w} {n} {v}."))
        if verb.startswith("is ") and name in {"small caps", "regional banks", "semiconductors"}:
            name = NAMES[symbol][0]

        def said(v: str, n: str = name, w: str = when, shape: str = shape) -> str:
            return shape.format(n=n, v=v, w=w)

        facts = ids(ledger, f"{symbol}.return.{window}")
        why = f"{symbol} {'rose' if way > 0 else 'fell'} over {window}"
        lies = [
            ("flipped_direction", said(opposite), why),
            ("negation", said(denied), why),
        ]
        lies += [
            ("swapped_period", said(verb, w=rng.choice(phrases)), f"not over {other}")
            for other, phrases in WHEN.items()
            if sign(ledger, f"{symbol}.return.{other}") == -way
        ]
        group = next((group for group in GROUPS if symbol in group), ())
        for other in rng.sample(group, len(group)):
            if sign(ledger, f"{other}.return.{window}") == -way:
                lies.append(("swapped_entity", said(verb, n=NAMES[other][0]), f"not {other}"))
                break
        yield stated(ledger, said(verb), facts, *lies)

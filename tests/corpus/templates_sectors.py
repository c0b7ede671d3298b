"""True sentences about sectors: the best and the worst, places in the table, how many rose."""

import random
from collections.abc import Iterator
from itertools import pairwise

from corpus.briefings import Sentence
from corpus.templates import NAMES, SECTORS, WHEN, Claim, sign, slot, stated, template

from newsletter.compute.facts import Fact, Ledger

_WINDOWS = ("1d", "5d", "1m", "3m", "ytd")
_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth eleventh".split()
_SHAPES = (
    ("{n} was the best sector {w}.", "{n} was the worst sector {w}."),
    ("{w} no sector did better than {n}.", "{w} no sector did worse than {n}."),
    ("{n} came top among the sectors {w}.", "{n} came last among the sectors {w}."),
    ("{n} led the sectors {w}.", "{n} brought up the rear of the sectors {w}."),
)
"""Said of the best, and of the worst."""


def ranking(ledger: Ledger, window: str) -> list[tuple[str, Fact]]:
    """Return the sectors by return, best first; empty where two are too close to order."""
    found = [(s, ledger.get(f"{s}.return.{window}.total")) for s in SECTORS]
    known = [(s, fact) for s, fact in found if fact is not None]
    known.sort(key=lambda pair: -float(pair[1].number))
    close = any(abs(float(a[1].number - b[1].number)) < 0.02 for a, b in pairwise(known))
    return [] if close or len(known) < 9 else known


@template
def extremes(ledger: Ledger, rng: random.Random) -> Iterator[Sentence]:
    """Name the best and the worst sector."""
    for window in _WINDOWS:
        table = ranking(ledger, window)
        for place, word, turned in ((0, "best", "worst"), (-1, "worst", "best")):
            if not table:
                continue
            symbol, fact = table[place]
            name, when = rng.choice(NAMES[symbol]), rng.choice(WHEN[window])
            wrong = [NAMES[s][0] for s, _ in table if s != symbol]
            shapes = dict(zip(("best", "worst"), rng.choice(_SHAPES), strict=True))
            near = rng.choice(("second", "third"))
            why = f"{symbol} was the {word} over {window}"
            lies = [
                ("flipped_comparison", shapes[turned].format(n=name, w=when), why),
                ("swapped_entity", shapes[word].format(n=rng.choice(wrong), w=when), why),
                ("wrong_extreme", shapes[word].format(n=rng.choice(wrong), w=when), why),
                ("wrong_rank", f"{name} was only the {near}-best sector {when}.", why),
                ("wrong_rank", f"{name} was the {near}-worst sector {when}.", why),
                ("negation", f"{name} was not the {word} of the sectors {when}.", why),
                ("negation", f"{name} was by no means the {word} sector {when}.", why),
            ]
            true = shapes[word].format(n=name, w=when)
            yield stated(ledger, true, (fact.id,), *lies)


@template
def places(ledger: Ledger, rng: random.Random) -> Iterator[Sentence]:
    """Give a sector's rank in figures or in words."""
    for window in _WINDOWS:
        table = ranking(ledger, window)
        for index, (symbol, _) in enumerate(table):
            rank = ledger.get(f"{symbol}.rank.{window}")
            if rank is None or int(rank.number) != index + 1:
                continue
            when, name = rng.choice(WHEN[window]), rng.choice(NAMES[symbol])
            of = slot(f"sectors.count.{window}", "word")
            shape = rng.choice(
                (
                    f"{name} ranked @ among the sectors {when}.",
                    f"{name} came @ of the {of} sectors {when}.",
                    f"{when} {name} took @ place in the sector table.",
                )
            )
            wrong = rng.choice([i for i in range(len(table)) if i != index])
            why = f"{rank.id} is {index + 1}"
            lies = [("wrong_rank", shape.replace("@", _ORDINALS[wrong]), why)]
            if index >= 6:
                top = f"{name} made the top three of the sectors {when}."
                lies.append(("wrong_rank", top, why))
            if index <= 4:
                bottom = f"{name} was among the bottom three sectors {when}."
                lies.append(("wrong_rank", bottom, why))
            if index > 0:
                lies.append(("wrong_extreme", f"{name} led every other sector {when}.", why))
            shown = rng.choice((_ORDINALS[index], slot(rank.id)))
            yield stated(ledger, shape.replace("@", shown), (rank.id,), *lies)


@template
def sector_counts(ledger: Ledger, rng: random.Random) -> Iterator[Sentence]:
    """Say how many sectors rose, with and without a count."""
    for window in ("1d", "5d", "1m", "ytd"):
        up, count = (ledger.get(f"sectors.{what}.{window}") for what in ("advancing", "count"))
        if up is None or count is None:
            continue
        signs = [sign(ledger, f"{s}.return.{window}.total") for s in SECTORS]
        n, of, when = int(up.number), int(count.number), rng.choice(WHEN[window])
        if signs.count(0) != len(SECTORS) - of or signs.count(1) != n:
            continue  # some sector was too near to flat
        facts, why = (up.id, count.id), f"{n} of {of} sectors rose over {window}"
        for text, lies in _counted(n, of, when, why):
            yield stated(ledger, text, facts, *lies)
        if 0 < n < of:
            text = f"{slot(up.id, 'capital')} of the {slot(count.id, 'word')} sectors rose {when}."
            yield stated(ledger, text, facts, *_mixed(when, why))


def _counted(n: int, of: int, when: str, why: str) -> Iterator[tuple[str, list[Claim]]]:
    """Yield what can be said without a count, with its lies."""
    if n in {0, of}:
        did, not_done = ("rose", "fell") if n else ("fell", "rose")
        yield (
            f"Every sector {did} {when}.",
            [
                ("negation", f"No sector {did} {when}.", why),
                ("negation", f"Not every sector {did} {when}.", why),
                ("flipped_direction", f"Every sector {not_done} {when}.", why),
                ("wrong_count", f"All but one of the sectors {did} {when}.", why),
            ],
        )
    elif 2 * n != of:
        most, few = ("rose", "fell") if 2 * n > of else ("fell", "rose")
        base = {"rose": "rise", "fell": "fall"}[most]
        yield (
            f"Most sectors {most} {when}.",
            [
                *_mixed(when, why),
                ("flipped_direction", f"Most sectors {few} {when}.", why),
                ("negation", f"Most sectors did not {base} {when}.", why),
            ],
        )


def _mixed(when: str, why: str) -> list[Claim]:
    """Return what is false where some sectors rose and some fell."""
    return [
        ("negation", f"No sector fell {when}.", why),
        ("negation", f"None of the sectors rose {when}.", why),
        ("flipped_direction", f"Every sector fell {when}.", why),
        ("wrong_count", f"Every sector rose {when}.", why),
    ]


@template
def giants(ledger: Ledger, rng: random.Random) -> Iterator[Sentence]:
    """Count mega caps that trail the small-cap fund."""
    for window, when in (("ytd", "this year"), ("5d", "over five sessions"), ("1d", "today")):
        fact = ledger.get(f"mega_caps.trailing_IWM.{window}.total")
        if fact is None or fact.sample is None or fact.sample.of != 7:
            continue
        count, why = int(fact.number), f"{fact.id} is {fact.number}"
        who = {0: "none", 7: "all seven"}.get(count, slot(fact.id, "capital"))
        who += " of the Magnificent Seven"
        trail, beat, do = ("trails", "beats", "does") if count < 2 else ("trail", "beat", "do")
        tail = f"the small-cap fund {when}, dividends included."
        lies = [
            ("flipped_comparison", f"{who} {beat} {tail}", why),
            ("negation", f"{who} {do} not trail {tail}", why),
        ]
        if count:
            lies.append(("negation", f"none of the Magnificent Seven trails {tail}", why))
        if count < 7:
            lies.append(("wrong_count", f"every one of the Magnificent Seven trails {tail}", why))
        yield stated(ledger, f"{who} {trail} {tail}", (fact.id,), *lies)

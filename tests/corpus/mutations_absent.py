"""The family that invents: claims that sound like the house's and that nobody computed."""

import random
from collections.abc import Iterator

from corpus.briefings import Sentence
from corpus.mutations import Evening, False_, mutator

_ABSENT = (
    "Investors pulled ${a}.{b} billion from equity funds in the week to Wednesday.",
    "The put/call ratio closed at 0.{c}.",
    "Put buying outpaced call buying by the widest margin since spring.",
    "{a} percent of investors now call themselves bullish in the weekly survey.",
    "Bullish sentiment among retail investors climbed to a two-year high.",
    "Shares of Palantir jumped {a}.{b}%.",
    "Netflix beat earnings estimates.",
    "JPMorgan Chase closed at a record.",
    "Bitcoin rose {a}.{b}%.",
    "Bitcoin had its best week since the spring.",
    "Strategists see the S&P 500 at {d},{c}0 by the end of next year.",
    "We expect the small-cap fund to reach ${c}0 within a year.",
    "Margin debt rose to ${c}0 billion.",
    "Hedge funds were net buyers for the third week running.",
    "The Nikkei gained {a}.{b}%.",
    "European shares closed lower.",
    "The purchasing managers' index came in at 5{b}.{a}.",
    "Retail sales rose 0.{b}% last month.",
    "Futures put the odds of a cut at {c}%.",
    "Traders now expect two cuts before the summer.",
    "Short interest in the small-cap fund fell to {a}.{b}% of its shares.",
    "Buybacks announced this quarter reached ${c}0 billion.",
    "Insiders sold {a} times as much as they bought.",
    "Analysts cut their earnings estimates for small companies by {a}%.",
    "The average bid-ask spread widened to {a} basis points.",
    "Volume was {c}% above its average of the past twenty days.",
    "Volume was the heaviest of the year.",
    "Crude inventories fell by {a}.{b} million barrels.",
    "The ten largest hedge funds cut their technology holdings by a third.",
    "Mortgage rates climbed to {a}.{b}%.",
    "High-yield spreads tightened to {c}0 basis points.",
    "The euro closed at 1.{c} to the dollar.",
    "Coca-Cola raised its dividend by {a}%.",
    "Small caps now trade at a {c}% discount to their ten-year average multiple.",
    "Berkshire Hathaway rose {a}.{b}% to a record.",
    "Foreign investors bought ${a} billion of Treasuries.",
    "The volatility of volatility index fell to {c}.",
    "One in {d} members reported a profit warning this week.",
    "A basket of the most shorted stocks rose {a}.{b}%.",
    "Family offices have doubled their cash holdings since January.",
)
"""Claims of the kind no ledger of the house holds; several name no figure."""


@mutator("absent_fact")
def invented(sentence: Sentence, evening: Evening, rng: random.Random) -> Iterator[False_]:
    """Follow a true sentence by a claim that nothing in the ledger bears out."""
    if sentence.kind in {"cell", "heading"} or not sentence.text.endswith("."):
        return
    spans = {"a": (2, 9), "b": (1, 9), "c": (11, 98), "d": (5, 9)}
    digits = {letter: rng.randint(*span) for letter, span in spans.items()}
    claim = rng.choice(_ABSENT).format(**digits)
    joined = f"{sentence.text} {claim}"
    if rng.random() < 0.4 and not claim.startswith("We"):
        lowered = claim if claim.split()[0] in _PROPER else claim[:1].lower() + claim[1:]
        joined = f"{sentence.text[:-1]}, while {lowered}"
    yield joined, "no fact of the ledger is about it"


_PROPER = {"Palantir", "Netflix", "JPMorgan", "Bitcoin", "European", "Coca-Cola", "Berkshire"}

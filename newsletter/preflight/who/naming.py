"""Naming: where a text names one of certain instruments, by ticker or in words."""

import re
from collections.abc import Collection, Iterator, Mapping

from newsletter.compute.facts import Ledger
from newsletter.patterns import compiled
from newsletter.preflight.text.block import Block
from newsletter.preflight.who.subjects import Subjects

_TICKER = compiled(r"(?<![\w.$-])(?P<mark>[$(]?)(?P<name>[A-Z0-9][A-Z0-9=]*(?:[.-][A-Z0-9]+)*)")


def named(
    blocks: Collection[Block],
    tickers: Collection[str],
    ledger: Ledger | None,
    aliases: Mapping[str, str],
) -> Iterator[tuple[str, Block, int, int]]:
    """Yield each mention of certain instruments outside the fixed parts of a page.

    Parameters
    ----------
    blocks : collection of Block
        The text.
    tickers : collection of str
        Instruments looked for, as facts name them.
    ledger : Ledger, optional
        Its names ("the small-cap fund") count as well.
    aliases : mapping of str to str
        Further names, to ticker.

    Yields
    ------
    tuple of (str, Block, int, int)
        Ticker, block, and start and end in the block's text. Single letters are tickers
        only behind a dollar sign or an opening bracket.
    """
    wanted = frozenset(tickers)
    if not wanted:
        return
    subjects = Subjects.of(ledger, aliases) if ledger is not None else None
    known = {name.casefold(): ticker for name, ticker in aliases.items() if ticker in wanted}
    phrases = _phrases(known)
    for block in blocks:
        if block.furniture:
            continue
        for match in _TICKER.finditer(block.text):
            if match["name"] in wanted and (len(match["name"]) > 1 or match["mark"]):
                yield match["name"], block, match.start("name"), match.end("name")
        for match in phrases.finditer(block.text) if phrases else ():
            yield known[match[0].casefold()], block, match.start(), match.end()
        for mention in subjects.mentions(block.text) if subjects else ():
            for ticker in sorted(mention.subjects & wanted):
                yield ticker, block, mention.start, mention.end


def _phrases(names: Collection[str]) -> re.Pattern[str] | None:
    if not names:
        return None
    longest = sorted(names, key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, longest))})(?!\w)", re.IGNORECASE)

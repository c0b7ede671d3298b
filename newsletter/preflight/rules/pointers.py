"""An arrow beside a figure points the way of its sign."""

from collections.abc import Iterator
from typing import Final

from newsletter.patterns import compiled
from newsletter.preflight.rule import Fault, RuleContext, rule
from newsletter.preflight.text.document import Document

_UP: Final = "▲△⬆↑🔺"
_DOWN: Final = "▼▽⬇↓🔻"
_SIGNED: Final = (
    r"(?P<sign{0}>[+−-])[$€£]?\d[\d.,]{{0,15}}(?: ?(?:%|points?\b|pts?\b|pp\b|bps?\b))?"
)
_POINTED: Final = compiled(
    rf"(?P<before>[{_UP}{_DOWN}]) ?{_SIGNED.format(1)}"
    rf"|{_SIGNED.format(2)}\*? ?(?P<behind>[{_UP}{_DOWN}])(?! ?[+−$€£-]?\d)"
)
_ARROW: Final = compiled(f"[{_UP}{_DOWN}]")


@rule(
    "F13",
    citation="House: shape and sign say the same (WCAG 2.2, 1.4.1: not by colour alone)",
    good=("IWM ▼ −0.6%", "+1.4% ▲", "| Fund | Today |\n| --- | --- |\n| IWM | −0.6% ▼ |", "▲ 0.6%"),
    bad=(
        "IWM ▲ −0.6%",
        "+1.4% ▼",
        "−0.3 points ▲",
        "| Fund | Today |\n| --- | --- |\n| IWM | −0.6% ▲ |",
    ),
)
def wrong_way(document: Document, _: RuleContext) -> Iterator[Fault]:
    """Find an up arrow beside a minus, or a down arrow beside a plus."""
    for block in document.blocks:
        if _ARROW.search(block.text) is None:
            continue
        for match in _POINTED.finditer(block.text):
            arrow = match["before"] or match["behind"]
            rising = (match["sign1"] or match["sign2"]) == "+"
            if (arrow in _UP) is not rising:
                span = block.folded.span(match.start(), match.end())
                yield span, f"“{match[0]}”: the arrow points the other way than the sign."

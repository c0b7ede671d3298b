"""Regimes: other words for the states of volatility and of breadth; word lists only."""

CALM = "quiet|placid|tranquil|serene|subdued|benign|settled|becalmed|peaceful"
WILD = "stormy|choppy|wild|unruly|agitated|rough|unsettled|restless|fraught|jumpy|volatile"
STRONG = "healthy|robust|firm"
WEAK = "poor|feeble|frail"

"""What the house watches: instruments, pairs, baskets, and the names prose gives them."""

import difflib
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Symbol = Annotated[str, Field(pattern=r"^[\^A-Z0-9][A-Z0-9.=\-]{0,14}$")]
Identifier = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")]


class Strict(BaseModel):
    """A part of config.yaml: frozen, and an unknown key is a mistake."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Instrument(Strict):
    """An instrument that prose may name.

    `name` is the noun phrase ("the semiconductor fund"); `label` is short, for tables.
    """

    name: str = Field(min_length=1, max_length=60)
    label: str = Field(min_length=1, max_length=28)
    role: Literal["core", "optional"] = "optional"
    quoted: Literal["dollars", "points"] = "dollars"


class Basket(Strict):
    """Several instruments raced as one, equally weighted every session."""

    name: str = Field(min_length=1, max_length=60)
    label: str = Field(min_length=1, max_length=28)
    symbols: tuple[Symbol, ...] = Field(min_length=2)


class StyleRow(Strict):
    """One size of the style grid: value, blend and growth of one index family."""

    value: Symbol
    blend: Symbol
    growth: Symbol


class Pair(Strict):
    """Two lines whose difference is a story: `first` against `second`.

    A line is an instrument's symbol or a basket's name.
    """

    id: Identifier
    first: Symbol | Identifier
    second: Symbol | Identifier
    theme: Literal["size", "style", "weighting", "risk", "leadership"]

    @property
    def subject(self) -> str:
        """Subject of the pair's spread facts, e.g. ``IWM-SPY``."""
        return f"{plain(self.first)}-{plain(self.second)}"

    @property
    def ratio(self) -> str:
        """Subject of the pair's ratio facts, e.g. ``IWM/SPY``."""
        return f"{plain(self.first)}/{plain(self.second)}"


class Breadth(Strict):
    """The stocks over which breadth is counted.

    `members` names a CSV file with a ``symbol`` column, relative to config.yaml; without
    it the provider's own list is used and named in print as what it is.
    """

    id: Identifier = "sp500"
    label: str = "S&P 500 members"
    members: Path | None = None
    minimum_coverage: float = Field(default=0.9, gt=0, le=1)


class Universe(Strict):
    """What the house watches."""

    instruments: dict[Symbol, Instrument]
    benchmark: Symbol
    benchmark_index: Symbol | None = None
    small_caps: Symbol
    indices: tuple[Symbol, ...]
    pairs: tuple[Pair, ...]
    sectors: tuple[Symbol, ...]
    mega_caps: tuple[Symbol, ...] = ()
    baskets: dict[Identifier, Basket] = {}
    style: dict[Identifier, StyleRow] = {}
    macro: tuple[str, ...] = ()
    volatility: Symbol = "^VIX"
    volatility_3m: Symbol | None = None
    breadth: Breadth = Breadth()

    @model_validator(mode="before")
    @classmethod
    def _one_side(cls, data: Any) -> Any:
        """Let the benchmark stand in where a house follows no small companies."""
        if isinstance(data, dict) and data.get("small_caps") is None and "benchmark" in data:
            return {**data, "small_caps": data["benchmark"]}
        return data

    @model_validator(mode="after")
    def _all_named(self) -> "Universe":
        used = {
            "benchmark": (self.benchmark,),
            "small_caps": (self.small_caps,),
            "indices": self.indices,
            "pairs": tuple(
                s for p in self.pairs for s in (p.first, p.second) if s not in self.baskets
            ),
            "baskets": tuple(s for basket in self.baskets.values() for s in basket.symbols),
            "style": tuple(
                s for row in self.style.values() for s in (row.value, row.blend, row.growth)
            ),
            "sectors": self.sectors,
            "mega_caps": self.mega_caps,
            "volatility": (self.volatility,),
            "volatility_3m": (self.volatility_3m,) if self.volatility_3m else (),
        }
        for key, symbols in used.items():
            for symbol in symbols:
                if symbol not in self.instruments:
                    raise ValueError(self._unknown(key, symbol))
        ids = [pair.id for pair in self.pairs]
        if len(set(ids)) != len(ids):
            raise ValueError("pairs has two entries with one id; give each its own")
        if len(set(self.sectors)) != len(self.sectors):
            raise ValueError("sectors lists a symbol twice; remove one")
        return self

    def _unknown(self, key: str, name: str) -> str:
        if not name.islower():
            return (
                f"{key} names {name}, which universe.instruments does not describe; "
                "add it there with a name and a label"
            )
        near = difflib.get_close_matches(name, self.baskets, 1)
        hint = f"; did you mean {near[0]!r}?" if near else "; describe it under universe.baskets"
        return f"{key} names the basket {name}, which does not exist{hint}"

    @property
    def raced(self) -> bool:
        """Whether small companies are followed apart, to be raced against the benchmark."""
        return self.small_caps != self.benchmark

    @property
    def symbols(self) -> tuple[str, ...]:
        """Every instrument, sorted."""
        return tuple(sorted(self.instruments))

    @property
    def collected(self) -> tuple[str, ...]:
        """Every instrument and the benchmark's index, sorted."""
        index = {self.benchmark_index} if self.benchmark_index else set()
        return tuple(sorted({*self.instruments, *index}))

    @property
    def labels(self) -> dict[str, str]:
        """Every instrument's short label, in the order of config.yaml."""
        return {symbol: one.label for symbol, one in self.instruments.items()}

    @property
    def core(self) -> tuple[str, ...]:
        """Instruments without which there is no edition, sorted."""
        return tuple(s for s in self.symbols if self.instruments[s].role == "core")

    def parts(self, line: str) -> tuple[str, ...]:
        """Return the symbols behind a line: a basket's, or the symbol itself."""
        basket = self.baskets.get(line)
        return basket.symbols if basket else (line,)

    def name(self, line: str) -> str:
        """Return the noun phrase for a symbol or a basket."""
        known = self.instruments.get(line) or self.baskets.get(line)
        return known.name if known else plain(line)

    def label(self, line: str) -> str:
        """Return the short label for a symbol or a basket."""
        known = self.instruments.get(line) or self.baskets.get(line)
        return known.label if known else plain(line)


def plain(symbol: str) -> str:
    """Return a symbol as print and fact ids show it: without the index caret."""
    return symbol.lstrip("^")

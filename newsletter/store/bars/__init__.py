"""Kept bars: a folder of immutable segments, each instant's knowledge added to the last."""

from newsletter.store.bars.shelf import BarShelf

__all__ = ["BarShelf"]

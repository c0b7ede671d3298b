"""Inspection of a finished mail: what readers' programs, eyes and inboxes make of it.

One check a file, each a pure function of the mail; `inspect` runs them all.
"""

from newsletter.render.inspect.inspection import SCHEMA, Inspection, inspect
from newsletter.render.inspect.numbers import numbers_of
from newsletter.render.inspect.remark import Level, Remark

__all__ = ["SCHEMA", "Inspection", "Level", "Remark", "inspect", "numbers_of"]

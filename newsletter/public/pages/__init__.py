"""The public pages: Jinja templates, every value in them escaped."""

import datetime as dt
import functools
from importlib import resources

import jinja2


@functools.cache
def environment() -> jinja2.Environment:
    """Return the templates of this folder."""
    folder = resources.files(__name__)

    def source(name: str) -> str | None:
        file = folder / name
        return file.read_text("utf-8") if file.is_file() else None

    found = jinja2.Environment(
        loader=jinja2.FunctionLoader(source),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters.update(long_date=long_date)
    return found


def long_date(day: dt.date) -> str:
    """Print a date in words.

    Examples
    --------
    >>> long_date(dt.date(2026, 7, 2))
    'Thursday, 2 July 2026'
    """
    return f"{day:%A}, {day.day} {day:%B %Y}"

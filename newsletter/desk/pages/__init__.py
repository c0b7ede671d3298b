"""The desk's pages: Jinja templates, every value in them escaped, and how they print."""

import datetime as dt
import functools
from importlib import resources
from typing import Any
from zoneinfo import ZoneInfo

import jinja2
from markupsafe import Markup

from newsletter.underway import lasting


@functools.cache
def environment() -> jinja2.Environment:
    """Return the templates of this folder; the application adds ``menu``, which lists the rooms."""
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
    found.filters.update(when=when, until=until, words=words, count=count)
    return found


@jinja2.pass_context
def when(context: Any, instant: dt.datetime | None, form: str = "") -> Markup:
    """Print an instant in the editor's zone, with UTC for machines and in the title.

    Parameters
    ----------
    context : jinja2.runtime.Context
        Knows the zone and the present instant.
    instant : datetime.datetime or None
        Aware; None prints a dash.
    form : {"", "time", "full"}
        Today's are told by the hour alone unless the form is ``full``.
    """
    if instant is None:
        return Markup("–")
    zone: ZoneInfo = context["zone"]
    local, today = instant.astimezone(zone), context["now"].astimezone(zone).date()
    day = "" if local.date() == today and form != "full" else f"{local:%a} {local.day} {local:%b} "
    if form == "time":
        day = ""
    elif local.year != today.year:
        day = f"{local.day} {local:%b %Y} "
    utc = instant.astimezone(dt.UTC)
    return Markup('<time datetime="{}" title="{} UTC">{}{} {}</time>').format(
        f"{utc:%Y-%m-%dT%H:%M:%SZ}", f"{utc:%Y-%m-%d %H:%M:%S}", day, f"{local:%H:%M}",
        f"{local:%Z}",
    )  # fmt: skip


@jinja2.pass_context
def until(context: Any, instant: dt.datetime) -> Markup:
    """Print how long it is until an instant, or since; the page keeps it true."""
    seconds = round((instant - context["now"]).total_seconds())
    told = f"in {lasting(seconds)}" if seconds >= 0 else f"{lasting(-seconds)} ago"
    return Markup('<time class="until" datetime="{}">{}</time>').format(
        f"{instant.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%SZ}", told
    )


def words(name: object) -> str:
    """Print a name of the code as words: ``in_review`` as ``in review``."""
    return str(name).replace("_", " ")


def count(number: int, one: str, many: str = "") -> str:
    """Print a count with its noun: ``1 finding``, ``2 findings``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"

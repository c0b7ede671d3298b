"""FRED: macro series from the Federal Reserve Bank of St. Louis, without a key.

``fredgraph.csv`` gives the latest vintage and no day of release: the day since which a figure is
known comes from the publisher's calendar (`newsletter.collect.macro`), late rather than early.
"""

import functools
from dataclasses import dataclass, field

import pandas as pd

from newsletter.collect import delimited
from newsletter.collect.feed import Fed, Feed, each
from newsletter.collect.macro import published
from newsletter.collect.progress import Progress, silent
from newsletter.collect.provider import BarRequest
from newsletter.collect.snapshot import Source
from newsletter.collect.tables import KNOWN
from newsletter.collect.web import Web
from newsletter.config import Providers

HOST = "fred.stlouisfed.org"
AGENCIES = frozenset(
    "CPIAUCSL CPILFESL PCEPILFE PAYEMS UNRATE JTSJOL INDPRO GDP ICSA DGS3MO DGS2 DGS5 DGS10 "
    "DGS30 DFII10 DFF DFEDTARU DFEDTARL".split()
)
"""Series of federal agencies, whose figures are in the public domain; others have an owner."""

_PUBLIC = "FRED: public domain, the agency and FRED to be named"
_OWNED = "FRED: the series has an owner; a public mailing needs the owner's leave"
_HEADERS = frozenset({"observation_date", "DATE"})


@dataclass(frozen=True)
class Fred:
    """Macro series, one request each: several in one answer come as an archive."""

    web: Web
    name: str = field(default="fred", init=False)
    label: str = field(default="FRED", init=False)

    def fetch(self, request: BarRequest, progress: Progress = silent) -> Fed:
        """Return the series of `request.macro` that can be read."""
        one = functools.partial(self._one, request)
        frame, warnings = each(request.macro, one, self.name, progress)
        if frame is None:
            return Fed(warnings=warnings)
        frame = frame[frame[KNOWN] <= pd.Timestamp(request.session.date)]
        return Fed({"macro": frame}, None, self._sources(frame), warnings)

    def _one(self, request: BarRequest, id: str) -> pd.DataFrame:
        what = f"{self.label}'s {id}"
        dates = f"cosd={request.start}&coed={request.session.date}"
        page = self.web.get(f"https://{HOST}/graph/fredgraph.csv?id={id}&{dates}", {HOST}, what)
        header, *rows = delimited.read(page, what)
        if len(header) != 2 or header[0] not in _HEADERS or header[1] != id:
            raise delimited.refusal(what, "its columns are not a date and that series")
        found = delimited.series(rows, what, 2)
        values = {day: value for day, (value,) in found.items() if value is not None}
        if not values:
            raise delimited.refusal(what, "there is no observation in it")
        frame = pd.DataFrame(
            {"date": delimited.column(values), "series": id, "value": list(values.values())}
        )
        return published(frame)

    def _sources(self, frame: pd.DataFrame) -> tuple[Source, ...]:
        found = []
        for public, licence in ((True, _PUBLIC), (False, _OWNED)):
            rows = frame[frame["series"].isin(AGENCIES) == public]
            if len(rows):
                label = "FRED, series of federal agencies" if public else "FRED, other series"
                newest = str(rows[KNOWN].max().date())
                found.append(Source(self.name, label, licence, newest, public, covers="macro"))
        return tuple(found)


class _Plugin:
    id: str = "fred"
    fields: frozenset[str] = frozenset({"macro"})

    def open(self, settings: Providers, web: Web) -> Feed:
        """Make the feed."""
        del settings
        return Fred(web)


FEED = _Plugin()

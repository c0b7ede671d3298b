"""Reading the macro table: a series as it stood, or why it cannot be stated."""

import pandas as pd

from newsletter.collect.macro import Frequency, MacroSeries, observations, period
from newsletter.compute.market import Market

PATIENCE: dict[Frequency, int] = {"daily": 10, "weekly": 24, "monthly": 140, "quarterly": 280}
"""Days after an observation's last one beyond which a source is taken to have ended.

Long enough for what shutdowns delayed by weeks: unemployment of August 2025 was the
newest figure until 20 November.
"""


def reading(market: Market, series: MacroSeries) -> tuple["pd.Series[float]", str]:
    """Return a series as it was public at the session, and why it cannot be used.

    Parameters
    ----------
    market : Market
        Its table ``macro``.
    series : MacroSeries
        Which.

    Returns
    -------
    pandas.Series
        Values by date, scaled to the series' unit.
    str
        One sentence where there are none or the newest is too old, else empty.
    """
    end = pd.Timestamp(market.session.date)
    values = observations(market.table("macro"), series.id, end) * series.scale
    if values.empty:
        return values, f"No figure of {series.name} was public on {end.date()}."
    last = period(series, values.index[-1])[1]
    if (end - last).days > PATIENCE[series.frequency]:
        return values, f"The newest figure of {series.name} is of {last.date()}: its source ended."
    return values, ""

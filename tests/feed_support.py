"""Good pages of every source beside the bars, and what they say."""

from collections.abc import Callable
from dataclasses import dataclass

from collect_support import request
from feed_servers import Answer

from newsletter.collect.feed import Fed, Feed
from newsletter.collect.feeds.cboe import Cboe
from newsletter.collect.feeds.fred import Fred
from newsletter.collect.feeds.issuer import Issuer
from newsletter.collect.feeds.rss import Headlines
from newsletter.collect.web import Web
from newsletter.feeding import Rss

FRED = """observation_date,DGS10
2026-06-29,4.28
2026-06-30,.
2026-07-01,4.26
2026-07-02,4.35
"""
CBOE = """DATE,OPEN,HIGH,LOW,CLOSE
06/30/2026,16.900000,17.100000,16.200000,16.730000
07/01/2026,17.000000,17.450000,16.500000,16.640000
07/02/2026,16.700000,17.000000,16.100000,16.380000
07/06/2026,16.500000,17.000000,16.100000,16.990000
"""
ISHARES = """\ufeffiShares Russell 2000 ETF
Fund Holdings as of,"Jul 01, 2026"
Inception Date,"May 22, 2000"
Shares Outstanding,"285,450,000.00"
Stock,"-"
Bond,"-"
Cash,"-"
Other,"-"
\u00a0
Ticker,Name,Sector,Asset Class,Market Value,Weight (%),Notional Value,Quantity,Price
"FTAI","FTAI AVIATION LTD","Industrials","Equity","1,400,000.00","60.50","1.00","1.00","160.00"
"BFB","BROWN, FORMAN","Staples","Equity","900,000.00","39.00","1.00","1.00","30.00"
"-","AN ESCROW","Health Care","Equity","1.00","0.00","1.00","1.00","0.00"
"XTSLA","BLK CSH FND","Cash and/or Derivatives","Money Market","1.00","0.60","1.00","1.00","1.00"
"RTYU6","RUSSELL 2000 EMINI","Cash","Futures","0.00","-0.10","1.00","1.00","2,200.00"
\u00a0
"The content contained herein is owned or licensed by BlackRock, and/or its affiliates."
"""
INVESCO = """Fund Ticker,Security Identifier,Holding Ticker,Shares/Par Value,MarketValue,\
Weight,Name,Class of Shares,Sector,Date
QQQ,67066G104,NVDA    ,"1,000","100,000.00",61.250,NVIDIA Corp,Common Stock,IT,07/01/2026
QQQ,874039100,TSM,"1,000","100,000.00",38.5,Taiwan Semi,American Depository Receipt,IT,07/01/2026
QQQ,-,-,0,1.00,0.25,Cash/Receivables/Payables,Currency,-,07/01/2026
"""
RSS = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0"><channel><title>Wire</title><link>https://wire.example.com/</link>
<item><title>Stocks &lt;b&gt;rise&lt;/b&gt; &amp;amp; bonds fall</title>
<link>https://wire.example.com/1</link><pubDate>Thu, 02 Jul 2026 15:30:00 EDT</pubDate></item>
<item><title>Oil slips</title><link>https://wire.example.com/2</link>
<pubDate>Wed, 01 Jul 2026 12:00:00 GMT</pubDate></item>
</channel></rss>
"""


@dataclass(frozen=True)
class Kit:
    """One source: where it is asked, a good page, and what a reading of that page holds."""

    at: str
    page: Answer
    open: Callable[[Web], Feed]
    read: Callable[[Fed], list]
    holds: list

    def fetch(self, web: Web) -> Fed:
        return self.open(web).fetch(request(("SPY", "^VIX"), macro=("DGS10",)))


def _rows(fed: Fed, table: str, *columns: str) -> list:
    frame = fed.bars if table == "bars" else fed.tables.get(table)
    if frame is None:
        return []
    shown = frame.assign(**{c: frame[c].astype(str) for c in columns if c in {"date", "known"}})
    return sorted(shown[list(columns)].itertuples(index=False, name=None))


def headlines(web: Web) -> Headlines:
    feed = {"name": "Wire", "url": "https://wire.example.com/rss"}
    return Headlines(web, Rss(feeds=(feed,), hosts=("wire.example.com", "cdn.example.com")))


KITS = {
    "fred": Kit(
        "fred.stlouisfed.org/graph/fredgraph.csv",
        Answer(FRED.encode()),
        Fred,
        lambda fed: _rows(fed, "macro", "series", "date", "value", "known"),
        # H.15 comes out on the next business day; 3 July was a holiday: the 2nd's is not known.
        [("DGS10", "2026-06-29", 4.28, "2026-06-30"), ("DGS10", "2026-07-01", 4.26, "2026-07-02")],
    ),
    "cboe": Kit(
        "cdn.cboe.com/api/global/us_indices/daily_prices/VIX_History.csv",
        Answer(CBOE.encode()),
        Cboe,
        lambda fed: _rows(fed, "bars", "symbol", "date", "open", "high", "low", "close"),
        [
            ("^VIX", "2026-06-30", 16.9, 17.1, 16.2, 16.73),
            ("^VIX", "2026-07-01", 17.0, 17.45, 16.5, 16.64),
            ("^VIX", "2026-07-02", 16.7, 17.0, 16.1, 16.38),
        ],
    ),
    "issuer": Kit(
        "www.ishares.com/iwm.csv",
        Answer(ISHARES.encode()),
        lambda web: Issuer(web, {"IWM": "https://www.ishares.com/iwm.csv"}),
        lambda fed: _rows(fed, "holdings", "fund", "symbol", "weight", "known"),
        [("IWM", "BF-B", 39.0, "2026-07-02"), ("IWM", "FTAI", 60.5, "2026-07-02")],
    ),
    "rss": Kit(
        "wire.example.com/rss",
        Answer(RSS.encode(), kind="application/rss+xml; charset=utf-8"),
        headlines,
        lambda fed: _rows(fed, "headlines", "source", "text", "known"),
        [
            ("Wire", "Oil slips", "2026-07-01"),
            ("Wire", "Stocks rise & bonds fall", "2026-07-02"),
        ],
    ),
}

"""Using yfinance as a guest: its settings, caches, cookie and session."""

import atexit
import logging
import shutil
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any


def browser() -> Any:
    """Return one session for all symbols: yfinance would open one each and lose its cookie."""
    from curl_cffi import requests

    return requests.Session(impersonate="chrome")


def forget_answers() -> None:
    """Empty yfinance's cache of answers, or a retry would be given the same one."""
    from yfinance.data import YfData

    YfData.cache_get.cache_clear()


def forget_zone(symbol: str) -> None:
    """Take a symbol's time zone from yfinance's cache: the next question reads it anew."""
    from yfinance import cache

    cache.get_tz_cache().store(symbol, None)


def forget_cookie(session: Any) -> None:
    """Drop cookie and crumb, which Yahoo may have ceased to accept; the next question renews."""
    from yfinance import cache
    from yfinance.data import YfData

    data = YfData(session=session)
    with data._cookie_lock:
        data._cookie = data._crumb = None
    cache.get_cookie_cache().store("curlCffi", None)


@lru_cache(maxsize=1)
def _own_cache() -> str:
    """Point yfinance's cache of time zones and cookies at a folder of this process.

    Its usual place is the home directory, which a service may not write to. It is done
    once, because yfinance keeps using the first folder it opened.
    """
    import yfinance as yf

    folder = tempfile.mkdtemp(prefix="newsletter-yfinance-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    yf.set_tz_cache_location(folder)
    return folder


@contextmanager
def polite() -> Iterator[None]:
    """Let yfinance raise instead of log, and put its settings back afterwards."""
    import yfinance as yf
    from yfinance import base

    _own_cache()
    forget_answers()
    base._tz_info_fetch_ctr = 2  # else it asks two more addresses for the first unknown symbols
    logger = logging.getLogger("yfinance")
    hidden, level = yf.config.debug.hide_exceptions, logger.level
    yf.config.debug.hide_exceptions = False
    logger.setLevel(logging.CRITICAL)
    # Not ours to mend; it stays, since threads that were left behind may still warn.
    warnings.filterwarnings("ignore", module=r"yfinance(\.|$)")
    try:
        yield
    finally:
        yf.config.debug.hide_exceptions = hidden
        logger.setLevel(level)

"""The program as the console script runs it, with Yahoo on this machine; see test_first_hour."""

import os

from yahoo_loopback import Loopback

import newsletter.collect.providers.yahoo as yahoo
from newsletter.cli.main import main


def opened():
    session = Loopback(impersonate="chrome")
    session.port = int(os.environ["FIRST_HOUR_PORT"])
    return session


yahoo.browser = opened
yahoo._bundled = lambda: tuple(os.environ["FIRST_HOUR_MEMBERS"].split())
main()

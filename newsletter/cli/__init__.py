"""The command line: stable commands, one JSON document on request, errors in a sentence."""

from newsletter.cli.main import main

__all__ = ["main"]

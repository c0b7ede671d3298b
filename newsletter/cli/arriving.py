"""A model's reply shown on the terminal while it arrives."""

import sys

import typer

_SHOWN = 72
"""Characters shown at a time."""


class Arriving:
    """Shows a reply while it arrives: on a terminal its last words, else how much there is."""

    def __init__(self) -> None:
        self._text, self._count, self._live = "", 0, sys.stderr.isatty()

    def __call__(self, piece: str) -> None:
        """Take the next piece; it is hostile, so only printable characters are shown."""
        self._count += len(piece)
        if self._live:
            self._text = (self._text + piece)[-_SHOWN * 2 :]
            shown = "".join(c for c in " ".join(self._text.split()) if c.isprintable())
            typer.echo(f"\r  {shown[-_SHOWN:]:<{_SHOWN}}", nl=False, err=True)

    def done(self) -> None:
        """Clear the line; say how much came."""
        if not self._count:
            return
        if self._live:
            typer.echo("\r" + " " * (_SHOWN + 2) + "\r", nl=False, err=True)
        typer.echo(f"  the model sent {self._count:,} characters", err=True)

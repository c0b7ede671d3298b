"""Whether and where fetched bars are kept: parts of ``providers``."""

from pathlib import Path

from newsletter.universe import Strict


class Keeps(Strict):
    """Whether bars of a source that is asked day by day are kept, and in which folder.

    Sources that are whole in themselves (``files``, ``sample``) are never kept.
    """

    keep: bool = True
    kept: Path = Path("data/bars")

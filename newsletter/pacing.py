"""How fast a sender goes: the ``pace`` part of a sender in config.yaml."""

from pydantic import Field

from newsletter.universe import Strict


class Pace(Strict):
    """How much of a sender's mail goes to one receiving domain at a time.

    `domain_connections` is how many copies for one domain are under way at once,
    `domain_per_second` how many are begun in a second. Both are halved when the domain asks
    for patience (421, 4.7.x) and come back slowly.
    """

    domain_connections: int = Field(default=4, ge=1, le=64)
    domain_per_second: float = Field(default=50, gt=0, le=10_000)

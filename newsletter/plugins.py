"""Everything that is added by one file, by its id."""

from newsletter.collect import feeds
from newsletter.collect.providers import known


def found_plugins() -> dict[str, list[str]]:
    """Return the ids of everything that is added by one file."""
    from newsletter.compute.signal import measures
    from newsletter.draft.theme import themes
    from newsletter.preflight.rule import rules
    from newsletter.render.chart import charts
    from newsletter.send.transports import found

    return {
        "providers": list(known()),
        "feeds": list(feeds.known()),
        "signals": list(measures()),
        "themes": list(themes()),
        "rules": list(rules()),
        "charts": list(charts()),
        "transports": list(found()),
    }

"""DOOR to the mail system: one file here is one way out, offered as ``TRANSPORT``.

The same file offers as ``HOOK`` how that way reports what became of the mail.
"""

from pathlib import Path

from newsletter import registry
from newsletter.config import Sender
from newsletter.errors import ConfigError
from newsletter.send.events import Hook
from newsletter.send.transport import Transport, TransportPlugin


def found() -> dict[str, TransportPlugin]:
    """Return every transport in this folder by its id."""
    offered: list[TransportPlugin] = [
        each.TRANSPORT for each in registry.modules(__name__) if hasattr(each, "TRANSPORT")
    ]
    return registry.collect(offered)


def hooks() -> dict[str, Hook]:
    """Return what delivery services call to report, by id: each file's ``HOOK``."""
    offered: list[Hook] = [
        each.HOOK for each in registry.modules(__name__) if hasattr(each, "HOOK")
    ]
    return registry.collect(offered)


def open_transport(sender: Sender, base: Path, password: str | None = None) -> Transport:
    """Make the transport a sender names.

    Parameters
    ----------
    sender : Sender
        One of ``senders`` in config.yaml.
    base : pathlib.Path
        Folder of config.yaml.
    password : str, optional
        From NEWSLETTER_SMTP_PASSWORD, or the key of the delivery service.

    Raises
    ------
    ConfigError
        If there is no such transport or its settings cannot work.
    """
    plugins = found()
    if sender.transport not in plugins:
        raise ConfigError(
            f"A sender names the transport {sender.transport!r}; there are "
            f"{', '.join(sorted(plugins))}."
        )
    return plugins[sender.transport].open(sender, base, password)

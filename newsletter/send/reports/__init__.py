"""Reading of mails that report about mails: bounces (RFC 3464) and complaints (RFC 5965)."""

from newsletter.send.reports.reading import LARGEST, Found, Kind, read

__all__ = ["LARGEST", "Found", "Kind", "read"]

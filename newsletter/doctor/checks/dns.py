"""DNS: what receivers look up of the domains that mail is sent from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from newsletter.doctor.common import leaving, nobodys
from newsletter.doctor.finding import Finding, Health
from newsletter.errors import ConfigError

if TYPE_CHECKING:
    from newsletter.app import House
    from newsletter.config import Sender

SECONDS: Final = 4.0


class Mute(Exception):
    """The DNS cannot be asked; the text is the sentence."""


@dataclass(frozen=True, slots=True)
class _Dns:
    id: str = "dns"
    title: str = "DNS"

    def look(self, house: "House") -> "Iterator[Finding]":
        """Look up SPF, DKIM, DMARC and MX of senders whose mail leaves, and the public pages."""
        names = leaving(house.config)
        base_url = house.config.publication.base_url
        try:
            for name in names:
                yield from self._of_sender(house, name)
            if not nobodys(base_url):
                yield self._pages(urlsplit(base_url).hostname or "")
            elif not names:
                words = "Mail stays on this machine; there is nothing to look up."
                yield Finding(self.id, "senders", Health.OK, words)
        except Mute as error:
            yield Finding(self.id, "the resolver", Health.UNKNOWN, str(error))

    def _of_sender(self, house: "House", name: str) -> "Iterator[Finding]":
        sender = house.config.senders[name]
        domain = sender.from_address.rpartition("@")[2].lower()
        if nobodys(domain):
            words = "It sends from an example domain, of which nothing can be looked up."
            yield Finding(self.id, f"senders.{name}", Health.UNKNOWN, words)
            return
        yield self._spf(sender.bounce_domain or domain)
        yield from self._dkim(house, name)
        yield self._dmarc(domain)
        if sender.bounce_domain:
            yield self._mx(sender)

    def _spf(self, domain: str) -> Finding:
        found = [text for text in looked_up(domain, "TXT") if _spf(text)]
        subject = f"SPF of {domain}"
        if len(found) > 1:
            words = f"There are {len(found)} SPF records, which receivers count as none; keep one."
            return Finding(self.id, subject, Health.BAD, words)
        if not found:
            words = (
                "There is no SPF record; publish a TXT record such as `v=spf1 include:… -all` that "
                "names whoever sends for you."
            )
            return Finding(self.id, subject, Health.WARN, words)
        if found[0].lower().split()[-1] in {"+all", "all"}:
            words = "Its SPF record lets the whole world send (+all); end it with -all or ~all."
            return Finding(self.id, subject, Health.BAD, words)
        return Finding(self.id, subject, Health.OK, "It is published.")

    def _dkim(self, house: "House", name: str) -> "Iterator[Finding]":
        from newsletter.send.keyring import place, published

        try:
            stamp = house.stamp(name)
        except ConfigError as error:
            yield Finding(self.id, f"DKIM of senders.{name}", Health.BAD, str(error))
            return
        if stamp is None:
            words = (
                "Mail is not signed here; see that the server signs it, or make a key with "
                "`newsletter dkim make`."
            )
            yield Finding(self.id, f"DKIM of senders.{name}", Health.WARN, words)
            return
        for key in stamp.keys:
            at = place(key.selector, stamp.domain)
            problem = published(at, key.private, lambda asked: looked_up(asked, "TXT"))
            words = f"{problem} `newsletter dkim check` shows it." if problem else "It is our key."
            yield Finding(self.id, f"DKIM at {at}", Health.BAD if problem else Health.OK, words)

    def _dmarc(self, domain: str) -> Finding:
        labels = domain.split(".")
        for cut in range(max(1, len(labels) - 1)):  # the domain, then those above it
            above = ".".join(labels[cut:])
            found = [one for one in looked_up(f"_dmarc.{above}", "TXT") if _dmarc(one)]
            if len(found) > 1:
                words = f"There are {len(found)} DMARC records, which count as none; keep one."
                return Finding(self.id, f"DMARC of {above}", Health.BAD, words)
            if found:
                return Finding(self.id, f"DMARC of {above}", Health.OK, "It is published.")
        words = (
            "There is no DMARC record, without which large receivers refuse mail to many; publish "
            f"`v=DMARC1; p=none; rua=mailto:…` at _dmarc.{domain}."
        )
        return Finding(self.id, f"DMARC of {domain}", Health.WARN, words)

    def _mx(self, sender: "Sender") -> Finding:
        domain = sender.bounce_domain or ""
        if looked_up(domain, "MX"):
            return Finding(self.id, f"MX of {domain}", Health.OK, "Bounces have somewhere to go.")
        words = "It has no MX record, so no bounce comes back; publish one, or drop bounce_domain."
        return Finding(self.id, f"MX of {domain}", Health.BAD, words)

    def _pages(self, host: str) -> Finding:
        if looked_up(host, "A") or looked_up(host, "AAAA"):
            return Finding(self.id, "publication.base_url", Health.OK, f"{host} can be found.")
        words = f"{host} has no address, so readers' links lead nowhere; publish an A record."
        return Finding(self.id, "publication.base_url", Health.BAD, words)


def _spf(text: str) -> bool:
    return text.lower() == "v=spf1" or text.lower().startswith("v=spf1 ")


def _dmarc(text: str) -> bool:
    return text.replace(" ", "").lower().startswith("v=dmarc1")


def looked_up(name: str, kind: str) -> Sequence[str]:
    """Return the records of a name as text, a TXT record's strings joined.

    Raises
    ------
    Mute
        If the DNS cannot be asked.
    """
    try:
        import dns.exception
        import dns.resolver
    except ImportError as error:
        raise Mute(
            "The DNS cannot be asked without dnspython; install rotation-newsletter[dns]."
        ) from error
    try:
        answer = dns.resolver.resolve(name, kind, lifetime=SECONDS)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return []
    except dns.exception.DNSException as error:
        raise Mute(
            f"The DNS gave no answer ({type(error).__name__}); look at this machine's resolver, "
            "then run the check again."
        ) from error
    if kind == "TXT":
        return [b"".join(row.strings).decode("ascii", "replace") for row in answer]
    # "." as a mail server says that the domain takes no mail (RFC 7505).
    texts = [row.to_text() for row in answer]
    return [one for one in texts if kind != "MX" or one.split()[-1] != "."]


CHECK = _Dns()

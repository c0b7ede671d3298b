"""Which key signs a sender's mail (DKIM): ``senders.*.dkim`` in config.yaml."""

from typing import Annotated, Final

from pydantic import Field, field_validator

from newsletter.universe import Strict

DKIM_KEY: Final = "NEWSLETTER_DKIM_KEY"
_LABEL: Final = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"

Selector = Annotated[str, Field(pattern=rf"^{_LABEL}(?:\.{_LABEL}){{0,3}}$", max_length=100)]
Domain = Annotated[str, Field(pattern=rf"^{_LABEL}(?:\.{_LABEL})+$", max_length=200)]
KeyName = Annotated[str, Field(pattern=r"^[^\x00-\x1f\x7f]{1,300}$")]
"""A variable in capitals (it or its ``_FILE`` form is read), else a file beside config.yaml."""


class SecondSignature(Strict):
    """A second signature, ed25519-sha256 (RFC 8463), beside the one every receiver can read."""

    selector: Selector
    key: KeyName = "NEWSLETTER_DKIM_ED25519_KEY"


class Signature(Strict):
    """How mail is signed: the record is looked for at ``selector._domainkey.domain``.

    `key` names what holds the private key: a variable in capitals, read as it stands or through
    the file that its ``_FILE`` form names, else a file relative to config.yaml. A key file must
    be readable by its owner alone.
    """

    selector: Selector
    domain: Domain
    key: KeyName = DKIM_KEY
    ed25519: SecondSignature | None = None

    @field_validator("ed25519")
    @classmethod
    def _beside(cls, value: SecondSignature | None, info: object) -> SecondSignature | None:
        first = getattr(info, "data", {}).get("selector")
        if value is not None and value.selector == first:
            raise ValueError(
                "the second signature has the selector of the first; a receiver finds one key at "
                "one name, so give it a selector of its own"
            )
        return value


def aligned(domain: str, other: str) -> bool:
    """Tell whether two domains surely belong to one organisation, as DMARC asks (RFC 9989).

    They are the same, or one lies below the other, or both lie below a domain that no registry
    gives out as a suffix. Without asking the DNS the last is told by its form: two labels,
    three where the last two look like ``co.uk``. In doubt the answer is no.

    Parameters
    ----------
    domain, other : str
        Domains in A-labels; case is ignored.

    Examples
    --------
    >>> aligned("bounces.example.com", "news.example.com"), aligned("a.co.uk", "b.co.uk")
    (True, False)
    >>> aligned("example.com", "badexample.com"), aligned("com", "example.com")
    (False, False)
    """
    one, two = (each.lower().split(".") for each in (domain, other))
    if min(len(one), len(two)) < 2:
        return False
    shared = 0
    for mine, yours in zip(reversed(one), reversed(two), strict=False):
        if mine != yours:
            break
        shared += 1
    suffix_like = len(one[-1]) == 2 and len(one[-2]) <= 3
    return shared == min(len(one), len(two)) or shared >= (3 if suffix_like else 2)


def one_organisation(from_address: str, dkim: Signature | None, bounces: str | None) -> None:
    """Refuse a sender whose signature or MAIL FROM says nothing for its From (RFC 9989).

    Raises
    ------
    ValueError
        Naming the key of config.yaml.
    """
    own = from_address.rpartition("@")[2]
    for key, domain in (("dkim.domain", dkim and dkim.domain), ("bounce_domain", bounces)):
        if domain and not aligned(domain, own):
            raise ValueError(
                f"{key} is {domain!r}, which receivers do not count as one organisation with the "
                f"domain of from_address, {own!r} (DMARC). Use that domain, one above or one below "
                "it"
            )

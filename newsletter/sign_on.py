"""How people are vouched for by a provider of identities: ``desk.oidc`` in config.yaml."""

from collections.abc import Mapping
from typing import Annotated

from pydantic import Field, field_validator, model_validator

from newsletter.hand import model_address
from newsletter.universe import Strict

OIDC_SECRET = "NEWSLETTER_OIDC_SECRET"  # noqa: S105 - the variable's name

Word = Annotated[str, Field(pattern=r"^[\x21-\x7e]{1,200}$")]


class SecondFactor(Strict):
    """Which statements of the provider count as a second factor.

    One of `amr` (methods, RFC 8176) or the one `acr` (class) that a token names is enough.
    The provider says what it means by them; ask it before you trust them.
    """

    amr: tuple[Word, ...] = ()
    acr: tuple[Word, ...] = ()

    @model_validator(mode="after")
    def _names_something(self) -> "SecondFactor":
        if not (self.amr or self.acr):
            raise ValueError("names neither amr nor acr; leave it out where our own code is asked")
        return self

    def given(self, claims: Mapping[str, object]) -> str:
        """Return which of the statements a token makes; empty where it makes none."""
        methods, level = claims.get("amr"), claims.get("acr")
        named = methods if isinstance(methods, list) else []
        found = [one for one in self.amr if one in named]
        if not found and isinstance(level, str) and level in self.acr:
            found = [level]
        return found[0] if found else ""


class SignOn(Strict):
    """Single sign-on with OpenID Connect. Its secret comes from NEWSLETTER_OIDC_SECRET.

    `issuer` is the provider's own name for itself, to the letter. `claim` names the
    address of somebody and `verified_claim` whether the provider has made sure of it; they
    count the first time only, from then on the provider's own identifier does. Without
    `second_factor` the desk asks for its own code. `passwords` is whether a password opens
    the desk as well, `logout` whether the way out of the provider is shown, too.
    """

    issuer: str = Field(pattern=r"^[\x21-\x7e]{1,300}$")
    client_id: Word
    name: str = Field(default="single sign-on", min_length=1, max_length=40)
    claim: Word = "email"
    verified_claim: Word = "email_verified"
    second_factor: SecondFactor | None = None
    passwords: bool = True
    logout: bool = False
    timeout_seconds: float = Field(default=5, gt=0, le=30)

    @model_validator(mode="after")
    def _reachable(self) -> "SignOn":
        try:
            model_address(self.issuer)
        except ValueError:  # told of the part: of the field, what stands before an @ would be too
            raise ValueError(
                "issuer must be the provider's own, such as "
                "'https://login.example.com/realms/house', without a user or a query; http:// is "
                "only for this machine (127.0.0.1)"
            ) from None
        return self  # it stays as given: a slash at its end belongs to the name

    @field_validator("name")
    @classmethod
    def _printable(cls, value: str) -> str:
        if not value.isprintable() or value != value.strip():
            raise ValueError("must be words for a button, such as 'Example ID'")
        return value

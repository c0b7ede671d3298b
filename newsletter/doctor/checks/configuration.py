"""Configuration: what still stands as it was shipped, and whether the templates can be read."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from newsletter.doctor.common import example, leaving, nobodys
from newsletter.doctor.finding import Finding, Health

if TYPE_CHECKING:
    from newsletter.app import House


@dataclass(frozen=True, slots=True)
class _Configuration:
    id: str = "configuration"
    title: str = "config.yaml"

    def look(self, house: "House") -> "Iterator[Finding]":
        """Look at names that are examples, at jurisdictions and at templates."""
        config = house.config
        yield Finding(
            self.id, "config.yaml", Health.OK, "It can be read, and nothing in it clashes."
        )
        yield from self._examples(house)
        yield self._templates(house)
        names = ", ".join(config.jurisdictions)
        yield Finding(self.id, "jurisdictions", Health.OK, f"Mail keeps to the rules of {names}.")

    def _examples(self, house: "House") -> "Iterator[Finding]":
        """Tell of shipped values; to mail that leaves this machine they are a mistake."""
        mine, shipped = house.config.publication, example().publication
        out = leaving(house.config)
        health = Health.BAD if out else Health.WARN
        wrong = {
            "publisher": mine.publisher == shipped.publisher,
            "postal_address": mine.postal_address == shipped.postal_address,
            "contact": nobodys(mine.contact),
            "base_url": nobodys(mine.base_url),
        }
        for key, still in wrong.items():
            if still:
                yield Finding(self.id, f"publication.{key}", health, _MENDS[key])
        for name in out:
            if nobodys(house.config.senders[name].from_address):
                words = "It is an address of an example domain; set one that is yours."
                yield Finding(self.id, f"senders.{name}.from_address", Health.BAD, words)

    def _templates(self, house: "House") -> Finding:
        from jinja2 import TemplateError

        templates = house.templates()
        names = templates.list_templates()
        for name in names:
            try:
                templates.get_template(name)
            except TemplateError as error:
                line = getattr(error, "lineno", 0)
                words = (
                    f"Line {line} cannot be read: {error.message}; correct it, or remove the file."
                )
                return Finding(self.id, f"templates/{name}", Health.BAD, words)
        return Finding(self.id, "templates", Health.OK, f"All {len(names)} can be read.")


_MENDS = {
    "publisher": "It is still the example's; name who publishes, a person or a company.",
    "postal_address": "It is still the example's; the law wants a real one in each mail.",
    "contact": "It is of an example domain; readers write there, so name an address that is read.",
    "base_url": "It is of an example domain, so links to leave lead nowhere; set the address at "
    "which the public pages will be reached.",
}

CHECK = _Configuration()

"""Database: it opens, is of this version's schema, can be written to and is sound."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from newsletter.doctor.finding import Finding, Health
from newsletter.errors import ConfigError, StoreError

if TYPE_CHECKING:
    from newsletter.app import House


@dataclass(frozen=True, slots=True)
class _Database:
    id: str = "database"
    title: str = "database"

    def look(self, house: "House") -> "Iterator[Finding]":
        """Look at it as it stands: nothing is made, migrated or written."""
        try:
            found = house.seen()
            if found is None:
                words = "There is none yet; the first command that keeps something makes it."
                yield Finding(self.id, "storage.url", Health.OK, words)
                return
            yield from self._found(found)
        except ConfigError as error:
            yield Finding(self.id, "storage.url", Health.BAD, str(error))
        except StoreError as error:
            reason = str(error).rstrip(".")
            words = f"It cannot be used: {reason}. Check storage.url, or restore a backup."
            yield Finding(self.id, "storage.url", Health.BAD, words)

    def _found(self, found: Any) -> "Iterator[Finding]":
        schema, head = found.schema(), found.head
        said = f"{found.version()}, {found.size() / 1e6:,.1f} MB"
        if schema > head:
            words = f"Its schema {schema} is newer than {head}; upgrade the program."
            yield Finding(self.id, "schema", Health.BAD, words)
        elif schema != head:
            words = (
                f"Its schema is {schema or 'not made yet'} and this version's is {head}; back it "
                "up, then any other command migrates it."
            )
            yield Finding(self.id, "schema", Health.WARN, words)
        else:
            yield Finding(self.id, "schema", Health.OK, f"It opens ({said}), schema {schema}.")
        unsound = found.unsound()
        if unsound:
            words = f"Its pages are damaged ({unsound}); stop everything and restore a backup."
            yield Finding(self.id, "integrity", Health.BAD, words)
        else:
            yield Finding(self.id, "integrity", Health.OK, "A quick look found nothing damaged.")
        yield self._writable(found.locked_out())

    def _writable(self, reason: str) -> Finding:
        if not reason:
            return Finding(self.id, "writing", Health.OK, "It can be written to.")
        if "locked" in reason:
            words = "Somebody else writes just now and did not end in 5 s; run the check again."
            return Finding(self.id, "writing", Health.WARN, words)
        words = f"It cannot be written to: {reason}; mend its permissions or free the disk."
        return Finding(self.id, "writing", Health.BAD, words)


CHECK = _Database()

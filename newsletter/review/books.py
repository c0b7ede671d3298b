"""What the desk asks of whoever keeps editions and people; the store implements it."""

from typing import TYPE_CHECKING, Protocol

from newsletter.review.edition import Edition, EditionKey, Revision
from newsletter.review.roles import Role

if TYPE_CHECKING:
    from newsletter.review.desk import AuditEntry


class EditionBook(Protocol):
    """Where editions are kept; the store implements it."""

    def get(self, key: EditionKey) -> Edition:
        """Return an edition; NotFound where there is none."""
        ...

    def find(self, key: EditionKey) -> Edition | None:
        """Return an edition, or None."""
        ...

    def revisions(self, key: EditionKey) -> list[Revision]:
        """Return every revision of an edition, first to last."""
        ...

    def create(self, edition: Edition, entry: "AuditEntry") -> Edition:
        """Add an edition; return the one that stands if another run was first."""
        ...

    def save(self, new: Edition, old: Edition, entry: "AuditEntry") -> None:
        """Replace `old` by `new` if nothing changed in between, with its audit entry."""
        ...


class Editors(Protocol):
    """Who may act; the store implements it."""

    def role(self, name: str) -> Role | None:
        """Return an editor's role; None where there is none of that name, or disabled."""
        ...

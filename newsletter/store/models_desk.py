"""The tables of the editors' desk. What opens a door stands in them only as its hash."""

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from newsletter.store.models import Base, UtcDateTime

_DIGEST = sa.String(64)
"""SHA-256, in hexadecimal digits."""


class CredentialRow(Base):
    """How an editor proves who they are.

    There is no TOTP secret here: it follows from the workspace's key, the editor and the
    generation, so a copy of the database logs nobody in.
    """

    __tablename__ = "credentials"
    editor: Mapped[str] = mapped_column(sa.ForeignKey("editors.name"), primary_key=True)
    password: Mapped[str] = mapped_column(sa.String(200), default="")
    totp_generation: Mapped[int] = mapped_column(default=1)
    totp_on: Mapped[bool] = mapped_column(default=False)
    totp_last: Mapped[int] = mapped_column(default=0)
    zone: Mapped[str] = mapped_column(sa.String(64), default="")
    changed_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class RecoveryCodeRow(Base):
    """Codes that stand in once each for a lost authenticator, as keyed hashes."""

    __tablename__ = "recovery_codes"
    editor: Mapped[str] = mapped_column(sa.ForeignKey("editors.name"), primary_key=True)
    hash: Mapped[str] = mapped_column(_DIGEST, primary_key=True)
    used_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class IdentityRow(Base):
    """Who a provider of identities says somebody is: one editor each, one for each editor."""

    __tablename__ = "identities"
    __table_args__ = (sa.UniqueConstraint("issuer", "editor"),)
    issuer: Mapped[str] = mapped_column(sa.String(300), primary_key=True)
    subject: Mapped[str] = mapped_column(sa.String(255), primary_key=True)
    editor: Mapped[str] = mapped_column(sa.ForeignKey("editors.name"), index=True)
    bound_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class VisitRow(Base):
    """Sessions at the desk, by the hash of the token that the browser holds."""

    __tablename__ = "sessions"
    id: Mapped[str] = mapped_column(_DIGEST, primary_key=True)
    editor: Mapped[str] = mapped_column(sa.ForeignKey("editors.name"), index=True)
    made_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    seen_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, index=True)
    agent: Mapped[str] = mapped_column(sa.String(120), default="")
    stage: Mapped[str] = mapped_column(sa.String(16))


class AttemptRow(Base):
    """What is rate-limited, by whom as a keyed hash."""

    __tablename__ = "attempts"
    __table_args__ = (sa.Index("ix_attempts_what_who_at", "what", "who", "at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    what: Mapped[str] = mapped_column(sa.String(40))
    who: Mapped[str] = mapped_column(_DIGEST)
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime, index=True)


class InvitationRow(Base):
    """Links with which an editor sets a password, by the hash of their token."""

    __tablename__ = "invitations"
    id: Mapped[str] = mapped_column(_DIGEST, primary_key=True)
    editor: Mapped[str] = mapped_column(sa.ForeignKey("editors.name"), index=True)
    made_by: Mapped[str] = mapped_column(sa.String(80))
    made_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class ApproveLinkRow(Base):
    """Links to approve one content of an edition, each for one editor and one use."""

    __tablename__ = "approve_links"
    id: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    edition: Mapped[str] = mapped_column(sa.String(64), index=True)
    content: Mapped[str] = mapped_column(_DIGEST)
    editor: Mapped[str] = mapped_column(sa.String(80))
    made_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    used_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class CommentRow(Base):
    """What editors say to each other about a part of a revision."""

    __tablename__ = "comments"
    id: Mapped[int] = mapped_column(primary_key=True)
    edition: Mapped[str] = mapped_column(sa.String(64), index=True)
    revision: Mapped[int]
    part: Mapped[str] = mapped_column(sa.String(120))
    author: Mapped[str] = mapped_column(sa.String(80))
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    words: Mapped[str] = mapped_column(sa.Text)
    answers: Mapped[int | None] = mapped_column(sa.ForeignKey("comments.id"))
    resolved_by: Mapped[str | None] = mapped_column(sa.String(80))
    resolved_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class PresenceRow(Base):
    """Who has an edition open, and where in it."""

    __tablename__ = "presence"
    edition: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    editor: Mapped[str] = mapped_column(sa.String(80), primary_key=True)
    part: Mapped[str] = mapped_column(sa.String(120), default="")
    seen_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class ApiTokenRow(Base):
    """Keys of programs, by their hash."""

    __tablename__ = "api_tokens"
    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    hash: Mapped[str] = mapped_column(_DIGEST, unique=True)
    owner: Mapped[str] = mapped_column(sa.String(80), index=True)
    name: Mapped[str] = mapped_column(sa.String(80))
    scopes: Mapped[str] = mapped_column(sa.Text)
    made_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    used_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)
    revoked_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class IdempotencyRow(Base):
    """Answers already given, for programs that ask again with the same key."""

    __tablename__ = "idempotency"
    owner: Mapped[str] = mapped_column(sa.String(80), primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(200), primary_key=True)
    request: Mapped[str] = mapped_column(_DIGEST)
    status: Mapped[int]
    body: Mapped[str] = mapped_column(sa.Text)
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime, index=True)


class WebhookRow(Base):
    """Addresses that are told of events."""

    __tablename__ = "webhooks"
    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    url: Mapped[str] = mapped_column(sa.Text)
    events: Mapped[str] = mapped_column(sa.Text)
    made_by: Mapped[str] = mapped_column(sa.String(80))
    made_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    disabled_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class WebhookLogRow(Base):
    """What was told to which address, and how it answered."""

    __tablename__ = "webhook_log"
    __table_args__ = (sa.Index("ix_webhook_log_state_next_at", "state", "next_at"),)
    id: Mapped[str] = mapped_column(sa.String(32), primary_key=True)
    webhook: Mapped[str] = mapped_column(sa.ForeignKey("webhooks.id"), index=True)
    event: Mapped[str] = mapped_column(sa.String(40))
    subject: Mapped[str] = mapped_column(sa.String(80))
    body: Mapped[str] = mapped_column(sa.Text)
    state: Mapped[str] = mapped_column(sa.String(16))
    attempts: Mapped[int] = mapped_column(default=0)
    status: Mapped[int | None]
    reply: Mapped[str] = mapped_column(sa.Text, default="")
    made_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    next_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)


class PlanRow(Base):
    """When an edition goes out: exactly the content named here, no other."""

    __tablename__ = "plans"
    edition: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    content: Mapped[str] = mapped_column(_DIGEST)
    send_at: Mapped[dt.datetime] = mapped_column(UtcDateTime, index=True)
    by: Mapped[str] = mapped_column(sa.String(80))
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime)


class PauseRow(Base):
    """Why the delivery of an edition rests; it stands as long as the edition is on its way."""

    __tablename__ = "pauses"
    edition: Mapped[str] = mapped_column(sa.ForeignKey("editions.key"), primary_key=True)
    by: Mapped[str] = mapped_column(sa.String(80))
    at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    reason: Mapped[str] = mapped_column(sa.Text)


class NoticeRow(Base):
    """What one editor is told by e-mail, once for each matter, and how the telling fares."""

    __tablename__ = "notices"
    __table_args__ = (
        sa.UniqueConstraint("edition", "about", "mark", "editor"),
        sa.Index("ix_notices_state_next_at", "state", "next_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    edition: Mapped[str] = mapped_column(sa.String(64))
    about: Mapped[str] = mapped_column(sa.String(16))
    mark: Mapped[str] = mapped_column(sa.String(80))
    editor: Mapped[str] = mapped_column(sa.String(80))
    reason: Mapped[str] = mapped_column(sa.Text)
    state: Mapped[str] = mapped_column(sa.String(16))
    attempts: Mapped[int] = mapped_column(default=0)
    reply: Mapped[str] = mapped_column(sa.Text, default="")
    made_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    ends_at: Mapped[dt.datetime] = mapped_column(UtcDateTime)
    next_at: Mapped[dt.datetime | None] = mapped_column(UtcDateTime)

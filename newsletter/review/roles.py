"""Roles: who at the desk may do what; the table is the whole policy."""

from enum import StrEnum


class Role(StrEnum):
    """What an editor was appointed to."""

    WRITER = "writer"
    EDITOR = "editor"
    COMPLIANCE = "compliance"
    ADMIN = "admin"


class Act(StrEnum):
    """What people do at the desk, as an error names it."""

    READ = "read at the desk"
    COMMENT = "comment on an edition"
    WRITE = "revise an edition or add facts to it"
    RUN = "start or repeat a run"
    APPROVE = "approve an edition"
    DECIDE = "reject, hold or cancel an edition"
    OVERRIDE = "override a finding"
    SEND = "send an approved edition, or stop or pause one that goes out"
    READERS = "see readers and their addresses"
    AUDIT = "read the audit log"
    PEOPLE = "appoint or dismiss people"
    APPOINT = "let a program invite people and change their roles"


_EVERYBODY = frozenset({Act.READ, Act.COMMENT})

MAY: dict[Role, frozenset[Act]] = {
    Role.WRITER: _EVERYBODY | {Act.WRITE, Act.RUN},
    Role.EDITOR: _EVERYBODY
    | {Act.WRITE, Act.RUN, Act.APPROVE, Act.DECIDE, Act.SEND, Act.READERS, Act.AUDIT},
    Role.COMPLIANCE: _EVERYBODY | {Act.DECIDE, Act.OVERRIDE, Act.AUDIT},
    Role.ADMIN: frozenset(Act),
}
"""Who clears text does not write it, and who writes it does not clear it; an admin does
both, but never for text of their own (see `newsletter.review.desk.Desk.override`)."""


def allowed(act: Act) -> str:
    """Return the roles that may do something, as a sentence lists them.

    Examples
    --------
    >>> allowed(Act.OVERRIDE)
    'compliance or admin'
    """
    names = [str(role) for role in Role if act in MAY[role]]
    return " or ".join((", ".join(names[:-1]), names[-1])) if len(names) > 1 else names[0]


def with_article(role: Role) -> str:
    """Return what a sentence calls somebody of a role.

    Examples
    --------
    >>> [with_article(role) for role in Role]
    ['a writer', 'an editor', 'compliance', 'an admin']
    """
    if role is Role.COMPLIANCE:
        return str(role)
    return f"{'a' if role is Role.WRITER else 'an'} {role}"

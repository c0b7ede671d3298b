"""Contents named by their hash; writing one twice changes nothing."""

import datetime as dt

import sqlalchemy as sa

from newsletter.errors import NotFound
from newsletter.store.database import Database
from newsletter.store.models import ArtefactRow


class Artefacts:
    """The content store behind the pipeline's keys.

    Parameters
    ----------
    database : Database
        Where.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def put(self, kind: str, id: str, data: bytes, now: dt.datetime) -> str:
        """Keep contents under their hash; return the hash.

        Parameters
        ----------
        kind : str
            ``snapshot``, ``ledger``, ``draft``, ``transcript``, ``reply``, ``rendered``, …
        id : str
            Hash that names them.
        data : bytes
            The contents.
        now : datetime.datetime
            Aware instant.
        """
        with self._database.begin(writing=True) as session:
            known = session.scalar(
                sa.select(ArtefactRow.id).where(ArtefactRow.kind == kind, ArtefactRow.id == id)
            )
            if known is None:
                session.add(ArtefactRow(kind=kind, id=id, data=data, made_at=now))
        return id

    def get(self, kind: str, id: str) -> bytes:
        """Return contents by hash.

        Raises
        ------
        NotFound
            If they are not kept here.
        """
        with self._database.begin() as session:
            row = session.get(ArtefactRow, (kind, id))
        if row is None:
            raise NotFound(f"The store holds no {kind} {id}; it was made in another database.")
        return row.data

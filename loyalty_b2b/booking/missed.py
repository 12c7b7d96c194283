import logging
from collections import defaultdict
from decimal import Decimal

import psycopg2

from .documents import DocumentBookings

_logger = logging.getLogger(__name__)


class MissedBookings(DocumentBookings):
    """Books afterwards what documents did not earn while a programme was paused.

    Lines that count already are left out: a document may have corrected earlier ones
    when it was posted.
    """

    def __init__(self, wallets, documents, program):
        """Read documents.

        :param wallets: `loyalty.b2b.wallet` in sudo.
        :param list documents: `Document`s with `posted_before` set, so that what they
            booked is read.
        :param program: `loyalty.b2b.program` that was paused; others booked them.
        """
        self.program = program
        super().__init__(wallets, documents)
        for document in documents:
            standing = self._get_standing(document)
            document.lines = [
                row for row in document.lines if f"aml:{row['id']}" not in standing
            ]

    def _get_standing(self, document):
        """Return the keys of the document's lines that count in the programme.

        Lines for free have no base: they count if others of the document do.
        """
        bases, own = defaultdict(Decimal), set()
        for found in self.groups.values():
            if self._program_of(found.wallet) != self.program:
                continue
            for row in found.moves.get(document.id, ()):
                bases[row.source or row.key] += row.base
                if not row.source:
                    own.add(row.key)
        standing = {key for key, base in bases.items() if base}
        return standing | own if standing & own else standing

    def add_all(self, wallet_by_move):
        """Book the documents; log those that fail and note them for the next run.

        :param dict wallet_by_move: document id → id of the wallet it was noted for.
        """
        for document in self.documents:
            try:
                self._add_to_program(document, self.program)
                self.keep()
            except psycopg2.Error:
                raise
            except Exception:
                _logger.exception("Points of %s could not be worked out", document.name)
                self.discard()
                self._rounds.forget(document.id)
                # at once, so that its corrections are noted with it
                wallet_id = wallet_by_move[document.id]
                self.program._note_missed([(self.program.id, wallet_id, document.id)])
        self.insert()
        if self.pending:
            self.wallets._activate([document.id for document in self.documents])

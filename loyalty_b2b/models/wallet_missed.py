from odoo import api, models
from odoo.tools import SQL

from ..booking.missed import MissedBookings
from .program_missed import CHUNK, sort_documents


class LoyaltyB2bWallet(models.Model):
    """Books what documents did not earn while their programme was paused."""

    _inherit = "loyalty.b2b.wallet"

    @api.model
    def _query_missed(self, program_id, after, limit):
        """Return wallets with documents to book, ascending; see `_run_batches`."""
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT wallet_id FROM loyalty_b2b_missed"
                " WHERE program_id = %s AND wallet_id > %s ORDER BY 1 LIMIT %s",
                program_id,
                after,
                limit,
            )
        )
        return [wallet_id for (wallet_id,) in rows]

    def _book_missed(self):
        """Book the documents of these wallets, by the same evaluation as at posting.

        What fails stays for the next run, and so do its corrections. The documents
        keep their own dates.
        """
        rows = self.env.execute_query(
            SQL(
                "DELETE FROM loyalty_b2b_missed WHERE wallet_id = ANY(%s)"
                " RETURNING program_id, wallet_id, move_id",
                self.ids,
            )
        )
        program = self.program_id.ensure_one()
        program._invalidate_missed()
        wallet_by_move = {move_id: wallet_id for _p, wallet_id, move_id in rows}
        moves = self.env["account.move"].browse(wallet_by_move)
        moves = sort_documents(moves.filtered(lambda move: move.state == "posted"))
        for start in range(0, len(moves), CHUNK):
            documents = [
                move._prepare_loyalty_b2b_document(posted_before=True)
                for move in moves[start : start + CHUNK]
            ]
            bookings = MissedBookings(self.sudo(), documents, program)
            bookings.add_all(wallet_by_move)

from odoo import api, fields, models
from odoo.tools import SQL

# Documents worked out together.
CHUNK = 200


class LoyaltyB2bProgram(models.Model):
    """What was posted while a programme was paused, and is booked afterwards."""

    _inherit = "loyalty.b2b.program"

    books_missed = fields.Boolean(
        readonly=True,
        copy=False,
        help="The job books what was posted while the programme was paused.",
    )
    missed_count = fields.Integer(
        string="Posted while paused",
        compute="_compute_missed_count",
        compute_sudo=True,
        help="Posted invoices and credit notes that gave nothing, as the programme was"
        " paused.",
    )

    # === COMPUTE METHODS === #

    def _compute_missed_count(self):
        counts = dict(
            self.env["loyalty.b2b.missed"]._read_group(
                [("program_id", "in", self.ids), ("move_id.state", "=", "posted")],
                ["program_id"],
                ["__count"],
            )
        )
        for program in self:
            program.missed_count = counts.get(program._origin, 0)

    # === ACTION METHODS === #

    def action_book_missed(self):
        """Have booked what was posted while the programme was paused."""
        self.check_access("write")
        self._check_state(("running", "closing"))
        self._plan_missed()

    # === BUSINESS METHODS === #

    @api.model
    def _note_missed(self, rows):
        """Remember documents that gave nothing.

        :param rows: tuples of programme, wallet and document ids.
        """
        self.env.execute_query(
            SQL(
                "INSERT INTO loyalty_b2b_missed (program_id, wallet_id, move_id)"
                " VALUES %s ON CONFLICT DO NOTHING RETURNING id",
                SQL(", ").join(SQL("%s", tuple(row)) for row in rows),
            )
        )
        self._invalidate_missed()

    @api.model
    def _invalidate_missed(self):
        """Forget what was read of missed documents, after they have changed."""
        self.env["loyalty.b2b.missed"].invalidate_model(flush=False)
        self.env["loyalty.b2b.program"].invalidate_model(
            ["missed_count", "life_now"], flush=False
        )

    def _find_missed(self, move_id):
        """Return the id of the wallet in which a document is to be booked later."""
        rows = self.env.execute_query(
            SQL(
                "SELECT wallet_id FROM loyalty_b2b_missed"
                " WHERE program_id = %s AND move_id = %s",
                self.id,
                move_id,
            )
        )
        return rows[0][0] if rows else None

    def _find_missed_order(self, order_line_ids):
        """Return the wallet in which invoices of order lines are to be booked later."""
        rows = self.env.execute_query(
            SQL(
                """
            SELECT m.wallet_id FROM loyalty_b2b_missed m
              JOIN account_move_line l ON l.move_id = m.move_id
              JOIN sale_order_line_invoice_rel rel ON rel.invoice_line_id = l.id
             WHERE m.program_id = %s AND rel.order_line_id = ANY(%s) LIMIT 1
                """,
                self.id,
                order_line_ids,
            )
        )
        return rows[0][0] if rows else None

    def _plan_missed(self):
        """Let the job book what was missed, within a minute."""
        self._write_step({"books_missed": True})
        self.env.ref("loyalty_b2b.ir_cron_missed")._trigger()

    @api.model
    def _cron_book_missed(self):
        """Book what was posted while programmes were paused, if people want it to."""
        for program in self.search(
            [("books_missed", "=", True), ("state", "in", ("running", "closing"))]
        ):
            wallets = self.env["loyalty.b2b.wallet"].sudo()
            if not wallets._run_batches("_query_missed", "_book_missed", program.id):
                return
            if not program.missed_count:
                program._write_step({"books_missed": False})
                self.env["ir.cron"]._commit_progress()


def sort_documents(moves):
    """Return documents in order of date and number, each after what it corrects."""

    def get_place(move):
        origin = move.reversed_entry_id
        day = move.invoice_date or move.date
        return (
            max(day, origin.invoice_date or origin.date) if origin else day,
            bool(origin),
            move.name,
            move.id,
        )

    return moves.sorted(get_place)

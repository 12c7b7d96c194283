from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL


class LoyaltyB2bRedemption(models.Model):
    """Voucher codes of a use: taken from the pool, shown to one customer. In sudo."""

    _inherit = "loyalty.b2b.redemption"

    code_ids = fields.One2many(
        comodel_name="loyalty.b2b.reward.code",
        inverse_name="redemption_id",
        string="Codes",
        readonly=True,
        groups="loyalty_b2b.group_loyalty_b2b_officer",
    )

    # === BUSINESS METHODS === #

    def _take_codes(self):
        """Set codes of the pool aside, those that end first; others skip them.

        Those picked are read once, whatever the planner expects of the pool: a
        subquery that it runs again for each code would pass over those locked before
        and pick more than were asked for.

        :raises UserError: if the pool has too few that are still valid.
        """
        self.ensure_one()
        missing = self.quantity - len(self.code_ids)
        if self.reward_kind != "voucher" or not missing:
            return
        rows = self.env.execute_query(
            SQL(
                """
              WITH picked AS MATERIALIZED (
                   SELECT id FROM loyalty_b2b_reward_code
                    WHERE reward_id = %(reward)s AND redemption_id IS NULL
                      AND (date_end IS NULL OR date_end >= %(today)s)
                    ORDER BY date_end, id LIMIT %(number)s
                      FOR UPDATE SKIP LOCKED)
            UPDATE loyalty_b2b_reward_code c SET redemption_id = %(use)s
              FROM picked WHERE c.id = picked.id
            RETURNING c.id
                """,
                use=self.id,
                reward=self.reward_id.id,
                today=self.program_id._today(),
                number=missing,
            )
        )
        self.env["loyalty.b2b.reward.code"].invalidate_model(flush=False)
        self.invalidate_recordset(["code_ids"], flush=False)
        if len(rows) != missing:
            raise UserError(
                self.env._(
                    "%(reward)s: %(left)s codes are left. Choose fewer, or another"
                    " reward.",
                    reward=self.reward_name,
                    left=self.quantity - missing + len(rows),
                )
            )
        self.reward_id._warn_few_codes()

    def _renew_codes(self):
        """Put codes back whose time is over since they were set aside; take others.

        :raises UserError: if the pool has none instead.
        """
        today = self.program_id._today()
        over = self.code_ids.filtered(
            lambda code: not code.date_shown and code.date_end and code.date_end < today
        )
        if over:
            over.redemption_id = False
            over.flush_recordset(["redemption_id"])
            self.invalidate_recordset(["code_ids"], flush=False)
        self._take_codes()

    def _show_codes(self):
        """Note that the customer sees the codes: nobody else ever gets them."""
        self.code_ids.sudo().filtered(lambda code: not code.date_shown).write(
            {"date_shown": fields.Datetime.now()}
        )

    def _free_codes(self):
        """Put codes back that nobody has seen; those that were shown stay taken."""
        self.code_ids.filtered(lambda code: not code.date_shown).write(
            {"redemption_id": False}
        )
        self.invalidate_recordset(["code_ids"], flush=False)

from odoo import api, fields, models
from odoo.tools import SQL

from .loyalty_b2b_reward import ORDER_KINDS
from .redemption_order import QUIET


class LoyaltyB2bRedemption(models.Model):
    """The stock of rewards on orders follows what their documents made of them.

    Posting an invoice waits for no reward: the hourly job counts anew.
    """

    _inherit = "loyalty.b2b.redemption"

    freed = fields.Integer(
        default=0,
        readonly=True,
        copy=False,
        help="How many were put back into stock when the use ended.",
    )

    # === JOBS === #

    @api.model
    def _cron_release_holds(self):
        super()._cron_release_holds()
        self.env["loyalty.b2b.wallet"]._run_batches(
            "_query_miscounted", "_recount_rewards"
        )

    # === BUSINESS METHODS === #

    def _recount(self):
        """Take what is used after all from stock, put back what is not; in sudo.

        The wallets are locked. A document may take more than the stock has.
        """
        for use in self:
            back = use.counted or -use.freed
            use.reward_id._free_stock(back)
            use.with_context(**QUIET).write(
                {"counted": max(0, -back), "freed": max(0, back)}
            )

    @api.model
    def _get_miscounted_sql(self):
        """Return the condition on a use `r` that takes another stock than it should.

        What was delivered, handed over or stands invoiced is not put back.
        """
        return SQL(
            """
            (r.freed > 0 AND r.counted = 0 AND r.state IN ('done', 'fulfilled'))
            OR (r.counted > 0 AND r.state IN ('cancelled', 'lapsed')
                AND r.reward_kind IN %s AND r.fulfilled_by_id IS NULL
                AND NOT EXISTS (
                    SELECT FROM sale_order_line l
                     WHERE l.loyalty_b2b_redemption_id = r.id AND l.qty_delivered > 0)
                AND NOT EXISTS (
                    SELECT FROM account_move_line l
                     WHERE l.loyalty_b2b_redemption_id = r.id
                       AND l.parent_state = 'posted'))
            """,
            tuple(ORDER_KINDS),
        )

from datetime import timedelta

from odoo import models
from odoo.tools import SQL


class LoyaltyB2bWallet(models.Model):
    """Monthly statements, for customers whose points moved."""

    _inherit = "loyalty.b2b.wallet"

    def _query_statements(self, program, month):
        """Queue the statement of the month before for wallets whose points moved.

        :param date month: first day of the month after.
        """
        key = f"{month - timedelta(days=1):%Y-%m}"
        self.env.execute_query(
            SQL(
                """
            INSERT INTO loyalty_b2b_notice (
                wallet_id, program_id, company_id, topic, key, data, state, date_due,
                create_uid, create_date, write_uid, write_date)
            SELECT w.id, w.program_id, w.company_id, 'statement', %(key)s,
                   JSONB_BUILD_OBJECT('month', %(key)s::text), 'waiting', %(month)s,
                   %(user)s, now() AT TIME ZONE 'UTC',
                   %(user)s, now() AT TIME ZONE 'UTC'
              FROM loyalty_b2b_wallet w
             WHERE w.program_id = %(program)s AND w.is_control IS NOT TRUE
               AND w.merged_into_id IS NULL
               AND EXISTS (SELECT FROM loyalty_b2b_entry e
                            WHERE e.wallet_id = w.id AND e.state = 'posted'
                              AND e.points <> 0 AND e.date_booked < %(month)s
                              AND e.date_booked
                                  >= %(month)s::date - INTERVAL '1 month')
            ON CONFLICT (wallet_id, topic, key) DO NOTHING RETURNING id
                """,
                key=key,
                month=month,
                program=program.id,
                user=self.env.uid,
            )
        )
        self.env["loyalty.b2b.notice"].invalidate_model()

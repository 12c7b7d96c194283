from odoo import api, models
from odoo.tools import SQL


class LoyaltyB2bWallet(models.Model):
    """Persons who have left: refused at once, and their rows ended by the daily job.

    A hook on contacts would cost each of their writes something, and would miss ways
    by which a company changes; who has no right any more is found when he acts.
    """

    _inherit = "loyalty.b2b.wallet"

    # === JOB === #

    @api.model
    def _query_people_left(self, program_id, day, after, limit):
        """Return wallets of a programme with rows of persons who have left, ascending.

        :param date day: today in the programme's time zone.
        """
        self._flush_people()
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT h.wallet_id FROM (%s) h WHERE h.wallet_id > %s"
                " ORDER BY h.wallet_id LIMIT %s",
                self._get_people_left_sql(SQL("h.program_id = %s", program_id), day),
                after,
                limit,
            )
        )
        return [wallet_id for (wallet_id,) in rows]

    @api.model
    def _query_left(self, condition, day):
        """Return (person id, cause) of rows whose person has left, see below."""
        self._flush_people()
        rows = self.env.execute_query(self._get_people_left_sql(condition, day))
        return [(person_id, cause) for person_id, _wallet_id, cause in rows]

    @api.model
    def _flush_people(self):
        for name in ("res.partner", "loyalty.b2b.participant", "loyalty.b2b.person"):
            self.env[name].flush_model()

    def _end_people_left(self):
        """End the rows of persons who have left, and say why."""
        self._lock()
        people = self.env["loyalty.b2b.person"].sudo()
        for wallet in self:
            day = wallet.sudo().program_id._today()
            condition = SQL("h.wallet_id = %s", wallet.id)
            for person_id, cause in wallet._query_left(condition, day):
                people.browse(person_id)._end_left(cause)

    def _get_people_left_sql(self, condition, day):
        """Return SQL for id, wallet and cause of rows whose person has left.

        :param SQL condition: over the person `h`.
        :param date day: today in the programme's time zone.
        """
        return SQL(
            """
            SELECT h.id, h.wallet_id,
                   CASE WHEN w.state = 'left' THEN 'wallet'
                        WHEN p.id IS NULL THEN 'deleted'
                        WHEN NOT p.active THEN 'archived'
                        WHEN t.id IS NOT NULL THEN 'company'
                        ELSE 'moved' END AS cause
              FROM loyalty_b2b_person h
              JOIN loyalty_b2b_wallet w ON w.id = h.wallet_id
              LEFT JOIN res_partner p ON p.id = h.partner_id
              LEFT JOIN loyalty_b2b_participant t
                ON t.wallet_id = h.wallet_id AND t.partner_id = %(owner)s
             WHERE %(condition)s AND h.date_end IS NULL
               AND (w.state = 'left' OR p.active IS NOT TRUE OR t.id IS NULL
                    OR t.date_end < %(day)s)
             ORDER BY h.id
            """,
            owner=self.env["res.partner"]._get_loyalty_b2b_owner_sql("p"),
            condition=condition,
            day=day,
        )

from odoo import api, fields, models
from odoo.tools import SQL

from ..fields import Points


class LoyaltyB2bGoodwillMonth(models.Model):
    """How many points a user gave out of goodwill in a month."""

    _name = "loyalty.b2b.goodwill.month"
    _inherit = "loyalty.b2b.ledger.mixin"
    _description = "B2B Loyalty Goodwill of a Month"
    _order = "date_start desc, program_id, user_id"

    program_id = fields.Many2one(
        comodel_name="loyalty.b2b.program",
        string="Programme",
        required=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="program_id.company_id")
    user_id = fields.Many2one(
        comodel_name="res.users", required=True, ondelete="cascade"
    )
    date_start = fields.Date(string="Month", required=True, help="First day of it.")
    points = Points(required=True, help="Given in the month.")

    _place_uniq = models.UniqueIndex("(program_id, user_id, date_start)")

    # === BUSINESS METHODS === #

    @api.model
    def _get_given(self, program, user):
        """Return how many points a user gave in the programme's current month."""
        rows = self.env.execute_query(
            SQL(
                "SELECT points FROM loyalty_b2b_goodwill_month"
                " WHERE program_id = %s AND user_id = %s AND date_start = %s",
                program.id,
                user.id,
                program._today().replace(day=1),
            )
        )
        return int(rows[0][0]) if rows else 0

    @api.model
    def _spend(self, program, user, points, budget=None):
        """Count points of a user in the current month, all or nothing.

        One statement: of two at once, the second waits and is run again by Odoo.

        :param int budget: most points in a month; None: any number.
        :return: False if the budget does not hold them.
        """
        rows = self.env.execute_query(
            SQL(
                """
            INSERT INTO loyalty_b2b_goodwill_month AS m
                        (program_id, user_id, date_start, points)
            SELECT %(program)s, %(user)s, %(month)s::date, %(points)s::bigint
             WHERE %(points)s::bigint <= COALESCE(%(budget)s::bigint, %(points)s)
                ON CONFLICT (program_id, user_id, date_start)
                DO UPDATE SET points = m.points + EXCLUDED.points
                WHERE m.points + EXCLUDED.points
                      <= COALESCE(%(budget)s::bigint, m.points + EXCLUDED.points)
            RETURNING id
                """,
                program=program.id,
                user=user.id,
                month=program._today().replace(day=1),
                points=points,
                budget=budget,
            )
        )
        self.invalidate_model(["points"], flush=False)
        return bool(rows)

from odoo import api, fields, models, tools
from odoo.tools import SQL, formatLang

from ..fields import Points

INSIGHT = "loyalty_b2b.group_loyalty_b2b_officer,loyalty_b2b.group_loyalty_b2b_auditor"


class LoyaltyB2bProgram(models.Model):
    """What the back office shows of a programme."""

    _inherit = "loyalty.b2b.program"

    points_outstanding = Points(
        string="Points outstanding",
        compute="_compute_points_outstanding",
        groups=INSIGHT,
        help="Points that customers can still use, held ones included.",
    )
    amount_outstanding = fields.Monetary(
        string="Worth",
        compute="_compute_points_outstanding",
        groups=INSIGHT,
        help="What the outstanding points are worth at today's rate.",
    )
    rate_text = fields.Char(string="Rate today", compute="_compute_rate_text")
    caption_worth = fields.Char(compute="_compute_captions")
    caption_earning = fields.Char(compute="_compute_captions")
    caption_use = fields.Char(compute="_compute_captions")
    caption_exclusions = fields.Char(compute="_compute_captions")
    caption_enrolment = fields.Char(compute="_compute_captions")

    # === COMPUTE METHODS === #

    def _compute_points_outstanding(self):
        points = self._query_points_outstanding()
        for program in self:
            program.points_outstanding = points.get(program._origin.id, 0)
            program.amount_outstanding = program._get_worth(program.points_outstanding)

    def _query_points_outstanding(self):
        """Return programme id → balance of all wallets, by partial indexes only."""
        rows = self.env.execute_query(
            SQL(
                """
            SELECT program_id,
                   SUM(CASE WHEN state = 'posted' THEN SIGN(points) * points_open
                            WHEN kind = 'redeem' THEN -points ELSE 0 END)
              FROM loyalty_b2b_entry
             WHERE program_id = ANY(%s)
               AND ((state = 'posted' AND points_open > 0) OR state = 'pending')
             GROUP BY program_id
                """,
                self.ids,
            )
        )
        return {program_id: int(points) for program_id, points in rows}

    @api.depends(
        "rate_ids.points",
        "rate_ids.amount",
        "rate_ids.date_start",
        "point_name",
        "currency_id",
        "tz",
    )
    @api.depends_context("lang")
    def _compute_rate_text(self):
        for program in self:
            today = program._today() if program.tz else fields.Date.today()
            rates = program.rate_ids.filtered(
                lambda rate, day=today: rate.date_start and rate.date_start <= day
            )
            rate = rates.sorted("date_start")[-1:]
            program.rate_text = rate and self.env._(
                "%(points)s %(name)s = %(amount)s",
                points=formatLang(self.env, rate.points, digits=0),
                name=program._get_point_name(rate.points),
                amount=program.currency_id.format(rate.amount),
            )

    @api.depends(
        "rate_text",
        "rule_ids",
        "hold_days",
        "excluded_product_ids",
        "excluded_category_ids",
        "excluded_pricelist_ids",
        "max_line_discount_percent",
        "auto_enrol",
    )
    @api.depends_context("lang")
    def _compute_captions(self):
        for program in self:
            program.caption_worth = program.rate_text or self.env._("not set")
            program.caption_earning = program._get_earning_caption()
            program.caption_use = program._get_hold_caption()
            program.caption_exclusions = program._get_exclusions_caption()
            program.caption_enrolment = (
                self.env._("automatic") if program.auto_enrol else self.env._("by hand")
            )

    def _get_earning_caption(self):
        if len(self.rule_ids) == 1:
            return self.env._("1 rule")
        return self.env._("%(count)s rules", count=len(self.rule_ids))

    def _get_hold_caption(self):
        if self.hold_days == 1:
            return self.env._("1 day")
        return self.env._("%(days)s days", days=self.hold_days)

    def _get_exclusions_caption(self):
        count = (
            len(self.excluded_product_ids)
            + len(self.excluded_category_ids)
            + len(self.excluded_pricelist_ids)
            + (self.max_line_discount_percent < 100)
        )
        return str(count) if count else ""

    # === ACTION METHODS === #

    def action_view_wallets(self):
        """Open the wallets of the programme."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "loyalty_b2b.loyalty_b2b_wallet_action"
        )
        return {
            **action,
            "domain": [("program_id", "=", self.id)],
            "context": {"default_program_id": self.id},
        }

    def action_view_ledger(self):
        """Open the ledger of the programme."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "loyalty_b2b.loyalty_b2b_entry_action"
        )
        return {**action, "domain": [("program_id", "=", self.id)]}

    def action_enrol(self):
        """Ask which customers shall take part."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Enrol customers"),
            "res_model": "loyalty.b2b.enrol",
            "view_mode": "form",
            "target": "new",
            "context": {"default_program_id": self.id},
        }

    # === BUSINESS METHODS === #

    def _get_point_name(self, points):
        """Return how so many points are called; a name of one's own as it was typed.

        Our own name is said in the language of the reader.

        :param int points: signed.
        """
        if self.point_name in ("points", self.env._("points")):
            return self.env._("point") if abs(points) == 1 else self.env._("points")
        return self.point_name or ""

    @api.model
    @tools.ormcache()
    def _get_inviting_company_ids(self):
        """Return the ids of the companies with a programme to invite customers to."""
        programs = self.sudo().search([("state", "in", ("announced", "running"))])
        return frozenset(programs.company_id.ids)

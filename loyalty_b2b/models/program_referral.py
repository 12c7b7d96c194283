from odoo import api, fields, models, tools

from ..fields import Points
from .program_bonuses import NOT_BOOKING


class LoyaltyB2bProgram(models.Model):
    """What a company is given for bringing another one."""

    _inherit = "loyalty.b2b.program"

    referral_mode = fields.Selection(
        selection=[
            ("none", "Nothing: no referrals"),
            ("fixed", "Points for the first paid order"),
            ("share", "Points for what the company buys"),
        ],
        string="For a referral",
        required=True,
        default="none",
        help="What a company is given that brings another one. Later changes do not"
        " touch invitations already made.",
    )
    referral_points = Points(
        string="Points for a referral",
        default=1000,
        help="Once, or for each so much money that the referred company buys for.",
    )
    referral_amount = fields.Monetary(
        string="For each",
        default=100.0,
        help="Untaxed amount of paid purchases that earn points, in the programme's"
        " currency; counted and rounded down order by order.",
    )
    referral_months = fields.Integer(
        string="Purchases within",
        default=12,
        help="Months from the day on which the referred company joins, 1–120.",
    )
    referral_min_amount = fields.Monetary(
        string="Smallest first order",
        help="Nothing is given until an order of at least so much is paid. Untaxed.",
    )
    referral_days = fields.Integer(
        string="Invitations hold for",
        default=60,
        help="Days in which an invited company can join, 1–366.",
    )
    referral_limit = fields.Integer(
        string="Most referrals",
        default=10,
        help="That bring a company points in a calendar year: those that join first."
        " 0: any number.",
    )
    uses_referral = fields.Boolean(
        compute="_compute_uses_referral",
        store=True,
        help="Referrals bring points in this programme, now or earlier.",
    )

    _referral = models.Constraint(
        "CHECK (referral_mode = 'none' OR (referral_points BETWEEN 1 AND 1000000000"
        " AND referral_amount > 0 AND referral_months BETWEEN 1 AND 120"
        " AND referral_min_amount >= 0 AND referral_days BETWEEN 1 AND 366"
        " AND referral_limit >= 0))",
        "A referral brings 1 to 1 000 000 000 points, for each amount above zero,"
        " within 1 to 120 months; invitations hold for 1 to 366 days; the smallest"
        " order and the limit cannot be negative.",
    )

    # === COMPUTE METHODS === #

    @api.depends("referral_mode")
    def _compute_uses_referral(self):
        for program in self:
            program.uses_referral = (
                program.uses_referral or program.referral_mode != "none"
            )

    @api.model
    def _get_bonus_fields(self):
        return [
            *super()._get_bonus_fields(),
            "referral_mode",
            "referral_points",
            "referral_amount",
        ]

    def _get_bonus_captions(self):
        captions = super()._get_bonus_captions()
        points = self._format_portal_points(self.referral_points)
        if self.referral_mode == "fixed":
            captions.append(self.env._("%(points)s for a referral", points=points))
        if self.referral_mode == "share":
            captions.append(
                self.env._(
                    "%(points)s for each %(amount)s of a referral",
                    points=points,
                    amount=self.currency_id.format(self.referral_amount),
                )
            )
        return captions

    # === BUSINESS METHODS === #

    def _takes_referrals(self):
        """Tell whether companies can be recommended now."""
        self.ensure_one()
        return self.referral_mode != "none" and self.state == "running"

    @api.model
    @tools.ormcache()
    def _get_referral_program_ids(self):
        """Return the programmes in which referrals bring points, or did."""
        programs = self.sudo().with_context(active_test=False)
        programs = programs.search([("uses_referral", "=", True)])
        return tuple(programs.filtered(lambda p: p.state not in NOT_BOOKING).ids)

    @api.model
    def _counts_referrals(self, company_id):
        """Tell whether payments of a company's invoices may matter to referrals."""
        found = set(self._get_active_program_ids(company_id))
        return bool(found & set(self._get_referral_program_ids()))

    def _prepare_referral_terms(self):
        """Return what an invitation made now promises, whatever is set later."""
        self.ensure_one()
        return {
            "reward": self.referral_mode if self.referral_mode != "none" else "fixed",
            "reward_points": self.referral_points,
            "reward_amount": self.referral_amount,
            "reward_months": self.referral_months,
            "reward_min_amount": self.referral_min_amount,
        }

    # === JOB === #

    def _get_daily_steps(self):
        return [*super()._get_daily_steps(), self._daily_referrals]

    def _daily_referrals(self):
        """Let invitations lapse whose days are over, and referrals without a purchase.

        A late payment still brings what was promised.
        """
        today = self._today()
        referrals = self.env["loyalty.b2b.referral"].sudo()
        referrals.search(
            [
                ("program_id", "=", self.id),
                "|",
                "&",
                ("state", "=", "invited"),
                ("date_expiry", "<", today),
                "&",
                ("state", "=", "joined"),
                ("date_until", "<", today),
            ]
        ).write({"state": "lapsed"})
        return True

from odoo import api, fields, models

from ..fields import Points


class LoyaltyB2bProgram(models.Model):
    """What a company is given for joining, and what enrolment tells its people."""

    _inherit = "loyalty.b2b.program"

    welcome_points = Points(
        string="Welcome points",
        default=0,
        help="Given once to each company, by its tax id, when it begins to take part."
        " 0: none.",
    )
    welcome_months = fields.Integer(
        string="Welcome points expire after",
        default=0,
        help="Months from the day they are given. 0: as all points of the programme.",
    )
    caption_bonuses = fields.Char(compute="_compute_caption_bonuses")

    _welcome = models.Constraint(
        "CHECK (welcome_points BETWEEN 0 AND 1000000000"
        " AND welcome_months BETWEEN 0 AND 1200)",
        "Welcome points lie between 0 and 1 000 000 000, and live for at most 1 200"
        " months.",
    )

    # === COMPUTE METHODS === #

    @api.depends(lambda self: self._get_bonus_fields())
    @api.depends_context("lang")
    def _compute_caption_bonuses(self):
        for program in self:
            texts = program._get_bonus_captions()
            program.caption_bonuses = ", ".join(texts) or self.env._("none")

    @api.model
    def _get_bonus_fields(self):
        """Return the fields that the caption of the tab *Bonuses* tells of."""
        return ["welcome_points", "point_name"]

    def _get_bonus_captions(self):
        """Return what the programme gives besides purchases, in a few words each."""
        if not self.welcome_points:
            return []
        return [
            self.env._(
                "%(points)s for joining",
                points=self._format_portal_points(self.welcome_points),
            )
        ]

    # === BUSINESS METHODS === #

    def _enrol(self, partners, state="active", date_start=None, control_percent=0):
        wallets = super()._enrol(partners, state, date_start, control_percent)
        found = self.env["loyalty.b2b.wallet"].sudo().union(*wallets.values())
        found._begin()
        found.filtered(lambda w: w.state == "invited")._notify("invited", "invited")
        return wallets

    def _keep_apart(self, owner, reason):
        wallet = super()._keep_apart(owner, reason)
        # it took part before: this is no joining
        wallet.date_active = self._today()
        return wallet

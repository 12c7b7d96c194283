from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.fields import Domain


class LoyaltyB2bTier(models.Model):
    """A level of a programme: what it takes to reach it, and what it brings."""

    _name = "loyalty.b2b.tier"
    _description = "B2B Loyalty Level"
    _order = "program_id, threshold, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True)
    active = fields.Boolean(default=True)
    program_id = fields.Many2one(
        comodel_name="loyalty.b2b.program",
        required=True,
        index=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(related="program_id.company_id", store=True)
    currency_id = fields.Many2one(related="program_id.currency_id")
    tier_measure = fields.Selection(related="program_id.tier_measure")
    threshold = fields.Float(
        string="From",
        required=True,
        default=0.0,
        digits=(16, 2),
        help="Reached in a period: points earned, turnover in the programme's currency,"
        " or number of orders, as the programme counts. 0: from joining on.",
    )
    is_lasting = fields.Boolean(
        string="Kept for good", help="Who has reached this level never falls below it."
    )
    image = fields.Image(max_width=256, max_height=256)
    color = fields.Char(default="#714B67", help="Colour of the level, as #RRGGBB.")
    description = fields.Text(
        string="What it brings",
        translate=True,
        help="Shown to customers, beside what follows from the settings.",
    )
    factor = fields.Float(
        string="Points ×",
        digits=(6, 2),
        default=1.0,
        help="What other rules give is made so many times as much. 1: no more.",
    )
    pricelist_id = fields.Many2one(
        comodel_name="product.pricelist",
        check_company=True,
        help="For customers of this level who have no pricelist of their own.",
    )
    payment_term_id = fields.Many2one(
        comodel_name="account.payment.term",
        string="Payment Terms",
        check_company=True,
        help="For customers of this level who have no payment terms of their own.",
    )

    _threshold_uniq = models.UniqueIndex(
        "(program_id, threshold) WHERE active",
        "Two levels of a programme cannot begin at the same threshold.",
    )
    _values = models.Constraint(
        "CHECK (threshold >= 0 AND factor >= 1)",
        "A level begins at 0 or above, and multiplies points by 1 or more.",
    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        levels = super().create(vals_list)
        self.env.registry.clear_cache()
        levels.program_id._note_tiers_changed()
        return levels

    def write(self, vals):
        if vals.get("active") is False or "program_id" in vals:
            self._check_unused()
        result = super().write(vals)
        self.env.registry.clear_cache()
        if not {"threshold", "active", "is_lasting", "program_id"}.isdisjoint(vals):
            self.program_id._note_tiers_changed()
        return result

    def unlink(self):
        result = super().unlink()
        self.env.registry.clear_cache()
        return result

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        self._check_unused()
        changes = self.env["loyalty.b2b.tier.change"].sudo()
        for level in self:
            if changes.search_count(
                ["|", ("tier_from_id", "=", level.id), ("tier_to_id", "=", level.id)],
                limit=1,
            ):
                raise UserError(
                    self.env._(
                        "Customers have had level %(level)s, and their history names"
                        " it. Archive it instead.",
                        level=level.name,
                    )
                )

    # === BUSINESS METHODS === #

    def _check_unused(self):
        """Refuse to take a level away that customers hold.

        :raises UserError: with the level's name and the way out.
        """
        wallets = self.env["loyalty.b2b.wallet"].sudo()
        for level in self:
            count = wallets.search_count(
                Domain.OR(
                    Domain(name, "=", level.id)
                    for name in ("tier_id", "tier_earned_id", "tier_manual_id")
                )
            )
            if count:
                raise UserError(
                    self.env._(
                        "%(count)s customers hold level %(level)s, so it cannot be"
                        " taken away. Raise its threshold: they leave it when their"
                        " level is looked at again. End levels set by hand on the"
                        " wallet.",
                        count=count,
                        level=level.name,
                    )
                )

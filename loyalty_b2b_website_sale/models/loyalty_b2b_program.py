from odoo import fields, models, tools


class LoyaltyB2bProgram(models.Model):
    """On which websites a programme is told of, and whether companies join there."""

    _inherit = "loyalty.b2b.program"

    shop_shown = fields.Boolean(
        string="Show in the web shop",
        default=True,
        help="Customers read in the shop what an order earns and use points at"
        " checkout; visitors who did not sign in read the promise.",
    )
    website_ids = fields.Many2many(
        comodel_name="website",
        string="Websites",
        domain="[('company_id', '=', company_id)]",
        help="Where the programme is shown; empty: on all websites of the company.",
    )
    shop_join = fields.Boolean(
        string="Companies join online",
        help="A person of a company that does not take part yet can let it join.",
    )

    # === BUSINESS METHODS === #

    def _is_shown_on(self, website):
        """Tell whether a website shows the programme."""
        self.ensure_one()
        is_shown, website_ids = self._get_shop_terms()
        return (
            is_shown
            and self._get_terms().company_id == website.company_id.id
            and (not website_ids or website.id in website_ids)
        )

    @tools.ormcache("self.id")
    def _get_shop_terms(self):
        """Return whether the programme is shown, and where if not everywhere."""
        program = self.sudo()
        return program.shop_shown, frozenset(program.website_ids.ids)

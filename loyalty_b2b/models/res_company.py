from odoo import api, fields, models, tools

INTEGRATIONS = {"loyalty_b2b_integration_user_ids", "loyalty_b2b_integration_team_ids"}


class ResCompany(models.Model):
    _inherit = "res.company"

    loyalty_b2b_several_programs = fields.Boolean(
        string="Several running programmes",
        help="Let a customer's invoices earn in more than one programme at once.",
    )
    loyalty_b2b_start_by_two = fields.Boolean(
        string="Start by two people",
        help="One administrator asks for the start of a programme, another one starts"
        " it.",
    )
    loyalty_b2b_integration_user_ids = fields.Many2many(
        comodel_name="res.users",
        relation="loyalty_b2b_integration_user_rel",
        string="Integration users",
        help="Orders that these users create come from an external platform.",
    )
    loyalty_b2b_integration_team_ids = fields.Many2many(
        comodel_name="crm.team",
        relation="loyalty_b2b_integration_team_rel",
        string="Teams of external platforms",
        help="Orders of these sales teams come from an external platform.",
    )

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        companies = super().create(vals_list)
        if any(INTEGRATIONS & set(vals) for vals in vals_list):
            self.env.registry.clear_cache()
        return companies

    def write(self, vals):
        result = super().write(vals)
        if INTEGRATIONS & set(vals):
            self.env.registry.clear_cache()
        return result

    # === BUSINESS METHODS === #

    @tools.ormcache("self.id")
    def _get_loyalty_b2b_integrations(self):
        """Return the ids of the users and of the teams of external platforms."""
        company = self.sudo()
        return (
            frozenset(company.loyalty_b2b_integration_user_ids.ids),
            frozenset(company.loyalty_b2b_integration_team_ids.ids),
        )

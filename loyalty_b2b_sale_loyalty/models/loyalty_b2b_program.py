from odoo import fields, models


class LoyaltyB2bProgram(models.Model):
    """Warns of Odoo's own loyalty programmes: customers would earn twice."""

    _inherit = "loyalty.b2b.program"

    rival_names = fields.Char(
        string="Odoo's own loyalty programmes",
        compute="_compute_rival_names",
        help="Active ones of the same company, in which orders earn points too.",
    )

    # === COMPUTE METHODS === #

    def _compute_rival_names(self):
        for program in self:
            is_over = program.state in ("closing", "closed")
            names = [] if is_over else program._find_rivals().mapped("name")
            program.rival_names = ", ".join(names)

    # === ACTION METHODS === #

    def action_view_rivals(self):
        """Open Odoo's own loyalty programmes that give points beside this one."""
        self.ensure_one()
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Loyalty programmes of Odoo"),
            "res_model": "loyalty.program",
            "view_mode": "list,form",
            "domain": [("id", "in", self._find_rivals().ids)],
        }

    def action_take_over(self):
        """Open the dialog that takes over the cards of such a programme."""
        self.ensure_one()
        self.check_access("write")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "loyalty_b2b_sale_loyalty.loyalty_b2b_migration_action"
        )
        return {
            **action,
            "context": {
                "dialog_size": "extra-large",
                "default_program_id": self.id,
                "default_old_program_id": self._find_rivals()[:1].id,
                "default_archive_old": True,
            },
        }

    # === BUSINESS METHODS === #

    def _find_rivals(self):
        """Return the loyalty programmes of Odoo that give points beside this one."""
        programs = self.env["loyalty.program"].sudo()
        return programs.search(
            programs._get_loyalty_b2b_rival_domain(self.sudo().company_id)
        )

    def _get_rival_text(self):
        """Return the warning of such programmes, '' without one."""
        if not self.rival_names:
            return ""
        return self.env._(
            "Customers earn twice: Odoo's own loyalty programme %(names)s is active"
            " for the same orders. Take over its cards and archive it, or end it on a"
            " day.",
            names=self.rival_names,
        )

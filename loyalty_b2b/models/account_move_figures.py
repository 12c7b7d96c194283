from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

from ..fields import READERS, Points

SALES = ("out_invoice", "out_receipt")
# those who see every customer's points
SEE_ALL = (
    "sales_team.group_sale_salesman_all_leads,"
    "loyalty_b2b.group_loyalty_b2b_officer,loyalty_b2b.group_loyalty_b2b_auditor"
)


class AccountMove(models.Model):
    """What the back office shows of the points an invoice gave or took."""

    _inherit = "account.move"

    loyalty_b2b_entry_ids = fields.One2many(
        comodel_name="loyalty.b2b.entry",
        inverse_name="move_id",
        string="Points",
        groups=READERS,
    )
    loyalty_b2b_points = Points(
        string="Net points",
        compute="_compute_loyalty_b2b_points",
        compute_sudo=False,
        groups=READERS,
        help="Points the document gave, less those it took; waiting ones included.",
    )
    loyalty_b2b_entry_count = fields.Integer(
        compute="_compute_loyalty_b2b_points", compute_sudo=False, groups=READERS
    )

    loyalty_b2b_can_try = fields.Boolean(
        compute="_compute_loyalty_b2b_can_try", compute_sudo=False, groups=READERS
    )

    # === COMPUTE METHODS === #

    @api.depends("state", "move_type", "partner_id")
    @api.depends_context("uid")
    def _compute_loyalty_b2b_can_try(self):
        programs = self.env["loyalty.b2b.program"]
        for move in self:
            move.loyalty_b2b_can_try = (
                move.state == "posted"
                and move.move_type in SALES
                and bool(programs._get_active_program_ids(move.company_id.id))
                and move._is_loyalty_b2b_own()
            )

    def _compute_loyalty_b2b_points(self):
        groups = self.env["loyalty.b2b.entry"]._read_group(
            [("move_id", "in", self.ids), ("state", "!=", "cancelled")],
            ["move_id"],
            ["points:sum", "__count"],
        )
        figures = {move.id: (int(points), count) for move, points, count in groups}
        for move in self:
            points, count = figures.get(move._origin.id, (0, 0))
            move.loyalty_b2b_points = points
            move.loyalty_b2b_entry_count = count

    # === ACTION METHODS === #

    def action_loyalty_b2b_entries(self):
        """Open what the document did to points, with the why."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "loyalty_b2b.loyalty_b2b_entry_action"
        )
        name = self.env._("Points of %(document)s", document=self.name)
        return {
            **action,
            "name": name,
            "display_name": name,
            "domain": [("move_id", "=", self.id)],
            "context": {"search_default_not_cancelled": 1},
        }

    def action_loyalty_b2b_try(self):
        """Show what each rule gives for the invoice, and why others give nothing."""
        self.ensure_one()
        self._check_loyalty_b2b_try()
        programs = self.env["loyalty.b2b.program"]
        program_ids = programs._get_active_program_ids(self.company_id.id)
        if not program_ids:
            raise UserError(
                self.env._(
                    "%(company)s has no running loyalty programme.",
                    company=self.company_id.name,
                )
            )
        program = programs.browse(program_ids).sorted("sequence")[:1]
        return program._get_try_action(self)

    # === BUSINESS METHODS === #

    @api.model
    def _get_loyalty_b2b_try_domain(self):
        """Return the domain of the invoices that the user may try."""
        domain = [("move_type", "in", SALES), ("state", "=", "posted")]
        if not self.env.user.has_groups(SEE_ALL):
            domain.append(("commercial_partner_id.user_id", "=", self.env.uid))
        return domain

    def _is_loyalty_b2b_own(self):
        """Tell whether the user may see what the customer of the invoice earns."""
        self.ensure_one()
        user = self.env.user
        owner = self.sudo().partner_id._get_loyalty_b2b_owner()
        return user.has_groups(SEE_ALL) or (
            user.has_groups(READERS) and owner.user_id == user
        )

    def _check_loyalty_b2b_try(self):
        """Refuse what is no posted invoice of a customer whose points the user sees.

        :raises AccessError: if the invoice or its customer is not the user's.
        :raises UserError: if it is no posted customer invoice.
        """
        self.ensure_one()
        self.check_access("read")
        if not self._is_loyalty_b2b_own():
            raise AccessError(
                self.env._(
                    "%(invoice)s belongs to a customer of somebody else. Ask their"
                    " account manager or a loyalty officer.",
                    invoice=self.name,
                )
            )
        if self.state != "posted" or self.move_type not in SALES:
            raise UserError(
                self.env._("Choose a posted invoice to see what the rules give.")
            )

from functools import partial

from odoo import api, fields, models
from odoo.tools import formatLang

from ..fields import Points
from .loyalty_b2b_person import USING


class LoyaltyB2bPerson(models.Model):
    """What the back office shows of a person of the customer."""

    _inherit = "loyalty.b2b.person"

    user_id = fields.Many2one(related="wallet_id.user_id", string="Account manager")
    customer_id = fields.Many2one(related="wallet_id.partner_id", string="Customer")
    limits = fields.Char(
        string="Without asking",
        compute="_compute_limits",
        help="Most points that the person uses without asking somebody.",
    )
    used_month = Points(
        string="Used this month",
        compute="_compute_used_month",
        help="Points used or held this calendar month.",
    )
    standing = fields.Selection(
        selection=[
            ("holds", "In force"),
            ("left", "Has left"),
            ("ended", "Ended"),
        ],
        string="Status",
        compute="_compute_standing",
        help="Who was archived or went to another company may do nothing, at once; the"
        " role ends with the next daily steps.",
    )
    can_give_roles = fields.Boolean(related="wallet_id.can_give_roles")

    # === COMPUTE METHODS === #

    @api.depends("role", "limit_order", "limit_month")
    @api.depends_context("lang")
    def _compute_limits(self):
        for person in self:
            person.limits = person.role in USING and person._get_short_limits()

    def _get_short_limits(self):
        """Return the limits in the few words that a column of a list has room for."""
        write = partial(formatLang, self.env, digits=0)
        words = []
        if self.limit_order:
            points = write(self.limit_order)
            words.append(self.env._("%(points)s an order", points=points))
        if self.limit_month:
            points = write(self.limit_month)
            words.append(self.env._("%(points)s a month", points=points))
        return ", ".join(words) or self.env._("no limit")

    def _compute_used_month(self):
        for people in self.grouped("program_id").values():
            used = people._get_used_month()
            for person in people:
                person.used_month = used[person.id]

    @api.depends("date_end", "partner_id.active", "partner_id.commercial_partner_id")
    def _compute_standing(self):
        for wallet, people in self.grouped("wallet_id").items():
            there = wallet._filter_belonging(people.partner_id)
            is_open = wallet.sudo().state != "left"
            for person in people:
                if person.date_end:
                    person.standing = "ended"
                elif is_open and person.partner_id in there:
                    person.standing = "holds"
                else:
                    person.standing = "left"

    # === ACTION METHODS === #

    def action_change(self):
        """Ask what the person shall be able to do from now on.

        :raises AccessError: see `_check_giver` of the wallet.
        """
        return self._get_role_dialog(self.env._("Change a role"), "change")

    def action_take_back(self):
        """Ask why the role is taken back.

        :raises AccessError: see `_check_giver` of the wallet.
        """
        return self._get_role_dialog(self.env._("Take a role back"), "take")

    def _get_role_dialog(self, name, act):
        self.ensure_one()
        self.check_access("read")
        self.wallet_id._check_giver()
        context = {
            "default_wallet_id": self.wallet_id.id,
            "default_partner_id": self.partner_id.id,
            "default_act": act,
        }
        if act == "change":
            for field in ("role", "limit_order", "limit_month"):
                context[f"default_{field}"] = self[field]
        return self.wallet_id._get_dialog(name, "loyalty.b2b.person.grant", context)

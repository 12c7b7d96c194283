from odoo import fields, models

from .sale_order_channel import CHANNELS

# What a collective invoice of several channels says.
MIXED = "mixed"


class AccountMove(models.Model):
    """How the orders of an invoice came in."""

    _inherit = "account.move"

    loyalty_b2b_channel = fields.Selection(
        selection=[*CHANNELS, (MIXED, "Several channels")],
        string="Order channel",
        copy=False,
        readonly=True,
        groups="base.group_user",
        help="How the customer placed the orders; as it was when they were invoiced.",
    )

    # === HOOKS === #

    def copy_data(self, default=None):
        """Let credit and debit notes keep the channel of what they correct."""
        vals_list = super().copy_data(default)
        # what core sets to copy the links to orders, too
        if self.env.context.get("include_business_fields"):
            for move, vals in zip(self.sudo(), vals_list, strict=True):
                if move.loyalty_b2b_channel:
                    vals.setdefault("loyalty_b2b_channel", move.loyalty_b2b_channel)
        return vals_list

    # === BUSINESS METHODS === #

    def _mark_loyalty_b2b_mixed(self):
        """Let collective invoices of orders of several channels say so."""
        mixed = self.filtered(
            lambda move: (
                len(
                    set(
                        move.line_ids.sale_line_ids.order_id.mapped(
                            "loyalty_b2b_channel"
                        )
                    )
                )
                > 1
            )
        )
        mixed.loyalty_b2b_channel = MIXED

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..fields import Points


class LoyaltyB2bWalletMerge(models.TransientModel):
    """Says what merging two wallets will do, and asks whether to."""

    _name = "loyalty.b2b.wallet.merge"
    _inherit = "loyalty.b2b.dialog.mixin"
    _description = "Merge Two Wallets"

    wallet_id = fields.Many2one(
        comodel_name="loyalty.b2b.wallet",
        string="Keep the wallet of",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    source_id = fields.Many2one(
        comodel_name="loyalty.b2b.wallet",
        string="Merge into it the wallet of",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    point_name = fields.Char(related="wallet_id.point_name")
    available = Points(
        related="wallet_id.available",
        related_sudo=False,
        string="Available in the first",
    )
    source_available = Points(
        related="source_id.available",
        related_sudo=False,
        string="Available in the second",
    )
    plan = fields.Text(string="What will happen", compute="_compute_plan")

    # === COMPUTE METHODS === #

    @api.depends("wallet_id", "source_id")
    @api.depends_context("lang")
    def _compute_plan(self):
        for wizard in self:
            wizard.plan = wizard._get_plan()

    def _get_plan(self):
        values = {
            "kept": self.wallet_id.partner_id.name,
            "merged": self.source_id.partner_id.name,
        }
        lines = [
            self.env._(
                "The whole history of %(merged)s, its points with their last days of"
                " use, and what quotations hold move to the wallet of %(kept)s.",
                **values,
            ),
            self.env._(
                "%(merged)s takes part in the wallet of %(kept)s from now on; its own"
                " ends, empty.",
                **values,
            ),
            self.env._("This cannot be undone."),
        ]
        return "\n".join(lines)

    # === ACTION METHODS === #

    def action_swap(self):
        """Keep the other one of the two wallets."""
        self.ensure_one()
        self.write({"wallet_id": self.source_id.id, "source_id": self.wallet_id.id})
        return {
            "name": self.env._("Merge two wallets"),
            "type": "ir.actions.act_window",
            "res_model": self._name,
            "res_id": self.id,
            "view_mode": "form",
            "target": "new",
        }

    def action_merge(self):
        """Merge the wallets, and open the one that stays.

        :raises AccessError: for everybody but loyalty administrators.
        :raises UserError: if the wallets do not belong together.
        """
        self.ensure_one()
        if not self.env.user.has_group("loyalty_b2b.group_loyalty_b2b_admin"):
            raise AccessError(
                self.env._("Only loyalty administrators share or part wallets.")
            )
        wallets = self.wallet_id | self.source_id
        wallets.check_access("write")
        kept, source = self.wallet_id.sudo(), self.source_id.sudo()
        kept._merge(source)
        body = self.env._(
            "The wallet of %(merged)s was merged into that of %(kept)s.",
            merged=source.partner_id.display_name,
            kept=kept.partner_id.display_name,
        )
        for wallet in (kept, source):
            wallet._message_log(body=body)
        return self.wallet_id.get_formview_action()

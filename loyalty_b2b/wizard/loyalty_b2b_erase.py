from odoo import api, fields, models
from odoo.exceptions import AccessError


class LoyaltyB2bErase(models.TransientModel):
    """Says what erasing the data of a person does, and does it."""

    _name = "loyalty.b2b.erase"
    _inherit = "loyalty.b2b.dialog.mixin"
    _description = "Erase Personal Data"

    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Person",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    refusal = fields.Char(compute="_compute_plan")
    plan = fields.Text(
        string="What it does", compute="_compute_plan", help="Before it is done."
    )

    # === DEFAULT METHODS === #

    @api.model
    def default_get(self, fields):
        values = super().default_get(fields)
        if "partner_id" in fields and not values.get("partner_id"):
            values["partner_id"] = self._get_active_partner().id
        return values

    @api.model
    def _get_active_partner(self):
        """Return the person of the record from which the dialog was opened."""
        model = self.env.context.get("active_model")
        record_id = self.env.context.get("active_id")
        partner = self.env["res.partner"]
        if model not in ("res.partner", "loyalty.b2b.person") or not record_id:
            return partner
        record = self.env[model].browse(record_id).exists()
        record.check_access("read")
        return record if model == "res.partner" else record.partner_id

    # === COMPUTE METHODS === #

    @api.depends("partner_id")
    def _compute_plan(self):
        for wizard in self:
            wallets = self.env["loyalty.b2b.wallet"]._find_known_wallets(
                wizard.partner_id
            )
            wizard.refusal = wallets._get_erasure_refusal(wizard.partner_id.sudo())
            wizard.plan = "" if wizard.refusal else wizard._get_plan(wallets)

    def _get_plan(self, wallets):
        """Return what will be done, a line each."""
        person = self.partner_id
        customers = ", ".join(wallets.partner_id.mapped("name"))
        return "\n".join(
            [
                self.env._(
                    "A pseudonym takes the place of “%(name)s” with %(customers)s: in"
                    " roles, consents, uses of points, approvals, recommendations, in"
                    " the history of points and in what was logged.",
                    name=person.name,
                    customers=customers,
                ),
                self.env._("The role in the programme ends today."),
                self.env._(
                    "Points, amounts, dates and documents stay exactly as they are."
                ),
                self.env._(
                    "The contact itself, its portal access, orders and invoices are not"
                    " changed: archive or anonymise the contact besides. The register"
                    " of gifts is kept as long as tax law asks."
                ),
                self.env._("This cannot be undone: nothing leads back to the name."),
            ]
        )

    # === ACTION METHODS === #

    def action_erase(self):
        """Erase the data of the person.

        :raises AccessError: for users below officer.
        :raises UserError: with what stands against it.
        """
        self.ensure_one()
        if not self.env.user.has_group("loyalty_b2b.group_loyalty_b2b_officer"):
            raise AccessError(self.env._("Only loyalty officers erase personal data."))
        self.partner_id.check_access("read")
        wallets = self.env["loyalty.b2b.wallet"]._find_known_wallets(self.partner_id)
        alias = wallets._erase_person(self.partner_id)
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "success",
                "message": self.env._(
                    "The person is called “%(alias)s” now.", alias=alias
                ),
                "next": {"type": "ir.actions.act_window_close"},
            },
        }

from odoo import api, fields, models
from odoo.exceptions import AccessError

OFFICER = "loyalty_b2b.group_loyalty_b2b_officer"


class LoyaltyB2bWallet(models.Model):
    """What the back office shows of a wallet's people, and who gives roles there."""

    _inherit = "loyalty.b2b.wallet"

    person_now_ids = fields.One2many(
        comodel_name="loyalty.b2b.person",
        inverse_name="wallet_id",
        string="Person",
        domain=[("date_end", "=", False)],
        readonly=True,
    )
    person_count = fields.Integer(compute="_compute_person_count")
    colleagues_text = fields.Char(
        string="Colleagues",
        compute="_compute_colleagues_text",
        help="What all other contacts of the companies may do.",
    )
    can_give_roles = fields.Boolean(compute="_compute_can_give_roles")

    # === COMPUTE METHODS === #

    def _compute_person_count(self):
        groups = self.env["loyalty.b2b.person"]._read_group(
            self._get_people_domain(), ["wallet_id"], ["__count"]
        )
        counts = dict(groups)
        for wallet in self:
            wallet.person_count = counts.get(wallet, 0)

    @api.depends("program_id.colleague_role", "person_now_ids.role")
    @api.depends_context("lang")
    def _compute_colleagues_text(self):
        for wallet in self:
            words = [wallet._get_colleagues_words()]
            roles = wallet.person_now_ids.mapped("role")
            if roles and "administers" not in roles:
                words.append(self.env._("Nobody decides about points."))
            wallet.colleagues_text = " ".join(words)

    def _get_colleagues_words(self):
        """Return what contacts may do to whom nobody has given a role."""
        is_alone = not self.person_now_ids
        if self.program_id.colleague_role == "sees":
            if is_alone:
                return self.env._(
                    "Nobody has been given a role: all contacts of the company see its"
                    " points, and none of them uses any."
                )
            return self.env._("All other contacts see the points and use none.")
        if is_alone:
            return self.env._(
                "Nobody has been given a role: the contacts of the company collect"
                " points, and none of them sees or uses any."
            )
        return self.env._("All other contacts only collect: they see no points.")

    @api.depends("user_id")
    @api.depends_context("uid")
    def _compute_can_give_roles(self):
        is_officer = self.env.user.has_group(OFFICER)
        for wallet in self:
            wallet.can_give_roles = is_officer or wallet.user_id == self.env.user

    # === ACTION METHODS === #

    def action_give_role(self):
        """Ask to whom a role is given, and with which limits.

        :raises AccessError: see `_check_giver`.
        """
        self.ensure_one()
        self._check_giver()
        return self._get_dialog(
            self.env._("Give a role"),
            "loyalty.b2b.person.grant",
            {"default_wallet_id": self.id},
        )

    def action_view_people(self):
        """Open all persons of the wallet, those whose role has ended included."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "loyalty_b2b.loyalty_b2b_person_action"
        )
        return {
            **action,
            "domain": [("wallet_id", "=", self.id)],
            "context": {"search_default_now": 1},
        }

    # === RIGHTS === #

    def _check_giver(self):
        """Refuse who does not give roles to the customer's people.

        :raises AccessError: for all but the account manager, officers and
            administrators, and for wallets that the user may not see.
        """
        self.ensure_one()
        self.check_access("read")
        if not self.can_give_roles:
            raise AccessError(
                self.env._(
                    "Only %(manager)s, or a loyalty officer, says what the people of"
                    " %(customer)s may do.",
                    manager=self.sudo().user_id.name
                    or self.env._("the account manager"),
                    customer=self.sudo().partner_id.display_name,
                )
            )

from odoo import api, fields, models
from odoo.exceptions import UserError

from .loyalty_b2b_referral import OPEN


class LoyaltyB2bReferral(models.Model):
    """The invitation by e-mail, and the steps that staff take."""

    _inherit = "loyalty.b2b.referral"

    warning = fields.Char(
        compute="_compute_warning",
        compute_sudo=True,
        help="Why the company could not join by this referral now.",
    )
    promise = fields.Char(
        compute="_compute_promise", help="What the referral brings, in words."
    )

    # === COMPUTE METHODS === #

    @api.depends("partner_id", "state")
    @api.depends_context("lang")
    def _compute_warning(self):
        texts = self._get_refusal_texts()
        for referral in self:
            known, partner = referral._origin, referral.partner_id._origin
            is_open = known and referral.state in OPEN
            referral.warning = is_open and texts.get(known._get_refusal(partner))

    @api.depends("reward", "reward_points", "reward_amount", "program_id")
    @api.depends_context("lang")
    def _compute_promise(self):
        for referral in self:
            referral.promise = referral._get_promise()

    def _get_promise(self):
        """Return what was promised when the invitation was made, in words."""
        program = self.program_id
        if not program:
            return ""
        values = {
            "points": program._format_portal_points(self.reward_points),
            "amount": self.currency_id.format(self.reward_amount),
            "months": program._format_months(self.reward_months),
            "least": self.currency_id.format(self.reward_min_amount),
        }
        if self.reward == "share":
            text = self.env._(
                "%(points)s for each %(amount)s net bought and paid within %(months)s",
                **values,
            )
        else:
            text = self.env._(
                "%(points)s for the first paid order within %(months)s", **values
            )
        if not self.reward_min_amount:
            return text
        least = self.env._("first order from %(least)s net", **values)
        return f"{text}, {least}"

    # === ACTION METHODS === #

    def action_send(self):
        """Send the invitation by e-mail, once more if it was sent before."""
        self.check_access("write")
        for referral in self:
            if not referral.sudo()._is_open():
                raise UserError(
                    self.env._(
                        "The invitation of %(name)s holds no longer.",
                        name=referral.name,
                    )
                )
            if not referral.email_normalized:
                raise UserError(
                    self.env._(
                        "Enter the e-mail address of %(name)s.", name=referral.name
                    )
                )
            referral.sudo()._send_invitation()

    def action_confirm(self):
        """Enrol the customer that was chosen, and count what it buys from now on.

        :raises UserError: if the company cannot be recommended.
        """
        self.ensure_one()
        self._check_officer()
        if not self.partner_id:
            raise UserError(
                self.env._(
                    "Choose the customer of %(name)s, or create it, first.",
                    name=self.name,
                )
            )
        self.partner_id.check_access("read")
        referral = self.sudo()
        code = referral._join(
            referral.partner_id,
            reason=self.env._(
                "Recommended by %(name)s", name=referral.wallet_id.partner_id.name
            ),
        )
        if code:
            text = referral._get_refusal_texts()[code]
            raise UserError(
                self.env._(
                    "%(name)s cannot join by this referral. %(why)s Choose another"
                    " customer, or refuse the referral.",
                    name=self.partner_id.display_name,
                    why=text,
                )
            )
        referral.activity_feedback(["mail.mail_activity_data_todo"])

    def action_refuse(self):
        """Ask why the referral is refused."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Refuse the referral"),
            "res_model": "loyalty.b2b.referral.refuse",
            "view_mode": "form",
            "target": "new",
            "context": {"default_referral_id": self.id},
        }

    def action_view_entries(self):
        """Open what the referral brought, in the ledger."""
        self.ensure_one()
        self.check_access("read")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "loyalty_b2b.loyalty_b2b_entry_action"
        )
        return {**action, "domain": [("group_ref", "=", self._get_group_ref())]}

    def action_view_referred(self):
        """Open the wallet of the company that was recommended."""
        self.ensure_one()
        return self.referred_wallet_id.get_formview_action()

    def _check_officer(self):
        """Refuse steps that only officers take.

        :raises AccessError: for others, and for referrals they may not see.
        """
        self.env["loyalty.b2b.referral.refuse"].check_access("create")
        self.check_access("write")

    # === BUSINESS METHODS === #

    def _send_invitation(self):
        """Send the invitation in its language, unless the person wants no e-mail."""
        self.ensure_one()
        blocked = self.env["mail.blacklist"].sudo()
        if blocked.search_count([("email", "=", self.email_normalized)], limit=1):
            return
        template = self.env.ref("loyalty_b2b.mail_template_referral_invitation")
        template.sudo().send_mail(self.id)
        self.date_sent = fields.Datetime.now()

    def _get_invitation_url(self):
        """Return the address of the page on which the company joins."""
        self.ensure_one()
        token = self.sudo().token
        return f"{self.company_id.get_base_url()}/loyalty/invitation/{token}"

    def _get_mail_color(self):
        """Return the colour of the programme for mails, and one to write on it."""
        look = self.program_id._prepare_portal_program()
        return look["color"], "#FFFFFF" if look["is_dark"] else "#000000"

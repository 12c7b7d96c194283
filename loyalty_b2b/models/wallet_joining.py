from odoo import api, fields, models
from odoo.exceptions import UserError

# Who joined, when, and what was promised: written by joining alone.
JOINED = {
    "date_active",
    "joined_at",
    "joined_by_id",
    "joined_by_name",
    "joined_terms",
    "joined_reason",
}


class LoyaltyB2bWallet(models.Model):
    """How an invited company comes to take part, and what it agreed to."""

    _inherit = "loyalty.b2b.wallet"

    joined_at = fields.Datetime(string="Accepted on", readonly=True, copy=False)
    joined_by_id = fields.Many2one(
        comodel_name="res.partner",
        string="Accepted by",
        readonly=True,
        copy=False,
        ondelete="set null",
        help="The person of the company who accepted the terms.",
    )
    joined_by_name = fields.Char(
        string="Accepted by (name)",
        readonly=True,
        copy=False,
        help="As the person was called then.",
    )
    joined_terms = fields.Html(
        string="Accepted terms",
        readonly=True,
        copy=False,
        help="The terms as the person read them.",
    )
    joined_reason = fields.Char(
        string="Joined otherwise",
        readonly=True,
        copy=False,
        help="How the company agreed, if not in the portal.",
    )

    # === CRUD METHODS === #

    @api.model
    def _get_guarded_fields(self):
        return super()._get_guarded_fields() | JOINED

    def _check_fixed(self, vals):
        result = super()._check_fixed(vals)
        if not self.env.su and JOINED & set(vals):
            raise UserError(
                self.env._(
                    "Who accepted the terms, and when, is not typed in: press “Mark as"
                    " joined”."
                )
            )
        return result

    # === ACTION METHODS === #

    def action_activate(self):
        """Let the customer use points; ask how an invited one came to join."""
        if len(self) == 1 and self.state == "invited":
            return self.action_mark_joined()
        return super().action_activate()

    def action_mark_joined(self):
        """Ask how the company agreed to take part."""
        self.ensure_one()
        return self._get_dialog(
            self.env._("Mark as joined"),
            "loyalty.b2b.join",
            {"default_wallet_id": self.id},
        )

    # === BUSINESS METHODS === #

    def _accept(self, person=None, reason="", terms=None):
        """Let an invited company take part; one that does already stays as it is.

        :param person: `res.partner` who accepts the terms, in its own language.
        :param str reason: how the company agreed, if staff say so.
        :param terms: the text that was read, the programme's by default.
        :return: False if there was nothing to do.
        :raises UserError: if the wallet is suspended, was left or merged.
        """
        self.ensure_one()
        wallet = self.sudo()
        if wallet.state == "active":
            return False
        if wallet.state != "invited" or wallet.merged_into_id:
            raise UserError(
                self.env._(
                    "%(customer)s is not invited, so it cannot join now.",
                    customer=wallet.partner_id.display_name,
                )
            )
        values = wallet._prepare_acceptance(person, reason, terms)
        today = wallet.program_id._today()
        wallet.write({**values, "state": "active", "date_joined": today})
        wallet._notify("joined", "joined")
        return True

    def _prepare_acceptance(self, person, reason="", terms=None):
        """Return who accepts what, see `_accept`."""
        lang = person.lang if person else None
        program = self.program_id.with_context(lang=lang or self.env.lang)
        return {
            "joined_at": fields.Datetime.now(),
            "joined_by_id": person.id if person else False,
            "joined_by_name": person.display_name if person else False,
            "joined_terms": program.terms if terms is None else terms,
            "joined_reason": reason or False,
        }

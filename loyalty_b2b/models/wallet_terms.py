from odoo import api, fields, models
from odoo.exceptions import UserError


class LoyaltyB2bWallet(models.Model):
    """Which version of the terms a customer has accepted, and by whom.

    Use goes on before new terms are accepted: their change was announced with a day,
    see `program._tell_terms`, and the portal keeps asking.
    """

    _inherit = "loyalty.b2b.wallet"

    terms_version = fields.Integer(
        string="Version of its terms",
        compute="_compute_terms_version",
        store=True,
        precompute=True,
        help="The version of the terms that the customer has accepted last, or with"
        " which it began to take part.",
    )

    # === COMPUTE METHODS === #

    @api.depends("program_id")
    def _compute_terms_version(self):
        for wallet in self:
            wallet.terms_version = wallet.program_id.terms_version

    # === CRUD METHODS === #

    @api.model
    def _get_guarded_fields(self):
        return super()._get_guarded_fields() | {"terms_version"}

    def _check_fixed(self, vals):
        result = super()._check_fixed(vals)
        if not self.env.su and "terms_version" in vals:
            raise UserError(
                self.env._("Terms are accepted in the portal, or by “Record consent”.")
            )
        return result

    # === BUSINESS METHODS === #

    def _has_new_terms(self):
        """Tell whether the customer has not accepted the newest terms yet."""
        self.ensure_one()
        program = self.program_id
        return (
            self.state in ("active", "suspended")
            and self.terms_version < program.terms_version
            and program._has_terms()
        )

    def _may_accept_terms(self, partner):
        """Tell whether a person accepts new terms for the customer.

        That is who decides about points; as long as nobody does, whoever sees them
        and says that he may, as when joining.
        """
        administrators = self._get_administrators()
        return not administrators or partner in administrators

    def _accept_terms(self, partner):
        """Note that a person has accepted the newest terms for the customer.

        A second click changes nothing.

        :param partner: `res.partner` who has read them, in its own language.
        """
        self.ensure_one()
        wallet = self.sudo()
        if not wallet._has_new_terms() or not wallet._may_accept_terms(partner):
            return
        wallet._note_terms(partner, "portal")
        wallet._note_first(partner)

    def _note_terms(self, partner, source, note="", terms=None):
        """Write down which terms were accepted, in which words.

        :param partner: `res.partner`; empty where staff say how the company agreed.
        :param str source: portal or staff.
        :param terms: the text that was read; the programme's by default.
        """
        program = self.program_id.with_context(lang=partner.lang or self.env.lang)
        self.terms_version = program.terms_version
        text = program.terms if terms is None else terms
        if not text:
            return self.env["loyalty.b2b.consent"]
        return self._create_consent(
            partner, "terms", False, source, program.terms_version, text, note
        )

    # === JOINING === #

    def _accept(self, person=None, reason="", terms=None):
        result = super()._accept(person=person, reason=reason, terms=terms)
        if result:
            self._note_accepted(person, reason, terms)
        return result

    def _note_accepted(self, person, reason, terms):
        """Write down who accepted the terms by joining; he may want to decide."""
        wallet, nobody = self.sudo(), self.env["res.partner"]
        source = "staff" if reason else "portal"
        wallet._note_terms(person or nobody, source, reason, terms)
        if person and not reason:
            wallet._note_first(person)

    # === PORTAL === #

    def _prepare_portal_summary(self):
        url = f"/my/loyalty/program/{self.program_id.id}/terms"
        return {
            **super()._prepare_portal_summary(),
            "terms_url": url if self._has_new_terms() else "",
        }

    def _prepare_portal_terms(self, partner):
        """Return the newest terms, and whether a person is to accept them."""
        program = self.program_id
        is_new = self._has_new_terms()
        accepted = self.env["loyalty.b2b.consent"].sudo()
        accepted = accepted.search(
            [("wallet_id", "=", self.id), ("kind", "=", "terms")], limit=1
        )
        return {
            "terms": program.terms or "",
            "data_use": program._get_data_use(),
            "version": program.terms_version,
            "is_new": is_new,
            "may_accept": is_new and self._may_accept_terms(partner),
            "names": self._get_administrators().mapped("name"),
            "accepted_by": accepted.name or "",
            "accepted_on": program._format_portal_day(
                program._local_day(accepted.given_at)
            )
            if accepted
            else "",
        }

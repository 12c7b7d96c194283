from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import html2plaintext

# Counted up by their own steps alone.
VERSIONS = frozenset({"terms_version", "offers_version"})


class LoyaltyB2bProgram(models.Model):
    """The texts that customers accept, by version, and who decides first."""

    _inherit = "loyalty.b2b.program"

    terms_version = fields.Integer(
        string="Version of the terms",
        default=1,
        readonly=True,
        copy=False,
        tracking=True,
        help="Counts up when customers are asked to accept the terms again.",
    )
    data_use = fields.Html(
        string="Use of data",
        translate=True,
        help="Which data of persons the programme uses, what for and how long. Shown"
        " beside the terms; nothing is shown while it is empty.",
    )
    faq = fields.Html(
        string="Questions and answers",
        translate=True,
        help="What customers ask. Shown before the terms; nothing is shown while it is"
        " empty.",
    )
    offers_text = fields.Text(
        string="Consent to offers",
        translate=True,
        help="Added to our sentence that people agree to who want offers and news.",
    )
    offers_version = fields.Integer(
        default=1,
        readonly=True,
        copy=False,
        help="Version of the text, counts up with each change.",
    )
    trust_first = fields.Boolean(
        string="Trust the first",
        help="Who accepts the terms first decides about the company's points at once."
        " Otherwise he asks, and the company or the account manager confirms it.",
    )
    caption_people = fields.Char(compute="_compute_caption_people")

    # === COMPUTE METHODS === #

    @api.depends("terms", "terms_version", "trust_first")
    @api.depends_context("lang")
    def _compute_caption_people(self):
        for program in self:
            program.caption_people = program._get_people_caption()

    def _get_people_caption(self):
        """Return what is set of persons and terms, in a few words."""
        if self.trust_first:
            return self.env._("the first decides")
        if self._has_terms():
            return self.env._("version %(number)s", number=self.terms_version)
        return ""

    # === CRUD METHODS === #

    @api.model
    def _get_guarded_fields(self):
        return super()._get_guarded_fields() | VERSIONS

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_versions(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_versions(vals)
        result = super().write(vals)
        if "offers_text" in vals:
            for program in self.sudo():
                program.offers_version += 1
        return result

    def _check_versions(self, vals):
        """Refuse to type in what counts up by itself.

        :raises AccessError: for all but our own code.
        """
        if VERSIONS & set(vals) and not self.env.su:
            raise AccessError(
                self.env._("The version of a text is counted, it is not typed in.")
            )

    # === BUSINESS METHODS === #

    def _has_terms(self):
        return bool(html2plaintext(self.terms or "").strip())

    def _ask_acceptance(self):
        """Ask customers to accept the terms again: as they are now, a new version."""
        for program in self.sudo():
            program.terms_version += 1

    def _get_data_use(self):
        """Return the notice on the use of data; '' if there is none."""
        text = self.data_use or ""
        return text if html2plaintext(text).strip() else ""

    def _get_faq(self):
        """Return the questions and answers; '' if there are none."""
        text = self.faq or ""
        return text if html2plaintext(text).strip() else ""

    def _prepare_portal_rules(self):
        return {
            **super()._prepare_portal_rules(),
            "data_use": self._get_data_use(),
            "faq": self._get_faq(),
        }

    def _get_consent_text(self, kind, channel):
        """Return what a person agrees to, and its version.

        :param str kind: offers or messages.
        :param str channel: email or phone.
        """
        company = self.company_id.name
        values = {"company": company, "program": self.name}
        if kind == "messages":
            text = self.env._(
                "I get messages on points of %(program)s by e-mail: what was earned and"
                " used, and what is about to expire.",
                **values,
            )
            return text, 1
        own = (self.offers_text or "").strip()
        if channel == "phone":
            text = self.env._(
                "I agree that %(company)s tells me of offers and news by phone. I can"
                " withdraw this at any time.",
                **values,
            )
        else:
            text = self.env._(
                "I agree that %(company)s sends me offers and news by e-mail. I can"
                " withdraw this at any time.",
                **values,
            )
        return f"{text} {own}".strip(), self.offers_version

from markupsafe import escape

from odoo import fields, models
from odoo.tools import format_datetime

# What persons give and withdraw themselves, as (kind, channel).
CONSENTS = (("messages", "email"), ("offers", "email"), ("offers", "phone"))
MOST_SHOWN = 50


class LoyaltyB2bWallet(models.Model):
    """What the persons of a customer agreed to, for each kind and channel."""

    _inherit = "loyalty.b2b.wallet"

    consent_ids = fields.One2many(
        comodel_name="loyalty.b2b.consent",
        inverse_name="wallet_id",
        string="Consents",
        readonly=True,
    )

    # === BUSINESS METHODS === #

    def _give_consent(self, partner, kind, channel, source="portal", note=""):
        """Note what a person agrees to, in the words of the programme.

        What holds already is not noted again. The caller has checked who says so.

        :param str kind: offers or messages.
        :param str channel: email or phone.
        :param str source: portal or staff.
        :param str note: how the person said so, where staff note it.
        :return: the consent that holds, in sudo.
        """
        self.ensure_one()
        wallet = self.sudo()
        reader = wallet.program_id.with_context(lang=partner.lang or self.env.lang)
        text, version = reader._get_consent_text(kind, channel)
        before = wallet._get_consents(partner, kind, channel)
        if same := before.filtered(lambda one: one.version == version)[:1]:
            return same
        return wallet._create_consent(
            partner, kind, channel, source, version, escape(text), note
        )

    def _withdraw_consent(self, partner, kind, channel, source="portal", note=""):
        """Note that a person does not agree any more; see `_give_consent`."""
        self.ensure_one()
        consents = self.sudo()._get_consents(partner, kind, channel)
        consents.write(
            {
                "withdrawn_at": fields.Datetime.now(),
                "withdrawn_source": source,
                "withdrawn_note": note or False,
            }
        )
        return consents

    def _note_channel(self, partner):
        """Note whether a person wants messages on points by e-mail.

        Written down for each wallet he sees; `loyalty_b2b_channel` is what counts.
        """
        for wallet in self:
            if partner.loyalty_b2b_channel == "email":
                wallet._give_consent(partner, "messages", "email")
            else:
                wallet._withdraw_consent(partner, "messages", "email")

    def _get_consents(self, partner, kind, channel):
        """Return the consents of a person that hold, in sudo, the newest first."""
        return (
            self.env["loyalty.b2b.consent"]
            .sudo()
            .search(
                [
                    ("wallet_id", "in", self.ids),
                    ("partner_id", "=", partner.id),
                    ("kind", "=", kind),
                    ("channel", "=", channel),
                    ("withdrawn_at", "=", False),
                ]
            )
        )

    def _create_consent(self, partner, kind, channel, source, version, text, note=""):
        """Note a consent; the caller has checked who gives it."""
        consents = self.env["loyalty.b2b.consent"].sudo()
        return consents.create(
            {
                "wallet_id": self.id,
                "partner_id": partner.id,
                "name": partner.name,
                "kind": kind,
                "channel": channel,
                "version": version,
                "text": text,
                "source": source,
                "note": note or False,
                "given_at": fields.Datetime.now(),
            }
        )

    # === PORTAL === #

    def _prepare_portal_consents(self, partner):
        """Return what a person can agree to, and what he did, as plain values."""
        rows = (
            self.env["loyalty.b2b.consent"]
            .sudo()
            .search(
                [("wallet_id", "=", self.id), ("partner_id", "=", partner.id)],
                limit=MOST_SHOWN,
            )
        )
        return {
            "offers": [
                self._prepare_portal_choice(rows, kind, channel)
                for kind, channel in CONSENTS
                if kind == "offers"
            ],
            "history": [self._prepare_portal_consent(row) for row in rows],
        }

    def _prepare_portal_choice(self, rows, kind, channel):
        holding = rows.filtered(
            lambda row: (
                (row.kind, row.channel) == (kind, channel) and not row.withdrawn_at
            )
        )[:1]
        consents, program = self.env["loyalty.b2b.consent"], self.program_id
        labels = dict(consents._fields["channel"]._description_selection(self.env))
        return {
            "kind": kind,
            "channel": channel,
            "label": labels[channel],
            # what he agreed to stands in the words of then
            "text": holding.text or program._get_consent_text(kind, channel)[0],
            "is_given": bool(holding),
            "given_on": self._format_portal_moment(holding.given_at),
        }

    def _prepare_portal_consent(self, row):
        """Return one line of the history of consents."""
        kinds = dict(row._fields["kind"]._description_selection(self.env))
        channels = dict(row._fields["channel"]._description_selection(self.env))
        sources = dict(row._fields["source"]._description_selection(self.env))
        return {
            "kind": kinds[row.kind],
            "channel": channels.get(row.channel, ""),
            "version": row.version,
            "text": row.text or "",
            "given_on": self._format_portal_moment(row.given_at),
            "source": sources[row.source],
            "withdrawn_on": self._format_portal_moment(row.withdrawn_at),
            "withdrawn_source": sources.get(row.withdrawn_source, ""),
        }

    def _format_portal_moment(self, moment):
        """Return a moment in the programme's time zone; '' if there is none."""
        if not moment:
            return ""
        return format_datetime(
            self.env, moment, tz=self.program_id.tz, dt_format="short"
        )

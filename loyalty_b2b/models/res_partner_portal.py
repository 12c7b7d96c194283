from odoo import fields, models
from odoo.fields import Domain
from odoo.tools import SQL

VISIBLE_PROGRAM_STATES = ("running", "paused", "closing")


class ResPartner(models.Model):
    """Which wallets a person sees in the portal."""

    _inherit = "res.partner"

    # === BUSINESS METHODS === #

    def _get_loyalty_b2b_portal_wallets(self):
        """Return the wallets this person sees, in the order of their programmes.

        Readable in sudo and checked: the pages take wallets from nowhere else.
        """
        self.ensure_one()
        wallets = self.env["loyalty.b2b.wallet"].sudo()
        wallets = wallets.search_fetch(
            self._get_loyalty_b2b_wallet_domain(),
            [
                "program_id",
                "company_id",
                "partner_id",
                "user_id",
                "state",
                "date_joined",
                "tier_id",
                "tier_since",
                "is_control",
                "merged_into_id",
                "terms_version",
            ],
        )
        wallets = self._filter_loyalty_b2b_seen(wallets)
        # one read of the programmes, whatever their number
        return wallets.sorted(lambda wallet: (wallet.program_id.sequence, wallet.id))

    def _get_loyalty_b2b_wallet_domain(self):
        """Return the domain of the wallets this contact's company takes part in.

        A control group is not to know of the programme.
        """
        owner = self._get_loyalty_b2b_owner()
        today = fields.Date.context_today(self)
        takes_part = (
            Domain("partner_id", "in", owner.ids)
            & Domain("date_start", "<=", today)
            & (Domain("date_end", "=", False) | Domain("date_end", ">=", today))
        )
        return (
            Domain("participant_ids", "any", takes_part)
            & Domain("company_id", "in", self.env.user._get_company_ids())
            & Domain("program_id.state", "in", VISIBLE_PROGRAM_STATES)
            & Domain("state", "!=", "left")
            & Domain("is_control", "=", False)
        )

    def _get_loyalty_b2b_owner_sql(self, alias):
        """Return `_get_loyalty_b2b_owner` as SQL, for pages that read many documents.

        :param str alias: table alias of `res_partner`.
        """
        return SQL.identifier(alias, "commercial_partner_id")

from odoo import models
from odoo.fields import Domain

from .loyalty_b2b_person import ROLES


class ResPartner(models.Model):
    """What a person may do with the points of a wallet."""

    _inherit = "res.partner"

    # === BUSINESS METHODS === #

    def _get_loyalty_b2b_role(self, wallet):
        """Return the role of this person in a wallet; '' if it is not his company's.

        Looked at anew with each act: who was archived or moved to another company has
        no role, whatever his row says.

        :param wallet: one `loyalty.b2b.wallet`; anybody's, as an id may be forged.
        """
        domain = Domain("id", "in", wallet.ids) & self._get_loyalty_b2b_wallet_domain()
        wallets = wallet.sudo().search(domain, limit=1)
        return self._find_loyalty_b2b_roles(wallets).get(wallet.id, "")

    def _find_loyalty_b2b_roles(self, wallets):
        """Return wallet id → role; the one place that decides.

        :param wallets: in sudo, of this person's company, see
            `_get_loyalty_b2b_wallet_domain`.
        """
        self.ensure_one()
        if not self.active:
            return {}
        people = self.env["loyalty.b2b.person"].sudo()
        people = people.search_fetch(
            [
                ("partner_id", "=", self.id),
                ("wallet_id", "in", wallets.ids),
                ("date_end", "=", False),
            ],
            ["wallet_id", "role"],
        )
        given = {person.wallet_id.id: person.role for person in people}
        return {
            wallet.id: given.get(wallet.id) or wallet.program_id.colleague_role
            for wallet in wallets
        }

    def _has_loyalty_b2b_role(self, wallet, role):
        """Tell whether this person may do as much as a role allows.

        :param str role: of `ROLES`.
        """
        return is_as_much(self._get_loyalty_b2b_role(wallet), role)

    def _can_see_loyalty_b2b(self, wallet):
        """Tell whether this person may see a wallet with its history."""
        return self._has_loyalty_b2b_role(wallet, "sees")

    def _filter_loyalty_b2b_seen(self, wallets):
        """Return those of the company's wallets that this person may see.

        :param wallets: see `_find_loyalty_b2b_roles`.
        """
        roles = self._find_loyalty_b2b_roles(wallets)
        seen = wallets.filtered(lambda one: is_as_much(roles.get(one.id), "sees"))
        # pages show tabs by it; whether something may be done is looked at anew
        return seen.with_context(loyalty_b2b_roles=roles)

    def _get_loyalty_b2b_collected_wallets(self):
        """Return the wallets for which this person collects, and sees nothing, in sudo.

        What he agreed to he may withdraw there all the same.
        """
        self.ensure_one()
        wallets = self.env["loyalty.b2b.wallet"].sudo()
        wallets = wallets.search(self._get_loyalty_b2b_wallet_domain())
        roles = self._find_loyalty_b2b_roles(wallets)
        return wallets.filtered(lambda one: roles.get(one.id) == "collects")

    # === PORTAL === #

    def _can_be_edited_by_current_customer(self, **kwargs):
        """Keep persons apart from mere addresses, which all colleagues may change.

        Else a colleague would have the mails of who decides about points sent to
        himself.
        """
        may = super()._can_be_edited_by_current_customer(**kwargs)
        if not may or self == self._get_current_partner(**kwargs):
            return may
        return not self.sudo().user_ids and not self._has_loyalty_b2b_rows()

    def _has_loyalty_b2b_rows(self):
        """Tell whether the person has a role of his own in any wallet today."""
        domain = Domain("partner_id", "=", self.id) & Domain("date_end", "=", False)
        return bool(self.env["loyalty.b2b.person"].sudo().search_count(domain, limit=1))


def is_as_much(own, role):
    """Tell whether a role allows as much as another one."""
    return bool(own) and ROLES.index(own) >= ROLES.index(role)

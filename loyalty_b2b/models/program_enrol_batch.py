from collections import Counter

from psycopg2.errors import UniqueViolation

from odoo import models
from odoo.exceptions import ConcurrencyError


class LoyaltyB2bProgram(models.Model):
    """Enrolment of many companies at once, as a list of customers brings them."""

    _inherit = "loyalty.b2b.program"

    def _enrol_plain(self, owners, state, date_start=None):
        """Open wallets for companies that share none, in two statements for all.

        Branches and companies whose tax id is there more than once are left to
        `_enrol_one`, as is a single company.

        :param owners: companies that may take part.
        :return: dict of owner → new wallet.
        :raises ConcurrencyError: when somebody adds one at the same moment; Odoo then
            runs the request again.
        """
        plain = self._filter_plain(owners) if len(owners) > 1 else owners.browse()
        if not plain:
            return {}
        self._lock_enrolment()
        day = date_start or self._today()
        wallets = (
            self.env["loyalty.b2b.wallet"]
            .sudo()
            .create(
                [
                    {
                        "program_id": self.id,
                        "partner_id": owner.id,
                        "state": state,
                        "date_joined": day,
                    }
                    for owner in plain
                ]
            )
        )
        self._add_own_participants(wallets, day)
        return dict(zip(plain, wallets, strict=True))

    def _add_own_participants(self, wallets, day):
        """Let the companies of new wallets take part in them.

        :raises ConcurrencyError: when somebody adds one at the same moment.
        """
        try:
            self.env["loyalty.b2b.participant"].sudo().create(
                [
                    {
                        "wallet_id": wallet.id,
                        "partner_id": wallet.partner_id.id,
                        "date_start": day,
                    }
                    for wallet in wallets
                ]
            )
        except UniqueViolation as error:
            raise ConcurrencyError(
                self.env._("Somebody is enrolling the same customers.")
            ) from error

    def _filter_plain(self, owners):
        """Return the companies that take no part yet and share no wallet."""
        participants = self.env["loyalty.b2b.participant"].sudo()
        domain = [("program_id", "=", self.id)]
        known = participants.search([*domain, ("partner_id", "in", owners.ids)])
        tax_ids = {owner: owner._get_loyalty_b2b_tax_id() for owner in owners}
        times = Counter(tax_ids.values())
        same = participants.search([*domain, ("tax_id", "in", list(times))])
        taken = set(same.mapped("tax_id"))
        new = owners - known.partner_id
        return new.filtered(
            lambda owner: (
                times[tax_ids[owner]] == 1 and tax_ids[owner] not in taken
                if tax_ids[owner]
                else not owner.parent_id
            )
        )

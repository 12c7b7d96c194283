from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL


class LoyaltyB2bWallet(models.Model):
    """The verbs of using points that concern several wallets or entries at once."""

    _inherit = "loyalty.b2b.wallet"

    # === ACTS OF CHOICE === #

    def _hold_instead(self, replaced, points, key, **values):
        """Hold points in place of an earlier hold, in one act.

        :param replaced: pending entries, of any wallets; may be empty.
        :return: the new pending entry.
        :raises UserError: if the wallet does not have the points.
        """
        self.ensure_one()
        if replaced:
            wallets = self | replaced.wallet_id
            wallets._lock()
            # what was booked before could not have what is free only now
            wallets._settle()
            self._cancel_pending(replaced)
            (wallets - self)._settle()
        return self._hold(points, key, **values)

    def _consume_all(self, holds):
        """Use what is held; the caller has locked the wallets.

        :param holds: pending entries of these wallets.
        :return: dict of wallet → open debits after settling, entries.
        """
        self._post_pending(holds)
        self._settle()
        return self._get_open_debits()

    def _release_overdue(self):
        """End the holds whose time is over; run by the hourly job."""
        self._lock()
        Redemption = self.env["loyalty.b2b.redemption"].sudo()
        domain = Redemption._get_overdue_domain() & Domain("wallet_id", "in", self.ids)
        Redemption.search(domain)._lapse()

    def _get_open_debits(self):
        """Return the debits that no lot covers, by wallet."""
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM loyalty_b2b_entry WHERE wallet_id = ANY(%s)"
                " AND state = 'posted' AND points_open > 0 AND points < 0"
                " ORDER BY booking",
                list(self.ids),
            )
        )
        entries = self.env["loyalty.b2b.entry"].sudo()
        return entries.browse([entry_id for (entry_id,) in rows]).grouped("wallet_id")

    # === BOOKING === #

    def _use_again(self, returned, points, key, **values):
        """Use points anew that a document had given back; missing ones are owed.

        Only inserts. The debit names the return, so that it takes that very lot; what
        expired of it meanwhile is given back first, for it was used in time.

        :param returned: an entry of kind `return`.
        :param int points: above 0, not more than were returned.
        :return: the new entry.
        """
        root = returned.root_entry_id or returned
        lifted = self._prepare_lifted(
            [(root.id, returned.date_expiry, points)],
            self.env._("Expired, and used again with its invoice"),
            # what is lifted has a note of its own
            **{name: value for name, value in values.items() if name != "note"},
        )
        values["reversed_entry_id"] = returned.id
        row = self._prepare_forced(points, key, **values)
        return self._book([*lifted, row])[len(lifted) :]

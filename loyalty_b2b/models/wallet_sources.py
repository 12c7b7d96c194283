from odoo import models
from odoo.exceptions import UserError
from odoo.tools import SQL


class LoyaltyB2bWallet(models.Model):
    """Points that no invoice explains: given for a reason, taken back with it."""

    _inherit = "loyalty.b2b.wallet"

    # === BUSINESS METHODS === #

    def _give_bonus(self, points, key, origin, note, life="", **values):
        """Book a bonus lot that no document explains.

        It only inserts; who counts what was given before takes the lock first.

        :param int points: above 0.
        :param str key: of the event, which books once (I6).
        :param str origin: as on the entry, see `entry_origin`.
        :param str note: the reason, shown to the customer.
        :param str life: m3 = the points live 3 months; '' = as the programme says.
        :return: the entry, the earlier one where the event was booked before.
        """
        self.ensure_one()
        wallet = self.sudo()
        day = values.pop("date_available", None) or wallet.program_id._today()
        owner = wallet.partner_id
        entry = wallet._open_balance(
            points,
            key,
            **{
                "kind": "bonus",
                "origin": origin,
                "note": note,
                "life": life or None,
                "partner_id": owner.id,
                "partner_name": owner.display_name,
                **wallet._prepare_expiry(day, life=life),
                **values,
            },
        )
        return entry or self.env["loyalty.b2b.entry"].sudo().search([("key", "=", key)])

    def _take_back_bonus(self, lot, points, note):
        """Take back points of a bonus lot, also when they have expired (I7).

        What was used already is owed. The caller holds the wallet's lock.

        :param lot: the entry that gave them.
        :param int points: at most; never more than is left of the lot.
        :return: the reversal, empty where nothing is left.
        """
        self.ensure_one()
        lot = lot.sudo()
        count, taken = self._query_taken_back(lot)
        points = min(points, lot.points - taken)
        if points <= 0:
            return lot.browse()
        copied = lot._copy_origin() | {"date_event": self.sudo().program_id._today()}
        root = lot.root_entry_id or lot
        rows = self._prepare_lifted(
            [(root.id, lot.date_expiry, points)], note, **copied
        )
        rows.append(
            self._prepare_entry(
                "reversal",
                -points,
                key=f"reverse:{lot.id}:{count + 1}",
                reversed_entry_id=lot.id,
                origin=lot.origin or None,
                life=lot.life or None,
                note=note,
                to_settle=True,
                **copied,
            )
        )
        return self._book(rows)[-1:]

    def _query_taken_back(self, lot):
        """Return how often a lot was taken back from, and how many points."""
        ((count, points),) = self.env.execute_query(
            SQL(
                "SELECT COUNT(*), COALESCE(-SUM(points), 0) FROM loyalty_b2b_entry"
                " WHERE reversed_entry_id = %s AND kind = 'reversal'"
                " AND state <> 'cancelled'",
                lot.id,
            )
        )
        return count, int(points)

    def _check_earns(self, day):
        """Refuse to give points to who cannot earn on a day.

        :param date day: of what the points are for.
        :raises UserError: with the reason.
        """
        self.ensure_one()
        reason = self._get_earn_refusal(day)
        if reason:
            raise UserError(reason)

    def _get_earn_refusal(self, day):
        """Return why this wallet gets no points for what happened on a day, or ''."""
        wallet = self.sudo()
        values = {
            "customer": wallet.partner_id.display_name,
            "program": wallet.program_id.name,
        }
        if wallet.is_control or wallet.state == "left" or wallet.merged_into_id:
            return self.env._(
                "%(customer)s does not take part in programme %(program)s.", **values
            )
        if day < wallet.date_joined:
            return self.env._(
                "%(customer)s joined programme %(program)s later than that day.",
                **values,
            )
        if not wallet.program_id._is_earning_on(day):
            return self.env._(
                "Programme %(program)s is not running, so nothing is earned.", **values
            )
        return ""

    def _take_over(self, source):
        """Re-label the activities of merged wallets, too."""
        super()._take_over(source)
        activities = self.env["loyalty.b2b.activity"]
        activities.flush_model(["wallet_id"])
        self.env.execute_query(
            SQL(
                "UPDATE loyalty_b2b_activity SET wallet_id = %s"
                " WHERE wallet_id = ANY(%s) RETURNING id",
                self.id,
                list(source.ids),
            )
        )
        activities.invalidate_model(["wallet_id"], flush=False)

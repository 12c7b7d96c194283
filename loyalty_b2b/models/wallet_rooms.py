from odoo import models
from odoo.tools import SQL

from ..booking.rooms import Rooms


class LoyaltyB2bWallet(models.Model):
    """What a wallet may still get of capped rules, for what orders promise."""

    _inherit = "loyalty.b2b.wallet"

    # === BUSINESS METHODS === #

    def _get_rooms(self, days_by_ref):
        """Return what orders may get under caps: one query, none without a cap.

        :param dict days_by_ref: group ('order:7') → `engine.cap_days`.
        :return: `Rooms`.
        """
        self.ensure_one()
        ruleset = self.sudo().program_id._get_rule_set()
        places = Rooms.get_places(days_by_ref, ruleset)
        if not places:
            return Rooms(ruleset)
        used, given = {}, {}
        for root, day, ref, points in self._query_rooms(places, list(days_by_ref)):
            if ref:
                given[ref, root] = int(points)
            else:
                used[root, day] = int(points)
        return Rooms(ruleset, used, given)

    def _query_rooms(self, places, refs):
        """Return (root, first day, group, points) of periods, and of groups in them."""
        self.env["loyalty.b2b.counter"].flush_model()
        return self.env.execute_query(
            SQL(
                """
            SELECT rule_root, date_start, NULL, points
              FROM loyalty_b2b_counter
             WHERE wallet_id = %(wallet)s AND rule_root = ANY(%(roots)s)
               AND date_start = ANY(%(days)s)
             UNION ALL
            SELECT l.rule_root, NULL, e.group_ref, SUM(l.cap_given)
              FROM loyalty_b2b_entry e
              JOIN loyalty_b2b_entry_line l ON l.entry_id = e.id
             WHERE e.wallet_id = %(wallet)s AND e.group_ref = ANY(%(refs)s)
               AND l.part = 'cap'
             GROUP BY l.rule_root, e.group_ref
                """,
                wallet=self.id,
                roots=list({root for root, _day in places}),
                days=list({day for _root, day in places}),
                refs=refs,
            )
        )

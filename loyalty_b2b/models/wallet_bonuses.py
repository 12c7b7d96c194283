from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL

from ..booking.bonuses import Bonuses
from ..tools import deferred
from .wallet_orders import IS_PAID, IS_SOURCE


class LoyaltyB2bWallet(models.Model):
    """Bonuses for a first order, payment on time and goals: booked when settling."""

    _inherit = "loyalty.b2b.wallet"

    # === BOOKING === #

    def _settle_groups(self, entry_ids):
        leveled = super()._settle_groups(entry_ids)
        return self._settle_bonuses(entry_ids) or leveled

    def _settle_bonuses(self, entry_ids):
        """Book what newly booked orders change for rules that count later.

        No query where no programme has such a rule.

        :param list entry_ids: entries booked since the wallet was last settled.
        :return: True if something was booked.
        """
        program_ids = self.env["loyalty.b2b.program"]._get_deferred_program_ids()
        if not program_ids:
            return False
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT wallet_id, group_ref, program_id"
                " FROM loyalty_b2b_entry WHERE id = ANY(%s) AND program_id = ANY(%s)"
                " AND wallet_id = ANY(%s) AND group_ref IS NOT NULL",
                entry_ids,
                list(program_ids),
                list(self.ids),
            )
        )
        places = {
            (wallet_id, deferred.source_ref(ref)): program_id
            for wallet_id, ref, program_id in sorted(rows)
            if deferred.source_ref(ref)
        }
        return bool(places and Bonuses(self.sudo(), places).book())

    def _merge(self, source):
        super()._merge(source)
        self._settle_first_orders()

    def _settle_first_orders(self):
        """Leave one first order of those that wallets brought into a merge."""
        program = self.sudo().program_id
        roots = program._get_deferred_rules("first_order")
        refs = self._query_bonus_refs(self.ids, roots) if roots else ()
        places = {(self.id, deferred.source_ref(ref)): program.id for ref in refs}
        if places and Bonuses(self.sudo(), places, ("first_order",)).book():
            self._settle()

    @api.model
    def _activate(self, move_ids):
        result = super()._activate(move_ids)
        self._book_paid_bonuses(move_ids)
        return result

    @api.model
    def _book_paid_bonuses(self, move_ids):
        """Book what the payment of documents, or its undoing, changes.

        Payment on time at once: like every booking of documents it looks at no balance
        and takes no lock. First orders and goals of what waits for payment are left to
        the settling job.

        :param list move_ids: of customer documents.
        """
        programs = self.env["loyalty.b2b.program"]
        program_ids = programs._get_deferred_program_ids()
        if not program_ids:
            return
        roots = [
            (program.id, root)
            for program in programs.browse(program_ids)
            for root in program._get_deferred_rules("on_time")
        ]
        places = self._query_paid_places(move_ids, roots) if roots else {}
        if places:
            Bonuses(self.sudo(), places, ("on_time",)).book()
        if self._query_resettle(move_ids, program_ids):
            self._trigger_settling()

    # === WHICH ORDERS === #

    def _query_paid_places(self, move_ids, roots):
        """Return the orders of documents that are paid, or whose bonus stands.

        :param list roots: (programme id, root of a rule).
        :return: dict of (wallet id, group) → programme id.
        """
        self.env["account.move"].flush_model(["payment_state", "state"])
        rows = self.env.execute_query(
            SQL(
                """
            SELECT DISTINCT e.wallet_id, e.group_ref, e.program_id
              FROM loyalty_b2b_entry e
              JOIN account_move m ON m.id = e.move_ref
              JOIN UNNEST(%(programs)s::int[], %(roots)s::int[]) AS r(program, root)
                ON r.program = e.program_id
             WHERE e.move_ref = ANY(%(moves)s) AND %(is_source)s
               AND (%(is_paid)s OR EXISTS (
                    SELECT FROM loyalty_b2b_entry b
                     WHERE b.group_ref = 'bonus:' || r.root || ':' || e.group_ref
                       AND b.wallet_id = e.wallet_id))
                """,
                programs=[program for program, _root in roots],
                roots=[root for _program, root in roots],
                moves=list(move_ids),
                is_source=IS_SOURCE,
                is_paid=IS_PAID,
            )
        )
        return {(wallet_id, ref): program for wallet_id, ref, program in sorted(rows)}

    def _query_resettle(self, move_ids, program_ids):
        """Let the settling job look again at what waits, or waited, for payment.

        Points that become available or are taken back are looked at anyway; only
        entries of 0 points, which no settling matches, have to be named. Also those
        that are named already: a settling that is under way has not seen the payment,
        and must not clear the mark.
        """
        waiting = [
            program.id
            for program in self.env["loyalty.b2b.program"].browse(program_ids)
            if program._get_deferred_rules("first_order", "goal")
        ]
        return waiting and self.env.execute_query(
            SQL(
                "UPDATE loyalty_b2b_entry SET to_settle = TRUE"
                " WHERE move_ref = ANY(%s) AND program_id = ANY(%s)"
                " AND kind = 'earn' AND points = 0 AND awaits_payment"
                " AND state <> 'cancelled' RETURNING id",
                list(move_ids),
                waiting,
            )
        )

    def _query_bonus_refs(self, wallet_ids, roots):
        """Return the groups of what rules have given to wallets."""
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT group_ref FROM loyalty_b2b_entry"
                " WHERE wallet_id = ANY(%s) AND kind = 'bonus'"
                " AND SPLIT_PART(group_ref, ':', 1) = 'bonus'"
                " AND SPLIT_PART(group_ref, ':', 2) = ANY(%s)",
                list(wallet_ids),
                [str(root) for root in roots],
            )
        )
        return [ref for (ref,) in rows]

    # === WHY === #

    def _query_bonus_lines(self, refs):
        """Return what the lines of bonuses explain so far, by rule and document line.

        :param list refs: groups of bonuses.
        :return: dicts with wallet_id, group_ref, rule_ref, version, key, and the sums
            of base, amount, quantity (Decimal) and points; the newest version last.
        """
        rows = self.env.execute_query_dict(
            SQL(
                """
            SELECT e.wallet_id, e.group_ref, l.rule_ref, l.rule_version AS version,
                   l.key, COALESCE(SUM(l.base), 0)::text AS base,
                   COALESCE(SUM(l.amount), 0)::text AS amount,
                   COALESCE(SUM(l.quantity), 0)::text AS quantity,
                   SUM(l.points)::bigint AS points
              FROM loyalty_b2b_entry e
              JOIN loyalty_b2b_entry_line l ON l.entry_id = e.id
             WHERE e.group_ref = ANY(%s) AND e.state <> 'cancelled'
             GROUP BY e.wallet_id, e.group_ref, l.rule_ref, l.rule_version, l.key
             ORDER BY l.rule_version
                """,
                list(refs),
            )
        )
        for row in rows:
            for name in ("base", "amount", "quantity"):
                row[name] = Decimal(row[name])
        return rows

    def _query_line_names(self, refs):
        """Return how the document lines of orders are called: key → dict."""
        rows = self.env.execute_query_dict(
            SQL(
                """
            SELECT DISTINCT ON (l.key) l.key, l.name, l.move_line_id AS id,
                   l.product_id, l.base_currency_id AS currency_id, l.channel
              FROM loyalty_b2b_entry e
              JOIN loyalty_b2b_entry_line l ON l.entry_id = e.id
             WHERE e.group_ref = ANY(%s) AND l.part = 'line' ORDER BY l.key, l.id
                """,
                list(refs),
            )
        )
        return {row["key"]: row for row in rows}

    def _get_bonus_notes(self):
        """Return trigger → the reason to give for points, and to take them back."""
        return {
            "first_order": (
                self.env._("First order"),
                self.env._("No longer the first order that counts"),
            ),
            "on_time": (
                self.env._("Paid on time"),
                self.env._("Credited, or no longer paid on time"),
            ),
            "goal": (
                self.env._("Goal reached"),
                self.env._("Goal no longer reached, because of a credit note"),
            ),
        }

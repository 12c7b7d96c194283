import logging
from contextlib import contextmanager
from datetime import date
from decimal import Decimal

import psycopg2

from odoo import api, models
from odoo.tools import SQL

from ..booking.bookings import Bookings, Rounds
from ..booking.documents import DocumentBookings
from ..tools import engine, group

_logger = logging.getLogger(__name__)


class LoyaltyB2bWallet(models.Model):
    """What documents earn and take back: evaluation in `tools`, booking here."""

    _inherit = "loyalty.b2b.wallet"

    # === BOOKING DOCUMENTS === #

    @api.model
    def _book_documents(self, documents):
        """Book the difference that each posted document makes (DESIGN §5).

        Only inserts. A document whose data cannot be evaluated is logged and left to
        the job; its posting goes on.

        :param list documents: `account_move.Document`s, in order of date and number.
        """
        ledger = DocumentBookings(self, documents)
        for document in documents:
            with self._deferring(document):
                ledger.add(document)
        ledger.insert()
        if ledger.pending:
            self._activate([document.id for document in documents])

    @contextmanager
    def _deferring(self, document):
        """Leave a document to the job if its data fail: accounting goes on.

        :param document: a `Document` or an `account.move`.
        """
        try:
            yield
        except psycopg2.Error:
            # the transaction is lost; Odoo runs it again if another one won
            raise
        except Exception:
            _logger.exception("Points of %s could not be worked out", document.name)
            self._defer_document(document)

    def _defer_document(self, document):
        """Leave a document to the job and tell the people who can help."""
        move = self.env["account.move"].browse(document.id)
        move.loyalty_b2b_to_book = True
        summary = self.env._("Points of %(move)s are missing", move=document.name)
        if summary in move.sudo().activity_ids.mapped("summary"):
            return
        move.activity_schedule(
            "mail.mail_activity_data_warning",
            summary=summary,
            note=self.env._(
                "The points of this document could not be worked out. It is tried again"
                " every hour; check its products and the programme's rules."
            ),
            user_id=(move.invoice_user_id or self.env.user).id,
        )

    @api.model
    def _unbook_documents(self, move_ids):
        """Undo what documents booked, as they are reset to draft or cancelled.

        What cannot be undone now is left to the job, or to the next posting.

        :param list move_ids: of customer documents.
        """
        wallets = self.sudo()
        groups = wallets._load_groups(move_ids=move_ids)
        if not groups:
            return
        ledger = Bookings(wallets, groups)
        moves = wallets.env["account.move"].browse(move_ids)
        ledger.name_lines(moves)
        ledger.lock_caps()
        for move in moves:
            with self._deferring(move):
                ledger.undo(move)
        ledger.insert()

    # === ACTIVATION === #

    @api.model
    def _activate_queued(self):
        """Run before the commit for documents whose payment state was computed."""
        queued = self.env.cr.precommit.data.pop("loyalty_b2b.moves", set())
        if queued:
            self._activate(sorted(queued))

    @api.model
    def _activate(self, move_ids):
        """Make available what is paid, and take back what is paid no more.

        A function of state, called as often as one likes: it compares entries and
        payment state, and books where they disagree.

        :param list move_ids: of customer documents.
        """
        wallets = self.sudo()
        wallets._judge_lateness(move_ids)
        steps = {}
        for entry_id, step in wallets._query_activation(move_ids):
            steps.setdefault(step, []).append(entry_id)
        entries = wallets.env["loyalty.b2b.entry"]
        if "activate" in steps:
            wallets._activate_paid(entries.browse(steps["activate"]))
        if "follow" in steps:
            wallets._post_pending(entries.browse(steps["follow"]))
            wallets._trigger_settling()
        if "wait" in steps:
            wallets._date_pending(entries.browse(steps["wait"]), None)
        if "undo" in steps:
            wallets._undo_activation(move_ids, set(steps["undo"]))

    def _query_activation(self, move_ids):
        """Return (entry, step) where points and payment state disagree.

        :return: the steps are 'activate' what is paid, 'follow' a credit that waits no
            more, let 'wait' again what has a day but is not paid, 'undo' the rest.
        """
        self.env["account.move"].flush_model(["payment_state", "state"])
        return self.env.execute_query(
            SQL(
                """
            SELECT e.id, CASE WHEN p.paid THEN 'activate'
                              WHEN e.state = 'pending' THEN 'wait'
                              ELSE 'undo' END
              FROM loyalty_b2b_entry e
              JOIN account_move m ON m.id = e.move_id,
             LATERAL (SELECT m.state = 'posted'
                         AND m.payment_state IN ('in_payment', 'paid') AS paid) p
             WHERE e.move_id = ANY(%(ids)s) AND e.awaits_payment
               AND e.kind = 'earn'
               AND CASE e.state
                   WHEN 'pending' THEN p.paid OR e.date_available IS NOT NULL
                   WHEN 'posted' THEN NOT p.paid AND m.state = 'posted' END
             UNION ALL
            SELECT e.id, 'follow'
              FROM loyalty_b2b_entry e
              JOIN loyalty_b2b_entry lot ON lot.id = e.reversed_entry_id
             WHERE lot.move_id = ANY(%(ids)s) AND e.kind = 'reversal'
               AND e.state = 'pending' AND lot.state = 'posted'
                """,
                ids=list(move_ids),
            )
        )

    def _undo_activation(self, move_ids, entry_ids):
        """Take back what is left of points whose payment was undone.

        They wait for payment again, with the same last day of use.
        """
        groups = self._load_groups(move_ids=move_ids).values()
        rounds = Rounds(groups)
        for found in groups:
            for entry in list(found.entries):
                left = found.remaining(entry)
                if entry.id in entry_ids and left > 0:
                    key = f"reverse:{entry.id}:{found.reversals(entry) + 1}"
                    # one by one: each sees what was given back of expired points
                    self._book(self._prepare_undone(entry, left, key, rounds))

    def _prepare_undone(self, entry, left, key, rounds):
        """Return the rows that take points back and let them wait again."""
        origin = self.env["loyalty.b2b.entry"].browse(entry.id)
        wallet, copied = origin.wallet_id, origin._copy_origin()
        root_id = entry.root or entry.id
        lifted = wallet._prepare_lifted(
            [(root_id, entry.date_expiry, left)],
            self.env._("Expired, and taken back with its payment"),
            **copied,
        )
        levels = origin._get_level_left()
        again = rounds.take(entry.move)
        taken = wallet._prepare_entry(
            "reversal",
            -left,
            key=key,
            reversed_entry_id=entry.id,
            to_settle=True,
            **{**copied, **levels, "note": self.env._("Payment undone")}
            | {"turnover": -levels["turnover"]},
        )
        waits = wallet._prepare_entry(
            "earn",
            left,
            state="pending",
            key="earn:{}:{}:{}".format(entry.move, *again),
            round=again[0],
            root_entry_id=root_id,
            date_expiry=entry.date_expiry,
            awaits_payment=True,
            **{**copied, **levels, "note": self.env._("Waiting for payment again")},
        )
        return [*lifted, taken, waits]

    # === READING GROUPS === #

    @api.model
    def _load_groups(self, move_ids=(), refs=()):
        """Read what was booked for groups.

        :param move_ids: documents; the groups in which they booked.
        :param refs: groups by name.
        :return: dict of (wallet id, group) → `group.Group`.
        """
        groups = {}
        for row in self._query_group_entries(list(move_ids), list(refs)):
            lines = row.pop("lines")
            place = (row.pop("wallet_id"), row.pop("group_ref"))
            found = groups.setdefault(place, group.Group(*place))
            entry = group.Booked(**row)
            found.entries.append(entry)
            found.add_rows(
                entry.move,
                [self._read_row(line, found.ref) for line in lines or ()],
            )
        for found in groups.values():
            found.sort()
        return groups

    def _query_group_entries(self, move_ids, refs):
        return self.env.execute_query_dict(
            SQL(
                """
            SELECT e.id, e.wallet_id, e.group_ref, e.kind, e.state, e.points,
                   e.move_ref AS move, e.reversed_entry_id AS reverses,
                   e.root_entry_id AS root, e.round, e.awaits_payment,
                   e.date_available, e.date_expiry, COALESCE(e.life, '') AS life,
                   COALESCE(e.date_earned, e.date_event) AS date_earned,
                   (SELECT jsonb_agg(jsonb_build_array(
                             l.key, l.part, l.rule_ref, l.rule_root, l.rule_version,
                             l.effect, l.rate_points, l.rate_amount::text,
                             l.base::text, l.amount::text, l.order_line_ref,
                             l.product_ref, l.reason, l.source, l.quantity::text,
                             l.day, l.cap_wanted, l.cap_given, l.place)
                             ORDER BY l.id)
                      FROM loyalty_b2b_entry_line l
                     WHERE l.entry_id = e.id AND l.part <> 'memo') AS lines
              FROM loyalty_b2b_entry e
             -- an OR of both would read the whole ledger
             WHERE e.group_ref IN (SELECT UNNEST(%(refs)s::varchar[])
                                    UNION
                                   SELECT group_ref FROM loyalty_b2b_entry
                                    WHERE move_ref = ANY(%(moves)s::int[]))
             ORDER BY e.id
                """,
                refs=refs,
                moves=move_ids,
            )
        )

    @staticmethod
    def _read_row(values, ref):
        """Return an explanation line as the engine's row."""
        key, part, rule, root, version, effect, points, per = values[:8]
        base, amount, order_line, product, reason, source = values[8:14]
        quantity, day, wanted, given, place = values[14:]
        return engine.Row(
            key=key,
            group=ref,
            part=part,
            rule=rule or None,
            root=root or None,
            version=version or 0,
            effect=effect or "",
            points=int(points or 0),
            per=Decimal(per or 0),
            base=Decimal(base or 0),
            amount=Decimal(amount or 0),
            order_line=order_line or None,
            product=product or None,
            # what a row gives nothing for may change with the next document
            reason="" if reason in engine.FOR_NOW else reason or "",
            source=source,
            quantity=Decimal(quantity or 0),
            day=date.fromisoformat(day) if day else None,
            wanted=int(wanted or 0),
            given=int(given or 0),
            place=place or 0,
        )

    @api.model
    def _query_participations(self, owner_ids, program_ids):
        """Return who takes part, and what the conditions of rules ask of customers.

        :return: dicts with id, country_id and tag_ids of the company, program_id,
            wallet_id and its tier_id, date_start and date_end.
        """
        self.env["res.partner"].flush_model(["country_id", "category_id"])
        self.env["loyalty.b2b.wallet"].flush_model(["tier_id"])
        return self.env.execute_query_dict(
            SQL(
                """
            SELECT p.partner_id AS id, w.program_id, w.id AS wallet_id, p.date_start,
                   p.date_end, c.country_id, w.tier_id,
                   ARRAY(SELECT category_id FROM res_partner_res_partner_category_rel
                          WHERE partner_id = c.id) AS tag_ids
              FROM loyalty_b2b_participant p
              JOIN loyalty_b2b_wallet w ON w.id = p.wallet_id
              JOIN res_partner c ON c.id = p.partner_id
             WHERE p.partner_id = ANY(%s) AND w.program_id = ANY(%s)
               AND w.state <> 'left' AND w.is_control IS NOT TRUE
             ORDER BY w.program_id, w.id
                """,
                list(owner_ids),
                list(program_ids),
            )
        )

    # === SETTLING === #

    def _settle_groups(self, entry_ids):
        """Book what two documents of a group, posted at once, could not see."""
        refs = self._query_shared_groups(entry_ids)
        if not refs:
            return False
        ledger = Bookings(self.sudo(), self._load_groups(refs=refs))
        ledger.lock_caps()
        for found in ledger.groups.values():
            if found.wallet in self._ids and found.counts:
                ledger.level(found)
        return bool(ledger.insert())

    def _query_shared_groups(self, entry_ids):
        """Return the groups of entries in which more than one document booked."""
        rows = self.env.execute_query(
            SQL(
                """
            SELECT o.group_ref FROM loyalty_b2b_entry o
             WHERE o.group_ref IN (SELECT group_ref FROM loyalty_b2b_entry
                                    WHERE id = ANY(%s))
             GROUP BY o.group_ref HAVING COUNT(DISTINCT o.move_ref) > 1
                """,
                entry_ids,
            )
        )
        return [ref for (ref,) in rows]

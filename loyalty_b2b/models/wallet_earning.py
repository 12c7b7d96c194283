import logging
from collections import defaultdict
from dataclasses import replace
from decimal import Decimal

from odoo import api, models
from odoo.tools import SQL

from ..tools import engine, group, periods
from .account_move import prepare_line

_logger = logging.getLogger(__name__)

NO_EARNING_STATES = ("left",)


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
        ledger = Ledger(self, documents)
        for document in documents:
            try:
                ledger.add(document)
            except Exception:
                _logger.exception("Points of %s could not be worked out", document.name)
                self._defer_document(document)
        ledger.flush()
        if ledger.pending:
            self._activate([document.id for document in documents])

    def _defer_document(self, document):
        """Leave a document to the job and tell the people who can help."""
        move = self.env["account.move"].browse(document.id)
        move.loyalty_b2b_to_book = True
        move.activity_schedule(
            "mail.mail_activity_data_warning",
            summary=self.env._("Points of %(move)s are missing", move=document.name),
            note=self.env._(
                "The points of this document could not be worked out. It is tried again"
                " every hour; check its products and the programme's rules."
            ),
            user_id=(move.invoice_user_id or self.env.user).id,
        )

    @api.model
    def _unbook_documents(self, move_ids):
        """Undo what documents booked, as they are reset to draft or cancelled.

        :param list move_ids: of customer documents.
        """
        wallets = self.sudo()
        groups = wallets._load_groups(move_ids=move_ids)
        ledger = Ledger(wallets, [], groups)
        moves = wallets.env["account.move"].browse(move_ids)
        if groups:
            ledger.name_lines(moves)
        for move in moves:
            for found in groups.values():
                rows = found.moves.get(move.id)
                if rows:
                    ledger.annul(found, move, rows)
        ledger.flush()

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
        rows = wallets._query_activation(move_ids)
        paid = [entry_id for entry_id, state, is_paid in rows if is_paid]
        if paid:
            entries = wallets.env["loyalty.b2b.entry"].browse(paid)
            wallets._post_pending(entries)
            wallets._trigger_settling()
        unpaid = [entry_id for entry_id, state, is_paid in rows if not is_paid]
        if unpaid:
            wallets._undo_activation(move_ids, set(unpaid))

    def _query_activation(self, move_ids):
        """Return (entry, state, paid) where points and payment state disagree."""
        self.env["account.move"].flush_model(["payment_state", "state"])
        return self.env.execute_query(
            SQL(
                """
            SELECT e.id, e.state, p.paid
              FROM loyalty_b2b_entry e
              JOIN account_move m ON m.id = e.move_id
              LEFT JOIN loyalty_b2b_entry lot
                ON lot.id = e.reversed_entry_id AND e.kind = 'reversal'
              LEFT JOIN account_move lm ON lm.id = lot.move_id,
             LATERAL (SELECT m.state = 'posted'
                         AND m.payment_state IN ('in_payment', 'paid') AS paid) p
             WHERE e.move_id = ANY(%(ids)s) AND e.awaits_payment
               AND e.kind = 'earn'
               AND ((p.paid AND e.state = 'pending')
                    OR (NOT p.paid AND e.state = 'posted' AND m.state = 'posted'))
             UNION ALL
            SELECT e.id, e.state, TRUE
              FROM loyalty_b2b_entry e
              JOIN loyalty_b2b_entry lot ON lot.id = e.reversed_entry_id
              JOIN account_move m ON m.id = lot.move_id
             WHERE lot.move_id = ANY(%(ids)s) AND e.kind = 'reversal'
               AND e.state = 'pending' AND m.state = 'posted'
               AND m.payment_state IN ('in_payment', 'paid')
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
        rows = []
        for found in groups:
            for entry in list(found.entries):
                left = found.remaining(entry)
                if entry.id in entry_ids and left > 0:
                    key = f"reverse:{entry.id}:{found.reversals(entry) + 1}"
                    rows += self._prepare_undone(entry, left, key, rounds)
        self._book(rows)

    def _prepare_undone(self, entry, left, key, rounds):
        """Return the rows that take points back and let them wait again."""
        origin = self.env["loyalty.b2b.entry"].browse(entry.id)
        wallet, copied = origin.wallet_id, origin._copy_origin()
        again = rounds.take(entry.move)
        taken = wallet._prepare_entry(
            "reversal",
            -left,
            key=key,
            reversed_entry_id=entry.id,
            to_settle=True,
            **{**copied, "note": self.env._("Payment undone")},
        )
        waits = wallet._prepare_entry(
            "earn",
            left,
            state="pending",
            key="earn:{}:{}:{}".format(entry.move, *again),
            round=again[0],
            root_entry_id=entry.root or None,
            date_expiry=entry.date_expiry,
            awaits_payment=True,
            **{**copied, "note": self.env._("Waiting for payment again")},
        )
        return [taken, waits]

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
        return groups

    def _query_group_entries(self, move_ids, refs):
        return self.env.execute_query_dict(
            SQL(
                """
            SELECT e.id, e.wallet_id, e.group_ref, e.kind, e.state, e.points,
                   e.move_ref AS move, e.reversed_entry_id AS reverses,
                   e.root_entry_id AS root, e.round, e.awaits_payment,
                   e.date_available, e.date_expiry,
                   (SELECT jsonb_agg(jsonb_build_array(
                             l.key, l.part, l.rule_ref, l.rule_root, l.rule_version,
                             l.effect, l.rate_points, l.rate_amount::text,
                             l.base::text, l.amount::text, l.order_line_ref,
                             l.product_ref, l.reason, l.source) ORDER BY l.id)
                      FROM loyalty_b2b_entry_line l
                     WHERE l.entry_id = e.id AND l.part <> 'memo') AS lines
              FROM loyalty_b2b_entry e
             WHERE e.group_ref = ANY(%(refs)s)
                OR e.group_ref IN (SELECT group_ref FROM loyalty_b2b_entry
                                    WHERE move_ref = ANY(%(moves)s))
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
        base, amount, order_line, product, reason, source = values[8:]
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
            reason=reason or "",
            source=source,
        )

    @api.model
    def _query_participations(self, owner_ids, program_ids):
        """Return who takes part: (owner, programme, wallet, first day, last day)."""
        return self.env.execute_query(
            SQL(
                """
            SELECT p.partner_id, w.program_id, w.id, p.date_start, p.date_end
              FROM loyalty_b2b_participant p
              JOIN loyalty_b2b_wallet w ON w.id = p.wallet_id
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
        ledger = Ledger(self.sudo(), [], self._load_groups(refs=refs))
        for found in ledger.groups.values():
            if found.wallet in self._ids and found.counts:
                ledger.level(found)
        return bool(ledger.flush())

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


class Rounds:
    """Numbers the bookings of documents: a round each time, a number within it (I6)."""

    def __init__(self, groups):
        self._groups = groups
        self._rounds, self._numbers = {}, defaultdict(int)

    def take(self, move_id):
        """Return the (round, number) of the next entry of a document."""
        if move_id not in self._rounds:
            self._rounds[move_id] = max(
                (found.next_round(move_id) for found in self._groups), default=1
            )
        self._numbers[move_id] += 1
        return self._rounds[move_id], self._numbers[move_id]


class Ledger:
    """Collects what documents book, and inserts it with a fixed number of queries."""

    def __init__(self, wallets, documents, groups=None):
        self.wallets = wallets
        self.env = wallets.env
        self.programs = self.env["loyalty.b2b.program"]
        self.documents = documents
        self.groups = groups if groups is not None else {}
        self.pending = False
        self._entries, self._lines, self._fresh = [], [], {}
        self._names = {}
        self._program_ids = {}
        if documents:
            self._read(documents)
        # rounds go by what was booked before
        self._rounds = Rounds([*self.groups.values()])

    # === READING === #

    def _read(self, documents):
        """Read lines, participations and earlier bookings of all documents."""
        program_ids = {
            program_id
            for document in documents
            for program_id in self.programs._get_active_program_ids(document.company_id)
        }
        owners = {document.owner.id for document in documents}
        self.participations = defaultdict(list)
        for owner, *rest in self.wallets._query_participations(owners, program_ids):
            self.participations[owner].append(rest)
            self._program_ids[rest[1]] = rest[0]
        linked = [d for d in documents if d.reversed_id or d.posted_before]
        corrects = any(d.is_refund or d.debited for d in documents)
        if not (self.participations or linked or corrects):
            return
        moves = self.env["account.move"].browse([d.id for d in documents])
        lines = moves._query_loyalty_b2b_lines()
        refs, move_ids = set(), set()
        for document in documents:
            document.lines = lines[document.id]
            refs |= {f"order:{r['order_id']}" for r in document.lines if r["order_id"]}
            move_ids |= {document.reversed_id, document.debited.id} - {False}
            if document.posted_before:
                move_ids.add(document.id)
        if refs or move_ids:
            self.groups = self.wallets._load_groups(move_ids, refs)

    def name_lines(self, moves):
        """Read how the lines of documents are called, to explain them by name."""
        lines = moves._query_loyalty_b2b_lines()
        for move in moves:
            for row in lines[move.id]:
                named = {**row, "currency_id": move.currency_id.id}
                self._names[f"aml:{row['id']}"] = named

    # === ONE DOCUMENT === #

    def add(self, document):
        """Book a document in every programme it concerns."""
        if not document.lines:
            return
        for program_id in self.programs._get_active_program_ids(document.company_id):
            program = self.programs.browse(program_id)
            self._add_to_program(document, program)

    def _add_to_program(self, document, program):
        wallet_id = self._get_wallet(document, program)
        exclusions = program._get_exclusions()
        lines = []
        for row in document.lines:
            exclusion = program._get_line_exclusion(row, exclusions)
            line = prepare_line(row, document, program, exclusion)
            self._names[line.key] = {**row, "currency_id": document.currency.id}
            lines.append(line)
        origins = self._find_origins(document, program)
        if document.reversed_id and not origins:
            return  # what it corrects gave nothing, for it was before joining
        own, corrections = self._part(document, lines, origins)
        rows_by_place = defaultdict(list)
        if corrections:
            self._correct(document, corrections, origins, rows_by_place)
        unlinked = []
        if own and wallet_id and program._is_earning_on(document.date):
            own, unlinked = self._part_unlinked(document, own)
            self._earn(document, program, wallet_id, own, rows_by_place)
        for place, rows in rows_by_place.items():
            self._book_rows(document, place, rows)
        if unlinked:
            self._book_unlinked(document, program, wallet_id, unlinked)

    def _get_wallet(self, document, program):
        """Return the wallet of the document's owner on its date, or None."""
        for program_id, wallet_id, start, end in self.participations[document.owner.id]:
            if program_id == program.id and start <= document.date:
                if not end or document.date <= end:
                    return wallet_id
        return None

    def _find_origins(self, document, program):
        """Return the groups whose rows a document may correct, by place."""
        refs = {
            f"order:{row['order_id']}" for row in document.lines if row["order_id"]
        }
        found = {}
        for place, candidate in self.groups.items():
            if self._program_of(candidate.wallet) != program:
                continue
            linked = document.reversed_id and document.reversed_id in candidate.moves
            if linked or (not document.reversed_id and place[1] in refs):
                found[place] = candidate
        return found

    def _program_of(self, wallet_id):
        """Return the programme of a wallet, without a query where it is known."""
        if wallet_id not in self._program_ids:
            wallet = self.wallets.browse(wallet_id)
            self._program_ids[wallet_id] = wallet.program_id.id
        return self.programs.browse(self._program_ids[wallet_id])

    def _part(self, document, lines, origins):
        """Part the lines into sales of their own and corrections of earlier lines."""
        if document.reversed_id:
            return [], lines
        values = self._invoiced_values(origins)
        own, corrections = [], []
        for line in lines:
            ordered = self._names[line.key]["ordered"] or 0
            invoiced = values.get(line.order_line, 0)
            if line.base * invoiced < 0:
                corrections.append(line)
            elif line.base * Decimal(ordered) >= 0:
                own.append(line)
            # else it corrects an invoice from before joining
        return own, corrections

    @staticmethod
    def _invoiced_values(origins):
        """Return order line → what earlier documents invoiced of it."""
        values = defaultdict(Decimal)
        seen = set()
        for found in origins.values():
            for row in found.rows:
                if row.order_line and row.part == "line" and row.key not in seen:
                    seen.add(row.key)
                    values[row.order_line] += row.base
        return values

    def _correct(self, document, corrections, origins, rows_by_place):
        """Explain corrections by what they correct, at the rate it was earned with."""
        rows, places = [], {}
        for place, found in origins.items():
            keys = None
            if document.reversed_id:
                keys = {row.key for row in found.moves[document.reversed_id]}
            for row in found.rows:
                if keys is None or row.key in keys:
                    rows.append(row)
                    places[row.key] = place
        self._correct_advances(origins, rows_by_place)
        rows = [row for row in rows if not row.key.startswith("sol:")]
        digits = document.currency.decimal_places
        fallback = next(iter(origins))
        for row in engine.correct(rows, corrections, digits):
            rows_by_place[places.get(row.key, fallback)].append(row)

    def _correct_advances(self, origins, rows_by_place):
        """Take back orders that down payments no longer cover in full."""
        for place in origins:
            counted = self._get_advance(place)
            order_id = place[1].removeprefix("order:")
            if counted and order_id.isdigit():
                order = self.env["sale.order"].browse(int(order_id))
                if not order._is_loyalty_b2b_paid_in_advance():
                    rows_by_place[place] += engine.annul(counted)

    def _part_unlinked(self, document, lines):
        """Part a credit note of which no original is known from real sales."""
        if not document.is_refund:
            return lines, []
        own = [line for line in lines if line.base >= 0 or line.order_line]
        return own, [line for line in lines if line not in own]

    def _earn(self, document, program, wallet_id, lines, rows_by_place):
        """Explain what a document's own lines earn."""
        lines = self._join_debited(document, lines)
        lines += self._count_down_payment(document, program, wallet_id, lines)
        digits = document.currency.decimal_places
        for row in engine.explain(lines, program._get_rule_set(), digits):
            rows_by_place[wallet_id, row.group].append(row)
        for place, rows in list(rows_by_place.items()):
            counted = self._get_advance(place)
            if counted and not any(row.key == counted[0].key for row in rows):
                rows_by_place[place] = engine.annul(counted) + rows_by_place[place]

    def _get_advance(self, place):
        """Return the rows of order lines that a down payment has let earn."""
        found = self.groups.get(place)
        rows = [r for r in found.rows if r.key.startswith("sol:")] if found else []
        return rows if sum(row.base for row in rows if row.part == "line") else []

    def _join_debited(self, document, lines):
        """Let a debit note count with the document that it raises."""
        if not document.debited:
            return lines
        refs = [
            place[1]
            for place, found in self.groups.items()
            if document.debited.id in found.moves
        ]
        return [
            line if line.order_line or not refs else replace(line, group=refs[0])
            for line in lines
        ]

    def _count_down_payment(self, document, program, wallet_id, lines):
        """Return the order's lines if this document completes its down payment."""
        if not program._get_terms().count_down_payments:
            return []
        order_ids = {
            row["order_id"]
            for row in document.lines
            if row["is_downpayment"] and row["balance"] < 0 and row["order_id"]
        }
        orders = self.env["sale.order"].browse(sorted(order_ids))
        return [
            line
            for order in orders
            if order._is_loyalty_b2b_paid_in_advance()
            and not self._get_advance((wallet_id, f"order:{order.id}"))
            for line in order._prepare_loyalty_b2b_lines(program, document.date)
        ]

    # === BOOKING === #

    def _book_rows(self, document, place, rows):
        """Book the difference that new rows make to a group."""
        found = self.groups.get(place)
        if found is None:
            found = self.groups[place] = group.Group(*place)
        difference = found.difference(rows)
        values = self._document_values(document, place[1], rows)
        if difference < 0:
            moves = frozenset({document.reversed_id or document.id})
            self._take_back(found, -difference, rows, values, moves)
        else:
            kind = "reversal" if not difference and document.is_refund else "earn"
            self._credit(found, kind, difference, rows, values)
        found.add_rows(document.id, rows)

    def _credit(self, found, kind, points, rows, values):
        wallet = self.wallets.browse(found.wallet)
        turn, number = self._rounds.take(values["move_ref"])
        program = self._program_of(found.wallet)
        dates = self._get_lot_dates(found, wallet, rows, values)
        waits = program._get_terms().activation == "payment" and kind == "earn"
        if waits and not dates.get("root_entry_id"):
            dates = {"state": "pending"}
            self.pending = True
        self._add_entry(
            found,
            wallet._prepare_entry(
                kind,
                points,
                program,
                key=f"earn:{values['move_ref']}:{turn}:{number}",
                round=turn,
                awaits_payment=waits,
                to_settle=True,
                **{**values, **dates},
            ),
            rows,
        )

    def _get_lot_dates(self, found, wallet, rows, values):
        """Return the dates of a new lot; what is given back keeps its old ones."""
        is_sale = any(row.part == "line" and row.base > 0 for row in rows)
        lots = [entry for entry in found.entries if entry.points > 0]
        if is_sale or not lots:
            program = self._program_of(found.wallet)
            return wallet._prepare_expiry(values["date_event"], program)
        lot = lots[-1]
        return {
            "state": lot.state if lot.state != "cancelled" else "posted",
            "root_entry_id": lot.root or lot.id,
            "date_available": lot.date_available,
            "date_expiry": lot.date_expiry,
        }

    def _take_back(self, found, points, rows, values, moves):
        """Book reversals, each of one lot, explained by the document's rows."""
        if self._is_fresh(found):
            self.flush()
        wallet = self.wallets.browse(found.wallet)
        program = self._program_of(found.wallet)
        parts = found.take_back(points, moves)
        explained = self._share_rows(found, rows, parts)
        for (lot, part), lot_rows in zip(parts, explained, strict=True):
            state = lot.state if lot.state == "pending" else "posted"
            if periods.is_lapsed(lot.date_expiry, program._today()):
                # booked first, so that the reversal finds it when settling
                self._undo_expiry(found, wallet, lot, part, values)
            self._add_entry(
                found,
                wallet._prepare_entry(
                    "reversal",
                    -part,
                    program,
                    key=f"reverse:{lot.id}:{found.reversals(lot) + 1}",
                    state=state,
                    reversed_entry_id=lot.id,
                    awaits_payment=lot.awaits_payment,
                    to_settle=True,
                    **values,
                ),
                lot_rows,
            )

    def _undo_expiry(self, found, wallet, lot, points, values):
        """Give back what expired of a lot that is taken back: not to take it twice."""
        for expire_id, expired, returns in self._query_expired(lot.id):
            part = min(points, expired)
            points -= part
            if part > 0:
                self._add_entry(
                    found,
                    wallet._prepare_entry(
                        "return",
                        part,
                        key=f"unexpire:{expire_id}:{returns + 1}",
                        reversed_entry_id=expire_id,
                        root_entry_id=lot.root or lot.id,
                        date_available=lot.date_available,
                        date_expiry=lot.date_expiry,
                        to_settle=True,
                        note=self.env._("Expired, and taken back with its invoice"),
                        **{**values, "group_ref": None},
                    ),
                    [],
                )

    def _query_expired(self, lot_id):
        """Return (expire entry, points not given back yet, number of returns)."""
        return self.env.execute_query(
            SQL(
                """
            SELECT x.id, (-x.points - COALESCE(SUM(r.points), 0))::bigint, COUNT(r.id)
              FROM loyalty_b2b_entry x
              LEFT JOIN loyalty_b2b_entry r ON r.reversed_entry_id = x.id
             WHERE x.reversed_entry_id = %s AND x.kind = 'expire'
             GROUP BY x.id ORDER BY x.id
                """,
                lot_id,
            )
        )

    def _share_rows(self, found, rows, parts):
        """Part the rows among several reversals: each goes with the lot it corrects."""
        if len(parts) < 2:
            return [rows] * len(parts)
        lot_of = {}
        for index, (lot, _points) in enumerate(parts):
            for row in found.moves.get(lot.move or 0, ()):
                lot_of.setdefault(row.key, index)
        shared = [[] for _part in parts]
        for row in rows:
            shared[lot_of.get(row.key, 0)].append(row)
        return shared

    def _book_unlinked(self, document, program, wallet_id, lines):
        """Take back by the rules of the credit's date, within the last 12 months."""
        bonus = self._get_bonus_products(lines)
        lines = [
            replace(line, exclusion=line.exclusion or "commercial_bonus")
            if line.product in bonus
            else line
            for line in lines
        ]
        digits = document.currency.decimal_places
        rows, points = engine.unlinked_credit(lines, program._get_rule_set(), digits)
        if points:
            points = max(points, -self._query_reversible(wallet_id, document.date))
        place = (wallet_id, lines[0].group)
        found = self.groups.setdefault(place, group.Group(*place))
        turn, number = self._rounds.take(document.id)
        wallet = self.wallets.browse(wallet_id)
        self._add_entry(
            found,
            wallet._prepare_entry(
                "reversal",
                points,
                program,
                key=f"earn:{document.id}:{turn}:{number}",
                round=turn,
                to_settle=True,
                **self._document_values(document, place[1], rows),
            ),
            rows,
        )
        found.add_rows(document.id, rows)

    def _get_bonus_products(self, lines):
        products = self.env["product.product"].browse(
            [line.product for line in lines if line.product]
        )
        return set(products.filtered("loyalty_b2b_commercial_bonus").ids)

    def _query_reversible(self, wallet_id, day):
        """Return what a wallet earned in 12 months and still has not lost."""
        ((points,),) = self.env.execute_query(
            SQL(
                "SELECT COALESCE(SUM(points), 0) FROM loyalty_b2b_entry"
                " WHERE wallet_id = %s AND kind IN ('earn', 'reversal')"
                " AND state <> 'cancelled' AND date_event > %s",
                wallet_id,
                periods.add_months(day, -12),
            )
        )
        return max(0, int(points))

    def annul(self, found, move, rows):
        """Book that a document no longer counts."""
        new = engine.annul(rows)
        if not new:
            return
        values = self._move_values(move, found.ref)
        if found.counts:
            difference = found.difference(new)
        else:
            difference = -sum(e.points for e in found.entries if e.move == move.id)
        if difference < 0:
            self._take_back(found, -difference, new, values, frozenset({move.id}))
        else:
            self._credit(found, "earn", difference, new, values)
        found.add_rows(move.id, new)

    def level(self, found):
        """Book what a group is missing or has too much."""
        difference = found.difference()
        if not difference:
            return
        move_id = next(entry.move for entry in reversed(found.entries) if entry.move)
        move = self.env["account.move"].browse(move_id).exists()
        values = self._move_values(move, found.ref)
        values["note"] = self.env._("Counted together with other documents")
        if difference < 0:
            self._take_back(found, -difference, [], values, frozenset())
        else:
            self._credit(found, "earn", difference, [], values)

    # === ROWS OF THE LEDGER === #

    def _document_values(self, document, ref, rows):
        """Return the plain copies that an entry keeps of its document."""
        order = self._order_of(ref, rows)
        return {
            "date_event": document.date,
            "group_ref": ref,
            "partner_id": document.owner.id,
            "partner_name": document.owner.display_name,
            "contact_id": document.contact.id,
            "contact_name": document.contact.display_name,
            "move_id": document.id,
            "move_ref": document.id,
            "move_name": document.name,
            "order_id": order.get("order_id"),
            "order_name": order.get("order_name"),
            "amount": float(sum(row.amount for row in self._distinct(rows))),
        }

    def _order_of(self, ref, rows):
        for row in rows:
            named = self._names.get(row.key) or self._names.get(row.source) or {}
            if named.get("order_id") and ref == f"order:{named['order_id']}":
                return named
        return {}

    @staticmethod
    def _distinct(rows):
        """Return one row a key and part: several rules count the same money."""
        return {(row.key, row.part, row.source): row for row in rows}.values()

    def _move_values(self, move, ref):
        owner = move.partner_id._get_loyalty_b2b_owner()
        return {
            "date_event": move.invoice_date or move.date,
            "group_ref": ref,
            "partner_id": owner.id,
            "partner_name": owner.display_name,
            "contact_id": move.partner_id.id,
            "contact_name": move.partner_id.display_name,
            "move_id": move.id,
            "move_ref": move.id,
            "move_name": move.name,
        }

    def _is_fresh(self, found):
        return any(entry.id < 0 for entry in found.entries)

    def _add_entry(self, found, row, rows):
        """Remember an entry; until it is inserted its id is a negative number."""
        self._entries.append(row)
        booked = group.Booked(
            id=-len(self._entries),
            kind=row["kind"],
            state=row["state"],
            points=row["points"],
            move=row["move_ref"],
            reverses=row["reversed_entry_id"],
            root=row["root_entry_id"],
            round=row["round"],
            awaits_payment=row["awaits_payment"],
            date_available=row["date_available"],
            date_expiry=row["date_expiry"],
        )
        self._fresh[row["key"]] = booked
        found.entries.append(booked)
        self._lines.append((row["key"], rows, row["points"]))

    def flush(self):
        """Insert what was collected.

        :return: key → id of the new entries.
        """
        ids = self.wallets._book_keys(self._entries)
        lines = []
        for key, rows, points in self._lines:
            self._fresh[key].id = ids.get(key, self._fresh[key].id)
            if key in ids:
                lines += self._prepare_lines(ids[key], rows, points)
        self.env["loyalty.b2b.entry.line"]._insert_lines(lines)
        self._entries, self._lines, self._fresh = [], [], {}
        return ids

    def _prepare_lines(self, entry_id, rows, points):
        """Return explanation lines that sum to the points of their entry (I8)."""
        if not rows:
            return [self._prepare_memo(entry_id, points)] if points else []
        shares = engine.explained(rows, points)
        return [
            self._prepare_line(entry_id, row, share)
            for row, share in zip(rows, shares, strict=True)
        ]

    def _prepare_line(self, entry_id, row, points):
        named = self._names.get(row.source) or self._names.get(row.key) or {}
        move_line_id = named.get("id")
        return {
            "entry_id": entry_id,
            "name": named.get("name"),
            "part": row.part,
            "key": row.key,
            "source": row.source,
            "move_line_id": move_line_id,
            "order_line_ref": row.order_line,
            "product_id": named.get("product_id"),
            "product_ref": row.product,
            "rule_ref": row.rule,
            "rule_root": row.root,
            "rule_version": row.version,
            "effect": row.effect,
            "rate_points": row.points,
            "rate_amount": str(row.per),
            "base": str(row.base),
            "base_currency_id": named.get("currency_id"),
            "amount": str(row.amount),
            "points": points,
            "reason": row.reason or None,
        }

    def _prepare_memo(self, entry_id, points):
        blank = engine.Row("", "", "memo", None, None, 0, "", 0, 0, 0, 0, None, None)
        return self._prepare_line(entry_id, replace(blank, reason="rounding"), points)

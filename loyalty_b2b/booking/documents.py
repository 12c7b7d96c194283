import logging
from collections import defaultdict
from dataclasses import dataclass, field, replace
from decimal import Decimal

from odoo.tools import SQL

from ..tools import deferred, engine, periods
from .bookings import Bookings, Rounds
from .caps import get_places
from .lines import Lines, money

_logger = logging.getLogger(__name__)


@dataclass
class Document:
    """A posted customer document as plain values; lines are dicts of one query."""

    id: int
    name: str
    date: object
    is_refund: bool
    owner: object
    contact: object
    company_id: int
    currency: object
    company_currency: object
    reversed_id: int
    debited: object
    posted_before: bool
    lines: list = field(default_factory=list)


class DocumentBookings(Bookings):
    """Works out what posted documents earn and take back (DESIGN §5)."""

    def __init__(self, wallets, documents):
        super().__init__(wallets)
        self.documents = documents
        self._lines_of, self._customers = {}, {}
        self._missed = []
        self._read(documents)
        self._rounds = Rounds([*self.groups.values()])
        self._lock_document_caps()

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
        facts = {}
        for row in self.wallets._query_participations(owners, program_ids):
            self.participations[row["id"]].append(row)
            self._program_ids[row["wallet_id"]] = row["program_id"]
            facts[row["program_id"], row["id"]] = row
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
        self._read_conditions(self.programs.browse(program_ids), documents, facts)

    def _read_conditions(self, programs, documents, facts):
        """Read what rules ask of products and customers.

        :param dict facts: (programme id, owner id) → what is known of the customer.
        """
        product_ids = {row["product_id"] for d in documents for row in d.lines}
        owner_ids = {owner_id for _program, owner_id in facts}
        matches = programs._match_domains(product_ids - {None}, owner_ids)
        for program in programs:
            self._lines_of[program.id] = Lines(program, matches)
        for (program_id, owner_id), row in facts.items():
            customer = self._lines_of[program_id].prepare_customer(row)
            self._customers[program_id, owner_id] = customer

    def _lock_document_caps(self):
        """Lock the counters of capped rules that the documents may concern."""
        if not any(
            self.programs.browse(program_id)._get_rule_set().capped
            for program_id in self._lines_of
        ):
            return
        places = set()
        for document in self.documents:
            try:
                for program_id in self._lines_of:
                    places |= self._get_cap_places(document, program_id)
            except Exception:
                # said again, and to people, when the document is worked out
                _logger.info("Caps of %s are not known", document.name, exc_info=True)
        self.lock_caps(places)

    def _get_cap_places(self, document, program_id):
        program = self.programs.browse(program_id)
        wallet_id = self._get_wallet(document, program)
        if not wallet_id or document.company_id != program._get_terms().company_id:
            return set()
        lines = self._prepare_lines_of(document, program)
        return get_places(wallet_id, (), lines, program._get_rule_set())

    def _prepare_lines_of(self, document, program):
        """Return a document's lines as the engine wants them."""
        lines = self._lines_of[program.id]
        customer = self._customers.get((program.id, document.owner.id), engine.NOBODY)
        return [prepare_line(lines, row, document, customer) for row in document.lines]

    # === ONE DOCUMENT === #

    def insert(self):
        ids = super().insert()
        if self._missed:
            self.programs._note_missed(self._missed)
            self._missed = []
        return ids

    def keep(self):
        self._missed += self._draft_missed
        super().keep()

    def discard(self):
        super().discard()
        self._draft_missed = []

    def add(self, document):
        """Book a document in every programme it concerns: all of it or nothing.

        :raises: what its data raise; then nothing of it is left here.
        """
        if not document.lines:
            return
        if document.posted_before:
            # what a reset could not undo when it was made
            self.undo(self.env["account.move"].browse(document.id))
        program_ids = self.programs._get_active_program_ids(document.company_id)
        try:
            for program in self.programs.browse(program_ids):
                self._add_to_program(document, program)
        except Exception:
            self.discard()
            self._rounds.forget(document.id)
            raise
        self.keep()

    def _add_to_program(self, document, program):
        wallet_id = self._get_wallet(document, program)
        for row in document.lines:
            named = {**row, "currency_id": document.currency.id}
            self._names[f"aml:{row['id']}"] = named
        lines = self._prepare_lines_of(document, program)
        origins = self._find_origins(document, program)
        if document.reversed_id and not origins:
            # what it corrects gave nothing, for it was before joining or in a pause
            self._miss_correction(document, program)
            return
        own, corrections = self._part(document, lines, origins)
        rows_by_place = defaultdict(list)
        if corrections:
            self._correct(document, corrections, origins, rows_by_place)
        unlinked = []
        if own and wallet_id and program._is_earning_on(document.date):
            own, unlinked = self._part_unlinked(document, own)
            self._earn(document, program, wallet_id, own, rows_by_place)
        elif wallet_id and len(corrections) < len(lines):
            self._miss(document, program, wallet_id)
        if len(own) + len(corrections) < len(lines):
            self._miss_dropped(document, program, lines)
        for place, rows in rows_by_place.items():
            self._book_rows(document, place, rows)
        if unlinked:
            self._book_unlinked(document, program, wallet_id, unlinked)

    def _miss(self, document, program, wallet_id):
        """Remember a document that gives nothing as its programme is paused."""
        if program._get_terms().state == "paused":
            self._draft_missed.append((program.id, wallet_id, document.id))

    def _miss_correction(self, document, program):
        """Let a correction follow what it corrects, which is to be booked later."""
        origin = (program.id, document.reversed_id)
        noted = {(p, move): wallet for p, wallet, move in self._missed}
        wallet_id = noted.get(origin) or program._find_missed(document.reversed_id)
        if wallet_id:
            self._draft_missed.append((program.id, wallet_id, document.id))

    def _miss_dropped(self, document, program, lines):
        """Let corrections of an order follow its invoice that is to be booked later.

        Otherwise they correct an invoice from before joining: nothing is to be done.
        """
        order_lines = [line.order_line for line in lines if line.base < 0]
        wallet_id = program._find_missed_order(list(filter(None, order_lines)))
        if wallet_id:
            self._draft_missed.append((program.id, wallet_id, document.id))

    def _get_wallet(self, document, program):
        """Return the wallet of the document's owner on its date, or None."""
        for row in self.participations[document.owner.id]:
            if row["program_id"] == program.id and row["date_start"] <= document.date:
                if not row["date_end"] or document.date <= row["date_end"]:
                    return row["wallet_id"]
        return None

    def _find_origins(self, document, program):
        """Return the groups whose rows a document may correct, by place."""
        refs = {f"order:{row['order_id']}" for row in document.lines if row["order_id"]}
        found = {}
        for place, candidate in self.groups.items():
            if self._program_of(candidate.wallet) != program:
                continue
            linked = document.reversed_id and document.reversed_id in candidate.moves
            if linked or (not document.reversed_id and place[1] in refs):
                found[place] = candidate
        return found

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
            for line in order._prepare_loyalty_b2b_lines(
                program, document.date, document.owner
            )
        ]

    # === BOOKING === #

    def _book_rows(self, document, place, rows):
        """Book the difference that new rows make to a group."""
        found = self._find_group(place)
        values = self._document_values(document, place[1], rows)
        moves = frozenset({document.reversed_id or document.id})
        kind = "reversal" if document.is_refund else "earn"
        self._book_change(found, rows, values, moves, kind)
        self._draft_explained(found, document.id, rows)

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
        parts, points = engine.unlinked_credit(lines, program._get_rule_set(), digits)
        rows = [row for row, _part in parts]
        if points:
            points = max(points, -self._query_reversible(wallet_id, document.date))
        place = (wallet_id, lines[0].group)
        found = self._find_group(place)
        found.number(rows)
        self._valued = set()
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
            parts,
        )
        self._draft_explained(found, document.id, rows)

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
                " AND COALESCE(group_ref, '') !~ %s"
                " AND state <> 'cancelled' AND date_event > %s",
                wallet_id,
                deferred.BONUS_REFS,
                periods.add_months(day, -12),
            )
        )
        return max(0, int(points))

    def _document_values(self, document, ref, rows):
        """Return the plain copies that an entry keeps of its document."""
        order = self._order_of(ref, rows)
        return {
            "date_event": document.date,
            "date_earned": document.debited.invoice_date or document.date,
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


def prepare_line(lines, row, document, customer):
    """Return a document line as the engine wants it.

    The sign is that of −balance, whatever the type of the document (DESIGN §5).

    :param Lines lines: of the programme.
    :param dict row: of `account.move._query_loyalty_b2b_lines`.
    """
    return lines.prepare(
        row,
        customer,
        key=f"aml:{row['id']}",
        group=f"order:{row['order_id']}" if row["order_id"] else f"move:{document.id}",
        base=money(-row["amount_currency"], document.currency),
        amount=to_program(-row["balance"], document, lines.program),
        date=document.debited.invoice_date or document.date,
    )


def to_program(amount, document, program):
    """Return an amount in company currency in the programme's currency."""
    terms = program._get_terms()
    if terms.currency_id == document.company_currency.id:
        return money(amount, document.company_currency)
    converted = document.company_currency._convert(
        amount, program.currency_id, program.company_id, document.date
    )
    return money(converted, program.currency_id)

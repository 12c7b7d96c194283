from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal

from odoo import fields, models
from odoo.tools import SQL

from ..tools import engine


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


class AccountMove(models.Model):
    """Customer invoices and credit notes tell the wallet that they were posted."""

    _inherit = "account.move"

    loyalty_b2b_to_book = fields.Boolean(
        copy=False,
        readonly=True,
        help="Points of this document could not be worked out when it was posted; the"
        " job tries again.",
    )

    _loyalty_b2b_to_book_idx = models.Index("(id) WHERE loyalty_b2b_to_book")

    # === HOOKS === #

    def _post(self, soft=True):
        # core sets the flag while posting
        before = {move.id for move in self if move.posted_before}
        posted = super()._post(soft)
        posted._book_loyalty_b2b(before)
        return posted

    def button_draft(self):
        posted = self._filter_loyalty_b2b()
        result = super().button_draft()
        if posted:
            self.env["loyalty.b2b.wallet"]._unbook_documents(posted.ids)
        return result

    def _compute_payment_state(self):
        super()._compute_payment_state()
        moves = self._filter_loyalty_b2b()
        programs = self.env["loyalty.b2b.program"]
        waiting = moves.filtered(
            lambda move: programs._is_payment_awaited(move.company_id.id)
        )
        if waiting:
            self._queue_loyalty_b2b_activation(waiting.ids)

    # === BUSINESS METHODS === #

    def _filter_loyalty_b2b(self):
        """Return the posted customer documents of companies with a programme."""
        programs = self.env["loyalty.b2b.program"]
        return self.filtered(
            lambda move: move.state == "posted"
            and move.is_sale_document(include_receipts=True)
            and isinstance(move.id, int)
            and programs._get_active_program_ids(move.company_id.id)
        )

    def _book_loyalty_b2b(self, posted_before=()):
        """Book what posted documents earn and take back; never stops a posting."""
        moves = self._filter_loyalty_b2b()
        if not moves:
            return
        moves = moves.sorted(lambda move: (move.invoice_date, move.name, move.id))
        documents = [
            move._prepare_loyalty_b2b_document(move.id in posted_before)
            for move in moves
        ]
        self.env["loyalty.b2b.wallet"].sudo()._book_documents(documents)

    def _prepare_loyalty_b2b_document(self, posted_before):
        self.ensure_one()
        return Document(
            id=self.id,
            name=self.name,
            date=self.invoice_date or self.date,
            is_refund=self.move_type == "out_refund",
            owner=self.partner_id._get_loyalty_b2b_owner(),
            contact=self.partner_id,
            company_id=self.company_id.id,
            currency=self.currency_id,
            company_currency=self.company_currency_id,
            reversed_id=self.reversed_entry_id.id,
            # only with Odoo's debit notes installed
            debited=self["debit_origin_id"]
            if "debit_origin_id" in self._fields
            else self.browse(),
            posted_before=posted_before,
        )

    def _cron_book_loyalty_b2b(self):
        """Try again the documents whose points could not be worked out."""
        moves = self.search([("loyalty_b2b_to_book", "=", True)], limit=1000)
        moves.loyalty_b2b_to_book = False
        moves._book_loyalty_b2b(set(moves.ids))

    def _queue_loyalty_b2b_activation(self, move_ids):
        """Compare points and payment state of these documents before the commit.

        `_compute_payment_state` sees every change of a payment without a query;
        there is no hook for a payment that is undone.
        """
        queued = self.env.cr.precommit.data.setdefault("loyalty_b2b.moves", set())
        if not queued:
            wallets = self.env(su=True)["loyalty.b2b.wallet"]
            self.env.cr.precommit.add(wallets._activate_queued)
        queued.update(move_ids)

    def _query_loyalty_b2b_lines(self):
        """Return the product lines of the documents with their order, as dicts."""
        self.env["account.move.line"].flush_model()
        rows = self.env.execute_query_dict(
            SQL(
                """
            SELECT l.id, l.move_id, l.name, l.product_id, t.categ_id, l.discount,
                   l.amount_currency, l.balance, l.is_downpayment,
                   sol.id AS order_line_id, so.id AS order_id, so.name AS order_name,
                   so.date_order, so.pricelist_id, sol.price_subtotal AS ordered,
                   %(extra)s
              FROM account_move_line l
              LEFT JOIN product_product p ON p.id = l.product_id
              LEFT JOIN product_template t ON t.id = p.product_tmpl_id
              LEFT JOIN LATERAL (
                    SELECT MIN(rel.order_line_id) AS id
                      FROM sale_order_line_invoice_rel rel
                     WHERE rel.invoice_line_id = l.id
              ) link ON TRUE
              LEFT JOIN sale_order_line sol ON sol.id = link.id
              -- a cancelled order has lost its discount lines, not their history
              LEFT JOIN loyalty_b2b_redemption use
                     ON use.id = l.loyalty_b2b_redemption_id
              LEFT JOIN sale_order so ON so.id = COALESCE(sol.order_id, use.order_id)
             WHERE l.move_id = ANY(%(ids)s) AND l.display_type = 'product'
             ORDER BY l.move_id, l.sequence, l.id
                """,
                ids=list(self.ids),
                extra=SQL(", ").join(self._get_loyalty_b2b_line_columns()),
            )
        )
        lines = defaultdict(list)
        for row in rows:
            lines[row["move_id"]].append(row)
        return lines

    def _get_loyalty_b2b_line_columns(self):
        """Return SQL columns of `l` (invoice line) or `sol` that a glue addon needs."""
        return [SQL("l.loyalty_b2b_redemption_id AS redemption_id")]


def line_kind(row):
    """Return the engine's kind of a document line."""
    if row["redemption_id"]:
        return "points_discount"
    return "ignored" if row["is_downpayment"] else "product"


def prepare_line(row, document, program, exclusion):
    """Return a document line as the engine wants it.

    The sign is that of −balance, whatever the type of the document (DESIGN §5).
    """
    order_date = row["date_order"]
    return engine.Line(
        key=f"aml:{row['id']}",
        group=f"order:{row['order_id']}" if row["order_id"] else f"move:{document.id}",
        base=money(-row["amount_currency"], document.currency),
        amount=to_program(-row["balance"], document, program),
        date=document.debited.invoice_date or document.date,
        kind=line_kind(row),
        product=row["product_id"],
        category=row["categ_id"],
        exclusion=exclusion,
        order_line=row["order_line_id"],
        order_date=program._local_day(order_date) if order_date else None,
    )


def money(amount, currency):
    """Return a float amount as the exact decimal of its currency."""
    return Decimal(f"{amount:.{currency.decimal_places}f}")


def to_program(amount, document, program):
    """Return an amount in company currency in the programme's currency."""
    terms = program._get_terms()
    if terms.currency_id == document.company_currency.id:
        return money(amount, document.company_currency)
    converted = document.company_currency._convert(
        amount, program.currency_id, program.company_id, document.date
    )
    return money(converted, program.currency_id)

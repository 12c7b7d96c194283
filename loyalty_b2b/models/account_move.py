from collections import defaultdict

from odoo import fields, models
from odoo.tools import SQL

from ..booking.documents import Document


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
            lambda move: (
                move.state == "posted"
                and move.is_sale_document(include_receipts=True)
                and isinstance(move.id, int)
                and programs._get_active_program_ids(move.company_id.id)
            )
        )

    def _book_loyalty_b2b(self, posted_before=()):
        """Book what posted documents earn and take back; never stops a posting."""
        moves = self._filter_loyalty_b2b()
        if not moves:
            return
        moves.filtered("loyalty_b2b_to_book").loyalty_b2b_to_book = False
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
            debited=self._get_loyalty_b2b_debited(),
            posted_before=posted_before,
        )

    def _get_loyalty_b2b_debited(self):
        """Return the invoice that a debit note raises, with Odoo's addon for them.

        A debit note of a credit note cancels it: it raises what was credited.
        """
        if "debit_origin_id" not in self._fields:
            return self.browse()
        debited = self["debit_origin_id"]
        while source := debited.reversed_entry_id or debited["debit_origin_id"]:
            debited = source
        return debited

    def _cron_book_loyalty_b2b(self):
        """Try again the documents whose points could not be worked out or undone."""
        moves = self.search([("loyalty_b2b_to_book", "=", True)], limit=1000)
        moves.loyalty_b2b_to_book = False
        posted = moves.filtered(lambda move: move.state == "posted")
        self.env["loyalty.b2b.wallet"]._unbook_documents((moves - posted).ids)
        posted._book_loyalty_b2b(set(posted.ids))

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
        self._flush_loyalty_b2b_lines()
        rows = self.env.execute_query_dict(
            SQL(
                """
            SELECT l.id, l.move_id, l.name, l.product_id, t.categ_id, l.discount,
                   l.amount_currency, l.balance, l.is_downpayment,
                   sol.id AS order_line_id, so.id AS order_id, so.name AS order_name,
                   so.date_order, so.pricelist_id, sol.price_subtotal AS ordered,
                   so.loyalty_b2b_channel AS channel,
                   l.quantity * COALESCE(lu.factor / NULLIF(pu.factor, 0), 1)
                   AS quantity,
                   %(tags)s AS tag_ids, %(extra)s
              FROM account_move_line l
              LEFT JOIN product_product p ON p.id = l.product_id
              LEFT JOIN product_template t ON t.id = p.product_tmpl_id
              LEFT JOIN uom_uom lu ON lu.id = l.product_uom_id
              LEFT JOIN uom_uom pu ON pu.id = t.uom_id
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
                tags=self.env["product.product"]._get_loyalty_b2b_tags_sql("p", "t"),
                extra=SQL(", ").join(self._get_loyalty_b2b_line_columns()),
            )
        )
        lines = defaultdict(list)
        for row in rows:
            lines[row["move_id"]].append(row)
        return lines

    def _flush_loyalty_b2b_lines(self):
        """Write what the query of lines reads."""
        self.env["account.move.line"].flush_model()
        self.env["sale.order"].flush_model(
            ["date_order", "pricelist_id", "loyalty_b2b_channel"]
        )
        self.env["product.product"].flush_model(
            ["standard_price", "additional_product_tag_ids"]
        )
        self.env["product.template"].flush_model(
            ["categ_id", "uom_id", "product_tag_ids"]
        )

    def _get_loyalty_b2b_line_columns(self):
        """Return SQL columns of `l` (invoice line) or `sol` that a glue addon needs."""
        return [
            SQL("l.loyalty_b2b_redemption_id AS redemption_id"),
            SQL("use.reward_kind"),
            *self._get_loyalty_b2b_cost_columns(),
        ]

    def _get_loyalty_b2b_cost_columns(self):
        """Return SQL columns of what a line brings in and costs, in one currency.

        With Odoo's sales margins installed the cost is that of the order line, else
        the product's.
        """
        cost = SQL(
            "(p.standard_price->>(l.company_id::text))::numeric * l.quantity"
            " * COALESCE(lu.factor / NULLIF(pu.factor, 0), 1)"
        )
        net = SQL("-l.balance")
        if "purchase_price" in self.env["sale.order.line"]._fields:
            cost = SQL("COALESCE(sol.purchase_price * l.quantity, %s)", cost)
            net = SQL(
                "CASE WHEN sol.purchase_price IS NULL THEN %s"
                " ELSE -l.amount_currency END",
                net,
            )
        return [SQL("%s AS net", net), SQL("COALESCE(%s, 0) AS cost", cost)]

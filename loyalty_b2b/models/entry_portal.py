from odoo import models

PORTAL_ORDER_STATES = ("sent", "sale", "cancel")


class LoyaltyB2bEntry(models.Model):
    """Why an entry has the points it has, for the customer's page."""

    _inherit = "loyalty.b2b.entry"

    # === BUSINESS METHODS === #

    def _prepare_portal_why(self, user):
        """Return the explanation of an entry as plain values.

        Called in sudo for an entry of a wallet that the user may see.

        :param user: `res.users` who reads; decides which documents are linked.
        """
        self.ensure_one()
        wallet, program = self.wallet_id, self.program_id
        rows = wallet._query_portal_rows(entry_id=self.id)
        row = wallet._prepare_portal_row(rows[0])
        worth = program._get_portal_worth(abs(self.points), program._get_portal_rate())
        return {
            **row,
            "worth": program._format_portal_worth(worth) if worth else "",
            "is_used": self.kind == "redeem",
            "discount": self.currency_id.format(abs(self.amount))
            if self.kind == "redeem" and self.amount
            else "",
            "documents": self._prepare_portal_documents(user),
            "lines": self._prepare_portal_lines(),
            "related": self._prepare_portal_related(),
        }

    # === DOCUMENTS === #

    def _prepare_portal_documents(self, user):
        """Return the invoice and the order behind the entry.

        A document is linked if the user may open it in the portal himself; else its
        number stands alone.
        """
        documents = []
        if self.move_name:
            url = f"/my/invoices/{self.move_id.id}"
            can_open = self.move_id.state == "posted" and can_read(self.move_id, user)
            documents.append(
                {
                    "label": self.env._("Invoice or credit note"),
                    "name": self.move_name,
                    "url": url if can_open else "",
                }
            )
        if self.order_name:
            url = f"/my/orders/{self.order_id.id}"
            can_open = self.order_id.state in PORTAL_ORDER_STATES and can_read(
                self.order_id, user
            )
            documents.append(
                {
                    "label": self.env._("Order"),
                    "name": self.order_name,
                    "url": url if can_open else "",
                }
            )
        return documents

    # === LINE BY LINE === #

    def _prepare_portal_lines(self):
        """Return the explanation, the lines of one document line together."""
        result, before = [], None
        for line in self._get_why_lines():
            place = (line.key, line.part, line.source)
            values = self._prepare_portal_line(line)
            if line.key and place == before:
                # several rules count the same money: say it once
                values.update(name="", part="", net="")
            result.append(values)
            before = place
        return result

    def _prepare_portal_line(self, line):
        program = self.program_id
        return {
            "name": self._get_portal_line_name(line),
            "part": self._get_portal_part(line),
            "net": self._get_portal_net(line),
            "rate": self._get_portal_rate_text(line),
            "rule": self._get_portal_rule_name(line),
            "points": program._format_portal_points(line.points, signed=True)
            if line.part != "cap"
            else "",
            "reason": self._get_portal_reason(line),
        }

    def _get_portal_rule_name(self, line):
        """Return the rule's name, '' where the rate begins with it."""
        if line.rule_id.by_tier_id:
            return ""
        return line.rule_name or line.rule_id.name or ""

    def _get_portal_part(self, line):
        """Return what kind of line it is, '' where the name says it."""
        return {
            "correction": self.env._("Correction"),
            "memo": self.env._("Note"),
        }.get(line.part, "")

    def _get_portal_line_name(self, line):
        return line.limit_text if line.part == "cap" else line.item

    def _get_portal_net(self, line):
        """Return the net amount, in the document's currency if that is another."""
        if line.part in ("memo", "cap"):
            return ""
        text = self.currency_id.format(line.amount)
        if line.base_currency_id and line.base_currency_id != self.currency_id:
            base = line.base_currency_id.format(line.base)
            return f"{base} ({text})"
        return text

    def _get_portal_rate_text(self, line):
        return line._get_rate_text(
            self.program_id._format_portal_points(line.rate_points)
        )

    def _get_portal_reason(self, line):
        """Return what to remark on a line, never a code.

        Customers do not read by what they are told apart.
        """
        if line.part == "cap":
            return ""
        if not line.reason:
            return line.limit_text or ""
        texts = line._get_reason_texts()
        texts["not_customer_tag"] = texts["not_in_customer_domain"]
        texts["later"] = self.env._("Counted separately, if at all.")
        reason = texts.get(line.reason, self.env._("Earns nothing."))
        return " ".join(filter(None, (reason, line.limit_text)))

    # === OTHER ENTRIES OF THE STORY === #

    def _prepare_portal_related(self):
        """Return the entries this one is connected with, by what connects them.

        Only those of the same wallet: points may come from another one.
        """
        origin = {entry: entry.points for entry in self.reversed_entry_id}
        sources = {
            part.credit_id: part.points
            for part in self.credit_allocation_ids
            if part.credit_id not in origin
        }
        uses = {part.debit_id: part.points for part in self.debit_allocation_ids}
        returns = {entry: entry.points for entry in self._get_portal_returns()}
        story = [
            (self._get_portal_origin_label(), origin),
            (self.env._("Taken from"), sources),
            (self.env._("What became of them"), uses),
            (self.env._("Later returned"), returns),
        ]
        return [
            {"label": label, "rows": rows}
            for label, entries in story
            if (rows := self._prepare_portal_mentions(entries))
        ]

    def _prepare_portal_mentions(self, entries):
        """Return links to other entries.

        :param dict entries: entry → how many of its points this is about.
        """
        return [
            entry._prepare_portal_mention(points)
            for entry, points in entries.items()
            if entry.wallet_id == self.wallet_id and entry.state != "cancelled"
        ]

    def _get_portal_origin_label(self):
        """Return how an entry is connected with the earlier one it points to."""
        return {
            "reversal": self.env._("Takes back points of"),
            "return": self.env._("Gives back points used for"),
            "expire": self.env._("Ends the use of"),
        }.get(self.kind, self.env._("Belongs to"))

    def _get_portal_returns(self):
        if self.kind != "redeem":
            return self.browse()
        return self.search([("reversed_entry_id", "=", self.id)])

    def _prepare_portal_mention(self, points):
        program, wallet = self.program_id, self.wallet_id
        text = wallet._get_portal_texts().get(self.kind, "")
        return {
            "url": f"/my/loyalty/{self.id}",
            "day": program._format_portal_day(self.date_event),
            "word": wallet._get_portal_word(self.kind),
            "document": self.move_name or self.order_name or text,
            "points": program._format_portal_points(abs(points)),
        }


def can_read(document, user):
    """Tell whether a user may read a document by his own rights.

    :param document: a record in sudo, maybe empty.
    """
    return bool(document) and document.with_user(user).has_access("read")

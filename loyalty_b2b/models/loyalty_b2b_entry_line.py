from odoo import fields, models
from odoo.tools import SQL

from ..fields import Points


class LoyaltyB2bEntryLine(models.Model):
    """Why an entry has the points it has: one document line under one rule."""

    _name = "loyalty.b2b.entry.line"
    _inherit = "loyalty.b2b.ledger.mixin"
    _description = "B2B Loyalty Explanation"
    _order = "entry_id, id"
    _rec_name = "name"

    entry_id = fields.Many2one(
        comodel_name="loyalty.b2b.entry", required=True, index=True, ondelete="restrict"
    )
    company_id = fields.Many2one(related="entry_id.company_id")
    name = fields.Char(string="Item", help="Product or text of the document line.")
    part = fields.Selection(
        selection=[
            ("line", "Purchase"),
            ("discount", "Discount with points"),
            ("correction", "Correction"),
            ("cap", "Cap"),
            ("memo", "Note"),
        ],
        required=True,
    )
    key = fields.Char(help="The document line that is counted, kept if it is deleted.")
    place = fields.Integer(
        help="Number of the line among those counted together, in order of booking."
    )
    source = fields.Char(help="The document line that caused the correction.")
    move_line_id = fields.Many2one(
        comodel_name="account.move.line",
        index="btree_not_null",
        ondelete="set null",
    )
    order_line_ref = fields.Integer(help="Database id of the order line.")
    product_id = fields.Many2one(
        comodel_name="product.product", index="btree_not_null", ondelete="set null"
    )
    product_ref = fields.Integer(help="Database id of the product.")
    rule_id = fields.Many2one(
        comodel_name="loyalty.b2b.rule", index="btree_not_null", ondelete="set null"
    )
    rule_ref = fields.Integer(help="Database id of the rule's version.")
    rule_root = fields.Integer(help="Database id of the rule's first version.")
    rule_name = fields.Char(string="Rule name")
    rule_version = fields.Integer(string="Version")
    effect = fields.Char()
    rate_points = Points(help="Points given per amount, as frozen when booked.")
    rate_amount = fields.Float(
        string="Per",
        digits=(16, 6),
        help="Amount in the programme's currency that gives these points.",
    )
    base_currency_id = fields.Many2one(comodel_name="res.currency", ondelete="restrict")
    base = fields.Float(
        string="Net in document",
        digits=(24, 6),
        help="Untaxed, signed, in the document's currency.",
    )
    currency_id = fields.Many2one(related="entry_id.currency_id")
    amount = fields.Float(
        string="Net",
        digits=(24, 6),
        help="Untaxed, signed, in the programme's currency at the document's rate.",
    )
    quantity = fields.Float(
        digits=(24, 6), help="Units of the product, signed as the amount."
    )
    day = fields.Date(help="Day by which the rule's period counts.")
    channel = fields.Char(help="How the order came in: web, portal, external or sales.")
    cap_wanted = Points(help="Points that the rule would give to the whole order.")
    cap_given = Points(help="Points of these that fitted under the rule's cap.")
    points = Points(help="This line's share of the entry's points.")
    reason = fields.Char(help="Why the line earns nothing: a code, shown in words.")
    reason_text = fields.Char(string="Why nothing", compute="_compute_reason_text")

    # === BUSINESS METHODS === #

    def _insert_lines(self, rows):
        """Insert explanation lines; the rule is named in the user's language.

        :param list rows: dicts with all stored columns but `rule_id` and `rule_name`.
        """
        rule = "SELECT %s FROM loyalty_b2b_rule u WHERE u.id = r.rule_ref"
        lang = self.env.lang or "en_US"
        self._insert_rows(
            rows,
            computed={
                "rule_id": SQL("(%s)", SQL(rule, SQL("u.id"))),
                "rule_name": SQL(
                    "(%s)",
                    SQL(rule, SQL("COALESCE(u.name->>%s, u.name->>'en_US')", lang)),
                ),
            },
        )

    # === COMPUTE METHODS === #

    def _compute_reason_text(self):
        texts = self._get_reason_texts()
        for line in self:
            line.reason_text = texts.get(line.reason, line.reason)

    def _get_reason_texts(self):
        """Return code → sentence for every reason of a zero; glue adds its own."""
        return {
            "ignored": self.env._("This line is not a purchase."),
            "no_value": self.env._("The line has no value."),
            "no_lines": self.env._("The discount has no lines to fall on."),
            "not_proportional": self.env._(
                "Only points per amount are taken back without an original invoice."
            ),
            "annulled": self.env._(
                "The document was reset, or the final invoice counts it."
            ),
            **self._get_condition_texts(),
            "excluded_product": self.env._(
                "This product is excluded from the programme."
            ),
            "excluded_category": self.env._(
                "This product category is excluded from the programme."
            ),
            "excluded_pricelist": self.env._("Promotional pricelists earn nothing."),
            "line_discount": self.env._(
                "The line discount is higher than the programme allows."
            ),
            "delivery": self.env._("Delivery earns nothing."),
            "reward": self.env._("What points were used for earns nothing."),
            "down_payment": self.env._(
                "Down payments earn when the goods are invoiced."
            ),
            "payment_means": self.env._("A means of payment, not a purchase."),
            "nothing_left": self.env._("Nothing is left of it to take back."),
            "commercial_bonus": self.env._("A commercial bonus takes nothing back."),
            "rounding": self.env._("Rounding of the whole document."),
            "already_counted": self.env._("Already counted with the down payment."),
        }

    def _get_condition_texts(self):
        """Return code → sentence for what a rule asks of a line."""
        return {
            "no_rule": self.env._("No earning rule covers this product."),
            "not_covered": self.env._("No earning rule covers this product."),
            "not_in_product_domain": self.env._("The rule is for other products."),
            "not_in_customer_domain": self.env._("The rule is for other customers."),
            "not_customer_tag": self.env._("The rule is for customers of another tag."),
            "not_country": self.env._("The rule is for other countries."),
            "not_tier": self.env._("The rule is for customers of another level."),
            "not_pricelist": self.env._("The rule is for other pricelists."),
            "rule_excluded_pricelist": self.env._(
                "The rule leaves the order's pricelist out."
            ),
            "not_channel": self.env._("The rule is for orders placed another way."),
            "not_begun": self.env._("No rule was in force on this date yet."),
            "over": self.env._("No rule was in force on this date any more."),
            "rule_line_discount": self.env._(
                "The line discount is higher than the rule allows."
            ),
            "below_margin": self.env._("The rule's conditions are not met."),
            "below_minimum": self.env._(
                "The order has not reached the rule's minimum so far."
            ),
            "stacked": self.env._("Another rule counts instead."),
            "capped": self.env._("The limit of the rule has been reached."),
            "later": self.env._("Counted separately, once it is decided."),
            "counted_together": self.env._(
                "Counted together with other documents of the order."
            ),
        }

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from ..fields import Points

# Kinds that put lines on a quotation; the others need none.
ORDER_KINDS = ("discount", "percent", "product", "delivery")


class LoyaltyB2bReward(models.Model):
    """What points can be used for, besides a discount of any amount."""

    _name = "loyalty.b2b.reward"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "image.mixin",
        "loyalty.b2b.guarded.mixin",
    ]
    _description = "B2B Loyalty Reward"
    _order = "sequence, points, id"
    _check_company_auto = True

    name = fields.Char(required=True, translate=True, tracking=True)
    active = fields.Boolean(default=True)
    sequence = fields.Integer(default=10)
    program_id = fields.Many2one(
        comodel_name="loyalty.b2b.program",
        string="Programme",
        required=True,
        index=True,
        ondelete="restrict",
        default=lambda self: self._default_program_id(),
    )
    company_id = fields.Many2one(
        related="program_id.company_id", store=True, precompute=True, index=True
    )
    currency_id = fields.Many2one(related="program_id.currency_id")
    point_name = fields.Char(related="program_id.point_name")
    kind = fields.Selection(
        selection=[
            ("discount", "Discount in money"),
            ("percent", "Discount in percent"),
            ("product", "Free product"),
            ("access", "Event, training or webinar"),
            ("service", "Service"),
            ("subscription", "Subscription"),
            ("voucher", "Voucher of somebody else"),
            ("enablement", "Help for the business"),
            ("gift", "Personal gift"),
        ],
        required=True,
        default="discount",
        tracking=True,
    )
    description = fields.Html(translate=True)
    terms = fields.Html(translate=True)

    # its price
    points = Points(string="Price", required=True, tracking=True, help="Whole points.")
    price_amount = fields.Monetary(
        string="And in money",
        tracking=True,
        help="What a customer pays besides the points, before tax. Only for rewards"
        " that are put on an order; 0: points are enough.",
    )
    value = fields.Monetary(
        string="Worth",
        tracking=True,
        help="What the reward is worth to the customer, tax included.",
    )
    cost = fields.Monetary(
        tracking=True,
        groups="loyalty_b2b.group_loyalty_b2b_officer",
        help="What one costs us, tax included.",
    )

    # what an order gets
    product_id = fields.Many2one(
        comodel_name="product.product",
        check_company=True,
        ondelete="restrict",
        help="The product that the customer gets.",
    )
    discount_amount = fields.Monetary(
        string="Discount", help="Taken off the order, net or gross as the rate says."
    )
    discount_percent = fields.Float(
        string="Discount in percent", help="Part of the order that is taken off, 0–100."
    )
    discount_max = fields.Monetary(
        string="Discount at most", help="Largest discount in money. 0: any."
    )
    free_mode = fields.Selection(
        selection=[
            ("discount", "100 % discount"),
            ("symbolic", "Symbolic price"),
            ("uncharged", "Delivered without charge"),
        ],
        string="Given as",
        required=True,
        default="discount",
        help="How the product stands on the order and its invoice: VAT differs.",
    )
    symbolic_price = fields.Monetary(default=0.01, help="Price of one, before tax.")

    # how it is handed over
    user_id = fields.Many2one(
        comodel_name="res.users",
        string="Responsible",
        check_company=True,
        tracking=True,
        help="Hands the reward over and gets an activity for it; the customer's"
        " account manager where nobody is named.",
    )
    days_to_fulfil = fields.Integer(
        string="Handed over within",
        default=14,
        help="Days after the use, 0 or more.",
    )
    must_confirm = fields.Boolean(
        string="Staff confirm",
        help="The points are only held until somebody of us confirms that the reward"
        " can be given.",
    )
    needs_approval = fields.Boolean(
        string="Officers approve",
        help="A loyalty officer decides about each wish before points are held.",
    )
    date_event = fields.Datetime(
        string="Takes place on", help="Nobody registers after it has begun."
    )
    place = fields.Char(translate=True)
    months = fields.Integer(
        default=12, help="How long the subscription runs, from the day of its use."
    )

    redemption_ids = fields.One2many(
        comodel_name="loyalty.b2b.redemption",
        inverse_name="reward_id",
        string="Uses",
        readonly=True,
    )

    _positive = models.Constraint(
        "CHECK (points > 0)", "A reward costs at least 1 point."
    )
    _amounts = models.Constraint(
        "CHECK (COALESCE(price_amount, 0) >= 0 AND COALESCE(value, 0) >= 0"
        " AND COALESCE(cost, 0) >= 0 AND COALESCE(discount_amount, 0) >= 0"
        " AND COALESCE(discount_percent, 0) BETWEEN 0 AND 100"
        " AND COALESCE(discount_max, 0) >= 0 AND COALESCE(symbolic_price, 0) >= 0"
        " AND COALESCE(days_to_fulfil, 0) >= 0 AND COALESCE(months, 0) >= 0)",
        "Money, days and months of a reward are 0 or more, a percentage lies between 0"
        " and 100.",
    )

    # === DEFAULT METHODS === #

    @api.model
    def _default_program_id(self):
        """Return the only programme there is, else none."""
        programs = self.env["loyalty.b2b.program"].search(
            [("company_id", "=", self.env.company.id), ("state", "!=", "closed")],
            limit=2,
        )
        return programs if len(programs) == 1 else programs.browse()

    # === CONSTRAINT METHODS === #

    @api.constrains(
        "kind", "product_id", "discount_amount", "discount_percent", "price_amount"
    )
    def _check_kind(self):
        for reward in self:
            if fault := reward._get_kind_fault():
                raise ValidationError(fault)

    def _get_kind_fault(self):
        """Return what a reward of this kind lacks, in words, or ''."""
        self.ensure_one()
        lacks = {
            "discount": not self.discount_amount
            and self.env._("“%s”: enter how much money it takes off.", self.name),
            "percent": not self.discount_percent
            and self.env._("“%s”: enter the percentage that it takes off.", self.name),
            "product": not self.product_id
            and self.env._("“%s”: choose the product that is given.", self.name),
        }
        if lacks.get(self.kind):
            return lacks[self.kind]
        if self.price_amount and self.kind not in ORDER_KINDS:
            return self.env._(
                "“%s” needs no order, so there is nothing to put a price in money on."
                " Sell it as a product, or ask for points only.",
                self.name,
            )
        return ""

    # === CRUD METHODS === #

    def write(self, vals):
        self._check_fixed(vals)
        return super().write(vals)

    def _check_fixed(self, vals):
        """Refuse to make something else of what customers have used.

        :raises UserError: with the reward's name and the way out.
        """
        for name in {"program_id", "kind"} & set(vals):
            changed = self.filtered(
                lambda reward, name=name: (
                    reward._fields[name].convert_to_write(reward[name], reward)
                    != vals[name]
                )
            )
            if used := changed._filter_used():
                raise UserError(
                    self.env._(
                        "“%(reward)s” stands in the history of customers, so its"
                        " programme and kind stay. Archive it and make a new one.",
                        reward=used[0].name,
                    )
                )

    def _filter_used(self):
        """Return the rewards that somebody has wished for."""
        uses = self.env["loyalty.b2b.redemption"].sudo()
        groups = uses._read_group([("reward_id", "in", self.ids)], ["reward_id"])
        ids = {reward.id for (reward,) in groups}
        return self.filtered(lambda reward: reward.id in ids)

    @api.ondelete(at_uninstall=False)
    def _unlink_except_used(self):
        if used := self._filter_used():
            raise UserError(
                self.env._(
                    "“%(reward)s” stands in the history of customers: archive it"
                    " instead.",
                    reward=used[0].name,
                )
            )

    # === BUSINESS METHODS === #

    def _is_on_order(self):
        """Tell whether the reward puts lines on a quotation."""
        self.ensure_one()
        return self.kind in ORDER_KINDS

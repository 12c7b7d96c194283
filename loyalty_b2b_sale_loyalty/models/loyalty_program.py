from odoo import api, fields, models, tools
from odoo.fields import Domain
from odoo.tools import SQL

# Programmes whose rewards pay for orders, as `is_payment_program` says.
PAYING_TYPES = ("gift_card", "ewallet")
# States in which a programme of ours gives points, or soon will.
GIVING_STATES = ("announced", "running", "paused")


class LoyaltyProgram(models.Model):
    """Odoo's own programmes beside ours: what pays, and what gives points twice."""

    _inherit = "loyalty.program"

    loyalty_b2b_rivals = fields.Char(
        string="Programmes of B2B Loyalty",
        compute="_compute_loyalty_b2b_rivals",
        help="Which give the same customers points for the same orders.",
    )

    # === COMPUTE METHODS === #

    @api.depends(
        "active",
        "program_type",
        "trigger",
        "applies_on",
        "sale_ok",
        "company_id",
        "date_to",
    )
    def _compute_loyalty_b2b_rivals(self):
        ours = self.env["loyalty.b2b.program"].sudo()
        ours = ours.search([("state", "in", GIVING_STATES)])
        for program in self:
            names = ours.filtered(
                lambda one, program=program: program._origin in one._find_rivals()
            ).mapped("name")
            program.loyalty_b2b_rivals = ", ".join(names)

    # === CRUD METHODS === #

    def write(self, vals):
        result = super().write(vals)
        if "program_type" in vals:
            self.env.registry.clear_cache()
        return result

    # === ACTION METHODS === #

    def action_loyalty_b2b_take_over(self):
        """Open the dialog that turns this programme's cards into points of ours."""
        self.ensure_one()
        self.env["loyalty.b2b.program"].check_access("write")
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "loyalty_b2b_sale_loyalty.loyalty_b2b_migration_action"
        )
        return {
            **action,
            "context": {
                "dialog_size": "extra-large",
                "default_old_program_id": self.id,
                "default_archive_old": True,
            },
        }

    # === BUSINESS METHODS === #

    @api.model
    def _get_loyalty_b2b_rival_domain(self, company):
        """Return the domain of programmes that give points for a company's orders.

        Customers collect them on a card, as they collect ours: what they buy earns
        twice. Promotions, coupons, gift cards and eWallets are no such thing.

        :param company: of a programme of ours.
        """
        sold = Domain("sale_ok", "=", True)
        if "ecommerce_ok" in self._fields:
            sold |= Domain("ecommerce_ok", "=", True)
        today = fields.Date.context_today(self)
        return (
            sold
            & Domain("active", "=", True)
            & Domain("program_type", "=", "loyalty")
            & Domain("trigger", "=", "auto")
            & Domain("applies_on", "in", ("both", "future"))
            & Domain("company_id", "in", [False, *company.parent_ids.ids])
            & (Domain("date_to", "=", False) | Domain("date_to", ">=", today))
        )

    # === MEANS OF PAYMENT === #

    @api.model
    @tools.ormcache()
    def _get_card_product_ids(self):
        """Return the products that are sold as gift cards or top up eWallets."""
        rules = self.env["loyalty.rule"].sudo().with_context(active_test=False)
        rules = rules.search([("program_id.program_type", "in", PAYING_TYPES)])
        return frozenset(rules.product_ids.ids)

    @api.model
    def _get_loyalty_b2b_payment_sql(self, line):
        """Return SQL for whether an order line is a means of payment.

        :param str line: alias of `sale_order_line`; `p` is the product of the line.
        """
        self.flush_model(["program_type"])
        return SQL(
            """(EXISTS (SELECT FROM loyalty_reward reward
                          JOIN loyalty_program card ON card.id = reward.program_id
                         WHERE reward.id = %(line)s.reward_id
                           AND card.program_type = ANY(%(types)s))
                OR COALESCE(p.id = ANY(%(products)s), FALSE))""",
            line=SQL.identifier(line),
            types=list(PAYING_TYPES),
            products=sorted(self._get_card_product_ids()),
        )

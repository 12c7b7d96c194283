from uuid import uuid4

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import format_date, formatLang

from ..fields import Points
from ..models.loyalty_b2b_activity import OFFICER
from ..models.loyalty_b2b_activity_type import MOST_POINTS


class LoyaltyB2bGoodwill(models.TransientModel):
    """Asks how many points to give out of goodwill, and why."""

    _name = "loyalty.b2b.goodwill"
    _inherit = "loyalty.b2b.dialog.mixin"
    _description = "Goodwill"

    wallet_id = fields.Many2one(
        comodel_name="loyalty.b2b.wallet",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    program_id = fields.Many2one(related="wallet_id.program_id")
    point_name = fields.Char(related="wallet_id.point_name")
    currency_id = fields.Many2one(related="wallet_id.currency_id")
    points = Points(string="Give", required=True, help="Whole points, above zero.")
    amount = fields.Monetary(
        string="Worth",
        compute="_compute_amount",
        help="What the points are worth at today's rate.",
    )
    budget_left = Points(string="Left this month", compute="_compute_budget")
    budget_text = fields.Char(string="Your budget", compute="_compute_budget")
    note = fields.Char(
        string="Reason", help="Stands in the history that the customer reads, for good."
    )
    document = fields.Char(
        string="Order or invoice",
        help="Number of an order or invoice of the customer, if it is about one.",
    )
    request = fields.Char(
        readonly=True,
        default=lambda self: str(uuid4()),
        help="Two clicks on the same dialog book once.",
    )

    # === COMPUTE METHODS === #

    @api.depends("wallet_id", "points")
    def _compute_amount(self):
        for wizard in self:
            wizard.amount = wizard.wallet_id.program_id._get_worth(wizard.points)

    @api.depends("wallet_id")
    @api.depends_context("uid", "lang")
    def _compute_budget(self):
        for wizard in self:
            budget, given = wizard._get_budget(), wizard._get_given()
            wizard.budget_left = max(0, (budget or 0) - given)
            wizard.budget_text = wizard._get_budget_text(budget, given)

    # === ACTION METHODS === #

    def action_give(self):
        """Book the points.

        :raises AccessError: for users below officer and wallets they may not see.
        :raises UserError: without points or reason, or beyond what is left of the
            user's budget of the month.
        """
        self.ensure_one()
        self._check_allowed()
        wallet = self.wallet_id.sudo()
        key = f"goodwill:{self.request}"
        if not self._is_given(key):
            copied = self._find_document()
            self._spend()
            wallet._give_bonus(
                int(self.points), key, "goodwill", self.note.strip(), **copied
            )
            wallet.message_post(
                body=self._get_message(), author_id=self.env.user.partner_id.id
            )
        return {"type": "ir.actions.act_window_close"}

    # === BUSINESS METHODS === #

    def _check_allowed(self):
        if not self.env.user.has_group(OFFICER):
            raise AccessError(
                self.env._("Only loyalty officers give points out of goodwill.")
            )
        self.wallet_id.check_access("write")
        if not 0 < self.points <= MOST_POINTS:
            raise UserError(self.env._("Enter how many points to give."))
        if not (self.note or "").strip():
            raise UserError(
                self.env._("Give a reason: the customer's history shows it for good.")
            )
        self.wallet_id._check_earns(self.wallet_id.sudo().program_id._today())

    def _is_given(self, key):
        entries = self.env["loyalty.b2b.entry"].sudo()
        return bool(entries.search_count([("key", "=", key)]))

    def _spend(self):
        """Take the points off the user's budget.

        :raises UserError: with what is left of it.
        """
        months = self.env["loyalty.b2b.goodwill.month"].sudo()
        budget = self._get_budget()
        program = self.wallet_id.sudo().program_id
        if not months._spend(program, self.env.user, int(self.points), budget):
            raise UserError(
                self.env._(
                    "You cannot give %(points)s points out of goodwill: %(budget)s.",
                    points=formatLang(self.env, self.points, digits=0),
                    budget=self._get_budget_text(budget, self._get_given()),
                )
            )

    def _get_budget(self):
        """Return the points the user may give in a month; None: any number."""
        if self.env.user.has_group("loyalty_b2b.group_loyalty_b2b_admin"):
            return None
        return int(self.wallet_id.sudo().program_id.goodwill_budget)

    def _get_given(self):
        program = self.wallet_id.sudo().program_id
        months = self.env["loyalty.b2b.goodwill.month"].sudo()
        return months._get_given(program, self.env.user) if program else 0

    def _get_budget_text(self, budget, given):
        program = self.wallet_id.sudo().program_id
        if not program:
            return ""
        month = format_date(self.env, program._today(), date_format="LLLL")
        if budget is None:
            return self.env._(
                "no limit; %(given)s points given in %(month)s",
                given=formatLang(self.env, given, digits=0),
                month=month,
            )
        return self.env._(
            "%(left)s of %(budget)s points left in %(month)s",
            left=formatLang(self.env, max(0, budget - given), digits=0),
            budget=formatLang(self.env, budget, digits=0),
            month=month,
        )

    def _find_document(self):
        """Return the plain copies of the order or invoice that was named.

        Only its number: the points are not counted with the document.

        :raises UserError: if it is none of this customer's.
        """
        number = (self.document or "").strip()
        if not number:
            return {}
        owners = self.wallet_id.sudo().participant_ids.partner_id
        theirs = [("name", "=", number), ("partner_id", "child_of", owners.ids)]
        if self.env["sale.order"].sudo().search_count(theirs, limit=1):
            return {"order_name": number}
        sales = [("move_type", "in", ("out_invoice", "out_refund"))]
        if self.env["account.move"].sudo().search_count(theirs + sales, limit=1):
            return {"move_name": number}
        raise UserError(
            self.env._(
                "%(customer)s has no order or invoice %(number)s.",
                customer=self.wallet_id.display_name,
                number=number,
            )
        )

    def _get_message(self):
        return self.env._(
            "Goodwill of %(points)s %(name)s: %(reason)s",
            points=formatLang(self.env, self.points, digits=0),
            name=self.point_name,
            reason=self.note.strip(),
        )

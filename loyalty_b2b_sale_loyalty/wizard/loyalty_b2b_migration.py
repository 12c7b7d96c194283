from fractions import Fraction

from odoo import fields, models
from odoo.exceptions import UserError

from odoo.addons.loyalty_b2b.models.loyalty_b2b_activity_type import MOST_POINTS

KINDS = ("loyalty", "ewallet")
MOST_FACTOR = 10**6


class LoyaltyB2bMigration(models.TransientModel):
    """Asks which of Odoo's own loyalty cards become points of a programme."""

    _name = "loyalty.b2b.migration"
    _inherit = "loyalty.b2b.intake"
    _description = "Take Over Loyalty Cards"

    old_program_id = fields.Many2one(
        comodel_name="loyalty.program",
        string="Cards of",
        required=True,
        ondelete="cascade",
        domain="[('program_type', 'in', ('loyalty', 'ewallet')),"
        " ('company_id', 'in', (False, company_id))]",
    )
    program_type = fields.Selection(related="old_program_id.program_type")
    factor_old = fields.Integer(string="Old points", required=True, default=1)
    factor_new = fields.Integer(string="New points", required=True, default=1)
    set_zero = fields.Boolean(
        string="Set the old cards to 0",
        default=True,
        help="With a line in the history of each card. Otherwise points can be used"
        " twice.",
    )
    archive_old = fields.Boolean(
        string="Archive the old programme",
        help="No order earns or uses its points any more.",
    )
    points_old = fields.Float(string="Old points to take over", readonly=True)
    points_left = fields.Float(string="Left over", readonly=True, digits=(16, 2))
    line_ids = fields.One2many(
        comodel_name="loyalty.b2b.migration.line",
        inverse_name="wizard_id",
        readonly=True,
    )

    _factor = models.Constraint(
        f"CHECK (factor_old BETWEEN 1 AND {MOST_FACTOR}"
        f" AND factor_new BETWEEN 1 AND {MOST_FACTOR})",
        "1 to 1 000 000 old points make 1 to 1 000 000 new ones.",
    )

    # === BUSINESS METHODS === #

    def _check_allowed(self):
        super()._check_allowed()
        old = self.sudo().old_program_id
        if self.set_zero or self.archive_old:
            # as the user: our own administrators need not be theirs
            self.env["loyalty.program"].browse(old.id).check_access("write")
        if old.program_type not in KINDS or old.company_id not in (
            old.company_id.browse(),
            self.company_id,
        ):
            raise UserError(
                self.env._(
                    "%(name)s has no cards that %(program)s could take over.",
                    name=old.name,
                    program=self.program_id.name,
                )
            )

    def _get_plan(self):
        cards = self._find_cards()
        owners = {card: card.partner_id._get_loyalty_b2b_owner() for card in cards}
        found = self.env["res.partner"].union(*owners.values())
        wallets = self.program_id._find_wallets(found)
        today = self.program_id._today()
        plan = [
            self._plan_card(number, card, owners[card].sudo(False), wallets, today)
            for number, card in enumerate(cards, start=1)
        ]
        self._mark_known(plan)
        return plan

    def _find_cards(self):
        cards = self.env["loyalty.card"].sudo()
        return cards.search([("program_id", "=", self.old_program_id.id)], order="id")

    def _plan_card(self, number, card, owner, wallets, today):
        """Return what happens to a card."""
        points, left = self._convert(card.points)
        row = {
            "number": number,
            "label": card.code,
            "card_id": card.id,
            "partner_id": owner.id,
            "wallet_id": False,
            "old_points": card.points,
            "points": points,
            "remainder": left,
            "date_expiry": card.expiration_date or None,
            "note": self.env._("Taken over from %(name)s", name=card.program_id.name),
            "outcome": "refused",
            "message": "",
            "key": f"migration:{card.id}",
            "origin": "migration",
        }
        row["message"] = (
            self._get_card_refusal(card, points, today)
            or (not owner and self.env._("The card has no customer."))
            or self._decide(row, owner, wallets)
        )
        if row["message"]:
            row["outcome"] = "refused"
        return row

    def _convert(self, old_points):
        """Return new points, rounded down, and the old points that are left over."""
        exact = Fraction(str(old_points))
        points = exact * self.factor_new // self.factor_old
        left = exact - Fraction(points * self.factor_old, self.factor_new)
        return int(points), float(left)

    def _get_card_refusal(self, card, points, today):
        if card.program_type == "ewallet" and (
            card.currency_id != self.program_id.currency_id
        ):
            return self.env._(
                "The eWallet is in %(currency)s.", currency=card.currency_id.name
            )
        if card.points < 0:
            return self.env._("The card is below zero.")
        if not points:
            return self.env._("There is nothing on it to take over.")
        if points > MOST_POINTS:
            return self.env._("More than 1 000 000 000 000 points in one lot.")
        if card.expiration_date and card.expiration_date < today:
            return self.env._("The card has expired.")
        return ""

    def _show(self, plan):
        super()._show(plan)
        todo = [row for row in plan if row["outcome"] in ("book", "enrol")]
        self.points_old = sum(row["old_points"] for row in todo)
        self.points_left = sum(row["remainder"] for row in todo)

    def _check_plan(self, plan):
        if not any(row["outcome"] in ("book", "enrol") for row in plan):
            raise UserError(self.env._("There is no card to take over."))

    def _finish(self, booked):
        """Empty the cards and end the old programme, if asked; say so."""
        old = self.sudo().old_program_id
        if self.set_zero:
            self._empty_cards(booked)
        if self.archive_old:
            old.action_archive()
        self.program_id.sudo().message_post(
            body=self.env._(
                "%(count)s cards of %(name)s taken over: %(points)s points.",
                count=self._format_number(len(booked)),
                name=old.name,
                points=self._format_number(sum(row["points"] for row in booked)),
            ),
            author_id=self.env.user.partner_id.id,
            attachments=[(f"{old.name}.xlsx", self._get_report())],
        )

    def _empty_cards(self, booked):
        """Set the cards to 0, with the reason in their history."""
        cards = self.env["loyalty.card"].sudo().with_context(tracking_disable=True)
        text = self.env._("Taken over into %(name)s", name=self.program_id.name)
        cards.browse(row["card_id"] for row in booked).points = 0
        self.env["loyalty.history"].sudo().create(
            [
                {
                    "card_id": row["card_id"],
                    "description": text,
                    "used": row["old_points"],
                }
                for row in booked
            ]
        )

    def _get_report_columns(self):
        return {
            "number": self.env._("Line"),
            "label": self.env._("Card"),
            "partner_id": self.env._("Customer"),
            "old_points": self.env._("Old points"),
            "points": self.env._("New points"),
            "remainder": self.env._("Left over"),
            "date_expiry": self.env._("Last day of use"),
            "outcome": self.env._("What happens"),
            "message": self.env._("Because"),
        }

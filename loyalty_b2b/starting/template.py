"""What a new programme is made of, by a template; writes nothing."""

from odoo import Command

# Companies that have bought something.
BUYERS = "[('is_company', '=', True), ('customer_rank', '>', 0)]"


class Template:
    """A kind of programme: prepares the values of a new one.

    It reads the answers from the wizard that asks for them.
    """

    expiry_months = 24
    points, worth = 1000, 10
    auto_enrol = True
    needs_products = False

    def __init__(self, wizard):
        """Prepare a programme by the answers given.

        :param wizard: `loyalty.b2b.program.new`, may be unsaved.
        """
        self.wizard = wizard
        self.env = wizard.env

    def name(self):
        """Return the proposed name of the programme."""
        raise NotImplementedError

    def prepare_rules(self):
        """Return the earning rules as dicts of values, in their order."""
        raise NotImplementedError

    def prepare_tiers(self):
        """Return the levels as dicts of values."""
        return []

    @property
    def unit(self):
        """The least round amount worth a point: 1.00, or 100 without decimals."""
        return 1.0 if self.wizard.currency_id.decimal_places else 100.0

    def prepare_program(self):
        """Return the values of the programme with its rate, rules and levels."""
        wizard = self.wizard
        return {
            "name": wizard.name,
            "company_id": wizard.company_id.id,
            "date_start": wizard._get_first_day(),
            "expiry_mode": "months",
            "expiry_months": self.expiry_months,
            "auto_enrol": self.auto_enrol,
            "enrol_domain": BUYERS if self.auto_enrol else "[]",
            "rate_ids": [Command.create(self.prepare_rate())],
            "rule_ids": [Command.create(values) for values in self.prepare_rules()],
            "tier_ids": [Command.create(values) for values in self.prepare_tiers()],
        }

    def prepare_rate(self):
        """Return what points are worth, from today on: it is shown before the start."""
        wizard = self.wizard
        return {
            "date_start": wizard._get_today(),
            "points": wizard.points,
            "amount": wizard.amount,
        }

    def prepare_what(self):
        """Return the products and categories that earn; nothing for all."""
        wizard = self.wizard
        if wizard.scope == "all":
            return {}
        return {
            "product_ids": [Command.set(wizard.product_ids.ids)],
            "category_ids": [Command.set(wizard.category_ids.ids)],
        }

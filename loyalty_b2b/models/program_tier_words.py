from odoo import models, tools
from odoo.tools import float_is_zero, formatLang, get_lang


class LoyaltyB2bProgram(models.Model):
    """What levels count, in words."""

    _inherit = "loyalty.b2b.program"

    # === BUSINESS METHODS === #

    @tools.ormcache("self.id", "self.env.lang")
    def _get_tier_cards(self):
        """Return the levels as people read them, the lowest first.

        Without a query when warm; emptied with every change of a level, of the
        programme, or of the name of payment terms.

        :return: tuple of `TierCard`.
        """
        return tuple(tier._prepare_card() for tier in self.sudo()._get_tiers())

    def _format_tier_measure(self, measure, value):
        """Return what was reached or is missing, with its unit: “8 200 PLN”.

        :param str measure: of `tier_measure`.
        :param value: number in the measure's unit.
        """
        self.ensure_one()
        if measure == "turnover":
            return self._format_tier_amount(float(value))
        if measure == "points":
            return self._format_portal_points(value)
        if value == 1:
            return self.env._("1 order")
        number = formatLang(self.env, int(value), digits=0)
        return self.env._("%(number)s orders", number=number)

    def _format_tier_amount(self, amount):
        """Return money, whole amounts without cents."""
        currency = self.currency_id
        text = currency.format(amount)
        if currency.decimal_places and float_is_zero(amount % 1, precision_digits=6):
            point = get_lang(self.env).decimal_point
            text = text.replace(point + "0" * currency.decimal_places, "")
        return text

    def _get_tier_rule_text(self):
        """Return how levels are reached and kept, as a sentence or two."""
        self.ensure_one()
        counts = {
            "points": self.env._("points earned"),
            "turnover": self.env._("net purchases"),
            "orders": self.env._("orders"),
        }[self.tier_measure]
        text = {
            "year": self.env._("Levels go by %(counts)s in a calendar year."),
            "rolling": self.env._("Levels go by %(counts)s in the last 12 months."),
            "membership": self.env._(
                "Levels go by %(counts)s in a year from the day of joining."
            ),
        }[self.tier_period]
        return f"{text % {'counts': counts}} {self._get_tier_fall_text()}"

    def _get_tier_fall_text(self):
        """Return what becomes of a level that is not reached again."""
        if not self.tier_grace_days:
            return self.env._(
                "A new level holds at once; one that is not reached again falls by one"
                " when its time is over. Using points changes nothing."
            )
        return self.env._(
            "A new level holds at once; one that is not reached again falls by one"
            " %(days)s after its time is over. Using points changes nothing.",
            days=self._format_days(self.tier_grace_days),
        )

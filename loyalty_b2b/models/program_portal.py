import re
from datetime import date
from typing import NamedTuple

from odoo import models, tools
from odoo.tools import format_date, formatLang

from ..tools import rounding

DEFAULT_COLOR = "#714B67"


class PlainRate(NamedTuple):
    """A rate in force from a day on: so many points for so much money."""

    date_start: date
    points: int
    amount: float


class LoyaltyB2bProgram(models.Model):
    """What customers read of a programme: plain values, ready to print."""

    _inherit = "loyalty.b2b.program"

    # === BUSINESS METHODS === #

    def _prepare_portal_program(self):
        """Return the programme's look and names."""
        self.ensure_one()
        color = self._get_portal_color()
        return {
            "id": self.id,
            "name": self.name,
            "slogan": self.slogan or "",
            "point_name": self.point_name,
            "color": color,
            "is_dark": is_dark(color),
            "logo_url": f"/my/loyalty/program/{self.id}/logo"
            f"?unique={self.write_date:%Y%m%d%H%M%S}",
            "url": f"/my/loyalty/program/{self.id}",
            "rules_url": f"/my/loyalty/program/{self.id}/rules",
        }

    def _get_portal_color(self):
        """Return the colour, if it is one: it goes into a style attribute."""
        color = (self.color or "").strip()
        return color if re.fullmatch(r"#[0-9a-fA-F]{6}", color) else DEFAULT_COLOR

    def _prepare_portal_rules(self):
        """Return how points are earned and used, as sentences, and the terms."""
        self.ensure_one()
        return {
            "earning": self._get_portal_earning(),
            "adds_up": len(self.rule_ids) > 1 and not any(self.rule_ids.mapped("stop")),
            "facts": [text for text in self._get_portal_facts() if text],
            "terms": self.terms or "",
        }

    def _get_portal_earning(self):
        """Return the sentence of each rule in force now or later."""
        today = self._today()
        rules = self.rule_ids.filtered(
            # what a level multiplies is said with the level
            lambda rule: (
                not rule.by_tier_id and (not rule.date_end or rule.date_end >= today)
            )
        )
        return rules.mapped("sentence")

    def _get_portal_facts(self):
        """Return what else one has to know, one sentence each; '' where it is moot."""
        return [
            self._get_portal_activation_text(),
            self._get_portal_expiry_text(),
            *self._get_portal_payment_texts(),
            self._get_portal_worth_text(),
            self.env._(
                "At least %(points)s are used per order.",
                points=self._format_portal_points(self.min_points),
            )
            if self.min_points
            else "",
            self.env._(
                "Points take off at most %(percent)s%% of an order.",
                percent=formatLang(self.env, self.max_order_percent, digits=0),
            )
            if self.max_order_percent < 100
            else "",
            self._get_portal_use_text(),
        ]

    def _get_portal_use_text(self):
        """Return where points are used; glue addons know more places."""
        return self.env._("To use points on an order, ask your account manager.")

    def _get_portal_activation_text(self):
        days = self.activation_days
        if self.activation == "payment" and days:
            return self.env._(
                "Points can be used %(wait)s after the invoice that earned them was"
                " paid.",
                wait=self._format_days(days),
            )
        if self.activation == "payment":
            return self.env._(
                "Points can be used as soon as the invoice that earned them is paid."
            )
        if days:
            return self.env._(
                "Points can be used %(wait)s after the purchase was invoiced.",
                wait=self._format_days(days),
            )
        return self.env._("Points can be used as soon as the purchase is invoiced.")

    def _get_portal_waiting_text(self):
        """Return from when points can be used that are not available yet."""
        wait = self._format_days(self.activation_days)
        if self.activation == "payment":
            return self.env._("available %(wait)s after payment", wait=wait)
        return self.env._("available %(wait)s after the invoice", wait=wait)

    def _get_portal_expiry_text(self):
        months, mode = self.expiry_months, self.expiry_mode
        if mode == "never" or (mode == "months" and not months):
            return self.env._("Points do not expire.")
        if mode == "inactivity":
            return self.env._(
                "Points can be used as long as you buy or use points: all of them"
                " expire after %(life)s without either.",
                life=self._format_months(months),
            )
        if mode == "months" and months == 1:
            return self.env._(
                "Points can be used for a month from the day they become available;"
                " those that expire first are used first."
            )
        if mode == "months":
            return self.env._(
                "Points can be used for %(months)s months from the day they become"
                " available; those that expire first are used first.",
                months=months,
            )
        return self.env._(
            "%(sentence)s; those that expire first are used first.",
            sentence=self._get_portal_dated_sentence(),
        )

    def _get_portal_dated_sentence(self):
        """Return until when points can be used that expire on certain days."""
        life, dates = self._format_months(self.expiry_months), self._format_dates()
        if self.expiry_mode == "dates" and not self.expiry_months:
            return self.env._("Points can be used until the next %(d)s", d=dates)
        if self.expiry_mode == "dates":
            return self.env._(
                "Points can be used for at least %(life)s, until the next %(d)s",
                life=life,
                d=dates,
            )
        sentence = {
            "month": self.env._("Points can be used until the end of the month"),
            "quarter": self.env._("Points can be used until the end of the quarter"),
            "year": self.env._("Points can be used until the end of the year"),
        }
        if self.expiry_months:
            sentence = {
                "month": self.env._(
                    "Points can be used for %(life)s, and to the end of that month"
                ),
                "quarter": self.env._(
                    "Points can be used for %(life)s, and to the end of that quarter"
                ),
                "year": self.env._(
                    "Points can be used for %(life)s, and to the end of that year"
                ),
            }
        return sentence[self.expiry_period] % {"life": life}

    def _get_portal_payment_texts(self):
        """Return what late payment does to points, one sentence each."""
        texts = []
        if self.overdue_hold:
            texts.append(
                self.env._(
                    "Points cannot be used while invoices of more than %(amount)s are"
                    " overdue by more than %(days)s.",
                    amount=self.currency_id.format(self.overdue_amount),
                    days=self._format_days(self.overdue_days),
                )
            )
        if self.cancel_late:
            texts.append(
                self.env._(
                    "Points of invoices paid more than %(days)s late are cancelled.",
                    days=self._format_days(self.cancel_late_days),
                )
            )
        return texts

    def _get_portal_worth_text(self):
        rate = self._get_portal_rate()
        if not rate:
            return ""
        return self.env._(
            "%(points)s are worth %(amount)s, taken off the price of an order.",
            points=self._format_portal_points(rate.points),
            amount=self._format_portal_worth(rate.amount),
        )

    # === NUMBERS IN WORDS === #

    def _get_portal_rate(self):
        """Return today's rate without a query when warm; None where there is none."""
        if not isinstance(self.id, int):
            # nothing is remembered of what is not saved
            return self._get_rate() or None
        today = self._today()
        rates = [rate for rate in self._get_rates() if rate.date_start <= today]
        return rates[-1] if rates else None

    @tools.ormcache("self.id")
    def _get_rates(self):
        """Return all rates as plain values, by their first day."""
        return tuple(
            PlainRate(rate.date_start, int(rate.points), rate.amount)
            for rate in self.sudo().rate_ids.sorted("date_start")
        )

    def _get_portal_worth(self, points, rate):
        """Return what points are worth, as `_get_worth` does, at a rate read before.

        :return: float in the programme's currency.
        """
        if not rate:
            return 0.0
        digits = self._get_terms().digits
        return float(
            rounding.points_to_money(int(points), int(rate.points), rate.amount, digits)
        )

    def _format_portal_points(self, points, signed=False):
        """Return points with their name: “1 250 points”.

        :param bool signed: put a plus before what came in.
        """
        sign = "+" if signed and points > 0 else ""
        number = formatLang(self.env, int(points), digits=0)
        # what belongs together stays on one line
        return f"{sign}{number}\N{NO-BREAK SPACE}{self._get_point_name(points)}"

    def _format_portal_worth(self, amount):
        """Return money with a word on VAT: “12.50 zł net”."""
        text = self.currency_id.format(amount)
        if self.rate_tax == "net":
            return self.env._("%(amount)s net", amount=text)
        return self.env._("%(amount)s incl. VAT", amount=text)

    def _format_portal_day(self, day):
        return format_date(self.env, day) if day else ""


def is_dark(color):
    """Tell whether white text reads better than black on a colour (WCAG contrast).

    :param str color: as #RRGGBB.
    """
    parts = [int(color[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue < 0.179

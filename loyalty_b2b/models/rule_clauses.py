from odoo import models
from odoo.tools import format_list


class LoyaltyB2bRule(models.Model):
    """The clauses of a rule's sentence behind the first: for whom, when, how far.

    Each is complete in itself, so that a translation may order its words freely.
    """

    _inherit = "loyalty.b2b.rule"

    # === WHEN === #

    def _get_trigger_parts(self):
        """Return the clause on the act that earns, if it is not just a purchase."""
        if self.trigger == "first_order":
            return [self.env._("on the customer’s first order only")]
        if self.trigger == "on_time":
            return [self._get_on_time_text()]
        if self.trigger == "goal":
            return [
                {
                    "month": self.env._("within a calendar month"),
                    "quarter": self.env._("within a quarter"),
                    "year": self.env._("within a calendar year"),
                    "lifetime": self.env._("once per customer"),
                }[self.goal_period]
            ]
        return []

    def _get_on_time_text(self):
        if not self.grace_days:
            return self.env._("if the invoice is paid on time")
        if self.grace_days == 1:
            return self.env._("if the invoice is paid at most 1 day after its due date")
        return self.env._(
            "if the invoice is paid at most %(days)s days after its due date",
            days=self.grace_days,
        )

    def _get_period_parts(self):
        start, end = self.date_start, self.date_end
        by_order = self.period_date == "order"
        if start and end:
            text = (
                self.env._("ordered %(period)s")
                if by_order
                else self.env._("invoiced %(period)s")
            )
            return [text % {"period": self._format_period()}]
        if start:
            text = (
                self.env._("ordered from %(day)s on")
                if by_order
                else self.env._("invoiced from %(day)s on")
            )
        else:
            text = (
                self.env._("ordered until %(day)s")
                if by_order
                else self.env._("invoiced until %(day)s")
            )
        return [text % {"day": self._format_day(start or end)}] if start or end else []

    # === WHO === #

    def _get_customer_parts(self):
        """Return the clauses on the customer; customers do not read their tags."""
        parts = []
        is_hidden = self.customer_tag_ids and self._is_read_by_customer()
        if self.customer_tag_ids and not is_hidden:
            names = self._format_names(self.customer_tag_ids.mapped("name"), "or")
            parts.append(self.env._("for customers tagged %(names)s", names=names))
        if is_hidden or self._has_domain("customer_domain"):
            parts.append(self.env._("for selected customers"))
        if self.country_ids:
            names = self._format_names(self.country_ids.mapped("name"), "or")
            parts.append(self.env._("for customers in %(names)s", names=names))
        return parts

    def _get_pricelist_parts(self):
        parts = []
        if self.pricelist_ids:
            names = self._format_names(self.pricelist_ids.mapped("name"), "or")
            parts.append(self.env._("at prices of %(names)s", names=names))
        if self.excluded_pricelist_ids:
            names = self._format_names(self.excluded_pricelist_ids.mapped("name"), "or")
            parts.append(self.env._("not at prices of %(names)s", names=names))
        return parts

    def _get_channel_parts(self):
        texts = {
            "web": self.env._("orders placed in the web shop"),
            "portal": self.env._("quotations accepted online"),
            "external": self.env._("orders from an external platform"),
            "sales": self.env._("orders taken by a salesperson"),
        }
        channels = [texts[channel] for channel in self._get_channels()]
        return [format_list(self.env, channels, "or")] if channels else []

    # === MINIMUMS === #

    def _get_minimum_parts(self):
        parts = []
        has_what = self._has_what()
        if self.min_amount:
            text = (
                self.env._("from %(amount)s of it per order")
                if has_what
                else self.env._("orders from %(amount)s")
            )
            parts.append(text % {"amount": self._format_amount(self.min_amount)})
        if self.min_quantity:
            text = (
                self.env._("from %(units)s units of it per order")
                if has_what
                else self.env._("orders from %(units)s units")
            )
            parts.append(text % {"units": self._format_number(self.min_quantity)})
        if self.min_line_amount:
            amount = self._format_amount(self.min_line_amount)
            parts.append(self.env._("order lines from %(amount)s", amount=amount))
        if self.min_line_quantity:
            units = self._format_number(self.min_line_quantity)
            parts.append(self.env._("order lines from %(units)s units", units=units))
        return parts

    def _get_line_parts(self):
        """Return the clauses on discount and margin; the latter is no customer's."""
        parts = []
        if not self.max_discount_percent:
            parts.append(self.env._("lines without a discount"))
        elif self.max_discount_percent < 100:
            percent = self._format_number(self.max_discount_percent)
            parts.append(
                self.env._("lines discounted by at most %(percent)s%%", percent=percent)
            )
        if self.has_min_margin and self._is_read_by_customer():
            parts.append(self.env._("not on lines at special conditions"))
        elif self.has_min_margin:
            percent = self._format_number(self.min_margin_percent)
            parts.append(
                self.env._("lines with a margin from %(percent)s%%", percent=percent)
            )
        return parts

    # === CAPS, STACKING, EXPIRY === #

    def _get_cap_parts(self):
        parts = []
        if self.cap_order:
            points = self._format_points(self.cap_order)
            parts.append(self.env._("at most %(points)s per order", points=points))
        if self.cap_points:
            texts = {
                "day": self.env._("at most %(points)s per customer and day"),
                "month": self.env._("at most %(points)s per customer and month"),
                "quarter": self.env._("at most %(points)s per customer and quarter"),
                "year": self.env._("at most %(points)s per customer and year"),
                "lifetime": self.env._("at most %(points)s per customer in all"),
            }
            points = self._format_points(self.cap_points)
            parts.append(texts[self.cap_period] % {"points": points})
        if self.budget_points:
            points = self._format_points(self.budget_points)
            parts.append(
                self.env._("until %(points)s are given to all customers", points=points)
            )
        return parts

    def _get_stacking_parts(self):
        parts = []
        if self.exclusive_group:
            parts.append(
                self.env._(
                    "only one rule of “%(group)s” counts", group=self.exclusive_group
                )
            )
        if self.stop:
            parts.append(self.env._("no other rule counts after it"))
        return parts

    def _get_expiry_parts(self):
        if self.expiry == "never":
            return [self.env._("these points never expire")]
        if self.expiry != "months":
            return []
        if self.expiry_months == 1:
            return [self.env._("these points expire after a month")]
        return [
            self.env._(
                "these points expire after %(months)s months",
                months=self.expiry_months,
            )
        ]

from odoo import models
from odoo.tools import formatLang

from ..tools import rounding


class LoyaltyB2bRedemption(models.Model):
    """What points take off an order and why not more. Writes nothing.

    Also runs on records that are not saved: the preview and the real thing agree.
    """

    _inherit = "loyalty.b2b.redemption"

    # === BASE OF THE DISCOUNT === #

    def _get_base_lines(self):
        """Return what the order sells, less the discounts that come first, with taxes.

        Goods that points paid for are no sale, nor are means of payment.

        :return: list of base lines, see `account.tax`.
        """
        self.ensure_one()
        earlier = self._get_earlier_uses()
        lines = self.order_id.order_line.filtered(
            lambda line: (
                not line.display_type
                and not line._is_loyalty_b2b_payment()
                and (
                    not line.loyalty_b2b_redemption_id
                    or line.loyalty_b2b_redemption_id in earlier
                    and line._is_loyalty_b2b_discount()
                )
            )
        )
        base_lines = [line._prepare_base_line_for_taxes_computation() for line in lines]
        return self._add_tax_details(base_lines)

    def _get_earlier_uses(self):
        """Return the uses of points whose discounts come off the order before this.

        Rewards in the order of the wishes, then points as a discount of any amount.
        """
        own = self._origin
        uses = (self.order_id._get_loyalty_b2b_uses() - own).filtered("reward_id")
        if self.reward_id and own:
            return uses.filtered(lambda use: use.id < own.id)
        return uses

    def _add_tax_details(self, base_lines):
        company = self.order_id.company_id
        self.env["account.tax"]._add_tax_details_in_base_lines(base_lines, company)
        self.env["account.tax"]._round_base_lines_tax_details(base_lines, company)
        return base_lines

    def _get_discountable(self, base_lines):
        """Return the base lines that points may discount.

        :param list base_lines: of `_get_base_lines`.
        """
        exclusions = self.program_id._get_exclusions()
        return [
            line
            for line in base_lines
            if line["product_id"].id not in exclusions["products"]
            and line["product_id"].categ_id.id not in exclusions["categories"]
        ]

    def _get_taxable_parts(self, base_lines):
        """Return the base lines without taxes that no discount lowers (fixed ones)."""
        return self.env["account.tax"]._prepare_discountable_base_lines(
            base_lines, self.order_id.company_id
        )

    def _sum_base_lines(self, base_lines, group=lambda base_line: True):
        """Sum base lines as the rate says: net, or tax included.

        :param group: function of a base line that returns the key to sum by.
        :return: dict of key → amount in the order's currency.
        """
        AccountTax = self.env["account.tax"]
        totals = AccountTax._aggregate_base_lines_aggregated_values(
            AccountTax._aggregate_base_lines_tax_details(
                base_lines, lambda base_line, tax_data: group(base_line)
            )
        )
        gross = self.rate_tax == "gross"
        return {
            key: total["total_excluded_currency"]
            + (total["tax_amount_currency"] if gross else 0.0)
            for key, total in totals.items()
        }

    # === LIMITS === #

    def _get_room(self, base_lines):
        """Return the largest discount that the order can take.

        :param list base_lines: of `_get_base_lines`.
        :return: amount in the order's currency, net or gross as the rate says.
        """
        parts = self._get_taxable_parts(self._get_discountable(base_lines))
        room = self._sum_base_lines(parts).get(True, 0.0)
        percent = self.program_id.max_order_percent
        if percent < 100:
            sums = self._sum_base_lines(
                base_lines, lambda line: line["record"]._is_loyalty_b2b_discount()
            )
            limit = rounding.from_minor(
                int(
                    rounding.to_minor(sums.get(False, 0.0), self._get_digits())
                    * percent
                    // 100
                ),
                self._get_digits(),
            )
            # all discounts for points together
            room = min(room, float(limit) + sums.get(True, 0.0))
        return max(0.0, self.currency_id.round(room))

    def _get_digits(self):
        return self.currency_id.decimal_places

    def _convert(self, amount, source, target):
        """Convert money at the order's date."""
        if source == target:
            return amount
        order = self.order_id
        return source._convert(amount, target, order.company_id, order.date_order)

    def _get_amount(self, points, room):
        """Return the discount for points.

        :param float room: of `_get_room`; more is not given.
        :return: amount in the order's currency, net or gross as the rate says.
        """
        return min(self._get_worth(points), room)

    def _get_worth(self, points):
        """Return what points are worth at this rate, in the order's currency."""
        if not self.rate_points:
            return 0.0
        currency = self.program_id.currency_id
        worth = rounding.points_to_money(
            int(points),
            int(self.rate_points),
            self.rate_amount,
            currency.decimal_places,
        )
        return self._convert(float(worth), currency, self.currency_id)

    def _get_max_points(self, room):
        """Return the fewest points that take off the whole of `room`."""
        if not self.rate_points:
            return 0
        amount = self._convert(room, self.currency_id, self.program_id.currency_id)
        return rounding.money_to_points(amount, int(self.rate_points), self.rate_amount)

    def _get_points_refusal(self, points, room):
        """Return why so many points cannot be used on this order, or ''."""
        program = self.program_id
        most = self._get_max_points(room)
        if not most:
            return self.env._("Nothing on it can be discounted with points.")
        if points <= 0:
            return self.env._("Enter how many points to use.")
        if points < program.min_points:
            return self.env._(
                "Programme %(program)s: at least %(points)s points are used per order.",
                program=program.name,
                points=self._format_points(program.min_points),
            )
        if points > most:
            return self.env._(
                "At most %(points)s points can be used on it: %(reason)s",
                points=self._format_points(most),
                reason=self._get_room_text(room),
            )
        if self.currency_id.is_zero(self._get_amount(points, room)):
            return self.env._("So few points are worth nothing.")
        return ""

    def _get_room_text(self, room):
        """Say what limits the discount on this order."""
        amount = formatLang(self.env, room, currency_obj=self.currency_id)
        tax = (
            self.env._("tax included")
            if self.rate_tax == "gross"
            else self.env._("before tax")
        )
        if self.program_id.max_order_percent < 100:
            return self.env._(
                "points discount up to %(percent)s %% of an order, here %(amount)s"
                " %(tax)s.",
                percent=f"{self.program_id.max_order_percent:g}",
                amount=amount,
                tax=tax,
            )
        return self.env._(
            "%(amount)s %(tax)s can be discounted.", amount=amount, tax=tax
        )

    def _get_limits(self, room, available):
        """Say what limits the use of points on this order, one sentence each.

        :param int available: points that the wallet has for it.
        """
        program, limits = self.program_id, []
        if not self.wallet_id or not self.rate_points:
            return limits
        if program.min_points:
            limits.append(
                self.env._(
                    "At least %(points)s points per order.",
                    points=self._format_points(program.min_points),
                )
            )
        most = self._get_max_points(room)
        if 0 < available < most:
            limits.append(
                self.env._(
                    "At most %(points)s points on this one: no more are available.",
                    points=self._format_points(available),
                )
            )
        else:
            limits.append(
                self.env._(
                    "At most %(points)s points on this one: %(reason)s",
                    points=self._format_points(most),
                    reason=self._get_room_text(room),
                )
            )
        return limits

    def _format_points(self, points):
        return formatLang(self.env, int(points), digits=0)

    # === FINGERPRINT === #

    def _get_fingerprint(self):
        """Return what the discount depends on, to see later whether it changed."""
        order = self.order_id
        earlier = self._get_earlier_uses()
        return {
            **self._get_customer_fingerprint(),
            **({"earlier": earlier._get_discounts()} if earlier else {}),
            "fiscal_position": order.fiscal_position_id.id,
            "lines": order._get_loyalty_b2b_goods(),
        }

    def _get_discounts(self):
        return [[use.id, use.amount_untaxed] for use in self]

    def _get_customer_fingerprint(self):
        """Return the part that ends the hold when it changes."""
        order = self.order_id
        return {
            "partner": order.partner_id.id,
            "invoice_partner": order.partner_invoice_id.id,
            "company": order.company_id.id,
            "currency": order.currency_id.id,
        }

    def _is_up_to_date(self):
        return self.fingerprint == self._get_fingerprint()

    def _is_same_customer(self):
        return (
            self._get_customer_fingerprint().items() <= (self.fingerprint or {}).items()
        )

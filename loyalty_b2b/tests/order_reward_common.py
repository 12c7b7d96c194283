from odoo import Command

from .use_common import UseCommon


class OrderRewardCommon(UseCommon):
    """Rewards that put lines on a quotation, and steps with them."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls._give_points(100000)
        cls.book = cls._create_goods("Book", 50.0, cls.tax_8)
        cls.lamp = cls._create_goods("Lamp", 80.0)

    @classmethod
    def _create_reward(cls, kind="discount", points=1000, **values):
        usual = {
            "discount": {"discount_amount": 30.0},
            "percent": {"discount_percent": 10.0},
            "product": {"product_id": cls.lamp.id},
        }
        return cls.env["loyalty.b2b.reward"].create(
            {
                "name": f"Reward {kind}",
                "program_id": cls.program.id,
                "kind": kind,
                "points": points,
                **usual.get(kind, {}),
                **values,
            }
        )

    @classmethod
    def _add(cls, order, reward, quantity=1, **values):
        """Add a reward as a salesperson does; return the redemption."""
        order = order.with_user(cls.salesperson)
        return order._add_loyalty_b2b_reward(
            reward.with_user(cls.salesperson), quantity, **values
        )

    @classmethod
    def _mixed(cls, **values):
        """Return a quotation of 100.00 at 23 % and 50.00 at 8 %."""
        return cls._create_order(
            [(cls.product, 1, 100.0), (cls.book, 1, 50.0)], **values
        )

    def _lines_of(self, use):
        return use.line_ids

    def _credit_part(self, invoice, share):
        """Credit a share of the money of each line of an invoice."""
        credit = self._credit(invoice, post=False)
        for line in credit.invoice_line_ids:
            line.price_unit *= share
        credit.action_post()
        return credit

    def assertPoints(self, use, used, msg=None):
        """Check how many points of a use stand used."""
        self.assertEqual(use._get_standing_points(), used, msg)

    @classmethod
    def _with_taxes(cls, order, taxes):
        order.order_line.tax_ids = [Command.set(taxes.ids)]

from odoo import Command
from odoo.exceptions import AccessError
from odoo.tests import new_test_user, tagged
from odoo.tools import SQL

from .common import LoyaltyB2bCommon


@tagged("post_install", "-at_install")
class TestSuggestions(LoyaltyB2bCommon):
    """Products that similar customers buy and this one never bought."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.saw = cls._create_goods("Saw", 200.0, default_code="S-1")
        cls.others = cls.env["res.partner"]
        for name in ("North", "South", "East"):
            cls.others |= cls._create_customer(name)
        for other in cls.others:
            cls._enrol(other)
        cls._buy(cls.customer, cls.product)
        for other in cls.others[:2]:
            cls._buy(other, cls.product, cls.saw)

    @classmethod
    def _buy(cls, partner, *products, **values):
        lines = [(product, 1, 10.0) for product in products]
        return cls._create_invoice_of(lines, partner, **values)

    def _get_names(self, wallet=None, **kwargs):
        self.env.invalidate_all()
        rows = (wallet or self.wallet)._get_product_suggestions(**kwargs)
        return [row["name"] for row in rows]

    def test_what_similar_customers_buy_is_suggested(self):
        (row,) = self.wallet._get_product_suggestions()
        self.assertEqual(
            row,
            {
                "product_id": self.saw.id,
                "template_id": self.saw.product_tmpl_id.id,
                "name": "Saw",
                "code": "S-1",
                "customers": 2,
                "similar": 2,
            },
        )

    def test_what_was_ever_bought_is_not_suggested(self):
        self._buy(self.customer, self.saw, invoice_date="2020-01-01")
        self.assertFalse(self._get_names())

    def test_another_variant_of_it_is_not_suggested(self):
        attribute = self.env["product.attribute"].create({"name": "Colour"})
        values = self.env["product.attribute.value"].create(
            [{"name": name, "attribute_id": attribute.id} for name in ("Red", "Blue")]
        )
        template = self.env["product.template"].create(
            {
                "name": "Helmet",
                "categ_id": self.category.id,
                "attribute_line_ids": [
                    Command.create(
                        {
                            "attribute_id": attribute.id,
                            "value_ids": [Command.set(values.ids)],
                        }
                    )
                ],
            }
        )
        red, blue = template.product_variant_ids
        for other in self.others[:2]:
            self._buy(other, red)
        self.assertIn("Helmet (Red)", self._get_names())
        self._buy(self.customer, blue)
        self.assertNotIn("Helmet (Red)", self._get_names())

    def test_one_single_customer_gives_nothing_away(self):
        secret = self._create_goods("Secret", 5.0)
        self._buy(self.others[0], secret)
        self.assertNotIn("Secret", self._get_names())

    def test_the_same_category_makes_similar_too(self):
        file = self._create_goods("File", 5.0)
        new = self._enrol(self._create_customer("New"))
        self._buy(new.partner_id, file)
        self.assertEqual(set(self._get_names(new)), {"Drill", "Saw"})

    def test_who_buys_other_things_is_not_similar(self):
        category = self.env["product.category"].create({"name": "Food"})
        bread = self._create_goods("Bread", 5.0, categ_id=category.id)
        butter = self._create_goods("Butter", 5.0, categ_id=category.id)
        lonely = self._enrol(self._create_customer("Baker"))
        self._buy(lonely.partner_id, bread)
        self.assertFalse(self._get_names(lonely))
        for partner in (self.others[2], self._create_customer("Not in")):
            self._buy(partner, bread, butter)
        # one of them takes no part in the programme
        self.assertFalse(self._get_names(lonely))

    def test_what_cannot_be_sold_is_not_suggested(self):
        foreign = self.setup_other_company()["company"]
        for change in (
            SQL("sale_ok = FALSE"),
            SQL("active = FALSE"),
            SQL("company_id = %s", foreign.id),
        ):
            with self.subTest(change=change), self.cr.savepoint() as savepoint:
                template = self.saw.product_tmpl_id.id
                self.cr.execute(
                    SQL(
                        "UPDATE product_template SET %s WHERE id = %s", change, template
                    )
                )
                self.assertFalse(self._get_names())
                savepoint.rollback()
        self.assertEqual(self._get_names(), ["Saw"])

    def test_what_the_programme_leaves_out_is_not_suggested(self):
        self.program.excluded_product_ids = self.saw
        self.assertFalse(self._get_names())
        self.program.excluded_product_ids = False
        self.assertTrue(self._get_names())
        self.program.excluded_category_ids = self.category
        self.assertFalse(self._get_names())

    def test_old_and_unposted_invoices_tell_nothing(self):
        old = self._create_goods("Old", 5.0)
        draft = self._create_goods("Draft", 5.0)
        for other in self.others[:2]:
            self._buy(other, old, invoice_date="2020-01-01")
            self._buy(other, draft, post=False)
        self.assertEqual(self._get_names(), ["Saw"])

    def test_control_group_and_who_has_left_get_none(self):
        self.wallet.sudo().is_control = True
        self.assertFalse(self._get_names())
        self.assertFalse(self.wallet._get_next_rewards())
        self.wallet.sudo().is_control = False
        self.wallet.state = "left"
        self.assertFalse(self._get_names())

    def test_no_more_than_asked_for_the_likest_first(self):
        more = [self._create_goods(f"Tool {number}", 5.0) for number in range(6)]
        for other in self.others[:2]:
            self._buy(other, *more)
        self._buy(self.others[2], self.product, more[3])
        names = self._get_names()
        self.assertEqual(len(names), 5)
        self.assertEqual(names[0], "Tool 3")
        self.assertEqual(len(self._get_names(limit=2)), 2)

    def test_costs_the_same_for_few_and_many_neighbours(self):
        few = self._count()
        for number in range(8):
            partner = self._create_customer(f"Neighbour {number}")
            self._enrol(partner)
            self._buy(partner, self.product, self.saw)
        self.assertEqual(self._count(), few)
        self.assertLessEqual(few, 12)

    def _count(self):
        for _turn in ("warm up", "measure"):
            self.env.flush_all()
            self.env.invalidate_all()
            before = self.cr.sql_log_count
            self.wallet._get_product_suggestions()
        return self.cr.sql_log_count - before

    # === WHO MAY ASK === #

    def test_only_who_sees_the_wallet_asks(self):
        suggestions = self.wallet.with_user(self.salesperson).get_suggestions()
        self.assertEqual(suggestions["products"][0]["name"], "Saw")
        self.assertEqual(suggestions["rewards"], [])
        portal = new_test_user(self.env, "suggest_portal", groups="base.group_portal")
        portal.partner_id.parent_id = self.customer
        self.customer.user_id = self.officer
        for user in (portal, self.salesperson):
            with self.subTest(user=user.login), self.assertRaises(AccessError):
                self.wallet.with_user(user).get_suggestions()

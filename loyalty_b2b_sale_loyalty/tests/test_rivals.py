from lxml import etree

from odoo.tests import Form, tagged

from .promotion_common import PromotionCommon


@tagged("post_install", "-at_install")
class TestRivals(PromotionCommon):
    """Odoo's own loyalty programme beside ours raises a warning with the way out."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.old = cls._create_club()

    @classmethod
    def _create_club(cls, **values):
        return cls.env["loyalty.program"].create(
            {
                "name": "Old club",
                "program_type": "loyalty",
                "trigger": "auto",
                "applies_on": "both",
                "company_id": cls.company.id,
                **values,
            }
        )

    def _plan(self, program, step):
        wizard = self.env["loyalty.b2b.program.step"].create(
            {"program_id": program.id, "step": step}
        )
        return wizard.plan

    def test_both_programmes_warn(self):
        self.assertEqual(self.program.rival_names, "Old club")
        self.assertIn("Old club", self.program._get_rival_text())
        self.assertEqual(self.old.loyalty_b2b_rivals, self.program.name)

    def test_the_warning_is_on_both_forms(self):
        for record, name in (
            (self.program, "rivals"),
            (self.old, "loyalty_b2b_rivals"),
        ):
            arch = etree.fromstring(record.get_view(view_type="form")["arch"])
            (banner,) = arch.xpath(f"//div[@name='{name}']")
            self.assertIn("Customers earn twice", "".join(banner.itertext()))

    def test_starting_says_it_first(self):
        program = self._create_program(start=False, name="New")
        for step in ("start", "announce"):
            self.assertIn("Customers earn twice", self._plan(program, step))
        self.old.active = False
        program.invalidate_recordset()
        self.assertNotIn("Customers earn twice", self._plan(program, "start"))

    def test_the_settings_warn(self):
        with Form(self.env["res.config.settings"]) as settings:
            self.assertIn("Old club", settings.loyalty_b2b_rival_text)
        self.old.active = False
        with Form(self.env["res.config.settings"]) as settings:
            self.assertFalse(settings.loyalty_b2b_rival_text)

    def test_what_is_no_rival(self):
        other = self.env["res.company"].create({"name": "Other"})
        for values in (
            {"program_type": "gift_card"},
            {"program_type": "ewallet"},
            {"program_type": "promotion"},
            {"program_type": "next_order_coupons"},
            {"company_id": other.id},
            {"date_to": "2020-01-01"},
            {"applies_on": "current"},
            {"active": False},
        ):
            with self.subTest(values=values):
                self.old.active = False
                club = self._create_club()
                self.assertIn("Old club", self.program.rival_names)
                if values == {"applies_on": "current"}:
                    club.reward_ids.required_points = 1
                club.write(values)
                self.env.invalidate_all()
                self.assertFalse(self.program.rival_names)
                self.assertFalse(club.loyalty_b2b_rivals)
                club.active = False
                self.program.invalidate_recordset()

    def test_a_programme_of_all_companies_is_a_rival(self):
        self.old.company_id = False
        self.program.invalidate_recordset()
        self.assertEqual(self.program.rival_names, "Old club")

    def test_a_programme_of_the_till_alone_is_no_rival(self):
        self.old.sale_ok = False
        if "ecommerce_ok" in self.old._fields:
            self.assertTrue(self.program.rival_names)
            self.old.ecommerce_ok = False
        self.program.invalidate_recordset()
        self.assertFalse(self.program.rival_names)

    def test_a_programme_that_ends_is_no_rival(self):
        self.program.action_pause()
        self.assertEqual(self.old.loyalty_b2b_rivals, self.program.name)
        self.program.sudo().state = "closed"
        self.env.invalidate_all()
        self.assertFalse(self.program.rival_names)
        self.assertFalse(self.old.loyalty_b2b_rivals)

    def test_the_way_out_takes_the_cards_over(self):
        self.env["loyalty.card"].with_context(loyalty_no_mail=True).create(
            {
                "program_id": self.old.id,
                "partner_id": self.customer.id,
                "points": 70,
            }
        )
        for record, button in (
            (self.old, "action_loyalty_b2b_take_over"),
            (self.program, "action_take_over"),
        ):
            action = getattr(record, button)()
            wizard = self.env[action["res_model"]].with_context(**action["context"])
            wizard = wizard.create({})
            self.assertEqual(wizard.old_program_id, self.old)
        wizard.action_dry_run()
        wizard.action_book()
        self.assertWallet(balance=100070)
        self.program.invalidate_recordset()
        self.assertFalse(self.program.rival_names)

    def test_others_see_the_names_only(self):
        program = self.program.with_user(self.officer)
        self.assertEqual(program.rival_names, "Old club")
        self.assertEqual(
            self.old.with_user(self.salesperson).loyalty_b2b_rivals, self.program.name
        )

    def test_the_order_form_keeps_our_buttons_apart(self):
        arch = etree.fromstring(
            self.env["sale.order"]
            .with_user(self.salesperson)
            .get_view(view_type="form")["arch"]
        )
        (below,) = arch.xpath("//div[@name='so_button_below_order_lines']")
        names = [button.get("name") for button in below.findall("button")]
        self.assertIn("action_open_reward_wizard", names)
        self.assertFalse([name for name in names if "loyalty_b2b" in name])
        (ours,) = below.findall("div")
        self.assertEqual(below.index(ours), len(below) - 1)
        self.assertIn("border-start", ours.get("class"))
        labels = [button.get("string") for button in ours.findall("button")]
        self.assertIn("Use points", labels)
        theirs = {button.get("string") for button in below.findall("button")}
        self.assertFalse(theirs & set(labels))
        self.assertIn("Reward for points", labels)

    def test_the_button_is_hidden_until_there_are_points(self):
        stranger = self._create_customer("Without")
        fresh = self._create_customer("Fresh", "PL7010023456")
        self._enrol(fresh)
        for partner in (stranger, fresh, self.customer):
            order = self._create_order([(self.product, 1, 10.0)], partner=partner)
            self.assertEqual(order.loyalty_b2b_can_use, partner == self.customer)

from unittest.mock import patch

from dateutil.relativedelta import relativedelta

from odoo import fields
from odoo.tests import TransactionCase, tagged
from odoo.tools.convert import convert_file

from ..demo import clock, teller


@tagged("post_install", "-at_install")
class TestDemo(TransactionCase):
    """The story of the demo data, told with one in three of its regular purchases."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        tell = teller.Teller.tell
        with patch.object(teller.Teller, "tell", lambda self: tell(self, share=3)):
            cls._load("init")
        cls.program = cls.env.ref("loyalty_b2b.demo_program")
        cls.entries = cls.env["loyalty.b2b.entry"].search(
            [("program_id", "=", cls.program.id)]
        )

    @classmethod
    def _load(cls, mode, name="loyalty_b2b_demo"):
        convert_file(
            cls.env,
            "loyalty_b2b",
            f"demo/{name}.xml",
            {},
            mode=mode,
            noupdate=True,
        )
        cls.env.flush_all()
        cls.env.invalidate_all()

    def _get_wallet(self, name):
        partner = self.env.ref(f"loyalty_b2b.demo_partner_{name}")
        return partner._get_loyalty_b2b_wallet(self.program.company_id)

    # === THE LEDGER === #

    def test_the_ledger_is_clean(self):
        self.assertEqual(self.program.wallet_ids._verify(), [])

    def test_people_have_roles_and_use_rewards(self):
        waiting = [("state", "=", "outgoing")]
        self._load("init", "loyalty_b2b_demo_rewards")
        mails = self.env["mail.mail"].search(waiting)
        self._load("init", "loyalty_b2b_demo_spending")
        uses = self.env["loyalty.b2b.redemption"].search(
            [("program_id", "=", self.program.id), ("reward_id", "!=", False)]
        )
        states = uses.mapped("state")
        self.assertEqual(len(uses), 7)
        self.assertLessEqual({"approve", "reserved", "done", "fulfilled"}, set(states))
        wish = uses.filtered(lambda use: use.state == "approve" and use.contact_id)
        self.assertEqual(wish.approval_ids.step, "customer")
        self.assertEqual(self.program.wallet_ids._verify(), [])
        self.assertEqual(self.env["mail.mail"].search(waiting), mails)
        self._load("update", "loyalty_b2b_demo_spending")
        self.assertEqual(
            self.env["loyalty.b2b.redemption"].search_count(
                [("program_id", "=", self.program.id), ("reward_id", "!=", False)]
            ),
            7,
        )

    def test_telling_it_twice_changes_nothing(self):
        self._load("update")
        again = self.env["loyalty.b2b.entry"].search(
            [("program_id", "=", self.program.id)]
        )
        self.assertEqual(again, self.entries)

    def test_every_month_has_points(self):
        posted = self.entries.filtered(lambda entry: entry.state == "posted")
        booked = {day.replace(day=1) for day in posted.mapped("date_booked")}
        today = self.program._today()
        for back in range(1, 13):
            self.assertIn((today - relativedelta(months=back)).replace(day=1), booked)
        self.assertFalse([day for day in posted.mapped("date_booked") if day > today])

    def test_every_kind_of_booking_happens(self):
        kinds = set(self.entries.mapped("kind"))
        expected = {"earn", "reversal", "redeem", "return", "expire", "adjust"}
        self.assertEqual(kinds, expected | {"opening", "bonus"})

    def test_nothing_was_left_to_the_jobs(self):
        moves = self.env["account.move"].search(
            [("company_id", "=", self.program.company_id.id)]
        )
        self.assertFalse(moves.filtered("loyalty_b2b_to_book"))
        self.assertFalse(self.entries.filtered("to_settle"))

    def test_everything_is_in_zlotys(self):
        zloty = self.env.ref("base.PLN")
        self.assertEqual(self.program.currency_id, zloty)
        self.assertEqual(self.program.company_id.currency_id, zloty)
        self.assertEqual(self.entries.move_id.currency_id, zloty)
        self.assertEqual(self.program._get_worth(1000), 10.0)

    # === THE CUSTOMERS === #

    def test_branches_and_spellings_share_a_wallet(self):
        self.assertEqual(len(self.program.wallet_ids), 7)
        wallet = self._get_wallet("instal")
        self.assertEqual(self._get_wallet("instal_gdynia"), wallet)
        self.assertEqual(self._get_wallet("instal_radom"), wallet)
        self.assertEqual(self._get_wallet("provolt"), self._get_wallet("provolt_shop"))
        self.assertFalse(self._get_wallet("solar"))

    def test_each_customer_stands_for_something(self):
        self.assertEqual(self._get_wallet("nowak").held, 8000)
        self.assertLess(self._get_wallet("luxdom").available, 0)
        self.assertEqual(self._get_wallet("dabrowski").state, "invited")
        self.assertGreater(self._get_wallet("dabrowski").available, 0)
        silent = self._get_wallet("hydro").entry_ids.mapped("date_booked")
        self.assertLess(max(silent), self.program._today() - relativedelta(months=6))

    def test_customers_are_on_levels(self):
        levels = {
            name: self.env.ref(f"loyalty_b2b.demo_tier_{name}")
            for name in ("silver", "gold", "platinum")
        }
        self.assertEqual(
            self.program.tier_ids, self.env["loyalty.b2b.tier"].concat(*levels.values())
        )
        # one in three of the purchases is told here
        self.assertIn(
            self._get_wallet("nowak").tier_id, (levels["silver"], levels["gold"])
        )
        by_hand = self._get_wallet("automatyka")
        self.assertEqual(by_hand.tier_id, levels["platinum"])
        self.assertEqual(by_hand.tier_manual_id, levels["platinum"])
        self.assertFalse(self._get_wallet("hydro").tier_id)
        earned = self.entries.line_ids.filtered(lambda line: line.rule_id.by_tier_id)
        self.assertTrue(earned.filtered("points"))

    def test_half_an_order_comes_back(self):
        entries = self._get_wallet("nowak").entry_ids
        returned = entries.filtered(lambda entry: entry.kind == "return")
        self.assertEqual(sum(returned.mapped("points")), 2500)

    # === WHO SEES IT === #

    def test_everybody_signs_in(self):
        for login in ("sales", "accountant", "boss", "buyer"):
            user = self.env["res.users"].search([("login", "=", login)])
            self.assertEqual(user.tz, "Europe/Warsaw")
            user.with_user(user)._check_credentials(
                {"type": "password", "password": login}, {"interactive": True}
            )

    def test_the_boss_sees_one_wallet_and_sales_no_others(self):
        boss = self.env.ref("loyalty_b2b.demo_user_boss")
        wallets = boss.partner_id.with_user(boss)._get_loyalty_b2b_portal_wallets()
        self.assertEqual(wallets, self._get_wallet("nowak"))
        sales = self.env.ref("loyalty_b2b.demo_user_sales")
        seen = self.env["loyalty.b2b.wallet"].with_user(sales).search([])
        self.assertNotIn(self._get_wallet("automatyka"), seen)
        self.assertIn(self._get_wallet("nowak"), seen)

    # === TIME === #

    def test_documents_are_of_their_day(self):
        held = self._get_wallet("nowak").redemption_ids.filtered(
            lambda use: use.state == "reserved"
        )
        day = self.program._today() - relativedelta(days=2)
        self.assertEqual(held.create_date.date(), day)
        self.assertEqual(held.order_id.date_order.date(), day)
        self.assertEqual(held.date_hold_end.date(), day + relativedelta(days=7))

    def test_the_simulated_clock_ends_with_the_story(self):
        with clock.at(fields.Date.to_date("2020-02-29"), self.env.cr):
            self.assertEqual(self.program._today(), fields.Date.to_date("2020-02-29"))
        self.assertEqual(self.program._today().year, fields.Date.today().year)

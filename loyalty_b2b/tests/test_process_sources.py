import base64
from functools import partial

from odoo import fields
from odoo.exceptions import UserError
from odoo.tests import tagged

from .process_common import ProcessCase


def report(values, env):
    return env["loyalty.b2b.activity"].report_activity(values)


def give(wallet_id, points, env):
    dialogs = env["loyalty.b2b.goodwill"].with_user(env.ref("base.user_admin"))
    values = {"wallet_id": wallet_id, "points": points, "note": "Late"}
    return dialogs.create(values).action_give()


@tagged("post_install", "-at_install")
class TestProcessSources(ProcessCase):
    """Activities and goodwill at the same moment: limits and budgets are exact."""

    def _create_type(self, code, **values):
        with self._environment() as env:
            env["loyalty.b2b.activity.type"].create(
                {
                    "name": code,
                    "code": code,
                    "program_id": self.program_id,
                    "points": 100,
                    "needs_approval": False,
                    **values,
                }
            )

    def _prepare_reports(self, code, partner_id, keys):
        with self._environment() as env:
            partner = env["res.partner"].browse(partner_id)
            partner.ref = f"{code}-{partner_id}"
            values = {"type": code, "customer": partner.ref}
        return [partial(report, {**values, "key": code + key}) for key in keys]

    def test_one_key_at_the_same_moment_books_once(self):
        self._create_type("same")
        wallet_id, partner_id = self._create_wallet()
        calls = self._prepare_reports("same", partner_id, ["k"] * 4)
        results = self.decide(*calls)
        self.assertEqual({result["points"] for result in results}, {100})
        self.assertEqual(len({result["id"] for result in results}), 1)
        repeated = sorted(result["repeated"] for result in results)
        self.assertEqual(repeated, [False, True, True, True])
        self.assertSound(wallet_id, balance=100, available=100)

    def test_a_limit_is_exact_at_the_same_moment(self):
        self._create_type("limited", limit_count=3, limit_period="lifetime")
        wallet_id, partner_id = self._create_wallet()
        calls = self._prepare_reports("limited", partner_id, "abcdef")
        results = self.decide(*calls)
        self.assertEqual(self.count_done(results), 3)
        for result in results:
            if isinstance(result, UserError):
                self.assertIn("Left in the period: 0", str(result))
        self.assertSound(wallet_id, balance=300, available=300)

    def test_each_third_time_gives_once_at_the_same_moment(self):
        self._create_type("third", every_nth=3)
        wallet_id, partner_id = self._create_wallet()
        results = self.decide(*self._prepare_reports("third", partner_id, "abcdefg"))
        self.assertEqual(self.count_done(results), 7)
        self.assertSound(wallet_id, balance=200, available=200)

    def test_a_budget_of_goodwill_is_exact_at_the_same_moment(self):
        with self._environment() as env:
            env["loyalty.b2b.program"].browse(self.program_id).goodwill_budget = 1000
            officer = env.ref("base.user_admin")
            officer.group_ids -= env.ref("loyalty_b2b.group_loyalty_b2b_admin")
            officer.group_ids += env.ref("loyalty_b2b.group_loyalty_b2b_officer")
        wallets = [self._create_wallet()[0] for _number in range(2)]
        calls = [partial(give, wallets[number % 2], 300) for number in range(6)]
        results = self.decide(*calls)
        self.assertEqual(self.count_done(results), 3)
        with self._environment() as env:
            month = env["loyalty.b2b.goodwill.month"].search([])
            today = fields.Date.today()
            self.assertEqual((month.points, month.date_start.day), (900, 1))
            self.assertEqual(month.date_start.month, today.month)
        self.assertSound(wallets[0])

    def test_two_administrators_book_one_list_once(self):
        wallet_id, partner_id = self._create_wallet()
        with self._environment() as env:
            env["res.partner"].browse(partner_id).ref = "opening-1"
            values = {
                "program_id": self.program_id,
                "file": base64.b64encode(b"reference;points\nopening-1;70\n"),
                "filename": "list.csv",
                "control_total": 70,
            }
            wizards = env["loyalty.b2b.opening"].create([values] * 2)
            for wizard in wizards:
                wizard.action_dry_run()
            ids = wizards.ids

        def book(wizard_id, env):
            env["loyalty.b2b.opening"].browse(wizard_id).action_book()

        results = self.decide(*(partial(book, wizard_id) for wizard_id in ids))
        self.assertEqual(self.count_done(results), 1)
        self.assertSound(wallet_id, balance=70, available=70)

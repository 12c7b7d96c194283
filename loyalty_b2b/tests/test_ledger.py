import re
from pathlib import Path

from odoo.exceptions import AccessError, UserError
from odoo.tests import BaseCase, tagged

from .common import LoyaltyB2bCommon


@tagged("post_install", "-at_install")
class TestLedger(LoyaltyB2bCommon):
    def test_use_takes_the_lot_that_expires_first(self):
        first = self._give_points(100, date_expiry="2099-01-01")
        self._give_points(100, date_expiry="2098-01-01")
        self.wallet._hold(150, "hold:1")
        self.assertEqual(first.points_open, 50)

    def test_hold_counts_as_used_and_release_gives_back(self):
        self._give_points(100)
        hold = self.wallet._hold(60, "hold:1")
        self.assertWallet(balance=100, available=40, held=60)
        self.wallet._release(hold)
        self.assertWallet(balance=100, available=100, held=0)
        self.assertEqual(hold.state, "cancelled")

    def test_use_of_more_than_available_is_refused_by_name(self):
        self._give_points(100)
        with self.assertRaisesRegex(UserError, "Hurtownia Wisła has 100 points"):
            self.wallet._hold(101, "hold:1")
        self.assertWallet(available=100)

    def test_nobody_writes_the_ledger_past_the_wallet(self):
        entry = self._give_points(100).sudo()
        for call in (
            lambda: entry.write({"points": 1}),
            lambda: entry.unlink(),
            lambda: entry.create({"points": 1}),
            lambda: entry.with_context(loyalty_door=True).write({"points": 1}),
        ):
            with self.assertRaises(AccessError):
                call()

    def test_an_event_books_once(self):
        self._give_points(100)
        row = self.wallet._prepare_entry("bonus", 5, key="welcome:1", to_settle=True)
        self.assertEqual(len(self.wallet._book([row])), 1)
        self.assertFalse(self.wallet._book([row]))
        self.assertWallet(available=105)

    def test_taking_back_what_has_expired_takes_it_only_once(self):
        invoice = self._create_invoice_of([1000.0], invoice_date="2020-01-10")
        self._give_points(50)
        self.assertWallet(available=50, balance=1050)
        self.wallet._expire()
        self.assertWallet(available=50, balance=50)
        self._credit(invoice, [400.0])
        self.assertWallet(available=50, balance=50)
        self._credit(invoice, [600.0])
        self.assertWallet(available=50, balance=50)

    def test_every_act_of_choice_counts_the_version_up(self):
        """Concurrent acts meet on it, even where they touch no common lot."""
        other = self._enrol(self._create_customer("Druga", "7010023456"))
        self._give_points(1000)
        held = self.wallet._hold(10, "hold:1")
        freed = self.wallet._hold(10, "hold:2")
        acts = {
            "hold": lambda: self.wallet._hold(10, "hold:3"),
            "use": lambda: self.wallet._consume(held),
            "release": lambda: self.wallet._release(freed),
            "expire": lambda: self.wallet._expire(),
            "take off": lambda: self.wallet._adjust(-5, "adjust:1", "Error"),
            "transfer": lambda: self.wallet._transfer(other, 5, "move:1", "Split"),
        }
        for name, act in acts.items():
            with self.subTest(act=name):
                before = self.wallet.version
                act()
                self.wallet.invalidate_recordset(["version"])
                self.assertGreater(self.wallet.version, before)
        self.assertGreater(other.version, 0)

    def test_sums_beyond_32_bits_stay_exact(self):
        self._give_points(10**12)
        self._give_points(1, date_expiry="2099-01-01")
        self.assertWallet(balance=10**12 + 1, available=10**12 + 1)
        self.wallet._consume(self.wallet._hold(10**12, "hold:1"))
        self.assertWallet(balance=1, available=1)
        ((total,),) = self.env["loyalty.b2b.entry"]._read_group(
            [("wallet_id", "=", self.wallet.id)], [], ["points:sum"]
        )
        self.assertEqual(int(total), 1)
        self.assertFalse(self.wallet._verify())


@tagged("post_install", "-at_install")
class TestOnlyTheDoor(BaseCase):
    """The wallet is the only door to the ledger, for SQL as well."""

    def test_no_other_file_writes_ledger_tables(self):
        writes = re.compile(
            r"(INSERT INTO|UPDATE|DELETE FROM)\s+loyalty_b2b_(entry|allocation)\b"
        )
        root = Path(__file__).parents[1]
        found = {
            path.relative_to(root).as_posix()
            for path in root.rglob("*.py")
            if "tests" not in path.parts and writes.search(path.read_text())
        }
        self.assertTrue(found)
        self.assertEqual([name for name in found if "models/wallet_" not in name], [])

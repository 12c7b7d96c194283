from odoo.tests import tagged

from .common import LoyaltyB2bCommon


@tagged("post_install", "-at_install")
class TestOrigin(LoyaltyB2bCommon):
    """Where points come from stays on the lot, whatever becomes of them."""

    def _welcome(self, points=100, **values):
        return self._give_points(points, kind="bonus", origin="welcome", **values)

    def _origins(self, entries):
        return set(entries.mapped("origin"))

    def test_documents_give_no_origin(self):
        move = self._create_invoice_of([100.0])
        entry = self.wallet.entry_ids.filtered(lambda e: e.move_id == move)
        self.assertEqual(self._origins(entry), {False})

    def test_returned_points_keep_their_origin(self):
        self._welcome()
        hold = self.wallet._hold(40, "origin:hold")
        self.wallet._consume(hold)
        returned = self.wallet._give_back(hold, 40, "origin:back")
        self.assertEqual(self._origins(returned), {"welcome"})

    def test_moved_points_keep_their_origin(self):
        other = self._enrol(self._create_customer("Other", "1234567883"))
        self._welcome()
        moved = self.wallet._transfer(other, 30, "origin:move", "Merger")
        credits = moved.filtered(lambda e: e.points > 0)
        self.assertEqual(self._origins(credits), {"welcome"})

    def test_points_given_back_after_their_last_day_keep_their_origin(self):
        with self.on("2026-03-01"):
            lot = self._welcome(date_expiry=self._day("2026-03-31"))
        with self.on("2026-04-02"):
            self.wallet._expire()
            rows = self.wallet._prepare_lifted(
                [(lot.id, lot.date_expiry, 100)], "Lifted"
            )
        self.assertEqual([row["origin"] for row in rows], ["welcome"])

    def test_expiry_names_no_origin(self):
        with self.on("2026-03-01"):
            self._welcome(date_expiry=self._day("2026-03-31"))
        with self.on("2026-04-02"):
            gone = self.wallet._expire()
        self.assertEqual(self._origins(gone), {False})

    def test_movement_groups_by_origin(self):
        self._welcome(100)
        self._give_points(50, origin="import")
        self._create_invoice_of([10.0])
        groups = self.env["loyalty.b2b.movement"]._read_group(
            [("wallet_id", "=", self.wallet.id)], ["origin"], ["points:sum"]
        )
        sums = {origin: int(points) for origin, points in groups}
        self.assertEqual(sums, {"welcome": 100, "import": 50, False: 10})

    def test_customers_read_the_reason_of_what_no_invoice_explains(self):
        self._welcome(10)
        self._welcome(20, note="Welcome to the club")
        self._give_points(30, origin="import", note="Stamps of 2024")
        rows, _total, _page = self.wallet._prepare_portal_history(newest_first=False)
        self.assertEqual(
            [row["text"] for row in rows],
            ["Welcome", "Welcome to the club", "Stamps of 2024"],
        )

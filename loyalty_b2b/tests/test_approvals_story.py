import re
from unittest.mock import patch

from odoo.tests import tagged

from .approval_common import ApprovalCommon

LINK = re.compile(r'href="[^"]*(/loyalty/approval/[^"]+)"')


class ApprovalStory(ApprovalCommon):
    """A buyer asks for 2 000 points, his boss accepts 1 500 (1 000 are 10.00)."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # signing prints the order, which takes longer than a tour waits on a busy host
        cls.startClassPatcher(
            patch.object(
                type(cls.env["ir.actions.report"]),
                "_render_qweb_pdf",
                lambda *args, **kwargs: (b"%PDF-1.4", "pdf"),
            )
        )
        cls.order = cls._create_order(
            [(cls.product, 10, 100.0)], require_signature=True, require_payment=False
        )
        cls.order.action_quotation_sent()

    def _link(self):
        return LINK.search(self._mails_to(self.boss)[0].body_html).group(1)

    def _check_ledger(self):
        """Invoice the order, refund half of it, and read every row."""
        self.assertEqual(self.order.state, "sale")
        # 1 000.00 less 15.00 for 1 500 points, with 23 % VAT
        self.assertAlmostEqual(self.order.amount_untaxed, 985.0)
        self.assertAlmostEqual(self.order.amount_total, 1211.55)
        self.assertWallet(balance=8500, available=8500)
        invoice = self._invoice(self.order)
        self._credit_half(invoice)
        use = self.order._get_loyalty_b2b_redemption()
        self.assertEqual(use._get_standing_points(), 750)
        rows = use.entry_ids.filtered(lambda entry: entry.state == "posted")
        self.assertEqual(sorted(rows.mapped("points")), [-1500, 750])
        for row in rows:
            with self.subTest(kind=row.kind):
                self.assertIn("Asked by Ewa Buk: For the fair", row.note)
                self.assertIn(
                    "Reduced from 2,000 to 1,500 points by Jan Boss", row.note
                )
                self.assertIn("Keep some for May", row.note)
                self.assertEqual(row.contact_id, self.buyer.partner_id)
                others = row._get_portal_who(self.branch_buyer.partner_id)
                self.assertNotIn("Keep some for May", " ".join(others))
                who = self._read(f"/my/loyalty/{row.id}", self.buyer)
                text = self._text(who.xpath("//dd[@name='loyalty_who']")[0])
                self.assertIn("by Jan Boss: Keep some for May", text)
        self.assertEqual(self.env["loyalty.b2b.wallet"]._verify_all(), [])

    def _credit_half(self, invoice):
        """Credit half of each line, the discount included."""
        credit = invoice._reverse_moves([{"invoice_date": invoice.invoice_date}])
        for line in credit.invoice_line_ids:
            line.quantity /= 2
        credit.action_post()


@tagged("post_install", "-at_install")
class TestApprovalsStory(ApprovalStory):
    def test_asked_reduced_confirmed_and_half_refunded(self):
        wish = self._wish(2000)
        wish.approval_ids._answer_as(
            self.boss.partner_id, "reduced", 1500, "Keep some for May"
        )
        self.order.action_confirm()
        self._check_ledger()

    def test_in_the_browser(self):
        url = f"/my/orders/{self.order.id}"
        self.start_tour(url, "loyalty_b2b_ask", login=self.buyer.login)
        self.start_tour(self._link(), "loyalty_b2b_reduce")
        self.start_tour(url, "loyalty_b2b_sign", login=self.buyer.login)
        self._check_ledger()


@tagged("post_install", "-at_install")
class TestApprovalsStoryMobile(ApprovalStory):
    browser_size = "390x844"
    touch_enabled = True

    def test_on_a_phone(self):
        url = f"/my/orders/{self.order.id}"
        self.start_tour(url, "loyalty_b2b_ask", login=self.buyer.login)
        self.start_tour(self._link(), "loyalty_b2b_reduce")
        self.start_tour(url, "loyalty_b2b_sign", login=self.buyer.login)
        self._check_ledger()

    def test_nothing_is_wider_than_the_screen(self):
        wish = self._wish(2000)
        code = """
            const wide = document.documentElement.scrollWidth;
            if (wide > window.innerWidth) {
                console.error(`The page is ${wide} px wide`);
            }
            console.log("test successful");
        """
        for url in (
            f"/my/loyalty/program/{self.program.id}/approvals",
            f"/my/loyalty/approval/{wish.approval_ids.id}",
            f"/my/orders/{self.order.id}",
        ):
            with self.subTest(url=url):
                self.browser_js(url, code, login=self.boss.login)

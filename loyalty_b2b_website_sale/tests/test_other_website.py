from odoo.http import Request
from odoo.tests import tagged

from odoo.addons.loyalty_b2b.tests.approval_common import ApprovalCommon


@tagged("post_install", "-at_install")
class TestOtherWebsite(ApprovalCommon):
    """The programme's company has no website; links lead through that of another."""

    def test_an_answer_by_mail_is_taken(self):
        self.assertNotEqual(
            self.env["website"].get_current_website().company_id, self.company
        )
        wish = self._wish(2000)
        link = wish.approval_ids._get_link_path(self.boss.partner_id)
        self.authenticate(None, None)
        form = {"csrf_token": Request.csrf_token(self), "verdict": "accepted"}
        answer = self.url_open(link, form, allow_redirects=False)
        self.assertEqual(answer.status_code, 303)
        self.assertEqual(wish.approval_ids.verdict, "accepted")
        self.assertEqual(wish.state, "reserved")

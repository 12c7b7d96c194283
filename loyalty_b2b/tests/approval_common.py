from unittest.mock import patch

from .portal_common import LoyaltyB2bPortalCommon
from .use_common import UseCommon


class ApprovalCommon(UseCommon, LoyaltyB2bPortalCommon):
    """A boss who decides about points, a buyer who asks; 1 000 points are 10.00."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # jobs commit; a test does not
        cls.startClassPatcher(
            patch.object(
                type(cls.env["ir.cron"]), "_commit_progress", return_value=60.0
            )
        )
        cls.boss.partner_id.write({"name": "Jan Boss", "email": "jan@wisla.example"})
        cls.buyer.partner_id.write({"name": "Ewa Buk", "email": "ewa@wisla.example"})
        cls.wallet._grant(cls.boss.partner_id, "administers", by=cls.customer)
        cls._give_points(10000)
        cls.order = cls._create_order([(cls.product, 1, 100.0)])

    @classmethod
    def _wish(cls, points=2000, order=None, user=None, reason="For the fair", **values):
        """Wish to use points as a person of the customer does."""
        user = user or cls.buyer
        order = (order or cls.order).with_user(user)
        return order._use_loyalty_b2b_points(
            points, user.partner_id, reason=reason, **values
        ).with_user(cls.env.user)

    def _mails_to(self, user):
        """Return the mails that wait for a person, the latest first."""
        self.env.flush_all()
        mails = self.env["mail.mail"].search([], order="id desc")
        return mails.filtered(lambda mail: user.partner_id in mail.recipient_ids)

    def _read_mail(self, user):
        """Return the text of the latest mail to a person."""
        return " ".join(self._mails_to(user)[0].body_html.split())

    def _open_question(self, wish):
        return wish.approval_ids.filtered(lambda one: not one.verdict)

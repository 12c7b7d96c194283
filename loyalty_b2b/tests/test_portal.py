from odoo.tests import HttpCase, new_test_user, tagged

from .common import LoyaltyB2bCommon


class LoyaltyB2bPortalCommon(LoyaltyB2bCommon, HttpCase):
    """A customer's people in the portal, and those of another customer."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.boss = cls._create_portal_user("boss", cls.customer)
        cls.buyer = cls._create_portal_user("buyer", cls.customer)
        cls.other_customer = cls._create_customer("Skład Odra", "5213017228")
        cls.other_wallet = cls._enrol(cls.other_customer)
        cls.stranger = cls._create_portal_user("stranger", cls.other_customer)
        cls.outsider = cls._create_portal_user(
            "outsider", cls._create_customer("Nobody Ltd")
        )

    @classmethod
    def _create_portal_user(cls, name, partner):
        login = f"loyalty_{name}"
        user = new_test_user(
            cls.env,
            login,
            groups="base.group_portal",
            company_id=cls.company.id,
            company_ids=[(6, 0, cls.company.ids)],
        )
        user.partner_id.parent_id = partner
        return user

    def _open(self, url, user=None):
        """Open a page as a user and return the response, redirects not followed."""
        self.authenticate(user.login if user else None, user.login if user else None)
        return self.url_open(url, allow_redirects=False)


@tagged("post_install", "-at_install")
class TestPortalPages(LoyaltyB2bPortalCommon):
    """What customers read about their points."""

    def test_customer_sees_points_and_worth(self):
        self._give_points(1500)
        page = self._open("/my/loyalty", self.boss)
        self.assertEqual(page.status_code, 200)
        self.assertIn("1,500", page.text)

from lxml import html

from odoo import Command
from odoo.tests import HttpCase, new_test_user

from .common import LoyaltyB2bCommon


class LoyaltyB2bPortalCommon(LoyaltyB2bCommon, HttpCase):
    """A customer's people in the portal, and those of other customers."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # a picture of a test that is not committed may vanish from the file store
        parameters = cls.env["ir.config_parameter"].sudo()
        parameters.set_param("ir_attachment.location", "db")
        cls.boss = cls._create_portal_user("boss", cls.customer)
        cls.buyer = cls._create_portal_user("buyer", cls.customer)
        cls.branch = cls._create_customer("Wisła Gdańsk", parent_id=cls.customer.id)
        cls._enrol(cls.branch)
        cls.branch_buyer = cls._create_portal_user("branch", cls.branch)
        cls.other_customer = cls._create_customer("Skład Odra", "5213017228")
        cls.other_wallet = cls._enrol(cls.other_customer)
        cls.stranger = cls._create_portal_user("stranger", cls.other_customer)
        cls.outsider = cls._create_portal_user(
            "outsider", cls._create_customer("Not Enrolled Ltd")
        )

    @classmethod
    def _create_portal_user(cls, name, partner):
        user = new_test_user(
            cls.env,
            f"loyalty_{name}",
            groups="base.group_portal",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        user.partner_id.parent_id = partner
        return user

    def _open(self, url, user=None):
        """Request a page as a user, the public by default; redirects not followed."""
        login = user.login if user else None
        self.authenticate(login, login)
        return self.url_open(url, allow_redirects=False)

    def _read(self, url, user=None):
        """Return the page's content as an element tree."""
        page = self._open(url, user or self.boss)
        self.assertEqual(page.status_code, 200, url)
        return html.fromstring(page.text).xpath("//div[@id='wrap']")[0]

    @staticmethod
    def _text(element):
        """Return the text of an element, white space made single spaces."""
        return " ".join(element.text_content().split())

    def _money(self, amount):
        """Return an amount as pages show it, white space made single spaces."""
        return " ".join(self.currency.format(amount).split())

    def _figure(self, page, name):
        """Return the text of one of the figures."""
        return self._text(page.xpath(f"//*[@data-figure='{name}']")[0])

    def _row(self, page, entry):
        """Return the text of an entry's row in the history."""
        return self._text(page.xpath(f"//tr[@data-entry='{entry.id}']")[0])

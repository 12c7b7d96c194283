from unittest.mock import patch

from odoo import Command
from odoo.tests import new_test_user

from .common import LoyaltyB2bCommon


class LoyaltyB2bMessageCommon(LoyaltyB2bCommon):
    """A programme that tells its customers, and people of one who are told."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        with cls.on("2026-06-01"):
            cls.program.notices = True
        cls.anna = cls._create_reader("anna")
        # a job commits its batches, which a test cannot
        progress = patch.object(
            type(cls.env["ir.cron"]), "_commit_progress", return_value=60.0
        )
        cls.startClassPatcher(progress)

    @classmethod
    def _create_reader(cls, name, partner=None, **values):
        """Return a contact with portal access of a customer."""
        user = new_test_user(
            cls.env,
            f"reader_{name}",
            groups="base.group_portal",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )
        user.partner_id.write(
            {
                "name": name.capitalize(),
                "email": f"{name}@wisla.example",
                "parent_id": (partner or cls.customer).id,
                **values,
            }
        )
        return user.partner_id

    def _send(self, day="2026-06-10"):
        """Send the messages of a day; return those made then."""
        known = self._get_digests()
        with self.on(day):
            self.program._daily_digests()
        return self._get_digests() - known

    def _get_digests(self):
        domain = [("program_id", "=", self.program.id)]
        return self.env["loyalty.b2b.digest"].sudo().search(domain, order="id")

    def _get_notices(self):
        domain = [("program_id", "=", self.program.id)]
        return self.env["loyalty.b2b.notice"].sudo().search(domain, order="id")

    def _tell(self, topic="announced", key="1", on_day="2026-06-10", **values):
        with self.on(on_day):
            self.wallet._notify(topic, key, **values)
        return self._get_notices()[-1:]

    def _earn(self, points, day="2026-06-09", **values):
        with self.on(day):
            return self._give_points(points, **values)

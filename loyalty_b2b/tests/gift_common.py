from odoo import Command, fields
from odoo.tests import new_test_user

from .reward_common import RewardCommon


class GiftCommon(RewardCommon):
    """A company that gives personal gifts, one of them, and who gets it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company.write(
            {
                "loyalty_b2b_gifts": True,
                "loyalty_b2b_gift_person_limit": 200.0,
                "loyalty_b2b_gift_company_limit": 500.0,
                "loyalty_b2b_gift_threshold": 100.0,
            }
        )
        cls.auditor = cls._create_staff("audit", "account.group_account_readonly")
        cls.second = cls._create_staff(
            "second", "loyalty_b2b.group_loyalty_b2b_officer"
        )
        cls.gift = cls._create_reward(
            "Fountain pen", 10, kind="gift", value=40.0, cost=30.0
        )
        cls.anna = cls._create_contact("Anna Nowak", function="Buyer")
        cls.ewa = cls._create_contact("Ewa Zielińska", function="Director")

    @classmethod
    def _create_staff(cls, name, groups):
        return new_test_user(
            cls.env,
            f"gift_{name}",
            groups=f"base.group_user,sales_team.group_sale_salesman_all_leads,{groups}",
            company_id=cls.company.id,
            company_ids=[Command.set(cls.company.ids)],
        )

    @classmethod
    def _create_contact(cls, name, **values):
        return cls.env["res.partner"].create(
            {"name": name, "parent_id": cls.customer.id, **values}
        )

    @classmethod
    def _prepare(cls, recipient=None, user=None, **values):
        """Return the dialog, filled in."""
        recipient = cls.anna if recipient is None else recipient
        dialogs = cls.env["loyalty.b2b.gift.new"].with_user(user or cls.salesperson)
        return dialogs.create(
            {
                "wallet_id": cls.wallet.id,
                "reward_id": cls.gift.id,
                "partner_id": recipient.id,
                "status": "employee",
                "function": "Buyer",
                "consent_name": "Ewa Zielińska",
                "consent_date": fields.Date.today(),
                "consent_how": "written",
                "reason": "Ten years together",
                **values,
            }
        )

    @classmethod
    def _give(cls, recipient=None, user=None, **values):
        """Give a gift as a user does; return the use of points, in sudo."""
        action = cls._prepare(recipient, user, **values).action_give()
        return cls.env["loyalty.b2b.redemption"].sudo().browse(action["res_id"])

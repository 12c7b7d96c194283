from datetime import date

from dateutil.relativedelta import relativedelta
from lxml import etree

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import new_test_user, tagged
from odoo.tools.safe_eval import safe_eval

from .common import LoyaltyB2bCommon

ROLES = {
    "own": "sales_team.group_sale_salesman",
    "user": "sales_team.group_sale_salesman_all_leads",
    "officer": "sales_team.group_sale_salesman_all_leads,"
    "loyalty_b2b.group_loyalty_b2b_officer",
    "admin": "sales_team.group_sale_manager,loyalty_b2b.group_loyalty_b2b_admin",
    "auditor": "account.group_account_readonly",
    "stranger": "base.group_user",
    "portal": "base.group_portal",
}
# Models of our actions without a customer: the same for all who may read them.
COMMON = {
    "loyalty.b2b.program",
    "loyalty.b2b.rule",
    "loyalty.b2b.tier",
    "loyalty.b2b.reward",
    "loyalty.b2b.activity.type",
}
# How a record of other models leads to the account manager of its customer.
MANAGERS = {
    "loyalty.b2b.wallet": "user_id",
    "loyalty.b2b.movement": "user_id",
    "loyalty.b2b.channel.report": "user_id",
    "loyalty.b2b.channel.customer": "user_id",
}


@tagged("post_install", "-at_install")
class TestActionsByRole(LoyaltyB2bCommon):
    """Every screen of ours, opened as everybody: it opens, or is cleanly refused."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.users = {
            role: new_test_user(
                cls.env,
                f"actions_{role}",
                groups=groups,
                company_id=cls.company.id,
                company_ids=[Command.set(cls.company.ids)],
            )
            for role, groups in ROLES.items()
        }
        cls.customer.user_id = cls.users["own"]
        cls.other = cls._create_customer("Cudzy", user_id=cls.users["user"].id)
        for wallet in (cls.wallet, cls._enrol(cls.other)):
            cls._fill(wallet)
        data = cls.env["ir.model.data"].search(
            [("model", "=", "ir.actions.act_window"), ("module", "=", "loyalty_b2b")]
        )
        cls.actions = cls.env["ir.actions.act_window"].browse(data.mapped("res_id"))

    @classmethod
    def _fill(cls, wallet):
        """Give a wallet something that each list could show."""
        partner = wallet.partner_id
        person = cls.env["res.partner"].create({"name": "A", "parent_id": partner.id})
        cls._give_points(500, wallet, date_expiry="2099-01-01")
        cls._create_invoice_of([20.0], partner)
        reward = cls.env["loyalty.b2b.reward"].create(
            {
                "name": "Hour",
                "program_id": cls.program.id,
                "kind": "service",
                "points": 100,
            }
        )
        for state in ("approve", "reserved", "done"):
            redemption = (
                cls.env["loyalty.b2b.redemption"]
                .sudo()
                .create(
                    {
                        "wallet_id": wallet.id,
                        "partner_id": partner.id,
                        "contact_id": person.id,
                        "reward_id": reward.id,
                        "reward_name": reward.name,
                        "points": 100,
                        "currency_id": cls.currency.id,
                        "state": state,
                    }
                )
            )
        cls.env["loyalty.b2b.approval"].sudo().create(
            {
                "redemption_id": redemption.id,
                "step": "sales",
                "asked_at": "2026-05-01 12:00:00",
            }
        )

    # === TESTS === #

    def test_every_action_opens_or_is_cleanly_refused(self):
        self.assertGreater(len(self.actions), 25)
        for role, user in self.users.items():
            for action in self.actions:
                with self.subTest(role=role, action=action.xml_id):
                    try:
                        self._open(action, user)
                    except (AccessError, UserError) as error:
                        self.assertTrue(error.args[0])
                        self.assertNotIn("Traceback", error.args[0])

    def test_what_stands_in_somebodys_menu_opens_for_him(self):
        opened = set()
        for role, user in self.users.items():
            for action in self._get_menu_actions(user):
                opened.add(action)
                with self.subTest(role=role, action=action.xml_id):
                    self._open(action, user)
        self.assertGreater(len(opened), 12)
        self.assertFalse(self._get_menu_actions(self.users["stranger"]))

    def test_own_documents_only_means_own_customers_in_every_list(self):
        user = self.users["own"]
        seen = 0
        for action in self.actions:
            model = self.env[action.res_model].with_user(user)
            if model._transient or not model.has_access("read"):
                continue
            with self.subTest(action=action.xml_id):
                records = model.search([]).sudo()
                if model._name in COMMON:
                    continue
                path = self._get_manager_path(model)
                self.assertTrue(path, f"{model._name}: whose customers does it show?")
                self.assertLessEqual(records.mapped(path), user)
                everybody = model.sudo().search([]).mapped(path)
                seen += self.users["user"] in everybody
        self.assertGreater(seen, 5)

    def test_stranger_and_portal_read_none_of_it(self):
        for role in ("stranger", "portal"):
            for action in self.actions:
                model = self.env[action.res_model].with_user(self.users[role])
                if model._name.startswith("loyalty.b2b."):
                    with self.subTest(role=role, action=action.xml_id):
                        self.assertFalse(model.has_access("read"))

    # === HELPERS === #

    def _get_menu_actions(self, user):
        """Return our windows that stand in the menus of a user."""
        menus, windows = self.env["ir.ui.menu"].with_user(user), self.actions.browse()
        if not user._is_internal():
            return windows
        visible = menus.browse(menus._visible_menu_ids()).sudo()
        for menu in visible:
            above = [int(part) for part in menu.parent_path.split("/") if part]
            is_window = menu.action and menu.action._name == windows._name
            if is_window and set(above) <= set(visible.ids):
                windows |= menu.action
        return windows & self.actions

    def _get_manager_path(self, model):
        if model._name in MANAGERS:
            return MANAGERS[model._name]
        for name in ("wallet_id", "redemption_id", "entry_id"):
            if name in model._fields:
                return (
                    f"{name}.user_id"
                    if name == "wallet_id"
                    else (f"{name}.wallet_id.user_id")
                )
        return None

    def _open(self, action, user):
        """Do what the client does: views, defaults or records, filters and groups."""
        context = self._evaluate(action.context or "{}", user)
        action = action.with_user(user).sudo()
        model = self.env[action.res_model].with_user(user).with_context(**context)
        search = action.search_view_id.id or False
        views = model.get_views([*action.views, (search, "search")])
        if model._transient:
            arch = etree.fromstring(views["views"]["form"]["arch"])
            names = [node.get("name") for node in arch.iter("field")]
            return model.default_get([n for n in names if n in model._fields])
        domain = self._evaluate(action.domain or "[]", user)
        names = list(views["models"][model._name]["fields"])
        model.web_search_read(domain, {name: {} for name in names}, limit=80)
        arch = etree.fromstring(views["views"]["search"]["arch"])
        for node in arch.iter("filter"):
            if node.get("domain"):
                own = self._evaluate(node.get("domain"), user)
                model.search_count([*domain, *own])
            group = self._evaluate(node.get("context") or "{}", user).get("group_by")
            if group:
                groups = [group] if isinstance(group, str) else group
                groups = [self._add_month(model, name) for name in groups]
                model.formatted_read_group(domain, groups, ["__count"])
        return True

    @staticmethod
    def _add_month(model, name):
        """Group days by month where nothing else is said, as the client does."""
        field = model._fields.get(name)
        return f"{name}:month" if field and field.type in ("date", "datetime") else name

    @staticmethod
    def _evaluate(text, user):
        values = {
            "uid": user.id,
            "active_id": False,
            "active_ids": [],
            "context_today": date.today,
            "relativedelta": relativedelta,
            "allowed_company_ids": user.company_ids.ids,
        }
        return safe_eval(text.strip(), values)

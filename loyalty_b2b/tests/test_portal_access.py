import inspect

from odoo import models
from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import JsonRpcException, tagged
from odoo.tools import mute_logger

from .portal_common import LoyaltyB2bPortalCommon

HUGE = 10**30
READS = (
    ("search_read", [[]]),
    ("search", [[]]),
    ("search_count", [[]]),
    ("web_search_read", [[], {"id": {}}]),
    ("name_search", [""]),
    ("formatted_read_group", [[], [], ["__count"]]),
)
READS_OF_RECORDS = (
    ("read", [["display_name"]]),
    ("web_read", [{"display_name": {}}]),
    ("export_data", [["id"]]),
    ("copy", []),
    ("write", [{}]),
    ("unlink", []),
)


@tagged("post_install", "-at_install")
class TestPortalAccess(LoyaltyB2bPortalCommon):
    """Nobody sees or does what is not his, by page or by RPC."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.move = cls._create_invoice_of([500.0])
        cls.entry = cls.env["loyalty.b2b.entry"].search([("move_id", "=", cls.move.id)])

    # === PAGES === #

    def test_everybody_of_the_company_sees_the_wallet(self):
        for user in (self.boss, self.buyer, self.branch_buyer):
            with self.subTest(user=user.login):
                self.assertIn("500 points", self._text(self._read("/my/loyalty", user)))
                self._read(f"/my/loyalty/{self.entry.id}", user)

    def test_others_see_their_own_wallet_only(self):
        page = self._read("/my/loyalty", self.stranger)
        self.assertIn("0 points", self._figure(page, "available"))
        self.assertNotIn(self.move.name, self._text(page))

    def test_visitors_are_asked_to_sign_in(self):
        for url in self._get_urls(self.entry.id, self.program.id):
            with self.subTest(url=url):
                page = self._open(url)
                self.assertEqual(page.status_code, 303)
                self.assertIn("/web/login", page.headers["Location"])

    def test_without_a_wallet_one_comes_home(self):
        for user in (self.outsider, self.salesperson, self.officer):
            for url in self._get_urls(self.entry.id, self.program.id)[:-1]:
                with self.subTest(user=user.login, url=url):
                    page = self._open(url, user)
                    self.assertEqual(page.status_code, 303)
                    self.assertTrue(page.headers["Location"].endswith("/my"))

    def _get_urls(self, entry_id, program_id):
        return [
            "/my/loyalty",
            f"/my/loyalty/{entry_id}",
            f"/my/loyalty/program/{program_id}",
            f"/my/loyalty/program/{program_id}/page/1",
            f"/my/loyalty/program/{program_id}/rules",
            f"/my/loyalty/program/{program_id}/logo",
        ]

    def test_forged_ids_are_answered_like_missing_ones(self):
        """Neither status nor place tells whether an id exists."""
        self.company.loyalty_b2b_several_programs = True
        private = self._create_program(name="Private")
        self._enrol(self.customer, private)
        missing = self._get_urls(HUGE, HUGE)[1:]
        zero = self._get_urls(0, 10**8)[1:]
        forged = self._get_urls(self.entry.id, private.id)[1:]
        for urls in zip(forged, missing, zero, strict=True):
            with self.subTest(urls=urls):
                pages = [self._open(url, self.stranger) for url in urls]
                answers = {
                    (page.status_code, page.headers.get("Location")) for page in pages
                }
                self.assertEqual(len(answers), 1, answers)
                self.assertIn(pages[0].status_code, (303, 404))
                self.assertNotIn("Private", pages[0].text)

    def test_odd_pages_filters_and_orders_show_the_first_page(self):
        url = f"/my/loyalty/program/{self.program.id}"
        for odd in (
            f"/my/loyalty/page/{HUGE}",
            "/my/loyalty/page/0",
            "/my/loyalty?page=-1",
            "/my/loyalty?page=²",
            "/my/loyalty?page=1;drop",
            "/my/loyalty?filterby=posted&sortby=id);--",
            "/my/loyalty?filterby[]=x&sortby=__class__",
            f"{url}/page/7?filterby=earned'",
            "/my/loyalty?limit=9999999&wallet_id=1",
            "/my/loyalty/page/-1",
        ):
            with self.subTest(url=odd):
                page = self._read(odd)
                self.assertEqual(page.xpath("//tr/@data-entry"), [str(self.entry.id)])

    def test_negative_ids_and_ids_in_the_query_lead_to_the_own_page(self):
        for url in ("/my/loyalty/-1", "/my/loyalty?program_id=x"):
            with self.subTest(url=url):
                page = self._open(url, self.boss)
                self.assertTrue(page.headers["Location"].endswith("/my/loyalty"))

    def test_what_is_filtered_is_not_echoed(self):
        page = self._open("/my/loyalty?filterby=<script>x</script>", self.boss)
        self.assertNotIn("<script>x", page.text)

    # === WHO TAKES PART === #

    def _can_see(self, user, wallet=None):
        partner = user.partner_id.with_user(user).sudo()
        return partner._can_see_loyalty_b2b(self.wallet if wallet is None else wallet)

    def test_one_method_decides(self):
        for user, expected in (
            (self.boss, True),
            (self.branch_buyer, True),
            (self.stranger, False),
            (self.outsider, False),
            (self.salesperson, False),
        ):
            with self.subTest(user=user.login):
                self.assertEqual(self._can_see(user), expected)
        self.assertFalse(self._can_see(self.boss, self.env["loyalty.b2b.wallet"]))

    def test_pages_ask_the_one_method(self):
        with self.patch_with(
            "odoo.addons.loyalty_b2b.models.res_partner_role"
            ".ResPartner._find_loyalty_b2b_roles",
            return_value={},
        ):
            for url in self._get_urls(self.entry.id, self.program.id)[:-1]:
                page = self._open(url, self.boss)
                self.assertTrue(page.headers["Location"].endswith("/my"), url)

    def test_a_company_that_left_sees_nothing(self):
        participant = self.branch.loyalty_b2b_participant_ids
        participant.date_end = "2020-01-01"
        self.assertFalse(self._can_see(self.branch_buyer))
        self.assertTrue(self._can_see(self.boss))

    def test_what_takes_no_part_is_not_shown(self):
        for values in ({"state": "left"}, {"is_control": True}):
            with self.subTest(values=values), self.env.cr.savepoint() as savepoint:
                self.wallet.write(values)
                self.assertFalse(self._can_see(self.boss))
                savepoint.rollback()
        for state in ("draft", "announced", "closed"):
            with self.subTest(state=state), self.env.cr.savepoint() as savepoint:
                self.program.sudo().state = state
                self.assertFalse(self._can_see(self.boss))
                savepoint.rollback()

    def test_wallets_of_companies_one_may_not_see_stay_hidden(self):
        other = self.env["res.company"].sudo().create({"name": "Another seller"})
        program = self._create_program(start=False, company_id=other.id)
        wallet = program.sudo()._enrol(self.customer, date_start="2015-01-01")
        program.sudo().state = "running"
        self.assertFalse(self._can_see(self.boss, wallet[self.customer]))
        self.boss.sudo().company_ids |= other
        self.assertTrue(self._can_see(self.boss, wallet[self.customer]))

    def test_sql_and_python_agree_on_the_owner(self):
        people = self.boss.partner_id | self.branch | self.stranger.partner_id
        column = people._get_loyalty_b2b_owner_sql("p").code
        self.env.flush_all()
        self.env.cr.execute(
            f"SELECT id, {column} FROM res_partner p WHERE id = ANY(%s)", [people.ids]
        )
        self.assertEqual(
            dict(self.env.cr.fetchall()),
            {person.id: person._get_loyalty_b2b_owner().id for person in people},
        )

    # === RPC === #

    def _get_our_models(self):
        return [
            model
            for name, model in self.env.items()
            if name.startswith("loyalty.b2b.") and not model._abstract
        ]

    def _get_record(self, model):
        """Return a record of the customer's, or else the id of none."""
        record = model.sudo().search([], limit=1) if model._auto else model
        return record or model.browse(1)

    def test_reading_our_models_is_refused(self):
        """Portal users have no rights on them: not even on their own rows."""
        for model in self._get_our_models():
            ids = self._get_record(model).ids
            calls = [(name, args) for name, args in READS]
            calls += [(name, [ids, *args]) for name, args in READS_OF_RECORDS]
            calls.append(("create", [[{}]]))
            for user in (self.boss, self.stranger):
                for name, args in calls:
                    with self.subTest(model=model._name, method=name, user=user.login):
                        # a UserError says that nobody may copy or export
                        with self.assertRaises(UserError):
                            call_kw(model.with_user(user), name, list(args), {})

    def test_our_fields_on_documents_say_nothing_of_points(self):
        """What we add to contacts, orders and invoices is for staff."""
        order = self._create_order([(self.product, 1, 10.0)], confirm=True)
        for records in (self.customer, self.move, order, order.order_line):
            for name in records._fields:
                if not name.startswith("loyalty_b2b"):
                    continue
                with self.subTest(model=records._name, field=name):
                    self._check_field_hidden(records.with_user(self.boss), name)

    def _check_field_hidden(self, records, name):
        try:
            (row,) = records.read([name], load="")
        except AccessError:
            return
        self.assertFalse(row[name], "a portal user reads it")

    @mute_logger("odoo.http")
    def test_rpc_by_another_company_is_refused(self):
        self.authenticate(self.stranger.login, self.stranger.login)
        for model, method, args in (
            ("loyalty.b2b.wallet", "search_read", [[]]),
            ("loyalty.b2b.entry", "web_read", [self.entry.ids, {"points": {}}]),
            ("res.partner", "_can_see_loyalty_b2b", [self.boss.partner_id.ids, 1]),
            ("loyalty.b2b.wallet", "_prepare_portal_summary", [self.wallet.ids]),
            ("loyalty.b2b.wallet", "_adjust", [self.wallet.ids, 1000, "x", "x"]),
        ):
            with self.subTest(method=method), self.assertRaises(JsonRpcException):
                self.make_jsonrpc_request(
                    f"/web/dataset/call_kw/{model}/{method}",
                    {"model": model, "method": method, "args": args, "kwargs": {}},
                )

    # === PUBLIC METHODS === #

    def _get_public_methods(self, ours=True):
        """Return (model, name) of what our classes let anybody call by RPC.

        :param bool ours: methods of our own, else those of other addons we extend.
        """
        found = set()
        for model in self.env.values():
            for name in self._get_public_names(model):
                definitions = [cls for cls in type(model).mro() if name in vars(cls)]
                if ours == all(map(is_ours, definitions)):
                    found.add((model._name, name))
        return sorted(found)

    def _get_public_names(self, model):
        known = {*dir(models.BaseModel), "onchange"}
        return {
            name
            for cls in filter(is_ours, type(model).mro())
            for name, value in vars(cls).items()
            if inspect.isfunction(value)
            and not name.startswith("_")
            and name not in known
            and not getattr(value, "_api_private", False)
        }

    def _get_targets(self, name):
        """Return the customer's records to try a method on."""
        order = self._create_order([(self.product, 1, 10.0)])
        return {
            "res.partner": self.customer,
            "sale.order": order,
            "sale.order.line": order.order_line,
            "account.move": self.move,
            "loyalty.b2b.entry": self.entry,
            "loyalty.b2b.wallet": self.wallet,
            "loyalty.b2b.program": self.program,
        }.get(name) or self._get_record(self.env[name])

    def _snapshot(self):
        """Return what nobody from the portal may change."""
        self.env.flush_all()
        rows = []
        for table in "entry", "allocation", "wallet", "program", "rule", "redemption":
            self.env.cr.execute(
                f"SELECT t::text FROM loyalty_b2b_{table} t ORDER BY id"
            )
            rows.append(self.env.cr.fetchall())
        return rows

    def test_our_public_methods_are_refused_or_tell_nothing(self):
        """Some open a dialog or a list, which then is refused."""
        for model_name, name in self._get_public_methods():
            for user in (self.stranger, self.boss):
                target = self._get_targets(model_name)
                before = self._snapshot()
                with self.subTest(model=model_name, method=name, user=user.login):
                    result = self._call(target.with_user(user), name)
                    self.assertEqual(self._snapshot(), before)
                    self._check_tells_nothing(result, user)

    def _check_tells_nothing(self, result, user):
        """Check that an action leads to our models only and names no documents."""
        if result is None:
            return
        self.assertEqual(result.get("type"), "ir.actions.act_window", result)
        self.assertTrue(result["res_model"].startswith("loyalty.b2b."), result)
        if user == self.stranger:
            for secret in (self.customer.name, self.move.name):
                self.assertNotIn(secret, repr(result))

    def test_methods_we_extend_stay_refused_to_another_company(self):
        """What we do before core's own method must not open the door to it."""
        for model_name, name in self._get_public_methods(ours=False):
            if not self._is_a_document(model_name):
                continue
            with self.subTest(model=model_name, method=name):
                target = self._get_targets(model_name)
                result = self._call(target.with_user(self.stranger), name)
                self.assertIsNone(result)

    def _is_a_document(self, model_name):
        return model_name in ("sale.order", "account.move", "res.partner")

    def _call(self, records, name):
        """Call a method as RPC does, with a 1 for each argument it needs.

        :return: what it returns, None where it is refused.
        """
        self.env.flush_all()
        # what is in the cache is not checked again
        self.env.invalidate_all()
        parameters = list(inspect.signature(getattr(records, name)).parameters.values())
        needed = [
            1
            for parameter in parameters
            if parameter.default is parameter.empty
            and parameter.kind is parameter.POSITIONAL_OR_KEYWORD
        ]
        if not getattr(getattr(records, name), "_api_model", False):
            needed.insert(0, records.ids)
        try:
            with self.env.cr.savepoint():
                return call_kw(records.browse(), name, needed, {})
        except UserError:
            return None


def is_ours(cls):
    return getattr(cls, "__module__", "").startswith("odoo.addons.loyalty_b2b")

import re
from urllib.parse import urlsplit

from odoo.http import Request, _generate_routing_rules
from odoo.tests import tagged
from odoo.tools import mute_logger

from .matrix_common import ROLES, MatrixCommon, get_addon
from .matrix_routes import FORMS, ROUTES

MISSING = 2**31 - 2
STRANGERS = ("public", "foreign", "outside")
# Arguments of routes that are no ids.
WORDS = {"page": 1, "kind": "xlsx"}
HOMES = ("/my", "/my/loyalty", "/web/login", "/odoo")


@tagged("post_install", "-at_install")
class TestMatrixRoutes(MatrixCommon):
    """Every page, download and form of ours, tried by everybody.

    A route that is not in the table fails the test: whoever adds one says who may.
    """

    table = ROUTES
    forms = FORMS
    # Odoo's pages to which we add; what we add writes nothing, see the table.
    of_odoo = ("GET /my/orders/<int:order_id>",)

    # === WHAT THERE IS === #

    def _get_routes(self):
        """Return name → (path, method, routing) of what this addon itself answers."""
        installed = self.env["ir.module.module"].search([("state", "=", "installed")])
        found = {}
        for rule, endpoint in _generate_routing_rules(
            installed.mapped("name"), nodb_only=False
        ):
            if not self._is_mine(endpoint.func):
                continue
            routing = endpoint.routing
            methods = routing["methods"] or ("GET",)
            for method in ("JSON",) if routing["type"] == "jsonrpc" else methods:
                found[f"{method} {rule}"] = (rule, method, routing)
        return found

    def _is_mine(self, endpoint):
        """Tell whether the addon defines or extends what answers a route."""
        return any(
            get_addon(cls) == self.addon
            for cls in type(endpoint.__self__).mro()
            if endpoint.__name__ in vars(cls)
        )

    def _fill(self, rule, values):
        """Return a path with its arguments filled in.

        :raises KeyError: for an argument that `_get_arguments` does not know.
        """
        return re.sub(r"<(?:\w+:)?(\w+)>", lambda match: str(values[match[1]]), rule)

    def _get_arguments(self):
        """Return argument → the customer's record that a route shows."""
        referral = self.samples["loyalty.b2b.referral"].sudo()
        return {
            "program_id": self.program.id,
            "entry_id": self.entry.id,
            "tier_id": self.samples["loyalty.b2b.tier"].id,
            "token": referral.token,
            "order_id": self.order.id,
            "reward_id": self.samples["loyalty.b2b.reward"].id,
            "use_id": self.question.redemption_id.id,
            "approval_id": self.question.id,
            **WORDS,
        }

    def _get_own_arguments(self, name):
        """Return arguments that mean something else in one route than in others."""
        path = name.split()[1]
        if path.endswith("/logo.png"):
            return {"token": self.program._get_logo_token()}
        if path.startswith("/loyalty/approval/"):
            link = self.question._get_link_path(self.boss.partner_id)
            return {"token": link.rpartition("/")[2]}
        if path.startswith("/loyalty/administrator/"):
            link = self.samples["loyalty.b2b.person.request"]._get_link()
            return {"token": link.rpartition("/")[2]}
        return {}

    def _get_form(self, name):
        """Return what a form carries; persons are named by their roles."""
        return {
            key: self.users[value[1:]].partner_id.id
            if str(value).startswith("@")
            else value
            for key, value in self.forms.get(name, {}).items()
        }

    # === WHAT COMES OF IT === #

    def _request(self, path, name):
        """Send what a browser sends for a route."""
        _rule, method, routing = self.routes[name]
        if routing["type"] == "jsonrpc":
            return self.url_open(path, json={"params": self._get_form(name)})
        if method == "GET":
            return self.url_open(path, allow_redirects=False)
        form = {"csrf_token": Request.csrf_token(self), **self._get_form(name)}
        return self.url_open(path, form, allow_redirects=False)

    def _tell_answer(self, answer):
        """Return "y" for a page, a file or a way on, "-" for all ways to say no."""
        if answer.status_code in (301, 302, 303):
            path = urlsplit(answer.headers["Location"]).path
            return "-" if path in HOMES else "y"
        self.assertIn(answer.status_code, (200, 400, 403, 404), answer.text[:500])
        if answer.headers["Content-Type"].startswith("application/json"):
            return "y" if answer.json().get("result") else "-"
        return "y" if answer.status_code == 200 else "-"

    def _try(self, name, role):
        """Request a route; nothing of it stays.

        :return: "w" if it wrote something, else "y" or "-".
        """
        rule, method, _routing = self.routes[name]
        path = self._fill(rule, {**self.arguments, **self._get_own_arguments(name)})
        savepoint = self.env.cr.savepoint()
        try:
            before = self._snapshot()
            answer = self._request(path, name)
            letter = self._tell_answer(answer)
            if self._snapshot() != before:
                self.assertNotEqual((method, letter), ("GET", "y"), "a page wrote")
                self.assertEqual(letter, "y", "it wrote something")
                letter = "w"
            if role in STRANGERS and "token" not in rule:
                for secret in self.secrets:
                    self.assertNotIn(secret, answer.text)
            if letter == "-":
                self._check_tells_nothing(name, rule, answer, role)
            return letter
        finally:
            savepoint.rollback()
            self.env.invalidate_all()
            savepoint.close(rollback=False)

    def _check_tells_nothing(self, name, rule, answer, role):
        """Check that who is refused gets the answer of what does not exist."""
        others = {**dict.fromkeys(self.arguments, MISSING), **WORDS, "token": "x"}
        missing = self._request(self._fill(rule, others), name)
        self.assertEqual(missing.status_code, answer.status_code)
        if role != "public":  # the way back after signing in names the page
            self.assertEqual(
                missing.headers.get("Location"), answer.headers.get("Location")
            )

    @mute_logger("odoo.http", "odoo.addons.base.models.ir_rule")
    def test_every_route_by_everybody(self):
        self.routes = self._get_routes()
        self.arguments = self._get_arguments()
        found = {name: {} for name in self.routes}
        for role in ROLES:
            login = self.users[role].login if role != "public" else None
            self.authenticate(login, login)
            for name in self.routes:
                with self.subTest(route=name, role=role):
                    found[name][role] = "?"
                    found[name][role] = self._try(name, role)
        self._check_table(found, self.table, "tests/matrix_routes.py")

    def test_pages_only_read(self):
        """Pages have read-only cursors; what writes is sent as a form with a token."""
        for name, (_rule, method, routing) in self._get_routes().items():
            with self.subTest(route=name):
                if name in self.of_odoo:
                    continue
                if method == "GET":
                    self.assertTrue(routing.get("readonly"))
                elif method == "POST":
                    self.assertTrue(routing.get("csrf", True))
                    self.assertFalse(routing.get("readonly"))

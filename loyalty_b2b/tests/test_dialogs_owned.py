from functools import partial
from itertools import product

from psycopg2 import IntegrityError

from odoo import Command
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .matrix_common import MatrixCommon, get_home


@tagged("post_install", "-at_install")
class TestDialogsOwned(MatrixCommon):
    """A dialog shows nothing of a customer that its user may not see."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.outside = cls.users["outside"]
        cls.env.flush_all()
        cls.hidden = (
            cls.order.name,
            cls.move.name,
            cls.customer.vat,
            "SECRET-1",
        )
        cls.figures = {int(cls.wallet.available), cls.order.amount_total}

    def _get_dialogs(self):
        """Return the transient models that a class of ours defines."""
        return [
            model
            for name, model in sorted(self.env.items())
            if model._transient and not model._abstract and get_home(model)
        ]

    def _get_hidden(self, model, given):
        """Return what the stranger may not read; contacts are everybody's."""
        models = {model._fields[name].comodel_name for name in given}
        names = () if "res.partner" in models else (self.wallet.display_name,)
        return self.hidden + names

    def _check_hidden(self, values, hidden):
        """Check that nothing of the customer's stands in what RPC answers."""
        text = repr(values)
        for one in hidden:
            self.assertNotIn(one, text)
        for name, value in values.items():
            if name != "id" and isinstance(value, float | int) and value > 1:
                self.assertNotIn(value, self.figures, name)

    # === OWNERS === #

    def test_every_dialog_belongs_to_who_opened_it(self):
        dialogs = self._get_dialogs()
        self.assertGreater(len(dialogs), 35)
        for model in dialogs:
            rules = self.env["ir.rule"].search([("model_id.model", "=", model._name)])
            with self.subTest(model=model._name):
                self.assertIn(
                    "[('create_uid', '=', user.id)]",
                    rules.filtered(lambda one: not one.groups).mapped("domain_force"),
                )

    def test_a_colleague_does_not_read_the_dialog_of_another(self):
        dialog = (
            self.env["loyalty.b2b.use.points"]
            .with_user(self.salesperson)
            .create({"order_id": self.order.id})
        )
        with self.assertRaises(AccessError):
            dialog.with_user(self.outside).read()

    def test_every_dialog_checks_what_it_shows(self):
        for model in self._get_dialogs():
            with self.subTest(model=model._name):
                self.assertTrue(hasattr(model, "_check_shown"))

    # === WHAT STRANGERS READ === #

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.sql_db")
    def test_nothing_of_the_customer_by_create(self):
        for model in self._get_dialogs():
            values = self._prepare_values(model)
            for name in model._fields:
                with self.subTest(model=model._name, name=name):
                    act = partial(self._create_and_read, model, values, name)
                    self._try(act, self._get_hidden(model, values))

    def _create_and_read(self, model, values, name):
        dialog = model.with_user(self.outside).create(dict(values))
        self.env.flush_all()
        self.env.invalidate_all()
        return dialog.read([name])[0]

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.sql_db")
    def test_nothing_of_the_customer_by_onchange(self):
        for model in self._get_dialogs():
            values = self._prepare_values(model)
            tries = [values, *({name: value} for name, value in values.items())]
            # what is computed may refuse by itself
            plain = {
                name
                for name, field in model._fields.items()
                if field.related or not field.compute
            }
            for given, names in product(tries, (model._fields, plain)):
                hidden = self._get_hidden(model, given)
                context = {f"default_{name}": one for name, one in given.items()}
                asked = model.with_context(**context)
                with self.subTest(model=model._name, given=given):
                    self._try(partial(self._ask, model, given, names), hidden)
                    self._try(partial(self._ask, asked, {}, names), hidden)

    def _ask(self, model, given, names):
        spec = {
            name: {"fields": {"display_name": {}}}
            if model._fields[name].relational
            else {}
            for name in names
        }
        asked = model.with_user(self.outside)
        return asked.onchange(dict(given), list(given), spec).get("value", {})

    def _try(self, act, hidden):
        """Do as the stranger: he is refused, or reads nothing of the customer's."""
        self.env.flush_all()
        savepoint = self.env.cr.savepoint()
        try:
            self.env.invalidate_all()
            self._check_hidden(act(), hidden)
        except AccessError:
            return
        except (UserError, ValueError, IntegrityError) as error:
            self._check_hidden({"error": str(error)}, hidden)
        finally:
            savepoint.rollback()
            self.env.invalidate_all()
            savepoint.close(rollback=False)

    def test_the_wallet_of_another_is_refused_at_once(self):
        dialogs = self.env["loyalty.b2b.redeem"].with_user(self.outside)
        values = {"wallet_id": self.wallet.id}
        spec = {"wallet_id": {"fields": {"display_name": {}}}, "available": {}}
        with self.assertRaises(AccessError):
            dialogs.create(values)
        with self.assertRaises(AccessError):
            dialogs.onchange(values, ["wallet_id"], spec)
        with self.assertRaises(AccessError):
            dialogs.with_context(default_wallet_id=self.wallet.id).onchange(
                {}, [], spec
            )

    def test_lines_are_checked_as_well(self):
        use = self.samples["loyalty.b2b.redemption"]
        dialogs = self.env["loyalty.b2b.add.reward"].with_user(self.outside)
        values = {"taken_ids": [Command.create({"redemption_id": use.id})]}
        spec = {"taken_ids": {"fields": {"redemption_id": {"fields": {}}}}}
        with self.assertRaises(AccessError):
            dialogs.onchange(values, ["taken_ids"], spec)

    @mute_logger("odoo.addons.base.models.ir_rule")
    def test_an_open_dialog_tells_no_figures_of_a_customer_handed_over(self):
        dialog = (
            self.env["loyalty.b2b.redeem"]
            .with_user(self.salesperson)
            .create({"wallet_id": self.wallet.id})
        )
        self.assertEqual(dialog.available, self.wallet.available)
        self.customer.user_id = self.sales_all
        self.env.flush_all()
        self.env.invalidate_all()
        with self.assertRaises(AccessError):
            dialog.read(["available"])

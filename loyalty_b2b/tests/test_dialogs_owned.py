from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from .matrix_common import MatrixCommon, is_ours


@tagged("post_install", "-at_install")
class TestDialogsOwned(MatrixCommon):
    """A dialog shows nothing of a customer that its user may not see."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.outside = cls.users["outside"]
        cls.env.flush_all()
        cls.hidden = (
            cls.wallet.display_name,
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
            if model._transient
            and not model._abstract
            and is_ours(f"odoo.addons.{model._original_module}")
        ]

    def _check_hidden(self, values):
        """Check that nothing of the customer's stands in what RPC answers."""
        text = repr(values)
        for hidden in self.hidden:
            self.assertNotIn(hidden, text)
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
            with self.subTest(model=model._name):
                self._try(lambda model=model: self._create_and_read(model))

    def _create_and_read(self, model):
        dialog = model.with_user(self.outside).create(self._prepare_values(model))
        self.env.flush_all()
        self.env.invalidate_all()
        return dialog.read()[0]

    @mute_logger("odoo.addons.base.models.ir_rule", "odoo.sql_db")
    def test_nothing_of_the_customer_by_onchange(self):
        for model in self._get_dialogs():
            values = self._prepare_values(model)
            tries = [values, *({name: value} for name, value in values.items())]
            for given in tries:
                with self.subTest(model=model._name, given=given):
                    self._try(lambda model=model, given=given: self._ask(model, given))
                with self.subTest(model=model._name, defaults=given):
                    context = {f"default_{name}": one for name, one in given.items()}
                    asked = model.with_context(**context)
                    self._try(lambda asked=asked: self._ask(asked, {}))

    def _ask(self, model, given):
        spec = {
            name: {"fields": {"display_name": {}}} if field.relational else {}
            for name, field in model._fields.items()
        }
        asked = model.with_user(self.outside)
        return asked.onchange(dict(given), list(given), spec).get("value", {})

    def _try(self, act):
        self.env.flush_all()
        savepoint = self.env.cr.savepoint()
        try:
            self.env.invalidate_all()
            self._check_hidden(act())
        except AccessError:
            pass
        except UserError as error:
            self._check_hidden({"error": str(error)})
        finally:
            savepoint.rollback()
            self.env.invalidate_all()
            savepoint.close(rollback=False)

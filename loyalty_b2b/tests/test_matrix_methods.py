import inspect

from odoo import models
from odoo.exceptions import AccessError, UserError
from odoo.service.model import call_kw
from odoo.tests import tagged
from odoo.tools import mute_logger

from .matrix_common import CUSTOMERS, ROLES, MatrixCommon, get_addon, get_home
from .matrix_methods import METHODS


@tagged("post_install", "-at_install")
class TestMatrixMethods(MatrixCommon):
    """Every method of ours that RPC can call, tried by everybody.

    A method that is not in the table fails the test: whoever adds one says who may.
    """

    table = METHODS

    # === WHAT THERE IS === #

    def _get_methods(self):
        """Return (model, method) of what our classes define for everybody."""
        found = set()
        # dialogs extend `onchange`: test_dialogs_owned
        known = {*dir(models.BaseModel), "onchange"}
        for model in self.env.values():
            for cls in type(model).mro() if not model._abstract else ():
                if not self._is_mine(model, cls):
                    continue
                found |= {
                    (model._name, name)
                    for name, value in vars(cls).items()
                    if inspect.isfunction(value)
                    and not name.startswith("_")
                    and name not in known
                    and not getattr(value, "_api_private", False)
                }
        return sorted(found)

    def _is_mine(self, model, cls):
        """Tell whether a class's methods, in a model, are the addon's to show.

        What a glue addon's own model inherits from the core is the glue addon's.
        """
        addon = get_addon(cls)
        if addon == "loyalty_b2b":
            addon = get_home(model) or addon
        return addon == self.addon

    # === ON WHAT IT IS TRIED === #

    def _get_target(self, model, user):
        """Return the customer's record to try a method on.

        A dialog is opened by the user himself, on the customer's records.

        :return: an empty recordset where the user may not even open the dialog.
        """
        if model._transient:
            return self._open_dialog(model.with_user(user))
        record = self.samples.get(model._name, model)
        self.assertTrue(
            record or model._abstract or not get_home(model),
            f"no sample of {model._name}: add one to matrix_common",
        )
        return record.with_user(user)

    def _open_dialog(self, model):
        try:
            if model._name == "loyalty.b2b.add.reward.line":
                order = self.order.with_env(model.env)
                action = order.action_open_loyalty_b2b_rewards()
                dialog = model.env[action["res_model"]].browse(action["res_id"])
                return dialog.line_ids[:1]
            return model.create(self._prepare_values(model))
        except AccessError:
            return model

    # === WHAT COMES OF IT === #

    def _try(self, model, name, user):
        """Call a method as RPC does; nothing of it stays.

        :return: "-" refused, "o" opens a window whose content is checked itself, "e"
            he may, though not in this case, "y" done.
        """
        self.env.flush_all()
        savepoint = self.env.cr.savepoint()
        try:
            target = self._get_target(model, user)
            if not target and not self._is_of_the_model(model, name):
                return "-"
            before = self._snapshot() if user in self.customers else None
            # what is in the cache is not checked again
            self.env.invalidate_all()
            result = self._call(target, name)
            if before is not None:
                self.assertEqual(self._snapshot(), before, "a customer changed it")
            return self._tell_result(model, name, result, user)
        except AccessError:
            return "-"
        except UserError:
            return "e" if user not in self.customers else "-"
        finally:
            savepoint.rollback()
            self.env.invalidate_all()
            savepoint.close(rollback=False)

    def _tell_result(self, model, name, result, user):
        is_window = isinstance(result, dict) and str(result.get("type")).startswith(
            "ir.actions.act_window"
        )
        if user in self.strangers:
            for secret in self.secrets:
                self.assertNotIn(secret, repr(result))
        if user in self.customers and self._is_only_ours(model, name):
            self.assertTrue(is_window or result is None, result)
        return "o" if is_window else "y"

    def _is_only_ours(self, model, name):
        """Tell whether no class of Odoo's defines the method."""
        return all(get_addon(cls) for cls in type(model).mro() if name in vars(cls))

    def _is_of_the_model(self, model, name):
        return getattr(getattr(model, name), "_api_model", False)

    def _call(self, target, name):
        method = getattr(target, name)
        needed = [
            1
            for parameter in inspect.signature(method).parameters.values()
            if parameter.default is parameter.empty
            and parameter.kind is parameter.POSITIONAL_OR_KEYWORD
        ]
        if not self._is_of_the_model(target, name):
            needed.insert(0, target.ids)
        return call_kw(target.browse(), name, needed, {})

    @mute_logger("odoo.models.unlink", "odoo.addons.base.models.ir_rule")
    def test_every_method_by_everybody(self):
        self.customers = [self.users[role] for role in CUSTOMERS]
        self.strangers = [self.users[role] for role in ("public", "foreign")]
        found = {}
        self.patch(self.env.cr, "commit", lambda: None)
        for model_name, name in self._get_methods():
            letters = found[f"{model_name}.{name}"] = {}
            for role in ROLES:
                with self.subTest(model=model_name, method=name, role=role):
                    letters[role] = "?"
                    letters[role] = self._try(
                        self.env[model_name], name, self.users[role]
                    )
        self._check_table(found, self.table, "tests/matrix_methods.py")

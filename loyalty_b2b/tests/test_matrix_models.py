from odoo import Command
from odoo.exceptions import AccessError
from odoo.service.model import call_kw
from odoo.tests import new_test_user, tagged
from odoo.tools import mute_logger

from .matrix_common import MatrixCommon, get_home

GROUPS = (
    "sales_team.group_sale_manager",
    "loyalty_b2b.group_loyalty_b2b_admin",
    "account.group_account_manager",
)


@tagged("post_install", "-at_install")
class TestMatrixModels(MatrixCommon):
    """Everything that models of the addon keep, read by RPC by another company."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        other = cls.setup_other_company()["company"]
        cls.other_admin = new_test_user(
            cls.env,
            "loyalty_matrix_other",
            groups=",".join(GROUPS),
            company_id=other.id,
            company_ids=[Command.set(other.ids)],
        )

    def _get_models(self):
        """Return the addon's own models with rows, views of the database included."""
        return [
            model
            for model in self.env.values()
            if get_home(model) == self.addon
            and not model._abstract
            and not model._transient
        ]

    def _call(self, model, method, *args):
        """Call as RPC does; what may not be read is not there."""
        self.env.invalidate_all()
        try:
            return call_kw(model.with_user(self.other_admin), method, list(args), {})
        except AccessError:
            return []

    @mute_logger("odoo.addons.base.models.ir_model", "odoo.addons.base.models.ir_rule")
    def test_another_company_reads_nothing(self):
        self.env.flush_all()
        for model in self._get_models():
            rows = model.sudo().with_context(active_test=False).search([])
            with self.subTest(model=model._name, rows=len(rows)):
                domain = [("id", "in", rows.ids)]
                self.assertFalse(self._call(model, "search", domain))
                self.assertFalse(self._call(model, "search_count", domain))
                self.assertFalse(self._call(model, "search_read", domain, ["id"]))
                groups = self._call(
                    model, "formatted_read_group", domain, [], ["__count"]
                )
                self.assertFalse(groups and groups[0]["__count"])
                for row in rows[:3]:
                    self.assertFalse(self._call(model, "read", row.ids, ["id"]))

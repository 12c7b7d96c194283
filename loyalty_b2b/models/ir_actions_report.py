from odoo import models


class IrActionsReport(models.Model):
    """A quotation is printed with the discount that its points still give."""

    _inherit = "ir.actions.report"

    def _pre_render_qweb_pdf(self, report_ref, res_ids=None, data=None):
        if res_ids and self._get_report(report_ref).model == "sale.order":
            orders = self.env["sale.order"].browse(res_ids)
            orders._refresh_loyalty_b2b_use()
        return super()._pre_render_qweb_pdf(report_ref, res_ids=res_ids, data=data)

from datetime import timedelta

from odoo import api, fields, models

from ..models.program_jobs import CLOSING_DAYS


class LoyaltyB2bProgramClose(models.TransientModel):
    """Asks for the last days of a programme, and says what happens on them."""

    _name = "loyalty.b2b.program.close"
    _description = "Close a Programme"

    program_id = fields.Many2one(
        comodel_name="loyalty.b2b.program",
        string="Programme",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    date_last_earning = fields.Date(
        string="Last day of earning",
        required=True,
        default=fields.Date.context_today,
        help="Included; invoices dated after it earn nothing.",
    )
    date_last_use = fields.Date(
        string="Last day of use",
        compute="_compute_date_last_use",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
        help="Included; at least 60 days after the last day of earning.",
    )

    # === COMPUTE METHODS === #

    @api.depends("date_last_earning")
    def _compute_date_last_use(self):
        for wizard in self:
            if wizard.date_last_earning:
                earliest = wizard.date_last_earning + timedelta(days=CLOSING_DAYS)
                wizard.date_last_use = max(earliest, wizard.date_last_use or earliest)

    # === ACTION METHODS === #

    def action_apply(self):
        """Announce the end of the programme.

        :raises UserError: where customers have too little time to use their points.
        """
        self.ensure_one()
        self.program_id.check_access("write")
        self.program_id._start_closing(self.date_last_earning, self.date_last_use)
        return {"type": "ir.actions.act_window_close"}

from datetime import timedelta

from odoo import api, fields, models
from odoo.exceptions import UserError

from ..models.program_jobs import CLOSING_DAYS


class LoyaltyB2bProgramStep(models.TransientModel):
    """Says what a step of a programme's life will do, and takes it."""

    _name = "loyalty.b2b.program.step"
    _inherit = "loyalty.b2b.dialog.mixin"
    _description = "Step in the Life of a Programme"

    program_id = fields.Many2one(
        comodel_name="loyalty.b2b.program",
        string="Programme",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    step = fields.Selection(
        selection=[
            ("announce", "Announce"),
            ("start", "Start"),
            ("pause", "Pause"),
            ("resume", "Resume"),
            ("close", "Close"),
        ],
        required=True,
        readonly=True,
    )
    date_start = fields.Date(
        string="From",
        compute="_compute_date_start",
        store=True,
        precompute=True,
        readonly=False,
        help="First day; invoices dated before it earn nothing.",
    )
    missed_count = fields.Integer(related="program_id.missed_count")
    book_missed = fields.Boolean(
        string="Book what was posted meanwhile",
        default=True,
        help="Invoices and credit notes posted while the programme was paused then"
        " count as if it had run.",
    )
    date_last_earning = fields.Date(
        string="Last day of earning",
        default=fields.Date.context_today,
        help="Included; invoices dated after it earn nothing.",
    )
    date_last_use = fields.Date(
        string="Last day of use",
        compute="_compute_date_last_use",
        store=True,
        precompute=True,
        readonly=False,
        help="Included; at least 60 days after the last day of earning.",
    )
    is_request = fields.Boolean(compute="_compute_plan")
    is_stopped = fields.Boolean(compute="_compute_plan")
    plan = fields.Html(compute="_compute_plan", sanitize=False)

    # === COMPUTE METHODS === #

    @api.depends("program_id", "step")
    def _compute_date_start(self):
        for wizard in self:
            program = wizard.program_id
            today, planned = program._today(), program.date_start
            if wizard.step == "start":
                wizard.date_start = max(planned or today, today)
            else:
                # an announcement is of a day to come
                wizard.date_start = planned and planned > today and planned

    @api.depends("date_last_earning")
    def _compute_date_last_use(self):
        for wizard in self:
            if wizard.date_last_earning:
                earliest = wizard.date_last_earning + timedelta(days=CLOSING_DAYS)
                wizard.date_last_use = max(earliest, wizard.date_last_use or earliest)

    @api.depends(
        "program_id",
        "step",
        "date_start",
        "book_missed",
        "date_last_earning",
        "date_last_use",
    )
    @api.depends_context("lang", "uid")
    def _compute_plan(self):
        for wizard in self:
            program = wizard.program_id
            is_start = wizard.step == "start"
            wizard.is_request = is_start and wizard._is_request(program)
            wizard.is_stopped = is_start and bool(wizard._say_obstacle())
            wizard.plan = wizard._render_plan()

    def _is_request(self, program):
        """Tell whether *Start* will only ask another administrator to start."""
        return (
            program._needs_second()
            and not program.start_agreed_uid
            and (
                not program.start_asked_uid
                or program._is_other_start(self.date_start or program._today())
            )
        )

    # === ACTION METHODS === #

    def action_apply(self):
        """Take the step.

        :raises UserError: if the programme's state has changed meanwhile, if it is not
            ready, or if dates are missing or too close.
        """
        self.ensure_one()
        self.program_id.check_access("write")
        getattr(self, f"_apply_{self.step}")()
        return {"type": "ir.actions.act_window_close"}

    # === BUSINESS METHODS === #

    def _apply_announce(self):
        if self.date_start and self.date_start <= self.program_id._today():
            raise UserError(
                self.env._(
                    "An announcement tells customers of a day to come. Choose a later"
                    " day for %(program)s, or none, or press Start.",
                    program=self.program_id.name,
                )
            )
        if self.date_start != self.program_id.date_start:
            self.program_id.date_start = self.date_start
        self.program_id._announce()

    def _apply_start(self):
        self.program_id._start(self.date_start)

    def _apply_pause(self):
        self.program_id._change_state(("running",), "paused")

    def _apply_resume(self):
        self.program_id._change_state(("paused",), "running")
        self._plan_missed()

    def _apply_close(self):
        if not self.date_last_earning or not self.date_last_use:
            raise UserError(
                self.env._(
                    "Say on which days %(program)s ends.", program=self.program_id.name
                )
            )
        self.program_id._start_closing(self.date_last_earning, self.date_last_use)
        self._plan_missed()

    def _plan_missed(self):
        if self.book_missed and self.missed_count:
            self.program_id._plan_missed()

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError

# In the context of a step of a programme's life; no remote call can carry it.
STEP = object()
# What only steps write.
STEP_FIELDS = frozenset(
    {
        "state",
        "date_announced",
        "date_running",
        "date_paused",
        "date_closed",
        "date_last_earning",
        "date_last_use",
        "start_asked_uid",
        "start_asked_on",
        "start_agreed_uid",
    }
)
STATE_DATES = {
    "announced": "date_announced",
    "running": "date_running",
    "paused": "date_paused",
    "closed": "date_closed",
}


class LoyaltyB2bProgram(models.Model):
    """The life of a programme, step by step: who may take which, and when."""

    _inherit = "loyalty.b2b.program"

    date_start = fields.Date(
        string="From",
        copy=False,
        tracking=True,
        help="First day, in the programme's time zone; invoices dated before it earn"
        " nothing. An announced programme starts by itself on that day.",
    )
    date_announced = fields.Date(string="Announced on", readonly=True, copy=False)
    date_running = fields.Date(
        string="Running since",
        readonly=True,
        copy=False,
        help="Day on which the programme was first started.",
    )
    date_paused = fields.Date(
        string="Paused since",
        readonly=True,
        copy=False,
        help="Day on which the programme was last paused.",
    )
    date_closed = fields.Date(string="Closed on", readonly=True, copy=False)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_step_fields(
                {
                    name
                    for name in STEP_FIELDS & vals.keys()
                    if vals[name] and (name, vals[name]) != ("state", "draft")
                }
            )
        return super().create(vals_list)

    def write(self, vals):
        self.check_access("write")
        self._check_step_fields(STEP_FIELDS & vals.keys())
        return super().write(vals)

    @api.model
    def _get_guarded_fields(self):
        return super()._get_guarded_fields() | STEP_FIELDS

    def _check_step_fields(self, names):
        """Refuse to write what only steps write, to all but our own code."""
        is_step = self.env.context.get("loyalty_b2b_step") is STEP
        if names and not self.env.su and not is_step:
            raise AccessError(
                self.env._(
                    "The status of a programme and its dates are changed by its buttons"
                    " only: announce, start, pause, resume, close."
                )
            )

    # === ACTION METHODS === #

    def action_step(self):
        """Open the dialog of a step, which says what it will do.

        The step is named by `loyalty_b2b_ask` in the context.
        """
        self.ensure_one()
        self.check_access("write")
        step = self.env.context.get("loyalty_b2b_ask")
        wizard = self.env["loyalty.b2b.program.step"]
        labels = dict(wizard._fields["step"]._description_selection(self.env))
        if step not in labels:
            raise UserError(self.env._("Choose a step of the programme's life."))
        return {
            "type": "ir.actions.act_window",
            "name": f"{labels[step]}: {self.name}",
            "res_model": wizard._name,
            "view_mode": "form",
            "target": "new",
            "context": {"default_program_id": self.id, "default_step": step},
        }

    def action_close(self):
        """Ask for the last days of earning and of use."""
        return self.with_context(loyalty_b2b_ask="close").action_step()

    def action_announce(self):
        """Announce draft programmes."""
        self.check_access("write")
        self._announce()

    def action_start(self):
        """Start programmes today, or ask another administrator to, if so set.

        :raises UserError: if one is not ready, or if the caller asked for it.
        """
        self.check_access("write")
        self._start()

    def action_pause(self):
        """Stop earning and use for a while."""
        self.check_access("write")
        self._change_state(("running",), "paused")

    def action_resume(self):
        """Go on after a pause; what was posted meanwhile is left as it is."""
        self.check_access("write")
        self._change_state(("paused",), "running")

    def action_draft(self):
        """Take an announcement back."""
        self.check_access("write")
        self._change_state(("announced",), "draft")
        self._withdraw_start()

    # === BUSINESS METHODS === #

    def _write_step(self, vals):
        """Write what only steps write."""
        self.with_context(loyalty_b2b_step=STEP).write(vals)

    def _check_state(self, allowed):
        for program in self:
            if program.state not in allowed:
                raise UserError(
                    self.env._(
                        "Programme %(program)s is %(state)s and cannot take this step.",
                        program=program.name,
                        state=dict(
                            self._fields["state"]._description_selection(self.env)
                        )[program.state],
                    )
                )

    def _change_state(self, allowed, state):
        """Take programmes to a state and note the day.

        :param allowed: states from which this is possible.
        :raises UserError: from any other.
        """
        self._check_state(allowed)
        for program in self:
            vals = {"state": state}
            name = STATE_DATES.get(state)
            if name and not (name == "date_running" and program.date_running):
                vals[name] = program._today()
            program._write_step(vals)

    def _check_ready(self):
        for program in self:
            if not program.rate_ids or not program.rule_ids:
                raise UserError(
                    self.env._(
                        "Programme %(program)s needs a rate and at least one earning"
                        " rule before it can start.",
                        program=program.name,
                    )
                )

    def _announce(self):
        """Tell customers of programmes that will start, on their first day if it is
        still to come; the hourly job starts them on it.
        """
        self._check_ready()
        self._check_state(("draft",))
        self.filtered(
            lambda p: p.date_start and p.date_start <= p._today()
        ).date_start = False
        self._change_state(("draft",), "announced")
        self._tell_announced()
        self._plan_start()

    def _tell_announced(self):
        """Queue the notice for all that take part and have none yet."""
        for program in self:
            program.wallet_ids._notify(
                "announced",
                f"announced:{program.id}:{program.date_announced}",
                date_start=fields.Date.to_string(program.date_start) or None,
            )

    def _tell_closing(self):
        """Queue the notice of the end for all that take part."""
        for program in self:
            program.wallet_ids._notify(
                "closing",
                f"closing:{program.id}:{program.date_last_use}",
                date_last_earning=fields.Date.to_string(program.date_last_earning),
                date_last_use=fields.Date.to_string(program.date_last_use),
            )

    def _start(self, day=None):
        """Start programmes, or file the request that another administrator grants.

        :param date day: first day, today by default; a later one is left to the job.
        """
        self._check_ready()
        self._check_state(("draft", "announced"))
        for program in self:
            today = program._today()
            first = max(day or today, today)
            if program._is_other_start(first):
                program.write({"date_start": first})
            if not program._agree_start():
                continue
            if first > today:
                program._start_later()
                continue
            program._begin()
            if (day or program.date_start) and program.date_start != first:
                program.write({"date_start": first})

    def _is_other_start(self, day):
        """Tell whether a start on a day, today or later, is not the planned one."""
        today = self._today()
        return max(self.date_start or today, today) != day

    def _start_later(self):
        """Leave the start to the job; customers are told now."""
        if self.state == "draft":
            self._announce()
        else:
            self._plan_start()

    def _begin(self):
        """Let programmes run from now on."""
        self._change_state(("draft", "announced"), "running")
        self._end_asking()
        self.env.ref("loyalty_b2b.ir_cron_enrol")._trigger()

    # === THE PLANNED DAY === #

    def _plan_start(self):
        """Wake the jobs: to enrol customers now, to start on the planned day."""
        self.env.ref("loyalty_b2b.ir_cron_enrol")._trigger()
        for program in self.filtered("date_start"):
            if program._needs_second() and not program.start_asked_uid:
                program._ask_start()
            self.env.ref("loyalty_b2b.ir_cron_daily")._trigger(
                at=program._get_day_start(program.date_start)
            )

    @api.model
    def _cron_start(self):
        """Start announced programmes whose day has come.

        One that cannot start is left with an activity for its administrators.
        """
        programs = self.search(
            [("state", "=", "announced"), ("date_start", "!=", False)]
        )
        for program in programs.filtered(lambda p: p.date_start <= p._today()):
            try:
                with self.env.cr.savepoint():
                    program._start_planned()
                    self.env.flush_all()
            except UserError as error:
                program._ask_to_start(str(error))
            self.env["ir.cron"]._commit_progress()

    def _start_planned(self):
        """Start a programme on its planned day.

        :raises UserError: if it is not ready, or if nobody else has agreed to it.
        """
        self._check_ready()
        if self._needs_second() and not self.start_agreed_uid:
            raise UserError(
                self.env._(
                    "%(program)s should start today, but a second administrator has"
                    " not agreed yet.",
                    program=self.name,
                )
            )
        self._begin()

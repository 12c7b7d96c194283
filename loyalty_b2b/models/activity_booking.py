from odoo import fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, formatLang

from ..tools import periods
from .loyalty_b2b_activity import OFFICER


class LoyaltyB2bActivity(models.Model):
    """Approve, book, refuse and take back: under the wallet's lock, hence exact."""

    _inherit = "loyalty.b2b.activity"

    # === ACTION METHODS === #

    def action_approve(self):
        """Approve what was reported and book its points.

        Where officers approve, only they may; otherwise who may see the customer.

        :raises UserError: with the limit, the missing evidence or what else stops it.
        """
        self._check_approver()
        self._approve()

    def action_book(self):
        """Book what was approved while the programme was not running."""
        self._check_officer()
        self.check_access("write")
        self.filtered(lambda act: act.state == "approved")._book_points()

    def action_refuse(self):
        """Ask why the activities earn nothing."""
        return self._ask_reason("refuse")

    def action_take_back(self):
        """Ask why the points are taken back."""
        return self._ask_reason("take_back")

    def _ask_reason(self, act):
        self._check_officer()
        self.check_access("write")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Refuse")
            if act == "refuse"
            else self.env._("Take back"),
            "res_model": "loyalty.b2b.activity.reason",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_act": act,
                "default_activity_ids": self.ids,
            },
        }

    # === RIGHTS === #

    def _check_officer(self):
        if not self.env.user.has_group(OFFICER):
            raise AccessError(
                self.env._("Only loyalty officers decide what activities earn.")
            )

    def _check_approver(self):
        self.check_access("write")
        if any(self.sudo().mapped("needs_approval")):
            self._check_officer()

    # === BUSINESS METHODS === #

    def _approve(self):
        """Approve reported activities; book those whose programme is running."""
        reported = self.filtered(lambda act: act.state == "draft")
        for act in reported.sudo():
            act._check_evidence()
        reported._keep(
            state="approved",
            decided_by_id=self.env.uid,
            date_decided=fields.Datetime.now(),
        )
        running = reported.sudo().filtered(
            lambda act: act.program_id.state not in ("announced", "paused")
        )
        running._book_points()

    def _check_evidence(self):
        missing = {
            "text": not (self.evidence_text or "").strip(),
            "file": not self.evidence_file,
        }.get(self.type_id.evidence)
        if missing:
            raise UserError(
                self.env._(
                    "“%(activity)s” of %(customer)s needs evidence: add it first.",
                    activity=self.display_name,
                    customer=self.wallet_id.display_name,
                )
            )

    def _book_points(self):
        """Give the points of approved activities, those of earlier days first.

        Each is counted after the wallet is locked: two at once never pass a limit.
        """
        acts = self.sudo().sorted(lambda act: (act.date, act.id))
        acts.wallet_id._lock()
        acts.invalidate_recordset(["state"])
        for act in acts:
            if act.state == "approved":
                act._book_one()

    def _book_one(self):
        kind, wallet = self.type_id, self.wallet_id
        self._check_allowed()
        before = self._query_times()
        given = (before + self.quantity) // kind.every_nth - before // kind.every_nth
        points = given * kind.points
        entry = self.env["loyalty.b2b.entry"]
        if points:
            entry = wallet._give_bonus(
                points,
                self._get_entry_key(),
                "activity",
                self.display_name,
                kind._get_life(),
                date_event=self.date,
                contact_id=self.contact_id.id or None,
                contact_name=self.contact_id.name or None,
            )
        self._keep(
            state="booked",
            points=points,
            times_given=given,
            every_nth=kind.every_nth,
            entry_id=entry.id,
        )

    def _get_entry_key(self):
        if self.key:
            return f"api:{self.program_id.id}:{self.key}"
        return f"activity:{self.id}"

    def _check_allowed(self):
        """Refuse what earns nothing: by day, programme, wallet or limit.

        :raises UserError: with the reason, and what is left of a limit.
        """
        kind = self.type_id
        self.wallet_id._check_earns(self.date)
        refusal = kind._get_day_refusal(self.date)
        if refusal:
            raise UserError(refusal)
        if not kind.limit_count:
            return
        used = self._query_times(kind.limit_period)
        if used + self.quantity > kind.limit_count:
            raise UserError(
                self.env._(
                    "%(customer)s has reached the limit of %(activity)s. Left in the"
                    " period: %(left)s; reported: %(asked)s.",
                    customer=self.wallet_id.display_name,
                    activity=kind.sentence,
                    left=formatLang(
                        self.env, max(0, kind.limit_count - used), digits=0
                    ),
                    asked=formatLang(self.env, self.quantity, digits=0),
                )
            )

    def _query_times(self, period="lifetime"):
        """Return how many times of the activity the wallet has booked in a period."""
        self.flush_model(["wallet_id", "type_id", "state", "date", "quantity"])
        ((times,),) = self.env.execute_query(
            SQL(
                "SELECT COALESCE(SUM(quantity), 0) FROM loyalty_b2b_activity"
                " WHERE wallet_id = %s AND type_id = %s AND state = 'booked'"
                " AND date >= %s AND date <= COALESCE(%s, 'infinity'::date)",
                self.wallet_id.id,
                self.type_id.id,
                periods.period_start(self.date, period),
                periods.period_end(self.date, period),
            )
        )
        return int(times)

    # === TAKING BACK === #

    def _refuse(self, reason):
        """Let reported or approved activities earn nothing, for a reason."""
        self.sudo().wallet_id._lock()
        self.invalidate_recordset(["state"])
        self._check_states(("draft", "approved"))
        self._keep(
            state="refused",
            reason=reason,
            decided_by_id=self.env.uid,
            date_decided=fields.Datetime.now(),
        )

    def _take_back(self, reason):
        """Take back booked activities with their points, by entries that say so."""
        acts = self.sudo()
        acts.wallet_id._lock()
        acts.invalidate_recordset()
        acts._check_states(("booked",))
        for act in acts:
            act._take_back_one(reason)
        acts.wallet_id._settle()

    def _check_states(self, allowed):
        labels = dict(self._fields["state"]._description_selection(self.env))
        for act in self.sudo():
            if act.state not in allowed:
                raise UserError(
                    self.env._(
                        "“%(activity)s” of %(customer)s is “%(state)s” and cannot take"
                        " this step.",
                        activity=act.display_name,
                        customer=act.wallet_id.display_name,
                        state=labels[act.state],
                    )
                )

    def _take_back_one(self, reason):
        """Take back what one time fewer is worth.

        Where only each N-th time gives, another one may complete the N: then that one
        takes over the entry, and nothing is booked. Otherwise the points go first that
        no heir took over when their activity was taken back, then the own ones, then
        those of the latest.
        """
        before = self._query_times()
        nth = self.every_nth or 1
        lost = before // nth - (before - self.quantity) // nth
        self._keep(state="taken_back", reason=reason)
        orphans, others = self._find_alike("taken_back"), self._find_alike()
        for act in orphans.filtered("times_given") + self + others:
            lost -= act._lose(lost, reason)
        if self.times_given:
            heir = others.filtered(lambda act: not act.times_given)[:1]
            if heir:
                heir._keep(
                    entry_id=self.entry_id.id,
                    points=self.points,
                    times_given=self.times_given,
                )
                self._keep(points=0, times_given=0)

    def _find_alike(self, state="booked"):
        """Return the other times of the wallet in a state, the latest first."""
        return self.search(
            [
                ("wallet_id", "=", self.wallet_id.id),
                ("type_id", "=", self.type_id.id),
                ("state", "=", state),
                ("id", "!=", self.id),
            ]
        )

    def _lose(self, times, reason):
        """Take back the points of so many times at most; return of how many."""
        times = min(times, self.times_given)
        if times <= 0:
            return 0
        points = int(self.points) * times // self.times_given
        note = self.env._(
            "%(activity)s: %(reason)s", activity=self.display_name, reason=reason
        )
        self.wallet_id._take_back_bonus(self.entry_id, points, note)
        self._keep(
            points=int(self.points) - points, times_given=self.times_given - times
        )
        return times

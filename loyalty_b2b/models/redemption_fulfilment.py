from datetime import timedelta

from dateutil.relativedelta import relativedelta

from odoo import Command, api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import plaintext2html

TO_CONFIRM = "loyalty_b2b.mail_activity_type_reward_confirm"
TO_HAND_OVER = "loyalty_b2b.mail_activity_type_reward"
OFFICER = "loyalty_b2b.group_loyalty_b2b_officer"


class LoyaltyB2bRedemption(models.Model):
    """A reward on its way to the customer: who hands it over, until when."""

    _inherit = "loyalty.b2b.redemption"

    responsible_id = fields.Many2one(
        comodel_name="res.users",
        readonly=True,
        index="btree_not_null",
        tracking=True,
        help="Hands the reward over.",
    )
    date_due = fields.Date(
        string="Due on", readonly=True, help="Day by which it is to be handed over."
    )
    date_done = fields.Datetime(string="Used on", readonly=True)
    date_fulfilled = fields.Datetime(string="Handed over on", readonly=True)
    fulfilled_by_id = fields.Many2one(
        comodel_name="res.users", string="Handed over by", readonly=True
    )
    fulfil_note = fields.Char(string="How it was handed over", readonly=True)
    cancel_reason = fields.Char(string="Reason of the end", readonly=True)
    date_until = fields.Date(
        string="Runs until", readonly=True, help="Last day of a subscription."
    )
    attendees = fields.Text(
        string="Who takes part", readonly=True, help="Names, one a line."
    )
    reward_value = fields.Monetary(
        string="Worth to the customer",
        readonly=True,
        currency_field="program_currency_id",
        help="Of all that is wished, as the reward said then.",
    )
    reward_cost = fields.Monetary(
        string="Cost",
        readonly=True,
        currency_field="program_currency_id",
        groups="loyalty_b2b.group_loyalty_b2b_officer",
    )
    program_currency_id = fields.Many2one(
        related="program_id.currency_id", string="Currency of the programme"
    )
    counted = fields.Integer(
        default=0,
        readonly=True,
        copy=False,
        help="How many of the reward's stock this use takes.",
    )
    is_alone = fields.Boolean(
        compute="_compute_is_alone", help="A reward that no order carries."
    )
    can_handle = fields.Boolean(compute="_compute_can_handle")

    # === COMPUTE METHODS === #

    @api.depends("reward_id", "reward_kind")
    def _compute_is_alone(self):
        for redemption in self:
            redemption.is_alone = redemption._is_alone()

    @api.depends("reward_name", "quantity")
    def _compute_display_name(self):
        super()._compute_display_name()
        for redemption in self.filtered("reward_name"):
            redemption.display_name = self.env._(
                "%(reward)s: %(use)s",
                reward=redemption._describe_reward(),
                use=redemption.display_name,
            )

    @api.depends("responsible_id")
    @api.depends_context("uid")
    def _compute_can_handle(self):
        is_officer = self.env.user.has_group(OFFICER)
        for redemption in self:
            own = redemption.responsible_id == self.env.user
            redemption.can_handle = is_officer or own

    # === BUSINESS METHODS === #

    def _start_fulfilment(self):
        """Note that the points of a reward are used, and who is to hand it over.

        Codes are handed over with the use itself: nobody has to do anything.
        """
        for redemption in self:
            redemption._close_activities()
            redemption.write(redemption._prepare_done())
            redemption._log_use()
            if redemption.reward_kind == "voucher":
                redemption._show_codes()
                redemption._finish()
            else:
                redemption._ask_to_hand_over()

    def _log_use(self):
        """Note in the wallet's history that points were used without an order."""
        if not self._is_alone():
            return
        self.wallet_id._message_log(
            body=self.env._(
                "%(points)s points used for %(reward)s, asked by %(name)s.",
                points=self._format_points(self.points),
                reward=self._describe_reward(),
                name=self.contact_id.name or self.user_id.name or "",
            )
        )

    def _prepare_done(self):
        """Return what is noted when the points of a reward are used."""
        reward, today = self.reward_id, self.program_id._today()
        terms = self._get_reward_terms()
        due = today + timedelta(days=terms["days_to_fulfil"])
        if reward.kind == "access" and reward.date_event:
            due = max(today, self.program_id._local_day(reward.date_event))
        values = {
            "state": "done",
            "date_done": fields.Datetime.now(),
            "date_hold_end": False,
            "date_due": due,
        }
        if reward.kind == "subscription" and terms["months"]:
            end = today + relativedelta(months=terms["months"]) - timedelta(days=1)
            values["date_until"] = end
        return values

    def _fulfil(self, note=""):
        """Note that rewards were handed over; twice is once.

        :param str note: how, e.g. a parcel number.
        :raises UserError: if one is not ready for it.
        """
        self._lock_state()
        for redemption in self:
            if redemption.state != "fulfilled":
                redemption._check_state("done")
                redemption._finish(note)

    def _finish(self, note=""):
        self.write(
            {
                "state": "fulfilled",
                "date_fulfilled": fields.Datetime.now(),
                "fulfilled_by_id": self.env.uid,
                "fulfil_note": note or False,
            }
        )
        self.activity_feedback([TO_CONFIRM, TO_HAND_OVER], feedback=note or None)

    def _confirm(self, is_paid=False):
        result = super()._confirm(is_paid)
        self.filtered("reward_id")._start_fulfilment()
        return result

    # === WHO HANDS IT OVER === #

    def _get_responsible(self):
        """Return who hands the reward over, as `res.users`; may be empty.

        Only who may open the use: others could not see what they are asked for.
        """
        self.ensure_one()
        # in whatever companies somebody else works just now
        use = self.with_context(allowed_company_ids=[])
        for user in (self.responsible_id, self.wallet_id.user_id):
            if user.active and use.with_user(user).has_access("read"):
                return user
        return self.env["res.users"]

    def _ask_to_confirm(self):
        end = self.program_id._local_day(self.date_hold_end)
        self._schedule_step(TO_CONFIRM, end)

    def _ask_to_hand_over(self):
        self._schedule_step(TO_HAND_OVER, self.date_due)

    def _schedule_step(self, kind, day):
        """Ask the responsible for a step until a day."""
        user = self._get_responsible()
        self.responsible_id = user
        if user:
            self.activity_schedule(
                kind,
                date_deadline=day,
                user_id=user.id,
                note=plaintext2html(
                    self.env._(
                        "%(reward)s for %(customer)s",
                        reward=self._describe_reward(),
                        customer=self.partner_id.display_name,
                    )
                ),
            )

    def _close_activities(self):
        """Take back what the responsible was asked for."""
        self.activity_unlink([TO_CONFIRM, TO_HAND_OVER])

    # === ACTION METHODS === #

    def action_confirm_reward(self):
        """Confirm that a reward can be given: its points are used."""
        self._check_handler()
        self.sudo()._confirm_alone()

    def action_take_over(self):
        """Become responsible for rewards that are to be handed over; officers only."""
        self._check_officer()
        for redemption in self.sudo():
            redemption.responsible_id = self.env.user
            activities = redemption.activity_search([TO_CONFIRM, TO_HAND_OVER])
            activities.user_id = self.env.user

    def action_fulfil(self):
        """Ask how the reward was handed over."""
        self._check_handler()
        return self._get_step_dialog("fulfil", self.env._("Handed over"))

    def action_cancel_reward(self):
        """Ask why a use is cancelled."""
        self._check_officer()
        return self._get_step_dialog("cancel", self.env._("Cancel the use"))

    def _get_step_dialog(self, step, name):
        return {
            "type": "ir.actions.act_window",
            "name": name,
            "res_model": "loyalty.b2b.redeem.step",
            "view_mode": "form",
            "target": "new",
            "context": {
                "default_redemption_ids": [Command.set(self.ids)],
                "default_step": step,
            },
        }

    def _check_handler(self):
        """Let only officers and the responsible take a step with a reward.

        :raises AccessError: for all others.
        """
        self.check_access("read")
        if self.env.user.has_group(OFFICER):
            return
        if any(one.responsible_id != self.env.user for one in self.sudo()):
            raise AccessError(
                self.env._(
                    "Only who is responsible for a reward, and loyalty officers, hand"
                    " it over."
                )
            )

    def _check_officer(self):
        """Let only officers cancel or take over.

        :raises AccessError: for all others.
        """
        self.check_access("read")
        if not self.env.user.has_group(OFFICER):
            raise AccessError(
                self.env._("Only loyalty officers cancel the use of a reward.")
            )

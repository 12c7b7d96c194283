from odoo import fields, models
from odoo.exceptions import UserError
from odoo.tools import plaintext2html

ACTIVITY = "loyalty_b2b.mail_activity_type_start"


class LoyaltyB2bProgram(models.Model):
    """A second person for the launch: one administrator asks, another one starts."""

    _inherit = "loyalty.b2b.program"

    start_asked_uid = fields.Many2one(
        comodel_name="res.users",
        string="Start asked for by",
        readonly=True,
        copy=False,
        ondelete="set null",
    )
    start_asked_on = fields.Datetime(
        string="Start asked for on", readonly=True, copy=False
    )
    start_agreed_uid = fields.Many2one(
        comodel_name="res.users",
        string="Start agreed to by",
        readonly=True,
        copy=False,
        ondelete="set null",
    )

    # === CRUD METHODS === #

    def write(self, vals):
        changes = self._get_agreed_names() & vals.keys()
        asked = self.filtered("start_asked_uid") if changes else self.browse()
        before = {program: program._read_agreed(changes) for program in asked}
        result = super().write(vals)
        for program in asked:
            if program._read_agreed(changes) != before[program]:
                program._withdraw_start()
        return result

    def _read_agreed(self, names):
        return {
            name: self._fields[name].convert_to_write(self[name], self)
            for name in names
        }

    def _get_agreed_names(self):
        """Return the fields on which a start was agreed, besides rules and rates."""
        return {
            "activation",
            "activation_days",
            "auto_enrol",
            "company_id",
            "count_down_payments",
            "currency_id",
            "date_start",
            "enrol_domain",
            "excluded_category_ids",
            "excluded_pricelist_ids",
            "excluded_product_ids",
            "expiry_dates",
            "expiry_mode",
            "expiry_months",
            "expiry_period",
            "individuals_allowed",
            "max_line_discount_percent",
            "max_order_percent",
            "min_points",
            "rate_tax",
            *(
                name
                for name in self._fields
                if name.startswith(("goodwill_", "referral_", "tier_", "welcome_"))
                and self._fields[name].store
                and not self._fields[name].type.endswith("2many")
            ),
        }

    # === BUSINESS METHODS === #

    def _needs_second(self):
        """Tell whether the start needs a second administrator."""
        self.ensure_one()
        return self.sudo().company_id.loyalty_b2b_start_by_two

    def _agree_start(self):
        """Tell whether a programme may start; file or grant the request for it.

        :raises UserError: if the caller asked for it, and somebody else has to start.
        """
        self.ensure_one()
        if not self._needs_second() or self.start_agreed_uid:
            return True
        if not self.start_asked_uid:
            self._ask_start()
            return False
        if self.start_asked_uid == self.env.user:
            raise UserError(
                self.env._(
                    "You have asked to start %(program)s yourself: another"
                    " administrator starts it.",
                    program=self.name,
                )
            )
        if self.env.user not in self._get_starters():
            raise UserError(
                self.env._(
                    "Only an administrator of the loyalty programmes of %(company)s"
                    " starts %(program)s.",
                    company=self.company_id.name,
                    program=self.name,
                )
            )
        self._write_step({"start_agreed_uid": self.env.uid})
        # also if the day is still to come
        self._end_asking()
        return True

    def _ask_start(self):
        """Ask the other administrators to start the programme.

        :raises UserError: if there is no other.
        """
        others = self._get_starters() - self.env.user
        if not others:
            raise UserError(
                self.env._(
                    "Programmes of %(company)s are started by a second administrator,"
                    " and there is none. Make somebody an administrator of B2B Loyalty,"
                    " or change the settings.",
                    company=self.company_id.name,
                )
            )
        self._write_step(
            {
                "start_asked_uid": self.env.uid,
                "start_asked_on": fields.Datetime.now(),
                "start_agreed_uid": False,
            }
        )
        self._message_log(
            body=self.env._("%(user)s asks to start it.", user=self.env.user.name)
        )
        self._ask_to_start(
            self.env._(
                "%(user)s asks to start the programme. Look at its rules and what"
                " points are worth, then press Start.",
                user=self.env.user.name,
            )
        )

    def _ask_to_start(self, note):
        """Leave administrators an activity that the programme wants to be started.

        :param str note: what they should know; one of it is enough.
        """
        others = self._get_starters() - self.start_asked_uid
        busy = self.sudo().activity_search([ACTIVITY]).user_id
        for user in others - busy:
            self.sudo().activity_schedule(
                ACTIVITY, user_id=user.id, note=plaintext2html(note)
            )

    def _end_asking(self):
        """Take the activities off: the start is decided, or nobody asks for it."""
        self.sudo().activity_unlink([ACTIVITY])

    def _get_starters(self):
        """Return the administrators of the programme's company."""
        self.ensure_one()
        return self.company_id._get_loyalty_b2b_staff(
            "loyalty_b2b.group_loyalty_b2b_admin"
        )

    def _withdraw_start(self):
        """Forget who asked for the start, or agreed to it: the terms have changed."""
        asked = self.filtered(
            lambda p: p.start_asked_uid and p.state in ("draft", "announced")
        )
        for program in asked:
            program.sudo()._write_step(
                {
                    "start_asked_uid": False,
                    "start_asked_on": False,
                    "start_agreed_uid": False,
                }
            )
            program._end_asking()
            program._message_log(
                body=self.env._(
                    "The request to start was withdrawn, as the terms have changed."
                )
            )

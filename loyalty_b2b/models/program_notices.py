import hashlib

from markupsafe import Markup

from odoo import api, fields, models, tools
from odoo.tools import SQL, format_date, formatLang, hmac

from ..fields import Points


class LoyaltyB2bProgram(models.Model):
    """Whether and when a programme's customers are told what happens."""

    _inherit = "loyalty.b2b.program"

    notices = fields.Boolean(
        string="Messages to customers",
        default=True,
        help="Service messages: one a day at most for each person. Points of whose end"
        " nobody was told do not expire.",
    )
    notice_days_first = fields.Integer(
        string="First notice",
        default=60,
        help="Days before the last day of use on which customers are told; points that"
        " live shorter are announced at once.",
    )
    notice_days_second = fields.Integer(
        string="Reminder",
        default=14,
        help="Days before the last day of use on which customers are told again.",
    )
    notice_statement = fields.Boolean(
        string="Monthly statement",
        help="On the first day of a month, customers whose points moved in the month"
        " before get a statement.",
    )
    caption_notices = fields.Char(compute="_compute_caption_notices")
    date_statement = fields.Date(
        readonly=True, copy=False, help="First day of the last month of statements."
    )
    date_digest = fields.Date(
        readonly=True,
        copy=False,
        help="Last day on which customers were told what was booked.",
    )
    notice_booking = Points(
        readonly=True,
        copy=False,
        help="Running number of the booking up to which customers are told nothing,"
        " as there were no messages yet.",
    )

    _notice_days = models.Constraint(
        "CHECK (notice_days_second >= 1 AND notice_days_first >= notice_days_second"
        " AND notice_days_first <= 730)",
        "The reminder goes out at least a day before points expire, and the first"
        " notice before it, at most 730 days ahead.",
    )

    # === COMPUTE METHODS === #

    @api.depends("notices", "notice_days_first", "notice_days_second")
    @api.depends_context("lang")
    def _compute_caption_notices(self):
        for program in self:
            program.caption_notices = program._get_notices_caption()

    # === CRUD METHODS === #

    def write(self, vals):
        if vals.get("notices") and not all(self.mapped("notices")):
            # what happened before messages were switched on is no news
            vals = {**vals, "notice_booking": self._query_last_booking()}
        return super().write(vals)

    # === BUSINESS METHODS === #

    def _get_notices_caption(self):
        """Return when messages are sent, in a few words."""
        if not self.notices:
            return self.env._("off")
        days = [
            formatLang(self.env, number, digits=0)
            for number in (self.notice_days_first, self.notice_days_second)
        ]
        if days[0] == days[1]:
            return self.env._("daily, %(days)s days before expiry", days=days[0])
        return self.env._(
            "daily, %(first)s and %(second)s days before expiry",
            first=days[0],
            second=days[1],
        )

    @api.model
    def _query_last_booking(self):
        """Return the running number of the newest booking."""
        ((booking,),) = self.env.execute_query(
            SQL(
                "SELECT CASE WHEN is_called THEN last_value ELSE 0 END"
                " FROM loyalty_b2b_booking"
            )
        )
        return booking

    @tools.ormcache("self.id")
    def _has_notices(self):
        """Tell whether customers of the programme get messages."""
        return self.sudo().notices

    def _tell_terms(self, day, text):
        """Queue the message of new terms for all who take part.

        :param date day: from which they hold.
        :param str text: what changes, as customers read it.
        :return: number of wallets.
        """
        self.ensure_one()
        key = f"{day}:{hashlib.sha256(text.encode()).hexdigest()[:12]}"
        wallets = self._get_told_wallets()
        self.message_post(
            body=self.env._(
                "Customers are told what changes from %(day)s:",
                day=format_date(self.env, day),
            )
            + Markup("<br/>")
            + text
        )
        return wallets._notify("terms", key, day=fields.Date.to_string(day), text=text)

    def _get_planned_changes(self):
        """Return the first day on which something changes by itself, and what, in words.

        Rates and rules that begin later.
        """
        self.ensure_one()
        today = self._today()
        rates = self.rate_ids.filtered(lambda r: r.date_start and r.date_start > today)
        rules = self.rule_ids.filtered(lambda r: r.date_start and r.date_start > today)
        lines = [
            self.env._(
                "%(points)s will be worth %(amount)s.",
                points=self._format_portal_points(rate.points),
                amount=self._format_portal_worth(rate.amount),
            )
            for rate in rates.sorted("date_start")
        ]
        lines += [rule.sentence for rule in rules.sorted("date_start")]
        days = rates.mapped("date_start") + rules.mapped("date_start")
        return min(days, default=None), lines

    def _get_logo_path(self):
        """Return the public address of the logo; mails are read without signing in."""
        self.ensure_one()
        return f"/loyalty/{self.id}/{self._get_logo_token()}/logo.png"

    def _get_logo_token(self):
        """Return what tells that somebody got the address from us."""
        return hmac(self.env(su=True), "loyalty_b2b_logo", self.id)[:16]

    # === DAILY STEPS === #

    def _get_daily_steps(self):
        """Tell customers in time what expires, and of the rest once it has happened."""
        steps = super()._get_daily_steps()
        if not self._has_notices():
            return steps
        place = steps.index(self._daily_expire)
        return [
            *steps[:place],
            self._daily_announce_expiry,
            *steps[place:],
            self._daily_remind_closing,
            self._daily_statements,
            self._daily_digests,
        ]

    def _daily_announce_expiry(self):
        """Queue notices of what expires soon."""
        wallets = self.env["loyalty.b2b.wallet"].sudo()
        every = (self.id, self._today())
        if not wallets._run_batches("_query_expiring", "_announce_expiry", *every):
            return False
        if self._get_terms().expiry.mode != "inactivity":
            return True
        return wallets._run_batches("_query_idle", "_announce_idle", *every)

    def _daily_expire(self):
        """Expire only that of whose end customers were told, if they are told."""
        if not self._has_notices():
            return super()._daily_expire()
        wallets = self.env["loyalty.b2b.wallet"].sudo()
        return wallets._run_batches(
            "_query_lapsed", "_expire_told", self.id, self._today()
        )

    def _daily_remind_closing(self):
        """Remind of the last day of use of a programme that closes down."""
        last = self.date_last_use
        days = (last - self._today()).days if last else -1
        if self.state != "closing" or not 0 <= days <= self.notice_days_second:
            return True
        key = f"last:{last}"
        notices = self.env["loyalty.b2b.notice"].sudo()
        known = [("program_id", "=", self.id), ("key", "=", key)]
        if not notices.search_count(known, limit=1):
            self._get_told_wallets()._notify(
                "closing",
                key,
                date_last_earning=fields.Date.to_string(self.date_last_earning) or None,
                date_last_use=fields.Date.to_string(last),
            )
        return True

    def _daily_statements(self):
        """Queue the statements of last month on the first day of a month.

        Made up for if the job did not run on that day.
        """
        today = self._today()
        month = today.replace(day=1)
        if not self.notice_statement or self.date_statement == month:
            return True
        if self.date_statement or today == month:
            self.env["loyalty.b2b.wallet"].sudo()._query_statements(self, month)
        self._mark_notices("date_statement", month)
        return True

    def _daily_digests(self):
        """Send what has to be told, one message a person and day."""
        self.env["loyalty.b2b.digest"].sudo()._find_failures(self)
        wallets = self.env["loyalty.b2b.wallet"].sudo()
        today = self._today()
        every = (self.id, today)
        if not wallets._run_batches("_query_to_tell", "_send_digests", *every):
            return False
        if self.date_digest != today:
            self._mark_notices("date_digest", today)
        return True

    def _mark_notices(self, name, value):
        """Note that a step is done; `write` would empty the caches of all workers."""
        self.env.execute_query(
            SQL(
                "UPDATE loyalty_b2b_program SET %s = %s WHERE id = %s RETURNING id",
                SQL.identifier(name),
                value,
                self.id,
            )
        )
        self.invalidate_recordset([name], flush=False)

    def _get_told_wallets(self):
        """Return the wallets whose people can be told something."""
        return (
            self.env["loyalty.b2b.wallet"]
            .sudo()
            .search(
                [
                    ("program_id", "in", self.ids),
                    ("state", "!=", "left"),
                    ("is_control", "=", False),
                ]
            )
        )

    # === JOB === #

    @api.model
    def _cron_notices(self):
        """Send what was queued since the daily steps ran; every hour.

        Programmes that are only announced have no daily steps yet.
        """
        programs = self.search([("notices", "=", True), ("state", "!=", "draft")])
        for program in programs:
            is_done = program.date_daily == program._today()
            if (is_done or program.state == "announced") and (
                not program._daily_digests()
            ):
                return  # time is over; the next run goes on

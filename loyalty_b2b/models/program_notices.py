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
        if "notices" in vals and not vals["notices"]:
            self.env["loyalty.b2b.notice"].sudo()._cancel_waiting(
                self, self.env._("Messages were switched off")
            )
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
        """Return from which day rates and rules change by themselves, and how.

        :return: the first such day, None if nothing is planned, and sentences.
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

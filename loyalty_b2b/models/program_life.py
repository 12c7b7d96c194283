from odoo import api, fields, models, tools
from odoo.exceptions import ValidationError
from odoo.tools import formatLang

from ..tools import periods


class LoyaltyB2bProgram(models.Model):
    """The life of earned points: from when they can be used, and until when."""

    _inherit = "loyalty.b2b.program"

    # from when
    activation_days = fields.Integer(
        string="Wait",
        default=0,
        help="Days between the invoice or its payment and the day on which points can"
        " be used. 0: at once.",
    )

    # until when
    expiry_mode = fields.Selection(
        selection=[
            ("never", "Never"),
            ("months", "After a number of months"),
            ("period", "At the end of a month, quarter or year"),
            ("dates", "On fixed dates of the year"),
            ("inactivity", "When nothing is bought or used"),
        ],
        string="Points expire",
        required=True,
        default="months",
    )
    expiry_period = fields.Selection(
        selection=[("month", "month"), ("quarter", "quarter"), ("year", "year")],
        string="End of the",
        required=True,
        default="year",
    )
    expiry_dates = fields.Char(
        string="Dates",
        help="Up to 12 last days of use a year, as day.month, parted by commas.",
    )

    # what stops the use of points
    overdue_hold = fields.Boolean(
        string="Stop use while invoices are overdue",
        help="Customers keep collecting points but cannot use them.",
    )
    overdue_days = fields.Integer(
        string="Overdue for (days)",
        default=14,
        help="Invoices count when they are open more than so many days after they were"
        " due. Disputed ones do not.",
    )
    overdue_amount = fields.Monetary(
        string="Overdue by more than",
        help="Open amount of these invoices in all, up to which points can be used.",
    )
    cancel_late = fields.Boolean(
        string="Cancel points of invoices paid late",
        help="If the payment is undone, or replaced by one in time, points are earned"
        " again.",
    )
    cancel_late_days = fields.Integer(
        string="Paid late after (days)",
        default=30,
        help="Points of invoices paid more than so many days after they were due are"
        " cancelled.",
    )
    cancel_late_since = fields.Date(
        string="Invoices from",
        compute="_compute_cancel_late_since",
        store=True,
        readonly=False,
        copy=False,
        help="Points of earlier invoices stay, however late they are paid.",
    )
    watches_payment = fields.Boolean(
        compute="_compute_watches_payment",
        store=True,
        help="Points of invoices paid late are cancelled, or were once.",
    )

    life_text = fields.Char(string="Life of points", compute="_compute_life_text")
    caption_life = fields.Char(compute="_compute_life_text")

    _life = models.Constraint(
        "CHECK (activation_days BETWEEN 0 AND 730 AND expiry_months <= 1200"
        " AND overdue_days >= 0 AND overdue_amount >= 0 AND cancel_late_days >= 0"
        " AND (expiry_mode <> 'inactivity' OR expiry_months > 0))",
        "Points wait for 0 to 730 days and live for at most 1 200 months (at least one"
        " month where they expire without a purchase or use); the other days and"
        " amounts cannot be negative.",
    )

    # === COMPUTE METHODS === #

    @api.depends("cancel_late")
    def _compute_cancel_late_since(self):
        for program in self:
            today = fields.Date.context_today(program)
            program.cancel_late_since = program.cancel_late and (
                program.cancel_late_since or today
            )

    @api.depends("cancel_late")
    def _compute_watches_payment(self):
        for program in self:
            program.watches_payment = program.watches_payment or program.cancel_late

    @api.depends("expiry_mode", "expiry_months", "expiry_period", "expiry_dates")
    @api.depends_context("lang")
    def _compute_life_text(self):
        for program in self:
            program.life_text = program._get_expiry_sentence()
            program.caption_life = program._get_life_caption()

    # === CONSTRAINT METHODS === #

    @api.constrains("expiry_mode", "expiry_dates")
    def _check_expiry_dates(self):
        for program in self.filtered(lambda p: p.expiry_mode == "dates"):
            try:
                periods.parse_dates(program.expiry_dates or "")
            except periods.DatesError as error:
                raise ValidationError(program._get_dates_message(error)) from error

    def _get_dates_message(self, error):
        """Return in words why the dates of the programme cannot be read.

        :param error: `periods.DatesError`.
        """
        values = {"program": self.name, "word": error.word}
        if error.fault == "no_such_day":
            return self.env._(
                "Programme %(program)s: points cannot expire on %(word)s, as there is"
                " no such day. Write day.month, for example 31.12.",
                **values,
            )
        if error.fault == "duplicate":
            return self.env._(
                "Programme %(program)s: the date %(word)s is there twice.", **values
            )
        if error.fault == "too_many":
            return self.env._(
                "Programme %(program)s: points can expire on 12 dates a year, not on"
                " %(word)s.",
                **values,
            )
        if error.fault == "none":
            return self.env._(
                "Programme %(program)s: enter the dates on which points expire, for"
                " example 30.06, 31.12.",
                **values,
            )
        return self.env._(
            "Programme %(program)s: “%(word)s” is no date. Write day.month, for example"
            " 31.12, and a comma between two dates.",
            **values,
        )

    # === BUSINESS METHODS === #

    def _get_expiry(self):
        """Return how points expire as plain values, see `periods.Expiry`."""
        self.ensure_one()
        dates = ()
        if self.expiry_mode == "dates":
            dates = periods.parse_dates(self.expiry_dates or "")
        return periods.Expiry(
            self.expiry_mode, self.expiry_months, self.expiry_period, dates
        )

    @api.model
    @tools.ormcache()
    def _get_watching_program_ids(self):
        """Return the ids of programmes that cancel points of late payers, or did."""
        programs = self.sudo().search([("watches_payment", "=", True)])
        return tuple(programs.ids)

    def _is_late(self, day_invoiced, days_late):
        """Tell whether points of an invoice are cancelled for being paid late.

        :param date day_invoiced: date of the invoice.
        :param int days_late: from the day it was due to the day of payment.
        """
        self.ensure_one()
        program = self.sudo()
        since = program.cancel_late_since
        return (
            program.cancel_late
            and days_late > program.cancel_late_days
            and (not since or day_invoiced >= since)
        )

    # === IN WORDS === #

    def _get_life_caption(self):
        """Return how long points live in a word or two."""
        if self.expiry_mode == "months" and self.expiry_months:
            return self._format_months(self.expiry_months)
        if self.expiry_mode == "period":
            return {
                "month": self.env._("to the end of a month"),
                "quarter": self.env._("to the end of a quarter"),
                "year": self.env._("to the end of a year"),
            }[self.expiry_period or "year"]
        if self.expiry_mode == "dates":
            return self._format_dates()
        if self.expiry_mode == "inactivity":
            return self.env._("while active")
        return self.env._("for ever")

    def _get_expiry_sentence(self):
        """Return when points expire, as a caption."""
        self.ensure_one()
        months, mode = self.expiry_months, self.expiry_mode
        if mode == "never" or (mode == "months" and not months):
            return self.env._("Points never expire")
        if mode == "inactivity":
            return self.env._(
                "All points expire after %(life)s without a purchase or use",
                life=self._format_months(months),
            )
        if mode == "months":
            return self.env._(
                "Expire %(life)s after they became available",
                life=self._format_months(months),
            )
        if mode == "dates":
            return self._get_dates_sentence()
        return self._get_period_sentence()

    def _get_dates_sentence(self):
        dates = self._format_dates()
        if not self.expiry_months:
            return self.env._("Expire on the next %(dates)s", dates=dates)
        return self.env._(
            "Expire on the first %(dates)s at least %(life)s after they became"
            " available",
            dates=dates,
            life=self._format_months(self.expiry_months),
        )

    def _get_period_sentence(self):
        if not self.expiry_months:
            return {
                "month": self.env._("Expire at the end of the month"),
                "quarter": self.env._("Expire at the end of the quarter"),
                "year": self.env._("Expire at the end of the year"),
            }[self.expiry_period or "year"]
        sentence = {
            "month": self.env._(
                "Expire at the end of the month, %(life)s after they became available"
            ),
            "quarter": self.env._(
                "Expire at the end of the quarter, %(life)s after they became available"
            ),
            "year": self.env._(
                "Expire at the end of the year, %(life)s after they became available"
            ),
        }[self.expiry_period or "year"]
        return sentence % {"life": self._format_months(self.expiry_months)}

    def _format_months(self, months):
        if months == 1:
            return self.env._("1 month")
        return self.env._(
            "%(months)s months", months=formatLang(self.env, months, digits=0)
        )

    def _format_days(self, days):
        if days == 1:
            return self.env._("1 day")
        return self.env._("%(days)s days", days=formatLang(self.env, days, digits=0))

    def _format_dates(self):
        """Return the dates of the year on which points expire: “30.06 or 31.12”."""
        try:
            dates = periods.parse_dates(self.expiry_dates or "")
        except periods.DatesError:
            return self.expiry_dates or "…"
        words = [f"{day:02}.{month:02}" for month, day in dates]
        if len(words) == 1:
            return words[0]
        return self.env._(
            "%(dates)s or %(last)s", dates=", ".join(words[:-1]), last=words[-1]
        )

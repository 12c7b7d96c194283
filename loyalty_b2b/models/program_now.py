from markupsafe import Markup

from odoo import api, fields, models
from odoo.fields import Domain
from odoo.tools import SQL, format_date, formatLang

ALERTS = {
    "draft": "info",
    "announced": "info",
    "running": "success",
    "paused": "warning",
    "closing": "warning",
    "closed": "secondary",
}


class LoyaltyB2bProgram(models.Model):
    """What happens in a programme now, for whom, and what comes next; in words."""

    _inherit = "loyalty.b2b.program"

    life_now = fields.Html(compute="_compute_life_now", sanitize=False)

    # === COMPUTE METHODS === #

    @api.depends(
        "state",
        "date_start",
        "auto_enrol",
        "enrol_domain",
        "individuals_allowed",
        "rate_ids",
        "rule_ids",
        "start_asked_uid",
        "start_agreed_uid",
        "wallet_ids",
    )
    @api.depends_context("lang", "uid")
    def _compute_life_now(self):
        for program in self:
            first, *others = filter(None, getattr(program, f"_say_{program.state}")())
            program.life_now = Markup(
                '<div class="alert alert-%s mb-0" role="status"><b>%s</b> %s</div>'
            ) % (ALERTS[program.state], first, " ".join(others))

    # === STATES === #

    def _say_draft(self):
        """Return what happens in a draft programme: first what matters most."""
        return [
            self.env._("Nothing is earned yet."),
            self._get_audience_text(),
            self._get_missing_text(),
            self._get_request_text()
            or self.env._(
                "Start lets it begin; Announce tells customers of a day to come."
            ),
        ]

    def _say_announced(self):
        first = (
            self.env._(
                "Announced: it starts by itself on %(day)s, nothing is earned before.",
                day=format_date(self.env, self.date_start),
            )
            if self.date_start
            else self.env._("Announced: nothing is earned until you press Start.")
        )
        return [
            first,
            self._get_audience_text(),
            self._get_missing_text(),
            self._get_request_text(),
        ]

    def _say_running(self):
        first = (
            self.env._(
                "Running since %(day)s.", day=format_date(self.env, self.date_running)
            )
            if self.date_running
            else self.env._("Running.")
        )
        later = self.date_start and self.date_start > self._today()
        return [
            first,
            self._get_audience_text(),
            self.env._(
                "Invoices earn from %(day)s on.",
                day=format_date(self.env, self.date_start),
            )
            if later
            else "",
            self._get_next_text(),
            self._get_missed_text(),
        ]

    def _say_paused(self):
        first = (
            self.env._(
                "Paused since %(day)s: nothing is earned, no points can be used.",
                day=format_date(self.env, self.date_paused),
            )
            if self.date_paused
            else self.env._("Paused: nothing is earned, no points can be used.")
        )
        return [
            first,
            self._get_wallets_text(),
            self._get_missed_text()
            or self.env._("Nothing of these customers was posted meanwhile."),
            self._get_next_text(),
        ]

    def _say_closing(self):
        today = self._today()
        earning = self.date_last_earning
        first = self.env._(
            "Closing down: points can be used until %(day)s.",
            day=format_date(self.env, self.date_last_use),
        )
        text = (
            self.env._(
                "Invoices dated until %(day)s earn.",
                day=format_date(self.env, earning),
            )
            if not earning or earning >= today
            else self.env._(
                "Invoices dated after %(day)s earn nothing.",
                day=format_date(self.env, earning),
            )
        )
        return [
            first,
            text,
            self._get_wallets_text(),
            self.env._("The day after, what is left expires."),
            self._get_missed_text(),
        ]

    def _say_closed(self):
        first = (
            self.env._(
                "Closed since %(day)s.", day=format_date(self.env, self.date_closed)
            )
            if self.date_closed
            else self.env._("Closed.")
        )
        return [
            first,
            self.env._("Nothing is earned or used any more; the ledger stays."),
        ]

    # === SENTENCES === #

    def _get_wallets_text(self):
        """Return how many customers take part."""
        count = (
            self.env["loyalty.b2b.wallet"]
            .sudo()
            .search_count(
                [
                    ("program_id", "=", self._origin.id),
                    ("state", "in", ("active", "invited", "suspended")),
                ]
            )
        )
        if not count:
            return self.env._("No customer takes part yet.")
        if count == 1:
            return self.env._("1 customer takes part.")
        return self.env._(
            "%(count)s customers take part.",
            count=formatLang(self.env, count, digits=0),
        )

    def _get_audience_text(self):
        """Return how many customers take part, and how others come to."""
        if not self.auto_enrol:
            if self.sudo().wallet_count:
                return self._get_wallets_text()
            return self.env._(
                "No customer takes part yet: choose some with “Enrol customers”."
            )
        count = self._count_matching()
        if not count:
            return " ".join(
                [
                    self._get_wallets_text(),
                    self.env._("Who comes to match the filter is enrolled by itself."),
                ]
            )
        said = (
            self.env._("1 customer matches the filter and is enrolled by itself.")
            if count == 1
            else self.env._(
                "%(count)s customers match the filter and are enrolled by themselves.",
                count=formatLang(self.env, count, digits=0),
            )
        )
        return " ".join([self._get_wallets_text(), said])

    def _count_matching(self):
        """Return how many customers the job will enrol."""
        partners = self.env["res.partner"].sudo()
        participants = self.env["loyalty.b2b.participant"].sudo()
        known = participants._search([("program_id", "=", self._origin.id)])
        domain = self._get_enrol_domain()
        domain &= Domain("id", "not in", known.subselect("partner_id"))
        if not self.individuals_allowed:
            domain &= Domain("is_company", "=", True)
        return partners.search_count(domain)

    def _get_missing_text(self):
        """Return what a programme lacks before it can start, or ''."""
        if self.rate_ids and self.rule_ids:
            return ""
        if self.rule_ids:
            return self.env._("It needs a rate before it can start.")
        if self.rate_ids:
            return self.env._("It needs an earning rule before it can start.")
        return self.env._("It needs a rate and an earning rule before it can start.")

    def _get_request_text(self):
        """Return who asked for the start or agreed to it, or ''."""
        if not self.start_asked_uid:
            return ""
        if self.start_agreed_uid:
            return self.env._(
                "%(asked)s asked for the start, %(agreed)s agreed.",
                asked=self.sudo().start_asked_uid.name,
                agreed=self.sudo().start_agreed_uid.name,
            )
        return self.env._(
            "%(user)s asked for the start on %(day)s; another administrator has to"
            " press Start.",
            user=self.sudo().start_asked_uid.name,
            day=format_date(self.env, self.start_asked_on),
        )

    def _get_missed_text(self):
        """Return what was posted while the programme was paused, or ''."""
        count = self.missed_count
        if not count:
            return ""
        if self.books_missed:
            return self.env._(
                "%(count)s documents posted while it was paused are being booked.",
                count=formatLang(self.env, count, digits=0),
            )
        if count == 1:
            return self.env._("1 document posted while it was paused is not booked.")
        return self.env._(
            "%(count)s documents posted while it was paused are not booked.",
            count=formatLang(self.env, count, digits=0),
        )

    def _get_next_text(self):
        """Return the next thing that happens by itself, or ''."""
        coming = sorted(self._get_coming(), key=lambda event: event[0])
        return coming[0][1] if coming else ""

    def _get_coming(self):
        """Yield (day, sentence) of what happens by itself after today."""
        today = self._today()
        for day in self._query_next_expiry(today):
            yield (
                day,
                self.env._(
                    "Next: points expire after %(day)s.", day=format_date(self.env, day)
                ),
            )
        for rate in self.rate_ids:
            if rate.date_start and rate.date_start > today:
                yield (
                    rate.date_start,
                    self.env._(
                        "Next: a new rate holds from %(day)s.",
                        day=format_date(self.env, rate.date_start),
                    ),
                )
        for rule in self.rule_ids:
            if rule.date_start and rule.date_start > today:
                yield (
                    rule.date_start,
                    self.env._(
                        "Next: rule “%(rule)s” begins on %(day)s.",
                        rule=rule.name,
                        day=format_date(self.env, rule.date_start),
                    ),
                )
            if rule.date_end and rule.date_end >= today:
                yield (
                    rule.date_end,
                    self.env._(
                        "Next: rule “%(rule)s” ends after %(day)s.",
                        rule=rule.name,
                        day=format_date(self.env, rule.date_end),
                    ),
                )

    def _query_next_expiry(self, today):
        """Return the next last day of use of points, in a list; empty for none."""
        ((day,),) = self.env.execute_query(
            SQL(
                "SELECT MIN(date_expiry) FROM loyalty_b2b_entry"
                " WHERE program_id = %s AND date_expiry >= %s AND state = 'posted'"
                " AND points_open > 0 AND points > 0",
                self._origin.id or 0,
                today,
            )
        )
        return [day] if day else []

    def _format_points(self, points):
        """Return points with their name: “5,000 points”."""
        number = formatLang(self.env, int(points), digits=0)
        return f"{number} {self._get_point_name(int(points))}"

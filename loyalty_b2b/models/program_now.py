from markupsafe import Markup

from odoo import api, fields, models
from odoo.tools import format_date

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

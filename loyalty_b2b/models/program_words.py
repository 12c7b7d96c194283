from odoo import models
from odoo.fields import Domain
from odoo.tools import SQL, format_date, formatLang


class LoyaltyB2bProgram(models.Model):
    """Sentences on who takes part in a programme, what it lacks and what comes next."""

    _inherit = "loyalty.b2b.program"

    # === BUSINESS METHODS === #

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
        texts = {
            (True, True): self.env._(
                "1 customer matches the filter and is enrolled once it is announced or"
                " started."
            ),
            (True, False): self.env._(
                "%(count)s customers match the filter and are enrolled once it is"
                " announced or started."
            ),
            (False, True): self.env._(
                "1 customer matches the filter and is enrolled by itself."
            ),
            (False, False): self.env._(
                "%(count)s customers match the filter and are enrolled by themselves."
            ),
        }
        number = formatLang(self.env, count, digits=0)
        said = texts[self.state == "draft", count == 1] % {"count": number}
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
        texts = {
            ("paused", True): self.env._(
                "1 document was posted meanwhile and can be booked when you resume."
            ),
            ("paused", False): self.env._(
                "%(count)s documents were posted meanwhile and can be booked when you"
                " resume."
            ),
            ("booking", True): self.env._(
                "1 document posted while it was paused is being booked."
            ),
            ("booking", False): self.env._(
                "%(count)s documents posted while it was paused are being booked."
            ),
            ("open", True): self.env._(
                "1 document posted while it was paused is not booked."
            ),
            ("open", False): self.env._(
                "%(count)s documents posted while it was paused are not booked."
            ),
        }
        kind = "booking" if self.books_missed else "open"
        kind = "paused" if self.state == "paused" else kind
        number = formatLang(self.env, count, digits=0)
        return texts[kind, count == 1] % {"count": number}

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

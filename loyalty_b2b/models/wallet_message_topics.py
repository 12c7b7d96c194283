from datetime import date

from odoo import fields, models
from odoo.tools import SQL, format_date, formatLang, html2plaintext

from .wallet_portal_history import WORDS

# Rows of a list; who wants more finds all in the portal.
MOST_ROWS = 10
# nobody takes the month for the day
LONG_DAY = "d MMMM y"


class LoyaltyB2bWallet(models.Model):
    """What there is to say of each topic, as plain values ready to print.

    Called with the reader's language. A topic that is moot by now returns {}.
    """

    _inherit = "loyalty.b2b.wallet"

    # === MOVEMENTS === #

    def _prepare_movements(self, topic, rows):
        """Return what was earned, used, or changed otherwise.

        :param list rows: of `_query_news`.
        """
        kinds = {
            "earned": WORDS["earned"],
            "used": WORDS["used"],
            "changed": (*WORDS["returned"], *WORDS["corrected"]),
        }[topic]
        rows = [row for row in rows if row["kind"] in kinds]
        if not rows:
            return {}
        program = self.program_id
        total = sum(int(row["points"]) for row in rows)
        text = program._format_portal_points(abs(total))
        more = len(rows) - MOST_ROWS
        return {
            "rows": [self._prepare_movement(row) for row in rows[-MOST_ROWS:]],
            "more": formatLang(self.env, more, digits=0) if more > 0 else "",
            "total": program._format_portal_points(total, signed=True)
            if len(rows) > 1
            else "",
            "subject": {
                "earned": self.env._("%(points)s earned", points=text),
                "used": self.env._("%(points)s used", points=text),
                "changed": self.env._("your points have changed"),
            }[topic],
        }

    def _prepare_movement(self, row):
        """Return one booking in words."""
        program = self.program_id
        document = row["move_name"] or row["order_name"] or ""
        text = self._get_portal_text(row)
        is_used = row["kind"] == "redeem"
        word = self._get_portal_word(row["kind"])
        facts = [
            program._format_portal_day(row["date_event"]),
            self._get_portal_customer(row),
            text if document and text else "",
            self._get_movement_person(row) if is_used else "",
        ]
        discount = is_used and row["amount"]
        return {
            "label": document or text or word,
            "facts": " · ".join(filter(None, facts)),
            "points": program._format_portal_points(row["points"], signed=True),
            "is_credit": row["points"] > 0,
            "discount": program.currency_id.format(abs(discount)) if discount else "",
        }

    def _get_movement_person(self, row):
        """Return who used points, and for whom, as far as it is known."""
        if row["user_name"] and row["contact_name"]:
            return self.env._(
                "used by %(user)s for %(person)s",
                user=row["user_name"],
                person=row["contact_name"],
            )
        name = row["user_name"] or row["contact_name"]
        return self.env._("used by %(user)s", user=name) if name else ""

    # === END OF POINTS === #

    def _prepare_topic_expiring(self, notices):
        """Return which points can be used until when, as it is now."""
        program, today = self.program_id, self.program_id._today()
        open_days = self._query_open_days()
        days = []
        for day, is_idle in sorted(
            {
                (to_date(n["date_last"]), bool((n["data"] or {}).get("idle")))
                for n in notices
            }
        ):
            points = int(self.available) if is_idle else open_days.get(day, 0)
            points = min(points, max(int(self.available), 0))
            if points > 0 and day >= today:
                days.append(self._prepare_last_day(day, points, is_idle))
        if not days:
            return {}
        return {
            "days": days,
            "subject": self.env._(
                "%(points)s can be used until %(day)s",
                points=days[0]["points"],
                day=days[0]["day"],
            ),
            "rules": program.expiry_mode == "inactivity",
        }

    def _prepare_last_day(self, day, points, is_idle):
        program = self.program_id
        worth = program._get_portal_worth(points, program._get_portal_rate())
        return {
            "day": self._format_notice_day(day),
            "points": program._format_portal_points(points),
            "worth": program._format_portal_worth(worth) if worth else "",
            "is_idle": is_idle,
        }

    def _query_open_days(self):
        """Return last day of use → open points of the wallet."""
        rows = self.env.execute_query(
            SQL(
                "SELECT date_expiry, SUM(points_open)::bigint FROM loyalty_b2b_entry"
                " WHERE wallet_id = %s AND state = 'posted' AND points_open > 0"
                " AND points > 0 AND date_expiry IS NOT NULL GROUP BY date_expiry",
                self.id,
            )
        )
        return dict(rows)

    # === LEVELS === #

    def _prepare_topic_tier_reached(self, notices):
        """Return the level that holds now and what it brings; the last one counts."""
        data = notices[-1]["data"]
        tier = self._get_notice_tier(data)
        if not tier:
            return {}
        return {
            "level": tier.name,
            "until": self._format_notice_day(data.get("until")),
            "brings": tier._get_benefit_texts(),
            "subject": self.env._("you have reached %(level)s", level=tier.name),
        }

    def _prepare_topic_tier_ending(self, notices):
        """Return what is missing to keep a level, as it is now."""
        data = notices[-1]["data"] or {}
        tier = self._get_notice_tier(data)
        until = self._format_notice_day(data.get("until"))
        progress = self._get_tier_progress().get(self.id) or {}
        is_moot = progress.get("keep_missing") == 0 and not data.get("is_example")
        if not tier or not until or is_moot:
            return {}
        missing = progress.get("keep_missing")
        return {
            "level": tier.name,
            "until": until,
            "missing": self._format_tier(progress, missing) if missing else "",
            "subject": self.env._(
                "%(level)s ends on %(day)s", level=tier.name, day=until
            ),
        }

    def _prepare_topic_tier_lost(self, notices):
        lost = self._get_notice_tier(notices[-1]["data"])
        return {
            "level": lost.name or "",
            "now": self.tier_id.name or "" if self.tier_id != lost else "",
            "subject": self.env._("your level has changed"),
        }

    def _get_notice_tier(self, data):
        tiers = self.env["loyalty.b2b.tier"].sudo()
        return tiers.browse((data or {}).get("tier_id") or 0).exists()

    # === THE PROGRAMME === #

    def _prepare_topic_invited(self, notices):
        return {
            "earning": self.program_id._get_portal_earning(),
            "subject": self.env._(
                "%(company)s invites you", company=self.company_id.name
            ),
        }

    def _prepare_topic_joined(self, notices):
        return {
            "earning": self.program_id._get_portal_earning(),
            "subject": self.env._("welcome"),
        }

    def _prepare_topic_announced(self, notices):
        data = notices[-1]["data"] or {}
        return {
            "start": self._format_notice_day(data.get("date_start")),
            "runs": self.program_id.state not in ("draft", "announced"),
            "earning": self.program_id._get_portal_earning(),
            "subject": self.env._("a programme for you"),
        }

    def _prepare_topic_closing(self, notices):
        data = notices[-1]["data"] or {}
        program = self.program_id
        earning = data.get("date_last_earning") or program.date_last_earning
        use = data.get("date_last_use") or program.date_last_use
        last = self._format_notice_day(use)
        return {
            "earning": self._format_notice_day(earning),
            "use": last,
            "subject": self.env._("points can be used until %(day)s", day=last)
            if last
            else self.env._("the programme ends"),
        }

    def _prepare_topic_terms(self, notices):
        changes = []
        for notice in notices:
            data = notice["data"] or {}
            changes.append(
                {
                    "day": self._format_notice_day(data.get("day")),
                    "lines": [
                        line.strip()
                        for line in html2plaintext(data.get("text") or "").splitlines()
                        if line.strip()
                    ],
                }
            )
        return {"changes": changes, "subject": self.env._("new terms")}

    def _prepare_topic_statement(self, notices):
        month = (notices[-1]["data"] or {}).get("month")
        if not month:
            return {}
        text = format_date(
            self.env, fields.Date.to_date(f"{month}-01"), date_format="LLLL yyyy"
        )
        return {
            "month": text,
            "is_attached": self._can_attach_statement(),
            "subject": self.env._("statement for %(month)s", month=text),
        }

    def _can_attach_statement(self):
        """Tell whether statements can be printed as PDF here."""
        state = self.env["ir.actions.report"].get_wkhtmltopdf_state()
        return state in ("ok", "workers")

    def _format_notice_day(self, day):
        """Return a day, maybe as ISO text, in full words; '' if there is none."""
        return format_date(self.env, to_date(day), date_format=LONG_DAY) if day else ""


def to_date(day):
    """Return a date given as such or as ISO text."""
    return day if isinstance(day, date) else fields.Date.to_date(day)

from odoo import models
from odoo.tools import SQL


class LoyaltyB2bWallet(models.Model):
    """What customers see of their wallet: plain values, ready to print.

    Called in sudo for a wallet that `res.partner._can_see_loyalty_b2b` allowed; no
    record leaves these methods. They only read: portal pages have read-only cursors.
    """

    _inherit = "loyalty.b2b.wallet"

    # === SUMMARY === #

    def _prepare_portal_summary(self):
        """Return figures of the wallet, each in points and money, notices and goals."""
        self.ensure_one()
        row = next(iter(self._query_figures(with_expiry=True)), {})
        figures = {
            name: int(row.get(name) or 0) for name in ("available", "waiting", "held")
        }
        lapses = row.get("next_day"), int(row.get("next_points") or 0)
        return {
            "figures": self._prepare_portal_figures(**figures, lapses=lapses),
            "owed": self._get_portal_owed_text(figures["available"]),
            "notice": self._get_portal_notice(),
            "goals": self._get_goals(),
            "open_questions": int(row.get("asked") or 0),
        }

    def _prepare_portal_figures(self, available, waiting, held, lapses):
        """Return the figures in words.

        :param int held: points that quotations hold.
        :param lapses: last day of use that comes next, and how many points it takes.
        """
        program = self.program_id
        figures = [
            self._prepare_portal_available(available, held),
            self._prepare_portal_waiting(waiting),
            self._prepare_portal_expected(),
            self._prepare_portal_expiring(available, *lapses),
        ]
        rate = program._get_portal_rate()
        for figure in filter(None, figures):
            worth = program._get_portal_worth(figure["points"], rate)
            # fewer points than none are no money that anybody owes
            shown = rate and worth >= 0
            figure["worth"] = program._format_portal_worth(worth) if shown else ""
            figure["points"] = program._format_portal_points(figure["points"])
        return [figure for figure in figures if figure]

    def _prepare_portal_available(self, available, held):
        program = self.program_id
        usable = self.state == "active" and not program._get_use_refusal()
        hint = ""
        if usable and available > 0 and not self._get_overdue_refusal():
            hint = self.env._("can be used now")
        if held:
            hint = self.env._(
                "besides %(points)s held for open quotations",
                points=program._format_portal_points(held),
            )
        return {
            "key": "available",
            "label": self.env._("Available"),
            "points": available,
            "hint": hint,
        }

    def _prepare_portal_waiting(self, waiting):
        """Return points that wait, {} in programmes that wait for nothing."""
        terms = self.program_id._get_terms()
        if not waiting and not terms.uses_payment and not terms.activation_days:
            return {}
        if terms.activation_days:
            return {
                "key": "waiting",
                "label": self.env._("Not yet available"),
                "points": waiting,
                "hint": self.program_id._get_portal_waiting_text(),
            }
        return {
            "key": "waiting",
            "label": self.env._("Waiting for payment"),
            "points": waiting,
            "hint": self.env._("available once the invoices are paid"),
        }

    def _prepare_portal_expected(self):
        """Return points of orders not yet invoiced, {} where there are none."""
        points = self._get_portal_expected()
        if not points:
            return {}
        return {
            "key": "expected",
            "label": self.env._("Expected"),
            "points": points,
            "hint": self.env._("from confirmed orders not yet invoiced"),
        }

    def _prepare_portal_expiring(self, available, day, points):
        """Return the last day of use that comes next, and how many points it takes.

        :param date day: of the lots; inactivity may end their use before.
        """
        is_idle = self.program_id._get_terms().expiry.mode == "inactivity"
        if available <= 0:
            day, points = False, 0
        elif is_idle:
            day, points = self._query_next_expiry().get(self.id, (False, 0))
        text = self.program_id._format_portal_day(day)
        hint = self.env._("last day of use: %(day)s", day=text)
        if day and is_idle:
            hint = self.env._(
                "expire after %(day)s unless you buy or use points", day=text
            )
        return {
            "key": "expiring",
            "label": self.env._("Expiring next"),
            # what documents took back may not be settled yet
            "points": min(points, max(available, 0)),
            "hint": hint if day else self.env._("nothing expires"),
        }

    def _prepare_portal_manager(self):
        """Return name, phone and e-mail of the account manager, {} if there is none."""
        if not self.user_id:
            return {}
        manager = (
            self.env["res.partner"]
            .sudo()
            .search_fetch(
                [("user_ids", "in", self.user_id.ids)], ["name", "phone", "email"]
            )[:1]
        )
        return {
            "name": manager.name,
            "phone": manager.phone or "",
            "email": manager.email or "",
        }

    # === NOTICES === #

    def _get_portal_notice(self):
        """Return what keeps points from being earned or used now, or ''."""
        program = self.program_id
        if program.state == "paused":
            return self.env._(
                "The programme is paused: points you have stay, and can be used when"
                " it goes on."
            )
        if self.state == "invited":
            return self.env._(
                "You already collect points. To be able to use them, ask your account"
                " manager to complete your admission."
            )
        if self.state == "suspended":
            return self.env._(
                "You go on collecting points, but they cannot be used at the moment."
                " Please ask your account manager."
            )
        if overdue := self._get_overdue_refusal():
            return overdue
        return self._get_portal_closing_text() if program.state == "closing" else ""

    def _get_portal_closing_text(self):
        program = self.program_id
        texts = [self.env._("The programme is coming to its end.")]
        if program.date_last_earning:
            day = program._format_portal_day(program.date_last_earning)
            texts.append(self.env._("Last day to earn points: %(day)s.", day=day))
        if program.date_last_use:
            day = program._format_portal_day(program.date_last_use)
            texts.append(self.env._("Last day to use them: %(day)s.", day=day))
        return " ".join(texts)

    def _get_portal_owed_text(self, available):
        """Return why there are fewer points than none, in plain words, or ''."""
        if available >= 0:
            return ""
        return self.env._(
            "You have used %(points)s more than you have now, because %(cause)s. New"
            " purchases will cover them.",
            points=self.program_id._format_portal_points(-available),
            cause=self._get_portal_cause(),
        )

    def _get_portal_cause(self):
        """Return what took points away last, as part of a sentence."""
        rows = self.env.execute_query(
            SQL(
                """
            SELECT kind, move_name FROM loyalty_b2b_entry
             WHERE wallet_id = %s AND state = 'posted' AND points_open > 0
               AND points < 0
             ORDER BY booking DESC LIMIT 1
                """,
                self.id,
            )
        )
        kind, document = rows[0] if rows else ("", "")
        if kind == "adjust":
            return self.env._("your points were corrected")
        if document:
            return self.env._(
                "points were taken back with %(document)s", document=document
            )
        return self.env._("points were taken back")

from odoo import models
from odoo.fields import Domain
from odoo.tools import format_date


class LoyaltyB2bProgramStep(models.TransientModel):
    """The sentences of which the plan of a step is made."""

    _inherit = "loyalty.b2b.program.step"

    # === BUSINESS METHODS === #

    def _format_day(self, day):
        return format_date(self.env, day)

    def _say_who(self):
        """Return who takes part, and who will."""
        return self.program_id._get_audience_text()

    def _say_wallets(self):
        return self.program_id._get_wallets_text()

    def _say_outstanding(self):
        """Return how many points customers have, and what they are worth."""
        program = self.program_id.sudo()
        if not program.points_outstanding:
            return self.env._("They have no points.")
        return self.env._(
            "They have %(points)s, worth %(amount)s.",
            points=program._format_points(program.points_outstanding),
            amount=program.currency_id.format(program.amount_outstanding),
        )

    def _say_last_days(self):
        earning, use = self.date_last_earning, self.date_last_use
        return [
            self.env._(
                "Invoices dated after %(day)s earn nothing.",
                day=self._format_day(earning),
            )
            if earning
            else "",
            self.env._(
                "Points can be used until %(day)s. What is left then expires, what"
                " waits for payment is cancelled, holds are released and debts are"
                " written off.",
                day=self._format_day(use),
            )
            if use
            else "",
        ]

    def _say_first_day(self):
        """Return from when invoices earn."""
        if not self.date_start:
            return []
        day = self._format_day(self.date_start)
        if self.date_start > self.program_id._today():
            begins = self.env._(
                "It starts by itself on %(day)s; until then it is announced.", day=day
            )
        else:
            begins = self.env._(
                "From now on, invoices of these customers earn points and the points"
                " can be used."
            )
        return [
            begins,
            self.env._(
                "Invoices dated before %(day)s earn nothing, nor do those from before a"
                " customer joined.",
                day=day,
            ),
            self._say_asked(),
        ]

    def _say_start_told(self):
        """Return what a start tells customers."""
        program = self.program_id
        later = self.date_start and self.date_start > program._today()
        if not program.notices or (later and program.state == "draft"):
            return self._say_told()
        return self.env._("Nothing is sent now; those who join are welcomed.")

    def _say_rules(self):
        """Return the rules, the rate and the life of points as sentences."""
        program = self.program_id
        rules = program.rule_ids.sorted(lambda rule: rule.effect == "multiplier")
        return [
            *rules.mapped("sentence"),
            program.rate_text,
            program.life_text,
        ]

    def _say_told(self):
        if not self.program_id.notices:
            return self.env._("Nothing: messages are switched off.")
        return self.env._(
            "Everybody who takes part, or joins before the start, gets a message."
        )

    def _say_obstacle(self):
        """Return why the caller can neither start the programme nor ask for it, or ''.

        Where a second administrator has to.
        """
        program = self.program_id
        others = program._get_starters() - self.env.user
        if not program._needs_second() or program.start_agreed_uid:
            return ""
        if not others:
            return self.env._(
                "A second administrator has to start the programme, and there is none:"
                " make somebody an administrator of B2B Loyalty, or change the"
                " settings."
            )
        if program.start_asked_uid == self.env.user and not self.is_request:
            return self.env._(
                "You asked for the start on %(day)s. Another administrator has to start"
                " it: %(names)s.",
                day=self._format_day(program.start_asked_on),
                names=", ".join(others.mapped("name")),
            )
        return ""

    def _say_second(self):
        if not self.program_id._needs_second():
            return ""
        return self.env._("A second administrator has to agree to the start first.")

    def _say_asked(self):
        program = self.program_id
        if not program._needs_second() or not program.start_asked_uid:
            return ""
        return self.env._(
            "%(user)s asked for the start on %(day)s; you agree to it.",
            user=program.sudo().start_asked_uid.name,
            day=self._format_day(program.start_asked_on),
        )

    def _say_holds(self):
        """Return how many quotations hold points, and what becomes of them."""
        uses = self.env["loyalty.b2b.redemption"].sudo()
        ((count, points),) = uses._read_group(
            Domain("program_id", "=", self.program_id.id)
            & Domain("state", "=", "reserved"),
            [],
            ["__count", "points:sum"],
        )
        if not count:
            return self.env._("No quotation holds points.")
        held = self.program_id._format_points(points)
        if count == 1:
            return self.env._(
                "1 quotation holds %(points)s: it can be confirmed with them while they"
                " are held. No new ones are held.",
                points=held,
            )
        return self.env._(
            "%(count)s quotations hold %(points)s: they can be confirmed with them"
            " while they are held. No new ones are held.",
            count=count,
            points=held,
        )

    def _say_missed_entries(self):
        if not self.book_missed or not self.missed_count:
            return [self.env._("Nothing is written now.")]
        return [
            self.env._(
                "For each of these orders and invoices what posting it would have"
                " written. This can be undone by correcting the documents only."
            )
        ]

    def _say_missed(self):
        """Return what was posted while the programme was paused, and what happens."""
        count = self.missed_count
        if not count:
            return [self.env._("Nothing of these customers was posted meanwhile.")]
        said = (
            self.env._("1 invoice or credit note was posted.")
            if count == 1
            else self.env._(
                "%(count)s invoices and credit notes were posted.", count=count
            )
        )
        if not self.book_missed:
            return [
                said,
                self.env._("They give nothing now; they can be booked later."),
            ]
        return [
            said,
            self.env._(
                "They are booked within some minutes, each once, as of their"
                " own dates; invoices from before joining still give nothing."
            ),
        ]

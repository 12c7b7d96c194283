from markupsafe import Markup

from odoo import models
from odoo.fields import Domain
from odoo.tools import format_date


class LoyaltyB2bProgramStep(models.TransientModel):
    """What a step will do, in words: for whom, from when, what stays."""

    _inherit = "loyalty.b2b.program.step"

    # === BUSINESS METHODS === #

    def _render_plan(self):
        """Return the sentences under their headings as HTML."""
        if not self.program_id or not self.step:
            return False
        rows = Markup()
        for heading, sentences in getattr(self, f"_plan_{self.step}")():
            said = [sentence for sentence in sentences if sentence]
            if said:
                text = Markup("<br/>").join(said)
                rows += Markup(
                    '<tr><th class="text-muted fw-normal pe-4 text-nowrap align-top">'
                    "%s</th><td>%s</td></tr>"
                ) % (heading, text)
        return (
            Markup('<table class="table table-sm table-borderless mb-0">%s</table>')
            % rows
        )

    def _plan_announce(self):
        return [
            (self.env._("For whom"), [self._say_who()]),
            (
                self.env._("From when"),
                [
                    self.env._(
                        "It starts by itself on %(day)s; nothing is earned before.",
                        day=self._format_day(self.date_start),
                    )
                    if self.date_start
                    else self.env._("Nothing is earned until somebody presses Start."),
                    self._say_second(),
                ],
            ),
            (self.env._("Customers are told"), [self._say_told()]),
            (
                self.env._("Afterwards"),
                [
                    self.env._(
                        "Rules and rates can still be changed. An announcement"
                        " can be taken back, but not what customers have"
                        " read."
                    ),
                ],
            ),
        ]

    def _plan_start(self):
        if self.is_request:
            return self._plan_request()
        program = self.program_id
        later = self.date_start and self.date_start > program._today()
        return [
            (self.env._("For whom"), [self._say_who()]),
            (
                self.env._("From when"),
                [
                    self.env._(
                        "It starts by itself on %(day)s; until then it is announced.",
                        day=self._format_day(self.date_start),
                    )
                    if later
                    else self.env._(
                        "From now on, invoices of these customers earn"
                        " points and the points can be used."
                    ),
                    self.env._(
                        "Invoices dated before %(day)s earn nothing, nor do"
                        " those from before a customer joined.",
                        day=self._format_day(self.date_start),
                    )
                    if self.date_start
                    else "",
                    self._say_asked(),
                ],
            ),
            (self.env._("What they earn"), self._say_rules()),
            (
                self.env._("Customers are told"),
                [
                    self._say_told()
                    if later and program.state == "draft"
                    else self.env._("Nothing is sent now; those who join are welcomed.")
                    if program.notices
                    else self._say_told()
                ],
            ),
            (
                self.env._("Afterwards"),
                [
                    self.env._(
                        "It can be paused, but not set back to draft. A rule"
                        " that has given points is changed by a new version."
                    ),
                ],
            ),
        ]

    def _plan_request(self):
        others = self.program_id._get_starters() - self.env.user
        return [
            (
                self.env._("For whom"),
                [
                    self.env._(
                        "A second administrator has to start the programme: %(names)s.",
                        names=", ".join(others.mapped("name")),
                    )
                    if others
                    else self.env._(
                        "There is no second administrator who could start it."
                    ),
                    self.env._("Each of them gets an activity.") if others else "",
                ],
            ),
            (
                self.env._("From when"),
                [self.env._("Nothing is earned until then.")],
            ),
            (self.env._("What they agree to"), self._say_rules()),
            (
                self.env._("Afterwards"),
                [
                    self.env._(
                        "If rules, rates or dates change, the request is withdrawn."
                    )
                ],
            ),
        ]

    def _plan_pause(self):
        return [
            (self.env._("For whom"), [self._say_wallets()]),
            (
                self.env._("From now on"),
                [
                    self.env._(
                        "Nothing is earned and no points can be used. Invoices"
                        " and credit notes are posted as always; credit notes"
                        " still take back what was earned."
                    ),
                    self.env._(
                        "What is posted meanwhile is remembered: when you"
                        " resume, it can be booked."
                    ),
                ],
            ),
            (self.env._("Open quotations"), [self._say_holds()]),
            (
                self.env._("Not stopped"),
                [self.env._("Points keep their last day of use and expire on it.")],
            ),
            (
                self.env._("Customers are told"),
                [
                    self.env._(
                        "No message is sent; their page says that the programme"
                        " is paused."
                    )
                ],
            ),
        ]

    def _plan_resume(self):
        since = self.program_id.date_paused
        return [
            (self.env._("For whom"), [self._say_wallets()]),
            (
                self.env._("From now on"),
                [self.env._("Invoices earn and points can be used again.")],
            ),
            (
                self.env._("Posted since %(day)s", day=self._format_day(since))
                if since
                else self.env._("Posted meanwhile"),
                self._say_missed(),
            ),
            (
                self.env._("Customers are told"),
                [self.env._("No message is sent.")],
            ),
        ]

    def _plan_close(self):
        program = self.program_id
        return [
            (self.env._("For whom"), [self._say_wallets()]),
            (
                self.env._("Last days"),
                [
                    self.env._(
                        "Invoices dated after %(day)s earn nothing.",
                        day=self._format_day(self.date_last_earning),
                    )
                    if self.date_last_earning
                    else "",
                    self.env._(
                        "Points can be used until %(day)s. What is left then"
                        " expires, what waits for payment is cancelled, holds"
                        " are released and debts are written off.",
                        day=self._format_day(self.date_last_use),
                    )
                    if self.date_last_use
                    else "",
                ],
            ),
            (
                self.env._("Posted while paused"),
                self._say_missed() if program.missed_count else [],
            ),
            (
                self.env._("Customers are told"),
                [
                    self.env._("A message with both days.")
                    if program.notices
                    else self._say_told()
                ],
            ),
            (
                self.env._("Cannot be undone"),
                [self.env._("A programme that closes down does not run again.")],
            ),
        ]

    # === SENTENCES === #

    def _format_day(self, day):
        return format_date(self.env, day)

    def _say_who(self):
        """Return who takes part, and who will."""
        return self.program_id._get_audience_text()

    def _say_wallets(self):
        return self.program_id._get_wallets_text()

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

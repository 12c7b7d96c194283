from markupsafe import Markup

from odoo import models


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
        if obstacle := self._say_obstacle():
            return [(self.env._("Not yet"), [obstacle])]
        if self.is_request:
            return self._plan_request()
        return [
            (self.env._("For whom"), [self._say_who()]),
            (self.env._("From when"), self._say_first_day()),
            (self.env._("What they earn"), self._say_rules()),
            (self.env._("In the ledger"), [self.env._("Nothing is written now.")]),
            (self.env._("Customers are told"), [self._say_start_told()]),
            (
                self.env._("Afterwards"),
                [
                    self.env._(
                        "It can be paused, but not set back to draft. A rule that has"
                        " given points is changed by a new version."
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
                    ),
                    self.env._("Each of them gets an activity."),
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
            (self.env._("In the ledger"), [self.env._("Nothing is written now.")]),
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
            (self.env._("In the ledger"), self._say_missed_entries()),
            (
                self.env._("Customers are told"),
                [self.env._("No message is sent.")],
            ),
        ]

    def _plan_close(self):
        program = self.program_id
        missed = self._say_missed() if program.missed_count else []
        told = self.env._("A message with both days.")
        return [
            (self.env._("For whom"), [self._say_wallets(), self._say_outstanding()]),
            (self.env._("Last days"), self._say_last_days()),
            (self.env._("Posted while paused"), missed),
            (
                self.env._("In the ledger"),
                [
                    self.env._(
                        "Nothing now. On the day after, an entry for whatever expires,"
                        " is cancelled or is written off, saying so."
                    )
                ],
            ),
            (
                self.env._("Customers are told"),
                [told if program.notices else self._say_told()],
            ),
            (
                self.env._("Cannot be undone"),
                [self.env._("A programme that closes down does not run again.")],
            ),
        ]

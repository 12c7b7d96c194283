from odoo import models

from .loyalty_b2b_approval import STEPS
from .reward_portal import ICONS

OPEN_STATES = ("approve", "reserved", "done")


class LoyaltyB2bRedemption(models.Model):
    """What customers read of a use of points: plain values. In sudo throughout."""

    _inherit = "loyalty.b2b.redemption"

    # === ROW === #

    def _prepare_portal_row(self, partner):
        """Return a use of points as one of many.

        :param partner: `res.partner` who looks.
        """
        self.ensure_one()
        program = self.program_id
        return {
            "id": self.id,
            "url": f"/my/loyalty/use/{self.id}",
            "day": program._format_portal_day(program._local_day(self.create_date)),
            "title": self._get_portal_title(),
            "icon": ICONS.get(self.reward_kind, "fa-tag"),
            "points": program._format_portal_points(self.points),
            "person": self.contact_id.name or "",
            "is_own": self.contact_id == partner,
            "state": self.state,
            "state_text": self._get_portal_state_text(),
            "style": self._get_portal_style(),
        }

    def _get_portal_title(self):
        """Return what the points are for."""
        if self.reward_name:
            many = f"{self.quantity} × " if self.quantity > 1 else ""
            return f"{many}{self.reward_name}"
        if self.amount:
            return self.env._(
                "Discount of %(amount)s", amount=self.currency_id.format(self.amount)
            )
        return self.env._("Discount")

    def _get_portal_style(self):
        """Return the colours of the state."""
        color = {
            "approve": "warning",
            "reserved": "info",
            "done": "primary",
            "fulfilled": "success",
        }.get(self.state, "secondary")
        # dark on light: small letters are to be read
        return f"bg-{color}-subtle text-{color}-emphasis"

    # === STATE IN WORDS === #

    def _get_portal_state_text(self):
        """Return the state in plain words."""
        if self.state == "done" and self._is_portal_on_order():
            return self.env._("Used")
        if self.state == "done":
            return {
                "access": self.env._("Booked"),
                "voucher": self.env._("Ready"),
                "subscription": self.env._("Running"),
            }.get(self.reward_kind) or self.env._("In preparation")
        if self.state == "cancelled":
            return self._get_portal_end_text()
        return {
            "draft": self.env._("Draft"),
            "approve": self.env._("Waiting for an answer"),
            "reserved": self.env._("On your quotation")
            if self.order_id
            else self.env._("Points held"),
            "fulfilled": self.env._("Received"),
            "lapsed": self.env._("Lapsed"),
        }[self.state]

    def _get_portal_end_text(self):
        verdict = self.approval_ids[:1].verdict
        return {
            "refused": self.env._("Refused"),
            "withdrawn": self.env._("Withdrawn"),
        }.get(verdict) or self.env._("Cancelled")

    def _is_portal_on_order(self):
        return not self.reward_id or self.reward_id._is_on_order()

    def _get_portal_next(self):
        """Return what happens next, in a sentence; '' where nothing does."""
        method = getattr(self, f"_get_portal_next_{self.state}", None)
        return method() if method else ""

    def _get_portal_next_approve(self):
        question = self._get_open_approval()
        end = self.program_id._format_portal_moment(question.date_end)
        if question.step != "customer":
            return self.env._(
                "We answer until %(end)s. No points are held yet.", end=end
            )
        names = ", ".join(question._get_administrators().mapped("name"))
        return self.env._(
            "%(names)s answers until %(end)s. No points are held yet.",
            names=names or self.env._("Your company"),
            end=end,
        )

    def _get_portal_next_reserved(self):
        if not self.order_id:
            return self.env._(
                "We confirm that it can be given. Until then the points are only held."
            )
        return self.env._(
            "Accept quotation %(order)s until %(end)s: the points are used then."
            " Otherwise they are yours again.",
            order=self.order_name,
            end=self.program_id._format_portal_moment(self.date_hold_end),
        )

    def _get_portal_next_done(self):
        if self._is_portal_on_order():
            return ""
        if self.reward_kind == "access":
            return self.env._("Your seat is booked. We look forward to seeing you.")
        day = self.program_id._format_portal_day(self.date_due)
        if not day:
            return self.env._("We hand it over to you.")
        if name := self.responsible_id.name:
            return self.env._(
                "%(name)s hands it over until %(day)s.", name=name, day=day
            )
        return self.env._("We hand it over until %(day)s.", day=day)

    def _get_portal_next_cancelled(self):
        if self.entry_ids:
            return self.env._("The points are yours again.")
        return self.env._("No points were used.")

    def _get_portal_next_lapsed(self):
        if self.approval_ids[:1].verdict == "lapsed":
            return self.env._("Nobody answered in time. No points were used.")
        return self.env._("The time was over. The points are yours again.")

    # === PAGE === #

    def _prepare_portal_use(self, partner):
        """Return a use of points with all that a person may know of it.

        Codes, names and reasons are for who asked, and for who decides about points.

        :param partner: `res.partner` who looks.
        """
        self.ensure_one()
        is_inner = self._is_inner_in_portal(partner)
        order = self.order_id
        return {
            **self._prepare_portal_row(partner),
            "next": self._get_portal_next(),
            "facts": self._get_portal_facts(is_inner),
            "answers": self._prepare_portal_answers(is_inner),
            "codes": self._prepare_portal_codes() if is_inner else [],
            "has_hidden_codes": not is_inner and bool(self._prepare_portal_codes()),
            "order_url": f"/my/orders/{order.id}" if order else "",
            "order_name": self.order_name or "",
            "can_withdraw": self._can_withdraw_in_portal(partner),
        }

    def _is_inner_in_portal(self, partner):
        """Tell whether a person asked for it, or decides about points."""
        return self.contact_id == partner or partner._has_loyalty_b2b_role(
            self.wallet_id, "administers"
        )

    def _get_portal_facts(self, is_inner):
        """Return (label, text) of what there is to know.

        :param bool is_inner: for who asked, or decides about points.
        """
        program, reward = self.program_id, self.reward_id
        day = program._format_portal_day
        facts = [
            (self.env._("Asked by"), self.contact_id.name),
            (self.env._("Asked on"), day(program._local_day(self.create_date))),
            (self.env._("Reason"), is_inner and self.reason),
            (self.env._("When and where"), reward and reward._get_portal_event()),
            (self.env._("Who takes part"), is_inner and self.attendees),
            (self.env._("Runs until"), day(self.date_until)),
            (self.env._("Received on"), day(self._get_portal_fulfilled_day())),
            (self.env._("Note"), is_inner and self.fulfil_note),
            (
                self.env._("Reason of the end"),
                self.state == "cancelled" and is_inner and self.cancel_reason,
            ),
        ]
        return [(label, text) for label, text in facts if text]

    def _get_portal_fulfilled_day(self):
        moment = self.state == "fulfilled" and self.date_fulfilled
        return self.program_id._local_day(moment) if moment else False

    def _prepare_portal_answers(self, is_inner):
        """Return who was asked and what he said, oldest first.

        :param bool is_inner: only they read the words of who answers.
        """
        program = self.program_id
        answers = []
        for question in self.approval_ids.sorted("id").filtered("verdict"):
            moment = question.decided_at
            answers.append(
                {
                    "day": program._format_portal_day(program._local_day(moment))
                    if moment
                    else "",
                    "text": self._get_portal_verdicts()[question.verdict]
                    % {
                        "name": question.decided_by_name or "",
                        "points": program._format_portal_points(
                            question.points_granted
                        ),
                    },
                    "answer": (is_inner and question.answer) or "",
                    "step": STEPS.index(question.step),
                }
            )
        return answers

    def _get_portal_verdicts(self):
        return {
            "accepted": self.env._("%(name)s accepted"),
            "reduced": self.env._("%(name)s reduced it to %(points)s"),
            "refused": self.env._("%(name)s refused"),
            "withdrawn": self.env._("%(name)s withdrew it"),
            "lapsed": self.env._("Nobody answered in time"),
        }

    def _prepare_portal_codes(self):
        """Return the codes that were handed out for this use."""
        if self.state not in ("done", "fulfilled"):
            return []
        program = self.program_id
        return [
            {"code": code.code, "until": program._format_portal_day(code.date_end)}
            for code in self.code_ids
        ]

    # === CANCEL === #

    def _can_withdraw_in_portal(self, partner):
        """Tell whether a person may take the wish back: his own, while it waits."""
        return self.state == "approve" and self.contact_id == partner

from odoo import models
from odoo.tools import plaintext2html

ACTIVITY = "loyalty_b2b.mail_activity_type_approval"


class LoyaltyB2bApproval(models.Model):
    """Who is told of a question and of its answer, at once. In sudo throughout."""

    _inherit = "loyalty.b2b.approval"

    # === ASKED === #

    def _tell_asked(self):
        """Tell who can answer: the customer's people by mail, ours by an activity."""
        self.ensure_one()
        if self.step == "customer":
            people = self._get_administrators()
            self._send_to(people, "asked")
            names = people.mapped("name")
        else:
            users = self._get_asked_users()
            self._leave_activities(users)
            names = users.mapped("name")
        self._log_step(self._get_asked_log(names))

    def _get_asked_log(self, names):
        """Say who was asked, for the history."""
        values = {
            "names": ", ".join(names) or self.env._("nobody"),
            "end": self.redemption_id._format_moment(self.date_end),
        }
        if self.step == "customer":
            return self.env._(
                "Asked at the customer until %(end)s: %(names)s", **values
            )
        return self.env._("Asked until %(end)s: %(names)s", **values)

    def _log_step(self, text, author=None):
        """Note in the history of the wish, and of its quotation, how it goes on.

        :param author: `res.partner` who did it; the user by default.
        """
        wish = self.redemption_id
        values = {"author_id": author.id} if author else {}
        wish._message_log(body=text, **values)
        if wish.order_id:
            prefix = self.env._(
                "Wish for %(points)s points.", points=wish._format_points(self.points)
            )
            wish.order_id._log_loyalty_b2b(body=f"{prefix} {text}", **values)

    def _leave_activities(self, users):
        """Leave our people an activity on the wish."""
        wish = self.redemption_id
        for user in users:
            reader = self.with_context(lang=user.lang or self.env.lang)
            wish.activity_schedule(
                ACTIVITY,
                user_id=user.id,
                date_deadline=self.date_end.date(),
                note=plaintext2html(reader._get_asked_summary()),
            )

    def _get_asked_summary(self):
        """Say in one sentence what is wished."""
        wish = self.redemption_id
        values = {
            "customer": wish.partner_id.display_name,
            "points": wish._format_points(self.points),
            "subject": wish._get_subject(),
        }
        text = self.env._(
            "%(customer)s wants to use %(points)s points for %(subject)s.", **values
        )
        return f"{text} {self.reason}" if self.reason else text

    # === ANSWERED === #

    def _tell_answered(self):
        """Tell who asked, unless the next one has to be asked first."""
        for question in self.filtered(lambda q: q.redemption_id.state != "approve"):
            asker = question.redemption_id.contact_id
            if asker and asker != question.decided_by_id:
                question._send_to(asker, "answered")
            question._tell_enterer()

    def _tell_enterer(self):
        """Tell one of ours what became of the wish he entered."""
        wish = self.redemption_id
        if wish._is_by_staff() and wish.user_id.partner_id != self.decided_by_id:
            wish.message_notify(
                partner_ids=wish.user_id.partner_id.ids,
                subject=wish.display_name,
                body=self._get_verdict_text(),
            )

    # === MAIL === #

    def _send_to(self, people, kind):
        """Send each a mail of his own, in his language and the programme's look.

        :param people: `res.partner`; who has no address gets none.
        :param str kind: `asked`, `answered` or `behalf`.
        """
        wallet = self.wallet_id
        wallet._queue_mails(
            [
                wallet._prepare_mail_at_once(
                    person, self._prepare_approval_message(person, kind), kind
                )
                for person in people.filtered("email")
            ]
        )

    def _tell_replaced(self):
        """Tell the administrators that one of ours has answered in their place."""
        self._send_to(self._get_administrators(), "behalf")

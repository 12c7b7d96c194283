from odoo import models

from .loyalty_b2b_approval import GRANTED


class LoyaltyB2bRedemption(models.Model):
    """What the customer's administrators are told of uses our staff enter. In sudo."""

    _inherit = "loyalty.b2b.redemption"

    # === BUSINESS METHODS === #

    def _tell_record(self):
        """Tell the administrators at once that one of ours has used their points.

        Who has agreed knows already. Who is only said to have asked is told too.
        """
        self.ensure_one()
        if self.program_id.staff_use != "record" or not self._is_by_staff():
            return
        people = self._get_told_administrators().filtered("email")
        agreed = self.approval_ids.filtered(lambda one: one.verdict in GRANTED)
        people -= agreed.decided_by_id
        wallet = self.wallet_id
        wallet._queue_mails(
            [
                wallet._prepare_mail_at_once(
                    person, self._prepare_record_message(person), "record"
                )
                for person in people
            ]
        )

    def _prepare_record_message(self, person):
        """Return what an administrator reads of a use that staff entered."""
        wallet = self.wallet_id
        lang = wallet._get_message_lang(person)
        reader = self.with_context(lang=lang)
        program = reader.program_id
        points = program._format_portal_points(int(self.points))
        return {
            "lang": lang,
            "name": "" if person.is_company else person.name or "",
            "subject": reader.env._(
                "%(program)s: %(points)s used for you",
                program=program.name,
                points=points,
            ),
            "points": points,
            "worth": reader._get_worth_text(int(self.points)),
            "aim": reader._get_subject(),
            "asker": self.contact_id.name or "",
            "staff": self.user_id.name,
            "seller": self.company_id.name,
            "customer": self.partner_id.display_name,
            "reason": reader._get_mailed_text(self.reason),
            "program": reader.wallet_id._prepare_message_program(),
            "manager": reader.wallet_id._prepare_portal_manager(),
        }

from odoo import models

from ..tools.plaintext import clean


class LoyaltyB2bApproval(models.Model):
    """What the customer's people read of a question: plain values in their language."""

    _inherit = "loyalty.b2b.approval"

    # === BUSINESS METHODS === #

    def _prepare_approval_message(self, person, kind):
        """Return what a mail to a person says.

        :param person: `res.partner` who reads.
        :param str kind: `asked` or `answered`.
        """
        self.ensure_one()
        lang = self.wallet_id._get_message_lang(person)
        reader = self.with_context(lang=lang)
        values = reader._prepare_approval()
        for name in ("reason", "answer"):
            values[name] = self.redemption_id._get_mailed_text(values[name])
        base = self.get_base_url()
        return {
            **values,
            "lang": lang,
            "name": "" if person.is_company else person.name or "",
            "subject": reader._get_message_subject(values, kind),
            "program": reader.wallet_id._prepare_message_program(),
            "manager": reader.wallet_id._prepare_portal_manager(),
            "url": f"{base}{self._get_link_path(person)}" if kind == "asked" else "",
        }

    def _get_message_subject(self, values, kind):
        """Return the subject line of a mail.

        :param dict values: of `_prepare_approval`.
        """
        if kind == "behalf":
            return self.env._(
                "%(program)s: %(points)s answered in your place",
                program=self.wallet_id.program_id.name,
                points=values["points"],
            )
        if kind == "asked":
            return self.env._(
                "%(program)s: %(name)s asks for %(points)s",
                program=self.wallet_id.program_id.name,
                name=clean(values["asker"]),
                points=values["points"],
            )
        return {
            "accepted": self.env._(
                "%(points)s accepted: %(aim)s",
                points=values["granted"],
                aim=values["aim"],
            ),
            "reduced": self.env._(
                "%(points)s of %(wished)s accepted: %(aim)s",
                points=values["granted"],
                wished=values["points"],
                aim=values["aim"],
            ),
            "refused": self.env._(
                "%(points)s refused: %(aim)s",
                points=values["points"],
                aim=values["aim"],
            ),
        }.get(
            self.verdict,
            self.env._(
                "Nobody answered in time: %(points)s, %(aim)s",
                points=values["points"],
                aim=values["aim"],
            ),
        )

    def _prepare_approval(self):
        """Return a question, and its answer if there is one, as plain values."""
        self.ensure_one()
        wish, program = self.redemption_id, self.wallet_id.program_id
        points, granted = int(self.points), int(self.points_granted)
        return {
            "id": self.id,
            "url": f"/my/loyalty/approval/{self.id}",
            "customer": wish.partner_id.display_name,
            "asker": wish.contact_id.name or wish.user_id.name or "",
            "is_by_staff": wish._is_by_staff(),
            "staff": wish.user_id.name if wish._is_by_staff() else "",
            "points": program._format_portal_points(points),
            "most": points - 1,
            "wished": points,
            "can_reduce": self._can_reduce(),
            "worth": wish._get_worth_text(points),
            "worth_one": wish._get_worth(points) / points,
            "aim": wish._get_subject(),
            "reason": clean(self.reason, 250),
            "asked_on": wish._format_moment(self.asked_at),
            "until": wish._format_moment(self.date_end) if self.date_end else "",
            "is_open": not self.verdict and not self._is_overdue(),
            "verdict": self.verdict or "",
            "verdict_label": self._get_verdict_label(),
            "granted": program._format_portal_points(granted),
            "answer": clean(self.answer, 250),
            "decided_by": self.decided_by_name or "",
            "decided_on": wish._format_moment(self.decided_at)
            if self.decided_at
            else "",
        }

    def _get_verdict_label(self):
        """Return the word for what became of the question."""
        labels = dict(self._fields["verdict"]._description_selection(self.env))
        return labels.get(self.verdict) or self.env._("Waiting")

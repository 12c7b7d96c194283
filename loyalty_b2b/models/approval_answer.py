from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import SQL, formatLang

from .approval_telling import ACTIVITY
from .redemption_order import QUIET


class LoyaltyB2bApproval(models.Model):
    """How a question is answered: once, by one person. In sudo throughout."""

    _inherit = "loyalty.b2b.approval"

    # === ANSWER === #

    def _answer(self, verdict, points=None, answer="", by=None):
        """Accept, reduce or refuse a wish; the next one is asked, or points are taken.

        The caller has checked who answers. If the points cannot be taken any more,
        the question stays open.

        :param str verdict: `accepted`, `reduced` or `refused`.
        :param int points: granted, from 1 to less than wished; with `reduced`.
        :param str answer: why, in the words of who answers.
        :param by: `res.partner` who answers; the user by default.
        :raises UserError: if it is answered already, or with what stands against it.
        """
        self.ensure_one()
        question = self.sudo()
        with self.env.cr.savepoint():
            question.wallet_id._lock()
            question._check_open()
            granted = question._get_granted(verdict, points)
            question._close(verdict, granted, answer, by)
            question._go_on()
            # totals that follow are noted as his, who may not be the request's user
            question.env.flush_all()
        question._tell_answered()

    def _answer_as(self, partner, verdict, points=None, answer=""):
        """Answer in the name of a person of the customer, who may not be signed in.

        What is written is his, or, as long as he has no login, that of who entered
        the wish; never the public user's.

        :param partner: `res.partner` who answers; see `_answer` for the others.
        """
        self.ensure_one()
        question = self.sudo()
        user = partner.sudo().user_ids.filtered("active")[:1]
        user = user or question.redemption_id.user_id or self.env.user
        # a website sets its own company, which may not be one of his
        question = question.with_user(user).with_context(allowed_company_ids=[])
        question.sudo()._answer(verdict, points, answer, by=partner)

    def _answer_for_customer(self, verdict, points, answer):
        """Answer in the customer's place, as a loyalty officer whom he told so.

        The customer's administrators are told; see `_answer` for the parameters.
        """
        self.ensure_one()
        text = self.env._("for the customer: %(reason)s", reason=answer)
        self._answer(verdict, points, text, by=self.env.user.partner_id)
        self.sudo()._tell_replaced()

    def _go_on(self):
        """Let the answer take effect."""
        wish = self.redemption_id
        if self.verdict == "refused":
            wish._end_wish("cancelled")
            return
        wish.with_context(**QUIET).points = int(self.points_granted)
        wish.with_context(**QUIET).ledger_note = wish._get_ledger_note()
        wish._proceed()

    def _get_granted(self, verdict, points):
        """Return how many points an answer grants.

        :raises UserError: if they are not fewer than wished.
        """
        wished = int(self.points)
        if verdict == "accepted":
            return wished
        if verdict == "refused":
            return 0
        if verdict != "reduced":
            raise ValueError(verdict)
        if not self._can_reduce():
            raise UserError(
                self.env._("It has one price: accept it or refuse it, please.")
            )
        if not 1 <= (points or 0) < wished:
            raise UserError(
                self.env._(
                    "Enter a number of points from 1 to %(most)s.",
                    most=formatLang(self.env, wished - 1, digits=0),
                )
            )
        return int(points)

    def _can_reduce(self):
        """Tell whether fewer points make sense: a reward has one price."""
        return not self.redemption_id.reward_id and self.points > 1

    def _check_open(self):
        """Check that nobody has answered yet, and that there is time left.

        :raises UserError: with what became of the question.
        """
        if self.verdict in ("accepted", "reduced", "refused"):
            raise UserError(
                self.env._(
                    "This was already answered by %(name)s: %(verdict)s",
                    name=self.decided_by_name,
                    verdict=self._get_verdict_text(),
                )
            )
        if self.verdict == "withdrawn" or self.redemption_id.state != "approve":
            raise UserError(self.env._("The wish was withdrawn meanwhile."))
        if self.verdict or self._is_overdue():
            raise UserError(
                self.env._("The time to answer is over: the wish has lapsed.")
            )

    def _is_overdue(self):
        return bool(self.date_end) and self.date_end <= fields.Datetime.now()

    def _close(self, verdict, granted=0, answer="", by=None):
        """Write an answer down."""
        by = by or self.env.user.partner_id
        name = by.sudo().name
        self.with_context(**QUIET).write(
            {
                "verdict": verdict,
                "points_granted": granted,
                "answer": answer or False,
                "decided_by_id": by.id,
                "decided_by_name": name,
                "decided_at": fields.Datetime.now(),
            }
        )
        # before the next question: one is open at a time
        self.flush_recordset(["verdict"])
        for question in self:
            wish = question.redemption_id
            question._log_step(question._get_verdict_text(), author=by)
            if question.step != "customer":
                wish.activity_unlink([ACTIVITY])

    def _get_verdict_text(self):
        """Say what became of the question, in one sentence."""
        self.ensure_one()
        values = {
            "name": self.decided_by_name or "",
            "points": formatLang(self.env, int(self.points), digits=0),
            "granted": formatLang(self.env, int(self.points_granted), digits=0),
        }
        text = {
            "accepted": self.env._("%(points)s points accepted by %(name)s", **values),
            "reduced": self.env._(
                "Reduced from %(points)s to %(granted)s points by %(name)s", **values
            ),
            "refused": self.env._("%(points)s points refused by %(name)s", **values),
            "withdrawn": self.env._("Withdrawn by %(name)s", **values),
            "lapsed": self.env._("Nobody answered in time"),
        }.get(self.verdict, "")
        if not self.answer:
            return f"{text}." if text else ""
        return f"{text}: {self.answer.rstrip('.')}."

    # === LAPSE === #

    @api.model
    def _get_overdue_domain(self):
        """Return the domain of questions that nobody can answer any more."""
        return [
            ("verdict", "=", False),
            "|",
            ("date_end", "<=", fields.Datetime.now()),
            ("redemption_id.order_id.state", "in", ("sale", "cancel")),
        ]

    @api.model
    def _query_overdue(self, after, limit):
        """Return ids of the wallets with overdue questions, ascending."""
        rows = self.env.execute_query(
            SQL(
                "SELECT DISTINCT r.wallet_id FROM loyalty_b2b_approval a"
                " JOIN loyalty_b2b_redemption r ON r.id = a.redemption_id"
                " LEFT JOIN sale_order o ON o.id = r.order_id"
                " WHERE a.verdict IS NULL AND r.wallet_id > %s"
                "   AND (a.date_end <= %s OR o.state IN ('sale', 'cancel'))"
                " ORDER BY r.wallet_id LIMIT %s",
                after,
                fields.Datetime.now(),
                limit,
            )
        )
        return [wallet_id for (wallet_id,) in rows]

    def _lapse(self):
        """End the wishes whose time is over; who asked is told."""
        root = self.env.ref("base.partner_root")
        self._close("lapsed", by=root)
        for question in self:
            question.redemption_id._end_wish("lapsed")
        self._tell_answered()

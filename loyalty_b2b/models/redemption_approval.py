from odoo import api, fields, models
from odoo.exceptions import UserError

from .loyalty_b2b_approval import GRANTED
from .redemption_order import QUIET

MOST_WAITING = 20


class LoyaltyB2bRedemption(models.Model):
    """A wish to use points on a quotation, and who has to agree. In sudo throughout."""

    _inherit = "loyalty.b2b.redemption"

    ledger_note = fields.Char(
        string="Who and why",
        readonly=True,
        help="What the ledger says of a use of points that somebody was asked about.",
    )

    _approve_idx = models.Index("(wallet_id) WHERE state = 'approve'")

    # === WISH === #

    @api.model
    def _find_request(self, wallet, request_key):
        """Return the wish that the same form has made before, or an empty record."""
        if not request_key:
            return self.browse()
        domain = [("wallet_id", "=", wallet.id), ("request_key", "=", request_key)]
        return self.sudo().search(domain, limit=1)

    @api.model
    def _wish_on_order(self, order, wallet, points, contact=None, **values):
        """Use points on a quotation, or ask first who has to be asked.

        An earlier use on the quotation gives way once the points are taken.

        :param contact: `res.partner` who wishes at the customer.
        :param values: `reason`, `request_key`.
        :return: the redemption: reserved, or waiting for an answer.
        :raises UserError: with the limit that stands against it.
        """
        terms = {
            **self._prepare_terms(order, wallet),
            "points": points,
            "contact_id": contact.id if contact else False,
            "user_id": self.env.uid,
        }
        draft = self.new(terms)
        base_lines = draft._prepare_offer()
        draft._check_staff_use()
        if not draft._get_needed_approvals():
            wish = self.with_context(**QUIET).create({**terms, **values})
            if wish.reason:
                wish.with_context(**QUIET).ledger_note = wish._get_ledger_note()
            wish._reserve_offer(draft, base_lines)
            wish._tell_record()
            return wish
        draft._check_wish()
        self._check_most_waiting(wallet, contact)
        wish = self.with_context(**QUIET).create(
            {**terms, **values, "amount": draft.amount}
        )
        wish._submit(wish.reason)
        return wish

    def _submit(self, reason=""):
        self._check_staff_use()
        return super()._submit(reason)

    def _check_staff_use(self):
        """Check that our staff may use points at all.

        :raises UserError: if only customers do.
        """
        if refusal := self._get_staff_refusal():
            raise UserError(refusal)

    def _get_staff_refusal(self):
        """Return why our staff may not use points for customers, or ''."""
        if self.program_id.staff_use != "none" or not self._is_by_staff():
            return ""
        return self.env._(
            "In %(program)s only customers use their points: they do so in the portal.",
            program=self.program_id.name,
        )

    def _check_wish(self):
        """Check that a wish makes sense before anybody is asked about it.

        :raises UserError: if the points are not there, or another wish waits.
        """
        self._check_points()
        order = self.order_id
        waiting = order._get_loyalty_b2b_wishes().filtered(lambda w: not w.reward_id)
        if waiting:
            raise UserError(
                self.env._(
                    "%(order)s: a wish for %(points)s points waits for its answer"
                    " already. Withdraw it first.",
                    order=order.name,
                    points=self._format_points(waiting[0].points),
                )
            )

    def _is_by_staff(self):
        """Tell whether somebody of ours entered it for the customer."""
        return bool(self.user_id) and self.user_id._is_internal()

    @api.model
    def _check_most_waiting(self, wallet, contact):
        """Keep one person from flooding who is asked.

        :param contact: `res.partner` who wishes; may be empty.
        :raises UserError: if as many wishes of his wait as may.
        """
        if not contact:
            return
        waiting = self.sudo().search_count(
            [
                ("wallet_id", "=", wallet.id),
                ("contact_id", "=", contact.id),
                ("state", "=", "approve"),
            ],
            limit=MOST_WAITING,
        )
        if waiting >= MOST_WAITING:
            raise UserError(
                self.env._(
                    "%(count)s wishes of %(name)s wait for an answer already. Withdraw"
                    " one first.",
                    count=MOST_WAITING,
                    name=contact.sudo().name,
                )
            )

    # === WHO IS ASKED === #

    def _get_needed_approvals(self):
        steps = super()._get_needed_approvals()
        if self._needs_customer():
            steps |= {"customer"} if self._has_customer_step() else {"sales"}
        if self.program_id._needs_sales(self.points):
            steps |= {"sales"}
        return steps

    def _needs_customer(self):
        """Tell whether the customer's own administrator has to agree."""
        if self._is_by_staff():
            return self.program_id.staff_use == "confirm"
        return bool(self._get_own_refusal())

    def _get_own_refusal(self):
        """Return why the person who wishes may not use so many points alone, or ''."""
        contact, wallet = self.contact_id, self.wallet_id
        if not contact or not contact._has_loyalty_b2b_role(wallet, "uses"):
            return self.env._("You may not use the points of your company yourself.")
        person = wallet._get_person(contact)
        if person.limit_order or person.limit_month:
            return person._get_limit_refusal(
                int(self.points), self.order_id, self.reward_id
            )
        return ""

    def _has_customer_step(self):
        """Tell whether somebody at the customer can agree, or has agreed."""
        granted = self.approval_ids.filtered(
            lambda one: one.step == "customer" and one.verdict in GRANTED
        )
        return bool(granted or self._get_askable_administrators())

    def _get_askable_administrators(self):
        """Return who at the customer can agree; nobody agrees to his own wish.

        Nor does whom one of ours has named to agree to what he enters himself.
        """
        people = self._get_told_administrators()
        if not self._is_by_staff():
            return people
        staff, wallet = self.user_id.partner_id, self.wallet_id
        return people.filtered(
            lambda one: wallet._get_person(one).granted_by_id != staff
        )

    def _get_told_administrators(self):
        """Return who at the customer decides about points, without who asks himself.

        What one of ours enters is nobody's own wish, whoever is named as asking.
        """
        people = self.wallet_id._get_administrators()
        return people if self._is_by_staff() else people - self.contact_id

    def _ask(self, step):
        """Ask whether the wish may go on, and tell who is asked.

        :param str step: of `STEPS`.
        :return: the question.
        """
        self.ensure_one()
        self.with_context(**QUIET).state = "approve"
        approval = self.approval_ids.create(
            {
                "redemption_id": self.id,
                "step": step,
                "reason": self.reason,
                "points": int(self.points),
                "asked_at": fields.Datetime.now(),
                "date_end": self.program_id._get_approval_end(
                    self.order_id.validity_date
                ),
            }
        )
        approval._tell_asked()
        return approval

    def _get_open_approval(self):
        """Return the question that waits for its answer; empty if none does."""
        return self.approval_ids.filtered(lambda one: not one.verdict)[:1]

    # === WHAT BECOMES OF IT === #

    def _take_points(self):
        order = self.order_id
        if not self.reward_id:
            self._check_order()
        super()._take_points()
        if order and self.state == "reserved":
            order._log_loyalty_b2b_use(self)
        self._tell_record()

    def _check_order(self):
        """Check that the quotation is still there, and this customer's.

        :raises UserError: if not.
        """
        if not self.order_id:
            raise UserError(
                self.env._("%(order)s was deleted.", order=self.order_name or "")
            )
        order = self.order_id
        if self.wallet_id not in order.partner_invoice_id._get_loyalty_b2b_wallets(
            order.company_id
        ):
            raise UserError(
                self.env._("%(order)s is another customer's by now.", order=order.name)
            )

    def _withdraw(self, by=None, reason=""):
        """Take a wish back that waits for an answer; a second time changes nothing.

        The caller has checked who does.

        :param by: `res.partner`; the user by default.
        """
        for wish in self.sudo().filtered(lambda wish: wish.state == "approve"):
            wish.wallet_id._lock()
            wish._get_open_approval()._close("withdrawn", answer=reason, by=by)
            wish._end_wish("cancelled")

    def _end_wish(self, state):
        """End a wish that holds no points.

        :param str state: `cancelled` or `lapsed`.
        """
        self.with_context(**QUIET).state = state

    def _prepare_entry_values(self, share=1.0):
        values = super()._prepare_entry_values(share)
        if self.ledger_note:
            values["note"] = self.ledger_note
        return values

    def _get_ledger_note(self):
        """Say who asked for the points and who agreed, in the customer's language."""
        wish = self.with_context(lang=self.partner_id.lang or self.env.lang)
        parts = [wish._get_asked_text()] if wish.contact_id or wish.reason else []
        granted = wish.approval_ids.filtered(lambda one: one.verdict in GRANTED)
        parts += [one._get_verdict_text() for one in granted.sorted("id")]
        return " ".join(parts)

    def _get_asked_text(self):
        """Say who asked, and why."""
        name = self.contact_id.name or self.user_id.name or ""
        if self.reason:
            return self.env._(
                "Asked by %(name)s: %(reason)s.",
                name=name,
                reason=self.reason.rstrip("."),
            )
        return self.env._("Asked by %(name)s.", name=name)

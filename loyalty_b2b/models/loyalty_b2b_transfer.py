from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL, formatLang

from ..fields import Points
from .loyalty_b2b_activity import OFFICER


class LoyaltyB2bTransfer(models.Model):
    """A wish to move points to another company: asked by one, confirmed by another."""

    _name = "loyalty.b2b.transfer"
    _inherit = [
        "mail.thread",
        "mail.activity.mixin",
        "loyalty.b2b.guarded.mixin",
    ]
    _description = "B2B Loyalty Transfer"
    _order = "id desc"
    _mail_post_access = "read"

    wallet_id = fields.Many2one(
        comodel_name="loyalty.b2b.wallet",
        string="From",
        required=True,
        index=True,
        readonly=True,
        ondelete="restrict",
    )
    program_id = fields.Many2one(
        related="wallet_id.program_id", string="Programme", store=True, precompute=True
    )
    company_id = fields.Many2one(
        related="wallet_id.company_id", store=True, precompute=True, index=True
    )
    currency_id = fields.Many2one(related="wallet_id.currency_id")
    point_name = fields.Char(related="wallet_id.point_name")
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="To",
        required=True,
        index=True,
        readonly=True,
        ondelete="restrict",
        help="The company that gets the points; it is enrolled if it has to be.",
    )
    target_id = fields.Many2one(
        comodel_name="loyalty.b2b.wallet",
        string="Wallet that got them",
        readonly=True,
        ondelete="restrict",
    )
    is_all = fields.Boolean(
        string="All points",
        readonly=True,
        help="Whatever is available when the second person confirms.",
    )
    points = Points(
        readonly=True, help="Whole points: to be moved, and moved once it is done."
    )
    reason = fields.Char(
        required=True,
        readonly=True,
        help="Stands in the history of both companies for good.",
    )
    state = fields.Selection(
        selection=[
            ("asked", "To confirm"),
            ("done", "Done"),
            ("refused", "Refused"),
        ],
        required=True,
        default="asked",
        readonly=True,
        tracking=True,
    )
    user_id = fields.Many2one(
        comodel_name="res.users", string="Asked by", readonly=True, ondelete="restrict"
    )
    asked_on = fields.Datetime(readonly=True)
    decided_by_id = fields.Many2one(
        comodel_name="res.users",
        string="Decided by",
        readonly=True,
        ondelete="restrict",
    )
    decided_on = fields.Datetime(readonly=True)
    may_decide = fields.Boolean(compute="_compute_may_decide")

    _points = models.Constraint(
        "CHECK (points > 0 OR is_all)", "At least 1 point is moved."
    )
    _open_uniq = models.UniqueIndex(
        "(wallet_id) WHERE state = 'asked'",
        "Another transfer of this wallet waits for a second person already.",
    )

    # === COMPUTE METHODS === #

    @api.depends("wallet_id", "partner_id")
    def _compute_display_name(self):
        for transfer in self.sudo():
            transfer.display_name = self.env._(
                "%(origin)s to %(target)s",
                origin=transfer.wallet_id.partner_id.name,
                target=transfer.partner_id.name,
            )

    @api.depends("state", "user_id")
    @api.depends_context("uid")
    def _compute_may_decide(self):
        is_officer = self.env.user.has_group(OFFICER)
        for transfer in self:
            transfer.may_decide = (
                is_officer
                and transfer.state == "asked"
                and transfer.user_id != self.env.user
            )

    # === CRUD METHODS === #

    @api.model
    def _get_guarded_fields(self):
        # created for who may not write one
        return super()._get_guarded_fields() | set(self._fields)

    # === ACTION METHODS === #

    def action_confirm(self):
        """Move the points, as the second person.

        :raises AccessError: below officer, and for wallets the user may not see.
        :raises UserError: for who asked, and if the points are no longer there.
        """
        self.ensure_one()
        self._check_decides()
        if self.user_id == self.env.user:
            raise UserError(
                self.env._(
                    "You have asked for this transfer yourself: another officer or"
                    " administrator confirms it."
                )
            )
        self.sudo()._decide("done")
        self.sudo()._move()
        self.sudo()._end_asking()
        return True

    def action_refuse(self):
        """Leave the points where they are; who asked may so take it back.

        :raises AccessError: below officer, and for wallets the user may not see.
        :raises UserError: if it is decided already.
        """
        self.ensure_one()
        self._check_decides()
        self.sudo()._decide("refused")
        self.sudo()._end_asking()
        return True

    def _check_decides(self):
        if not self.env.user.has_group(OFFICER):
            raise AccessError(
                self.env._("Only loyalty officers and administrators move points.")
            )
        self.check_access("read")
        self.wallet_id.check_access("write")

    # === BUSINESS METHODS === #

    def _decide(self, state):
        """Set the outcome, once: the second of two at the same moment is refused.

        :raises UserError: with who was faster.
        """
        rows = self.env.execute_query(
            SQL(
                "UPDATE loyalty_b2b_transfer SET state = state"
                " WHERE id = %s AND state = 'asked' RETURNING id",
                self.id,
            )
        )
        if not rows:
            self.invalidate_recordset()
            raise UserError(
                self.env._(
                    "%(user)s has decided on this transfer already.",
                    user=self.decided_by_id.name,
                )
            )
        self.write(
            {
                "state": state,
                "decided_by_id": self.env.uid,
                "decided_on": fields.Datetime.now(),
            }
        )

    def _move(self):
        """Move the points to the other company's wallet, enrolling it if need be.

        :raises UserError: with what stands against it now.
        """
        source = self.wallet_id
        if refusal := source._get_transfer_refusal(self.partner_id):
            raise UserError(refusal)
        target = source._find_transfer_target(self.partner_id)
        target = target or source._enrol_transfer_target(self.partner_id)
        (source | target)._lock()
        points = self._get_points_to_move()
        source._transfer(target, points, f"transfer:{self.id}", self._get_note(target))
        self.write({"target_id": target.id, "points": points})
        self._tell_moved(target, points)

    def _get_points_to_move(self):
        """Return how many points are moved now.

        :raises UserError: if there are fewer than were asked for, or none.
        """
        self.wallet_id._invalidate_figures()
        available = int(self.wallet_id.available)
        points = available if self.is_all else int(self.points)
        if 0 < points <= available:
            return points
        values = {
            "customer": self.wallet_id.partner_id.display_name,
            "available": formatLang(self.env, available, digits=0),
            "points": formatLang(self.env, points, digits=0),
            "name": self.point_name,
        }
        if available <= 0:
            raise UserError(
                self.env._(
                    "%(customer)s has nothing left to move: %(available)s %(name)s are"
                    " available now. Refuse the transfer.",
                    **values,
                )
            )
        raise UserError(
            self.env._(
                "%(points)s %(name)s were to be moved, and %(customer)s has only"
                " %(available)s left. Refuse the transfer and ask for it anew.",
                **values,
            )
        )

    def _get_note(self, target):
        """Return what the histories of both companies say."""
        return self.env._(
            "From %(origin)s to %(target)s: %(reason)s",
            origin=self.wallet_id.partner_id.name,
            target=target.partner_id.name,
            reason=self.reason,
        )

    def _tell_moved(self, target, points):
        """Note in both wallets what was moved, why, and who agreed."""
        body = self.env._(
            "%(points)s %(name)s moved from %(origin)s to %(target)s: %(reason)s. Asked"
            " by %(asked)s, confirmed by %(confirmed)s.",
            points=formatLang(self.env, points, digits=0),
            name=self.point_name,
            origin=self.wallet_id.partner_id.display_name,
            target=target.partner_id.display_name,
            reason=self.reason,
            asked=self.user_id.name,
            confirmed=self.decided_by_id.name,
        )
        for record in (self.wallet_id, target):
            record._message_log(body=body)

from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError


class LoyaltyB2bRewardCode(models.Model):
    """A voucher code of somebody else: handed out once."""

    _name = "loyalty.b2b.reward.code"
    _inherit = ["loyalty.b2b.guarded.mixin"]
    _description = "B2B Loyalty Voucher Code"
    _order = "date_end, id"
    _rec_name = "reward_id"

    reward_id = fields.Many2one(
        comodel_name="loyalty.b2b.reward",
        required=True,
        index=True,
        readonly=True,
        ondelete="restrict",
    )
    company_id = fields.Many2one(
        related="reward_id.company_id", store=True, precompute=True, index=True
    )
    code = fields.Char(
        required=True, readonly=True, groups="loyalty_b2b.group_loyalty_b2b_officer"
    )
    code_masked = fields.Char(
        string="Code, masked", compute="_compute_code_masked", compute_sudo=True
    )
    date_end = fields.Date(string="Valid until", readonly=True)
    state = fields.Selection(
        selection=[
            ("free", "In the pool"),
            ("reserved", "Set aside"),
            ("shown", "Handed out"),
            ("over", "Ended"),
        ],
        string="Status",
        compute="_compute_state",
    )
    redemption_id = fields.Many2one(
        comodel_name="loyalty.b2b.redemption",
        string="Handed out for",
        index="btree_not_null",
        readonly=True,
        ondelete="restrict",
    )

    date_shown = fields.Datetime(
        string="Shown on",
        readonly=True,
        help="The customer sees the code since then: nobody else gets it any more.",
    )

    _code_uniq = models.UniqueIndex(
        "(reward_id, code)", "This code is in the pool already."
    )

    # === CRUD METHODS === #

    @api.model
    def _get_guarded_fields(self):
        # created for who may not write one
        return super()._get_guarded_fields() | set(self._fields)

    # === COMPUTE METHODS === #

    @api.depends("code")
    def _compute_code_masked(self):
        for row in self:
            row.code_masked = mask(row.code or "")

    @api.depends("date_end", "date_shown", "redemption_id")
    def _compute_state(self):
        for row in self:
            program = row.sudo().reward_id.program_id
            today = program._today() if program else fields.Date.context_today(self)
            if row.date_shown:
                row.state = "shown"
            elif row.redemption_id:
                row.state = "reserved"
            else:
                is_over = row.date_end and row.date_end < today
                row.state = "over" if is_over else "free"

    # === ACTION METHODS === #

    def action_discard(self):
        """Take codes out of the pool that nobody has; officers only.

        :raises UserError: for codes that were handed out.
        """
        if not self.env.user.has_group("loyalty_b2b.group_loyalty_b2b_officer"):
            raise AccessError(
                self.env._("Only loyalty officers take voucher codes out of a pool.")
            )
        self.check_access("read")
        self.reward_id.check_access("write")
        codes = self.sudo()
        if taken := codes.filtered("redemption_id"):
            raise UserError(
                self.env._(
                    "“%(reward)s”: code %(code)s was handed out and stays in the"
                    " history.",
                    reward=taken[0].reward_id.name,
                    code=taken[0].code_masked,
                )
            )
        rewards = codes.reward_id
        number = len(codes)
        codes.unlink()
        for reward in rewards:
            reward.message_post(
                body=self.env._("%s voucher codes were taken out.", number),
                author_id=self.env.user.partner_id.id,
            )


def mask(code):
    """Return a code so that it can be recognised, not used."""
    return f"…{code[-3:]}" if len(code) > 7 else "…"

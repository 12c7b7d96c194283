from odoo import api, fields, models
from odoo.tools import plaintext2html

FEW_CODES = "loyalty_b2b.mail_activity_type_reward_codes"


class LoyaltyB2bReward(models.Model):
    """The pool of voucher codes: how many are left."""

    _inherit = "loyalty.b2b.reward"

    code_ids = fields.One2many(
        comodel_name="loyalty.b2b.reward.code",
        inverse_name="reward_id",
        string="Codes",
        readonly=True,
        groups="loyalty_b2b.group_loyalty_b2b_officer,"
        "loyalty_b2b.group_loyalty_b2b_auditor",
    )
    codes_left = fields.Integer(
        compute="_compute_codes_left",
        compute_sudo=True,
        help="Codes that are neither handed out nor over.",
    )
    codes_warn = fields.Integer(
        string="Warn below",
        default=10,
        help="The responsible is told when fewer codes are left. 0: never.",
    )

    # === COMPUTE METHODS === #

    @api.depends("code_ids.redemption_id", "code_ids.date_end")
    def _compute_codes_left(self):
        counts = {}
        for program, rewards in self.grouped("program_id").items():
            today = program._today() if program else fields.Date.context_today(self)
            groups = self.env["loyalty.b2b.reward.code"]._read_group(
                [
                    ("reward_id", "in", rewards.ids),
                    ("redemption_id", "=", False),
                    "|",
                    ("date_end", "=", False),
                    ("date_end", ">=", today),
                ],
                ["reward_id"],
                ["__count"],
            )
            counts.update(groups)
        for reward in self:
            reward.codes_left = counts.get(reward._origin, 0)

    # === BUSINESS METHODS === #

    def _warn_few_codes(self):
        """Tell the responsible once that few codes are left."""
        for reward in self.sudo():
            reward.invalidate_recordset(["codes_left"], flush=False)
            user = reward.user_id or reward.create_uid
            if reward.codes_left >= reward.codes_warn or not user.active:
                continue
            if not reward.activity_search([FEW_CODES]):
                reward.activity_schedule(
                    FEW_CODES,
                    user_id=user.id,
                    note=plaintext2html(
                        self.env._(
                            "%(reward)s: %(left)s codes are left.",
                            reward=reward.name,
                            left=reward.codes_left,
                        )
                    ),
                )

    def _close_warning(self):
        """Take the warning back where there are enough codes again."""
        for reward in self.sudo():
            reward.invalidate_recordset(["codes_left"], flush=False)
            if reward.codes_left >= reward.codes_warn:
                reward.activity_unlink([FEW_CODES])

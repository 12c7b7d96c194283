from odoo import api, fields, models
from odoo.exceptions import AccessError, ValidationError


class LoyaltyB2bReward(models.Model):
    """How many there are of a reward: stock, seats, capacity."""

    _inherit = "loyalty.b2b.reward"

    is_limited = fields.Boolean(
        string="Limited", help="Only so many can be had: stock, seats, hours."
    )
    stock = fields.Integer(
        tracking=True, help="How many there are in all, those taken included."
    )
    taken = fields.Integer(
        default=0,
        readonly=True,
        copy=False,
        help="How many customers hold or have used. Counted by their uses alone.",
    )
    left = fields.Integer(
        compute="_compute_left", help="How many can still be had, where limited."
    )
    date_restock = fields.Date(
        string="New stock on", help="What customers are told when it is sold out."
    )

    _stock_taken = models.Constraint(
        "CHECK (taken >= 0 AND COALESCE(stock, 0) >= 0)",
        "A stock is 0 or more.",
    )

    # === COMPUTE METHODS === #

    @api.depends("is_limited", "stock", "taken")
    def _compute_left(self):
        for reward in self:
            reward.left = max(0, reward.stock - reward.taken)

    # === CONSTRAINT METHODS === #

    @api.constrains("is_limited", "stock")
    def _check_stock(self):
        for reward in self:
            if reward.is_limited and reward.stock < reward.taken:
                raise ValidationError(
                    self.env._(
                        "“%(reward)s”: %(taken)s are taken already, so the stock cannot"
                        " be smaller. Enter at least as many; none are left then.",
                        reward=reward.name,
                        taken=reward.taken,
                    )
                )

    # === CRUD METHODS === #

    @api.model
    def _get_guarded_fields(self):
        return super()._get_guarded_fields() | {"taken"}

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_taken(vals)
        return super().create(vals_list)

    def write(self, vals):
        self._check_taken(vals)
        return super().write(vals)

    @api.model
    def _check_taken(self, vals):
        """Refuse to write what follows from the uses; they count in SQL.

        :raises AccessError: for everybody, `sudo` included.
        """
        if "taken" in vals:
            raise AccessError(
                self.env._(
                    "How many are taken follows from the uses of a reward. Change its"
                    " stock, or cancel a use."
                )
            )

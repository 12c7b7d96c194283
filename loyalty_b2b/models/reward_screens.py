from odoo import api, fields, models
from odoo.tools import format_date, format_datetime, formatLang

from ..fields import Points
from .reward_facts import COUNTED_STATES


class LoyaltyB2bReward(models.Model):
    """What the back office shows of a reward, and its buttons."""

    _inherit = "loyalty.b2b.reward"
    _mail_post_access = "read"

    price_text = fields.Char(string="Costs", compute="_compute_texts")
    left_text = fields.Char(string="In stock", compute="_compute_left_text")
    caption_handing = fields.Char(compute="_compute_texts")
    caption_stock = fields.Char(compute="_compute_left_text")
    caption_conditions = fields.Char(compute="_compute_texts")
    availability = fields.Selection(
        selection=[
            ("open", "Can be had"),
            ("not_yet", "Not yet"),
            ("sold_out", "Sold out"),
            ("over", "Over"),
        ],
        string="Status",
        compute="_compute_availability",
    )
    use_count = fields.Integer(string="Number of uses", compute="_compute_use_count")
    points_used = Points(
        string="Points used for it",
        compute="_compute_use_count",
        help="Points held or used for it, those given back left out.",
    )

    # === COMPUTE METHODS === #

    @api.depends(
        "points",
        "price_amount",
        "point_name",
        "user_id",
        "days_to_fulfil",
        "date_start",
        "date_end",
        "limit_number",
        "limit_period",
        "tier_ids",
        "segment_ids",
        "min_turnover",
    )
    @api.depends_context("lang")
    def _compute_texts(self):
        for reward in self:
            reward.price_text = reward._get_price_text()
            reward.caption_handing = reward._get_handing_caption()
            reward.caption_conditions = reward._get_conditions_caption()

    @api.depends("kind", "is_limited", "left", "stock", "codes_left")
    @api.depends_context("lang")
    def _compute_left_text(self):
        for reward in self:
            reward.left_text = reward._get_left_text()
            reward.caption_stock = reward.left_text or self.env._("any number")

    @api.depends("active", "date_start", "date_end", "date_event", "left", "codes_left")
    def _compute_availability(self):
        for reward in self:
            reward.availability = reward._get_availability()

    def _compute_use_count(self):
        groups = self.env["loyalty.b2b.redemption"]._read_group(
            [("reward_id", "in", self.ids), ("state", "in", COUNTED_STATES)],
            ["reward_id"],
            ["quantity:sum", "points:sum"],
        )
        sums = {reward: (number, points) for reward, number, points in groups}
        for reward in self:
            number, points = sums.get(reward._origin, (0, 0))
            reward.use_count, reward.points_used = number, int(points)

    # === CRUD METHODS === #

    def copy_data(self, default=None):
        return [
            dict(vals, name=self.env._("%s (copy)", reward.name))
            for reward, vals in zip(self, super().copy_data(default), strict=True)
        ]

    # === ACTION METHODS === #

    def action_view_redemptions(self):
        """Open the uses of points for this reward."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "loyalty_b2b.loyalty_b2b_redemption_action"
        )
        return {**action, "domain": [("reward_id", "=", self.id)], "context": {}}

    def action_view_codes(self):
        """Open the pool of voucher codes."""
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "loyalty_b2b.loyalty_b2b_reward_code_action"
        )
        return {
            **action,
            "domain": [("reward_id", "=", self.id)],
            "context": {"default_reward_id": self.id},
        }

    def action_add_codes(self):
        """Ask for a list of voucher codes."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Add voucher codes"),
            "res_model": "loyalty.b2b.codes",
            "view_mode": "form",
            "target": "new",
            "context": {"default_reward_id": self.id},
        }

    # === IN WORDS === #

    def _get_price_text(self):
        """Return the price in points, and in money if there is one."""
        points = self.env._(
            "%(points)s %(name)s",
            points=formatLang(self.env, self.points, digits=0),
            name=self.program_id._get_point_name(self.points)
            if self.program_id
            else self.env._("points"),
        )
        if not self.price_amount:
            return points
        money = self.currency_id.format(self.price_amount)
        return self.env._("%(points)s + %(money)s", points=points, money=money)

    def _get_left_text(self):
        """Return how many are left, '' if any number."""
        left = []
        if self.is_limited:
            left.append(self.left)
        if self.kind == "voucher":
            left.append(self.codes_left)
        if not left:
            return ""
        if self.is_limited and self.kind != "voucher":
            return self.env._(
                "%(left)s of %(stock)s left", left=self.left, stock=self.stock
            )
        return self.env._("%s left", min(left))

    def _get_availability(self):
        today = (
            self.program_id._today()
            if self.program_id
            else fields.Date.context_today(self)
        )
        if not self.active or (self.date_end and self.date_end < today):
            return "over"
        if (
            self.kind == "access"
            and self.date_event
            and self.date_event <= fields.Datetime.now()
        ):
            return "over"
        if self.date_start and self.date_start > today:
            return "not_yet"
        codes = self.codes_left if self.kind == "voucher" else None
        return "sold_out" if self._get_left({"codes": codes}) == 0 else "open"

    def _get_handing_caption(self):
        if self.user_id and self.days_to_fulfil:
            return self.env._(
                "%(name)s, %(days)s days",
                name=self.user_id.name,
                days=self.days_to_fulfil,
            )
        return self.user_id.name or self.env._("account manager")

    def _get_conditions_caption(self):
        """Say who may have it, when and how often."""
        parts = [self._get_days_text(), self._get_limit_text()]
        if self.tier_ids and self.program_id:
            parts.append(self._get_tiers_text(self.tier_ids._origin.ids))
        if self.segment_ids:
            parts.append(", ".join(self.segment_ids.mapped("name")))
        if self.min_turnover:
            amount = self.currency_id.format(self.min_turnover)
            parts.append(self.env._("turnover from %s", amount))
        return ", ".join(filter(None, parts)) or self.env._("for all")

    def _get_days_text(self):
        start = self.date_start and format_date(self.env, self.date_start)
        end = self.date_end and format_date(self.env, self.date_end)
        if start and end:
            return self.env._("from %(start)s to %(end)s", start=start, end=end)
        if start:
            return self.env._("from %(start)s", start=start)
        if end:
            return self.env._("until %(end)s", end=end)
        return ""

    def _get_event_text(self):
        """Return when and where it takes place, '' if that is not known."""
        parts = []
        if self.date_event:
            parts.append(
                format_datetime(
                    self.env, self.date_event, tz=self.program_id.tz, dt_format="medium"
                )
            )
        parts.append(self.place or "")
        return ", ".join(filter(None, parts))

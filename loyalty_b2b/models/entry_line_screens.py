from odoo import api, fields, models
from odoo.tools import formatLang

# Effects by which each line gives in proportion to its amount or number of units.
NATURAL = {"proportional": "amount", "unit": "quantity"}


class LoyaltyB2bEntryLine(models.Model):
    """How people read a line of an explanation: item, rate, limit, remark."""

    _inherit = "loyalty.b2b.entry.line"

    item = fields.Char(string="Line", compute="_compute_item")
    rate_text = fields.Char(
        string="Rate",
        compute="_compute_rate_text",
        help="What the rule gives, as it was when booked.",
    )
    limit_text = fields.Char(string="Limit", compute="_compute_limit_text")
    remark = fields.Char(compute="_compute_remark")
    channel_text = fields.Char(
        string="Order channel",
        compute="_compute_channel_text",
        help="How the order came in, as it was when booked.",
    )

    # === COMPUTE METHODS === #

    @api.depends("name", "part", "product_id")
    @api.depends_context("lang")
    def _compute_item(self):
        for line in self:
            if line.part == "cap":
                line.item = ""  # its remark says it all
            elif line.part == "discount":
                # a share of it, where one line of the purchase bears it
                line.item = self.env._("Discount with points")
            else:
                name = line.name or line.product_id.display_name
                line.item = name or self.env._("Whole order")

    @api.depends("rate_points", "rate_amount", "currency_id", "effect", "rule_id")
    @api.depends_context("lang")
    def _compute_rate_text(self):
        for line in self:
            points = formatLang(self.env, line.rate_points, digits=0)
            line.rate_text = line._get_rate_text(points)

    @api.depends("entry_id.line_ids")
    @api.depends_context("lang")
    def _compute_limit_text(self):
        """Say once for each rule of an entry what its limit took."""
        for line in self:
            line.limit_text = False
            if not line.rule_ref:
                continue
            same = line.entry_id.line_ids.filtered(
                lambda other, rule=line.rule_ref: other.rule_ref == rule
            ).sorted("id")
            if line == same.filtered(lambda o, part=line.part: o.part == part)[:1]:
                line.limit_text = (
                    same._get_period_limit_text()
                    if line.part == "cap"
                    else same._get_order_limit_text()
                )

    @api.depends("reason_text", "limit_text")
    def _compute_remark(self):
        for line in self:
            line.remark = " ".join(filter(None, (line.reason_text, line.limit_text)))

    @api.depends("channel")
    @api.depends_context("lang")
    def _compute_channel_text(self):
        field = self.env["sale.order"]._fields["loyalty_b2b_channel"]
        names = dict(field._description_selection(self.env))
        for line in self:
            line.channel_text = names.get(line.channel, line.channel)

    # === BUSINESS METHODS === #

    def _get_rate_text(self, points):
        """Return what the rule gives for what, '' where it gives nothing.

        :param str points: the points of the rate, formatted.
        """
        self.ensure_one()
        if self.effect == "multiplier":
            factor = self.rule_id._format_number(self.rule_id.factor)
            if self.rule_id.by_tier_id:
                return f"{self.rule_name}: {factor} ×"
            return self.rule_id and self.env._(
                "%(factor)s times the points", factor=factor
            )
        if self.effect == "ladder":
            return self.env._("By steps of the order’s amount")
        if not self.rate_points:
            return ""
        values = {
            "points": points,
            "amount": self.currency_id.format(self.rate_amount),
            "units": formatLang(self.env, self.rate_amount, digits=0),
        }
        return self._get_rate_texts()[self._get_rate_kind()] % values

    def _get_rate_kind(self):
        if self.effect == "unit" and self.rate_amount != 1:
            return "units"
        return self.effect or "proportional"

    def _get_rate_texts(self):
        """Return kind of rate → sentence."""
        return {
            "proportional": self.env._("%(points)s per %(amount)s"),
            "step": self.env._("%(points)s per full %(amount)s"),
            "unit": self.env._("%(points)s per unit"),
            "units": self.env._("%(points)s per %(units)s units"),
            "order": self.env._("%(points)s per order"),
            "bonus": self.env._("%(points)s once per customer"),
        }

    def _get_period_limit_text(self):
        """Return what the limit of a period took, of the lines of one rule.

        The lines of a cap are differences: what more was wanted, and what fitted.
        """
        caps = self.filtered(lambda line: line.part == "cap")
        wanted, given = sum(caps.mapped("cap_wanted")), sum(caps.mapped("cap_given"))
        values = {
            "given": formatLang(self.env, abs(given), digits=0),
            "wanted": formatLang(self.env, abs(wanted), digits=0),
        }
        if wanted > given >= 0:
            return self.env._("Limit: %(given)s of %(wanted)s points.", **values)
        if wanted < given <= 0:
            return self.env._(
                "Of these %(wanted)s points, the limit had let %(given)s through.",
                **values,
            )
        return ""

    def _get_order_limit_text(self):
        """Return the limit for one order if it took something, of one rule's lines."""
        rule = self.rule_id[:1]
        lines = self.filtered(lambda line: line.part == "line")
        points = sum(lines.mapped("points"))
        if not rule.cap_order or points <= 0:
            return ""
        measure = NATURAL.get(lines[0].effect)
        natural = sum(
            line[measure] * line.rate_points / line.rate_amount
            for line in lines
            if measure and line.rate_amount
        )
        if natural < points + 1 and (measure or points < rule.cap_order):
            return ""
        return self.env._(
            "Limit: at most %(points)s points per order.",
            points=formatLang(self.env, rule.cap_order, digits=0),
        )

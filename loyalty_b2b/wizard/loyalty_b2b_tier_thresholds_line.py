from odoo import api, fields, models


class LoyaltyB2bTierThresholdsLine(models.TransientModel):
    """A level with its threshold as it is and as it shall be, or a new level."""

    _name = "loyalty.b2b.tier.thresholds.line"
    _inherit = "loyalty.b2b.dialog.mixin"
    _description = "New Threshold of a Level"
    _order = "threshold, id"

    thresholds_id = fields.Many2one(
        comodel_name="loyalty.b2b.tier.thresholds", required=True, ondelete="cascade"
    )
    tier_id = fields.Many2one(
        comodel_name="loyalty.b2b.tier",
        string="Level",
        readonly=True,
        ondelete="cascade",
    )
    name = fields.Char(
        compute="_compute_name",
        store=True,
        precompute=True,
        readonly=False,
        required=True,
    )
    threshold_now = fields.Float(
        string="From now", related="tier_id.threshold", help="As it is."
    )
    threshold = fields.Float(
        string="From then on", required=True, digits=(16, 2), help="As it shall be."
    )
    now = fields.Integer(
        string="Customers", compute="_compute_effect", help="On this level now."
    )
    rising = fields.Integer(
        string="Rise to it",
        compute="_compute_effect",
        help="Customers who would rise to this level at once.",
    )
    falling = fields.Integer(
        string="Fall from it",
        compute="_compute_effect",
        help="Customers who would lose this level at the next review, if they reach no"
        " more until then.",
    )

    # === COMPUTE METHODS === #

    @api.depends("tier_id")
    def _compute_name(self):
        for line in self:
            line.name = line.tier_id.name or line.name

    @api.depends(
        "threshold",
        "thresholds_id.line_ids.threshold",
        "thresholds_id.tier_measure",
        "thresholds_id.tier_period",
    )
    def _compute_effect(self):
        for wizard, lines in self.grouped("thresholds_id").items():
            effect = wizard._get_effect() if wizard.program_id else {}
            for line in lines:
                counts = effect.get(line, {})
                line.now = counts.get("now", 0)
                line.rising = counts.get("rising", 0)
                line.falling = counts.get("falling", 0)

    # === BUSINESS METHODS === #

    def _apply(self, program):
        """Write the thresholds, so that no two levels ever begin at the same one.

        :param program: `loyalty.b2b.program` that may be written.
        """
        tiers = program.env["loyalty.b2b.tier"]
        known = self.filtered(lambda line: line.tier_id)
        rising = known.filtered(lambda x: x.threshold > x.threshold_now)
        falling = known.filtered(lambda x: x.threshold < x.threshold_now)
        ordered = [
            *rising.sorted("threshold", reverse=True),
            *falling.sorted("threshold"),
        ]
        for line in ordered:
            tier = tiers.browse(line.tier_id.id)
            tier.threshold = line.threshold
            tier.flush_recordset()
        tiers.create(
            [
                {
                    "name": line.name,
                    "program_id": program.id,
                    "threshold": line.threshold,
                }
                for line in self - known
            ]
        )

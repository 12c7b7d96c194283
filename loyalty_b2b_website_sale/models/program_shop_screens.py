from odoo import api, fields, models

from .program_page import TOLD


class LoyaltyB2bProgram(models.Model):
    """What the form of a programme says of the web shop."""

    _inherit = "loyalty.b2b.program"

    caption_shop = fields.Char(compute="_compute_caption_shop")
    has_shop_page = fields.Boolean(
        compute="_compute_has_shop_page",
        help="The programme has a page on a website.",
    )

    # === COMPUTE METHODS === #

    @api.depends("shop_shown", "shop_join", "website_ids.name")
    @api.depends_context("lang")
    def _compute_caption_shop(self):
        for program in self:
            program.caption_shop = ", ".join(program._get_shop_captions())

    def _get_shop_captions(self):
        """Return what is set of the web shop, in a few words each."""
        if not self.shop_shown:
            return [self.env._("not shown")]
        names = self.website_ids.mapped("name")
        captions = names if len(names) == 1 else [self.env._("shown")]
        if len(names) > 1:
            captions = [self.env._("%(count)s websites", count=len(names))]
        if self.shop_join:
            captions = [*captions, self.env._("companies join online")]
        return captions

    @api.depends("shop_shown", "state")
    def _compute_has_shop_page(self):
        for program in self:
            program.has_shop_page = program.shop_shown and program.state in TOLD

    # === ACTION METHODS === #

    def action_open_shop_page(self):
        """Open the public page of the programme, on its website."""
        self.ensure_one()
        self.check_access("read")
        website = self._get_page_website()
        url = self._get_shop_url()
        if website:
            url = website.get_client_action_url(url)
        return {"type": "ir.actions.act_url", "url": url, "target": "self"}

    def _get_page_website(self):
        """Return the first website that shows the programme."""
        websites = self.website_ids or self.env["website"].search(
            [("company_id", "=", self.company_id.id)]
        )
        return websites[:1]

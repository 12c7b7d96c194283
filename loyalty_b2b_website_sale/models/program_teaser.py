from odoo import models


class LoyaltyB2bProgram(models.Model):
    """The programme in one line, for those who do not take part."""

    _inherit = "loyalty.b2b.program"

    # === BUSINESS METHODS === #

    def _get_teaser_text(self):
        """Return what taking part brings, as short as possible."""
        self.ensure_one()
        example = self._get_teaser_example()
        if self.welcome_points and example:
            return self.env._(
                "Business customers earn points here: %(example)s, and %(points)s for"
                " joining.",
                example=example,
                points=self._format_portal_points(self.welcome_points),
            )
        if example:
            return self.env._(
                "Business customers earn points here: %(example)s.", example=example
            )
        return self.env._("Business customers earn points here.")

    def _get_teaser_example(self):
        """Return what an order of anything earns, or ''."""
        rows = self._prepare_shop_examples()["rows"]
        rows = [row for row in rows if not row["what"]]
        if not rows:
            return ""
        return self.env._(
            "%(points)s for an order of %(order)s net",
            points=rows[0]["points"][0],
            order=rows[0]["order"],
        )

from odoo import api, fields, models
from odoo.exceptions import ValidationError


class ResCompany(models.Model):
    """What a company gives to persons as gifts, and how much at most."""

    _inherit = "res.company"

    loyalty_b2b_gifts = fields.Boolean(
        string="Personal gifts",
        help="Rewards for a person, and not for the company: off unless you know why.",
    )
    loyalty_b2b_gift_count = fields.Integer(
        string="Gifts per person and year",
        default=3,
        help="How many a person may get in a calendar year, 1 or more.",
    )
    loyalty_b2b_gift_person_limit = fields.Monetary(
        string="Value per person and year",
        default=100.0,
        help="What all gifts to a person in a calendar year may be worth, with tax.",
    )
    loyalty_b2b_gift_company_limit = fields.Monetary(
        string="Value per customer and year",
        default=1000.0,
        help="What all gifts to people of a customer in a calendar year may be worth,"
        " tax included.",
    )
    loyalty_b2b_gift_threshold = fields.Monetary(
        string="Second person above",
        default=0.0,
        help="A gift worth more is agreed to by an officer who has not entered it."
        " 0: every gift.",
    )
    loyalty_b2b_gift_years = fields.Integer(
        string="Years kept",
        default=5,
        help="Full tax years after the year of the gift; names are removed then.",
    )
    loyalty_b2b_gift_public_tag_ids = fields.Many2many(
        comodel_name="res.partner.category",
        relation="loyalty_b2b_gift_public_tag_rel",
        string="Tags of the public sector",
        help="People of customers with one of these tags, or of a tag below, get no"
        " gifts.",
    )
    loyalty_b2b_gift_text = fields.Text(
        string="What customers read",
        translate=True,
        help="Besides the sentence that personal gifts are no matter of price.",
    )

    # === CONSTRAINT METHODS === #

    @api.constrains(
        "loyalty_b2b_gifts",
        "loyalty_b2b_gift_count",
        "loyalty_b2b_gift_person_limit",
        "loyalty_b2b_gift_company_limit",
        "loyalty_b2b_gift_threshold",
        "loyalty_b2b_gift_years",
    )
    def _check_loyalty_b2b_gifts(self):
        for company in self.filtered("loyalty_b2b_gifts"):
            limits = (
                company.loyalty_b2b_gift_count,
                company.loyalty_b2b_gift_person_limit,
                company.loyalty_b2b_gift_company_limit,
                company.loyalty_b2b_gift_years,
            )
            if min(limits) <= 0 or company.loyalty_b2b_gift_threshold < 0:
                raise ValidationError(
                    self.env._(
                        "%(company)s: personal gifts have limits. Enter how many a"
                        " person may get, what they may be worth for a person and for a"
                        " customer, and how many years the register is kept.",
                        company=company.name,
                    )
                )

    # === BUSINESS METHODS === #

    def _get_loyalty_b2b_gift_text(self):
        """Say what a personal gift is, in plain words."""
        self.ensure_one()
        plain = self.env._(
            "Rewards for the company are a matter of price: they lower what it pays."
            " Personal gifts are not: they go to a named person, the company agrees to"
            " each, there is a limit for a year, and they may be income of the person"
            " for tax. People of the public sector get none. We keep a register."
        )
        own = (self.sudo().loyalty_b2b_gift_text or "").strip()
        return f"{plain}\n{own}" if own else plain

    def _is_loyalty_b2b_public(self, partners):
        """Tell whether one of the contacts is marked as of the public sector."""
        self.ensure_one()
        company = self.sudo()
        if not company.loyalty_b2b_gift_public_tag_ids:
            return False
        tags = self.env["res.partner.category"].sudo()
        below = tags.search(
            [("id", "child_of", company.loyalty_b2b_gift_public_tag_ids.ids)]
        )
        return bool(partners.sudo().category_id & below)

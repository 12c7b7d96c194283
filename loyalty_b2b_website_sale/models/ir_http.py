from odoo import models
from odoo.http import request
from odoo.tools import lazy


class IrHttp(models.AbstractModel):
    """What pages of the shop find out once for each request, as core does its cart."""

    _inherit = "ir.http"

    @classmethod
    def _frontend_pre_dispatch(cls):
        super()._frontend_pre_dispatch()
        request.loyalty_b2b_visit = lazy(request.website._find_loyalty_b2b_visit)
        # prices before tax, see `product.pricelist`
        request.loyalty_b2b_prices = {}
        request.loyalty_b2b_carts = {}


def get_notes(name):
    """Return what the request notes under a name, a dict.

    One that nobody keeps where no page of a website is served.
    """
    notes = getattr(request, name, None) if request else None
    return notes if isinstance(notes, dict) else {}

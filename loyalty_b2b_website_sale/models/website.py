from odoo import models
from odoo.http import request
from odoo.tools import lazy


class Website(models.Model):
    """Which wallet a visitor shops for."""

    _inherit = "website"

    # === BUSINESS METHODS === #

    def _get_loyalty_b2b_wallet(self):
        """Return the wallet the visitor shops for, in sudo; empty for strangers.

        One that he may see, of a programme that this website shows. No query after
        the first in a request.
        """
        wallets = self.env["loyalty.b2b.wallet"].sudo()
        visit = self._get_loyalty_b2b_visit()
        if not visit or not visit.may("sees"):
            return wallets
        roles = {visit.wallet_id: visit.role}
        return wallets.browse(visit.wallet_id).with_context(loyalty_b2b_roles=roles)

    def _get_loyalty_b2b_visit(self):
        """Return for which wallet the visitor buys, also if he only collects for it.

        :return: `Visit` of one of this website's programmes, None for strangers.
        """
        self.ensure_one()
        if is_request_of(self):
            # a proxy of None is not None, but false
            return request.loyalty_b2b_visit or None
        return self._find_loyalty_b2b_visit()

    def _find_loyalty_b2b_visit(self):
        if self.env.user._is_public():
            return None
        programs = self.env["loyalty.b2b.program"].sudo()
        for visit in self.env.user.partner_id._find_loyalty_b2b_visits():
            if programs.browse(visit.program_id)._is_shown_on(self):
                return visit
        return None

    def _get_loyalty_b2b_offer_texts(self, visit, offers):
        """Return what products say of the points that they earn.

        :param visit: `Visit`, for which company.
        :param offers: list of `Offer`, or None where nothing is offered.
        :return: key of the offer → text, without those that earn nothing.
        """
        program = self.env["loyalty.b2b.program"].sudo().browse(visit.program_id)
        points = program._get_offer_points(
            [offer for offer in offers if offer],
            visit,
            request.pricelist,
            self.currency_id,
        )
        return {key: program._get_offer_text(number) for key, number in points.items()}


def is_request_of(website):
    """Tell whether a website serves the request, to the user who asks."""
    if not request or not isinstance(getattr(request, "loyalty_b2b_visit", None), lazy):
        return False
    served = request.website
    return served.id == website.id and served.env.uid == website.env.uid

from odoo import models
from odoo.exceptions import UserError


class SaleOrder(models.Model):
    """Whose people may ask for points on an order."""

    _inherit = "sale.order"

    # === CONSTRAINT METHODS === #

    def _check_loyalty_b2b_contact(self, contact):
        """Check that who asked belongs to the customer.

        :param contact: `res.partner`; empty: nobody in particular.
        :raises UserError: if it is somebody else.
        """
        self.ensure_one()
        owners = (self.partner_invoice_id | self.partner_id)._get_loyalty_b2b_owner()
        if contact and contact._get_loyalty_b2b_owner() not in owners:
            raise UserError(
                self.env._(
                    "%(contact)s does not belong to %(customer)s: choose who at the"
                    " customer asked for it.",
                    contact=contact.display_name,
                    customer=self.partner_invoice_id.display_name,
                )
            )

from odoo.addons.sale.controllers.portal import CustomerPortal


class LoyaltyB2bSalePortal(CustomerPortal):
    """Customers see, sign and pay a quotation with the discount that still holds."""

    def _document_check_access(self, model_name, document_id, access_token=None):
        document = super()._document_check_access(
            model_name, document_id, access_token=access_token
        )
        if model_name == "sale.order":
            document._refresh_loyalty_b2b_use(strict=False)
        return document

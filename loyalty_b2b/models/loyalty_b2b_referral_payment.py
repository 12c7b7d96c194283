from odoo import fields, models


class LoyaltyB2bReferralPayment(models.Model):
    """A payment, made or undone, that the settling of referrals has not seen yet.

    Payments only insert rows and settling deletes those it has seen: neither waits for
    the other, and none is lost between them.
    """

    _name = "loyalty.b2b.referral.payment"
    _description = "B2B Loyalty Payment of a Referred Company"
    _log_access = False

    wallet_id = fields.Many2one(
        comodel_name="loyalty.b2b.wallet",
        required=True,
        index=True,
        ondelete="cascade",
    )

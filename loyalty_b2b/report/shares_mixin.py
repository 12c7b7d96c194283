from odoo import api, models
from odoo.tools import SQL


class LoyaltyB2bSharesMixin(models.AbstractModel):
    """Shares that hold for groups, too: a part of the sum, not a sum of parts."""

    _name = "loyalty.b2b.shares.mixin"
    _description = "B2B Loyalty Shares of Groups"

    # === BUSINESS METHODS === #

    @api.model
    def _get_shares(self):
        """Return for each field of a share (0–1) the fields of the part and the whole.

        :return: dict name → list of (sign, part, whole); their shares are added
            up; nothing where one of them has no whole.
        """
        return {}

    def _read_group_select(self, aggregate_spec, query):
        terms = self._get_shares().get(aggregate_spec.removesuffix(":avg"))
        if not terms or not aggregate_spec.endswith(":avg"):
            return super()._read_group_select(aggregate_spec, query)

        def get_sum(name):
            return SQL("SUM(%s)", self._field_to_sql(self._table, name, query))

        shares = [
            SQL("%s * %s / NULLIF(%s, 0)::float", sign, get_sum(part), get_sum(whole))
            for sign, part, whole in terms
        ]
        return SQL("COALESCE(%s, 0)", SQL(" + ").join(shares))

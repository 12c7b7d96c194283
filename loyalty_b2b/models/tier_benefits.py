from typing import NamedTuple

from odoo import api, fields, models, tools
from odoo.tools import SQL

BENEFITS = ("pricelist_id", "payment_term_id")


class Benefits(NamedTuple):
    """The ids of the levels of a company's programmes that bring each benefit."""

    pricelist_id: tuple[int, ...]
    payment_term_id: tuple[int, ...]


class LoyaltyB2bTier(models.Model):
    """Which pricelist and payment terms customers have by their level."""

    _inherit = "loyalty.b2b.tier"

    # === BUSINESS METHODS === #

    @api.model
    @tools.ormcache("company_id")
    def _get_benefits(self, company_id):
        """Return which levels bring something, without a query when warm.

        Emptied with every change of a level or programme.
        """
        domain = [
            ("company_id", "=", company_id),
            ("program_id.state", "in", ("running", "closing")),
            ("program_id.active", "=", True),
        ]
        tiers = self.sudo().search(domain)
        return Benefits(*(tuple(tiers.filtered(name).ids) for name in BENEFITS))

    @api.model
    def _get_benefit(self, name, partners, company):
        """Return what the level of partners brings, in one query at most.

        The wallet is that of the owner; of several programmes, the first one whose
        level brings something counts. Readable for everybody: prices are.

        :param str name: 'pricelist_id' or 'payment_term_id'.
        :param partners: `res.partner`, of any user.
        :param company: `res.company` that sells.
        :return: dict of partner → `product.pricelist` or `account.payment.term`, of
            those who have one by their level.
        """
        tier_ids = getattr(self._get_benefits(company.id), name)
        if not tier_ids or not partners:
            return {}
        owners = {
            partner: partner.sudo()._get_loyalty_b2b_owner()._origin.id
            for partner in partners
        }
        found = self._query_benefit(name, tier_ids, set(owners.values()), company)
        records = self.env[self._fields[name].comodel_name]
        return {
            partner: records.browse(found[owner_id])
            for partner, owner_id in owners.items()
            if owner_id in found
        }

    def _query_benefit(self, name, tier_ids, owner_ids, company):
        """Return owner id → id of the pricelist or payment terms in force."""
        self.env["loyalty.b2b.wallet"].flush_model(["tier_id", "state", "is_control"])
        self.env["loyalty.b2b.participant"].flush_model()
        benefit = self.env[self._fields[name].comodel_name]
        benefit.flush_model(["active", "company_id"])
        return dict(
            self.env.execute_query(
                SQL(
                    """
            SELECT DISTINCT ON (p.partner_id) p.partner_id, b.id
              FROM loyalty_b2b_participant p
              JOIN loyalty_b2b_wallet w ON w.id = p.wallet_id
              JOIN loyalty_b2b_program g ON g.id = w.program_id
              JOIN loyalty_b2b_tier t ON t.id = w.tier_id
              JOIN %(table)s b ON b.id = %(column)s
             WHERE p.partner_id = ANY(%(owners)s) AND w.tier_id = ANY(%(tiers)s)
               AND w.state = 'active' AND w.is_control IS NOT TRUE
               AND p.date_start <= %(today)s
               AND (p.date_end IS NULL OR p.date_end >= %(today)s)
               AND b.active
               AND (b.company_id IS NULL OR b.company_id = ANY(%(companies)s))
             ORDER BY p.partner_id, g.sequence, g.id
                    """,
                    table=SQL.identifier(benefit._table),
                    column=SQL.identifier("t", name),
                    owners=[owner_id for owner_id in owner_ids if owner_id],
                    tiers=list(tier_ids),
                    today=fields.Date.context_today(self),
                    companies=company.sudo().parent_ids.ids,
                )
            )
        )

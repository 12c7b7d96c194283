from typing import NamedTuple

from odoo import models
from odoo.tools import SQL

from .res_partner_role import is_as_much

# What pages read of the wallet itself.
FIELDS = ("program_id", "company_id", "partner_id", "state", "is_control", "tier_id")


class Visit(NamedTuple):
    """A wallet of a person's company, his role in it, and the company's own facts.

    Plain values, so that pages with many prices ask for them once. `facts` are those
    of `res.partner._prepare_loyalty_b2b_facts`, all of them.
    """

    wallet_id: int
    program_id: int
    role: str
    facts: dict

    def may(self, role):
        """Tell whether the person may do as much as a role allows."""
        return is_as_much(self.role, role)


class ResPartner(models.Model):
    """For whom a person buys, in one query."""

    _inherit = "res.partner"

    # === BUSINESS METHODS === #

    def _find_loyalty_b2b_visits(self):
        """Return the wallets that this person's purchases concern, with his roles.

        Also those for which he only collects: what he may read is the caller's.

        :return: list of `Visit` in the order of the programmes; `loyalty.b2b.wallet`
            in sudo has the fields in memory by which pages decide.
        """
        self.ensure_one()
        if not self.active:
            return []
        owner = self._get_loyalty_b2b_owner()
        wallets = self.env["loyalty.b2b.wallet"].sudo()
        visits = []
        for row in self._query_loyalty_b2b_visits(wallets, owner):
            wallet_id, *values, role, country_id, tag_ids = row
            values = dict(zip(FIELDS, values, strict=True))
            wallets.browse(wallet_id)._update_cache(values, validate=False)
            facts = {
                "id": owner.id,
                "country_id": country_id,
                "tag_ids": tuple(tag_ids),
                "tier_id": values["tier_id"],
            }
            visits.append(Visit(wallet_id, values["program_id"], role, facts))
        return visits

    def _query_loyalty_b2b_visits(self, wallets, owner):
        """Return rows: id and fields of a wallet, role, country and tags of the owner.

        The role is decided as in `_find_loyalty_b2b_roles`.
        """
        self.env["loyalty.b2b.person"].flush_model()
        self.env["loyalty.b2b.program"].flush_model(["colleague_role", "sequence"])
        self.env["res.partner"].flush_model(["country_id"])
        query = wallets._search(self._get_loyalty_b2b_wallet_domain())
        columns = [
            wallets._field_to_sql(query.table, name, query) for name in ("id", *FIELDS)
        ]
        tags = owner._fields["category_id"]
        return self.env.execute_query(
            SQL(
                """
            SELECT w.*, COALESCE(h.role, g.colleague_role), o.country_id,
                   ARRAY(SELECT %(tag)s FROM %(tags)s WHERE %(tagged)s = o.id)
              FROM (%(wallets)s) w
              JOIN loyalty_b2b_program g ON g.id = w.program_id
              JOIN res_partner o ON o.id = %(owner)s
         LEFT JOIN loyalty_b2b_person h ON h.wallet_id = w.id
               AND h.partner_id = %(person)s AND h.date_end IS NULL
             ORDER BY g.sequence, w.id
                """,
                wallets=query.select(*columns),
                tag=SQL.identifier(tags.column2),
                tags=SQL.identifier(tags.relation),
                tagged=SQL.identifier(tags.column1),
                owner=owner.id,
                person=self.id,
            )
        )

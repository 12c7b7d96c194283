from odoo import api, fields, models
from odoo.tools import SQL

# Room for the contacts of one programme in the number of a row.
ROOM = 2**31


class LoyaltyB2bDuplicate(models.Model):
    """A company whose tax id says that it belongs to the wallet of another one.

    By the tax ids of today, in the notation of `_get_loyalty_b2b_tax_id`. Who is kept
    apart with a reason is left out.
    """

    _name = "loyalty.b2b.duplicate"
    _description = "B2B Loyalty Duplicate Tax ID"
    _auto = False
    _order = "tax_id, partner_id"
    _rec_name = "partner_id"
    _depends = {
        "loyalty.b2b.apart": ["partner_id", "program_id", "tax_id"],
        "loyalty.b2b.participant": [
            "date_end",
            "partner_id",
            "program_id",
            "reason",
            "wallet_id",
        ],
        "loyalty.b2b.program": ["company_id", "individuals_allowed", "state"],
        "loyalty.b2b.wallet": ["merged_into_id", "partner_id"],
        "res.partner": [
            "active",
            "commercial_partner_id",
            "company_id",
            "country_id",
            "is_company",
            "parent_id",
            "vat",
        ],
    }

    kind = fields.Selection(
        selection=[
            ("wallets", "Two wallets"),
            ("outside", "Takes no part"),
            ("branch", "Branch without a tax ID"),
        ],
        string="What is wrong",
        readonly=True,
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner", string="Customer", readonly=True
    )
    tax_id = fields.Char(string="Tax ID", readonly=True)
    program_id = fields.Many2one(
        comodel_name="loyalty.b2b.program", string="Programme", readonly=True
    )
    company_id = fields.Many2one(comodel_name="res.company", readonly=True)
    wallet_id = fields.Many2one(
        comodel_name="loyalty.b2b.wallet",
        readonly=True,
        help="Where the company takes part now, if it does.",
    )
    other_wallet_id = fields.Many2one(
        comodel_name="loyalty.b2b.wallet",
        string="Belongs to the wallet of",
        readonly=True,
    )
    advice = fields.Char(string="What to do", compute="_compute_advice")

    # === COMPUTE METHODS === #

    @api.depends("kind", "partner_id", "other_wallet_id")
    @api.depends_context("lang")
    def _compute_advice(self):
        for row in self:
            values = {
                "company": row.partner_id.name,
                "other": row.other_wallet_id.partner_id.name,
            }
            row.advice = row._get_advice() % values

    def _get_advice(self):
        """Return what to do, as a sentence with `%(company)s` and `%(other)s`."""
        if self.kind == "outside":
            return self.env._(
                "%(company)s has the tax id of %(other)s and earns nothing: let it"
                " share the wallet."
            )
        if self.kind == "branch" and not self.wallet_id:
            return self.env._(
                "%(company)s is a branch of %(other)s and earns nothing: let it share"
                " the wallet."
            )
        if self.kind == "branch":
            return self.env._(
                "%(company)s is a branch of %(other)s and has another wallet: merge"
                " the wallets, or give it a tax id of its own."
            )
        return self.env._(
            "%(company)s and %(other)s have the same tax id and two wallets: merge"
            " them, or correct the tax id."
        )

    # === QUERY === #

    @property
    def _table_query(self):
        """Return one row a programme and company; contacts are read once."""
        return SQL(
            """
            WITH program AS (
                SELECT g.id, g.company_id, g.individuals_allowed,
                       country.code AS country
                  FROM loyalty_b2b_program g
                  JOIN res_company c ON c.id = g.company_id
                  JOIN res_partner cp ON cp.id = c.partner_id
                  LEFT JOIN res_country country ON country.id = cp.country_id
                 WHERE g.state IN ('announced', 'running', 'paused', 'closing')
            ), company AS MATERIALIZED (
                SELECT p.id, p.parent_id, p.company_id, p.is_company,
                       country.code AS country, %(vat)s AS vat
                  FROM res_partner p
                  LEFT JOIN res_country country ON country.id = p.country_id
                 WHERE p.active AND p.commercial_partner_id = p.id
                   AND (p.vat <> '' OR (p.is_company AND p.parent_id IS NOT NULL))
            ), member AS (
                SELECT t.program_id, t.partner_id, t.wallet_id,
                       w.partner_id = t.partner_id AND COALESCE(t.reason, '') <> ''
                       AS is_kept
                  FROM loyalty_b2b_participant t
                  JOIN loyalty_b2b_wallet w ON w.id = t.wallet_id
                 WHERE w.merged_into_id IS NULL
            ), known AS (
                SELECT p.id AS program_id, p.company_id, c.id AS partner_id,
                       %(tax_id)s AS tax_id, m.wallet_id, m.is_kept, c.parent_id
                  FROM program p
                  JOIN company c
                    ON (c.company_id IS NULL OR c.company_id = p.company_id)
                   AND (c.is_company OR p.individuals_allowed)
                  LEFT JOIN member m ON m.program_id = p.id AND m.partner_id = c.id
            ), host AS (
                SELECT program_id, tax_id, MIN(wallet_id) AS wallet_id
                  FROM known
                 WHERE wallet_id IS NOT NULL AND tax_id <> '' AND NOT is_kept
                 GROUP BY program_id, tax_id
            ), found AS (
                SELECT CASE WHEN k.wallet_id IS NULL THEN 'outside' ELSE 'wallets' END
                       AS kind, k.*, h.wallet_id AS other_wallet_id
                  FROM known k
                  JOIN host h ON h.program_id = k.program_id AND h.tax_id = k.tax_id
                 WHERE k.wallet_id IS DISTINCT FROM h.wallet_id
                   AND k.is_kept IS NOT TRUE
                 UNION ALL
                SELECT 'branch', k.*, m.wallet_id
                  FROM known k
                  JOIN res_partner parent ON parent.id = k.parent_id
                  JOIN member m ON m.program_id = k.program_id
                   AND m.partner_id = parent.commercial_partner_id
                 WHERE k.tax_id = '' AND k.wallet_id IS DISTINCT FROM m.wallet_id
                   AND k.is_kept IS NOT TRUE
            )
            SELECT f.program_id * %(room)s + f.partner_id AS id, f.kind, f.partner_id,
                   NULLIF(f.tax_id, '') AS tax_id, f.program_id, f.company_id,
                   f.wallet_id, f.other_wallet_id
              FROM found f
             WHERE NOT EXISTS (
                SELECT FROM loyalty_b2b_apart a
                 WHERE a.program_id = f.program_id AND a.partner_id = f.partner_id
                   AND COALESCE(a.tax_id, '') = f.tax_id)
            """,
            room=ROOM,
            vat=SQL("REGEXP_REPLACE(UPPER(p.vat), '[^0-9A-Z]', '', 'g')"),
            tax_id=self._get_tax_id_sql(),
        )

    def _get_tax_id_sql(self):
        """Return `_get_loyalty_b2b_tax_id` as SQL, of company `c` and programme `p`."""
        return SQL(
            """CASE WHEN LENGTH(SUBSTRING(c.vat FROM '^(?:[A-Z]{2})?(.*)$')) >= 3
                    THEN COALESCE(SUBSTRING(c.vat FROM '^[A-Z]{2}'), c.country,
                                  p.country, '')
                         || ':' || SUBSTRING(c.vat FROM '^(?:[A-Z]{2})?(.*)$')
                    ELSE '' END"""
        )

    # === ACTION METHODS === #

    def action_open(self):
        """Open the company."""
        self.ensure_one()
        return self.partner_id.get_formview_action()

    def action_join(self):
        """Ask why the company shall share the other wallet."""
        self.ensure_one()
        return self.other_wallet_id._get_dialog(
            self.env._("Let a company share this wallet"),
            "loyalty.b2b.participation",
            {
                "default_wallet_id": self.other_wallet_id.id,
                "default_partner_id": self.partner_id.id,
                "default_act": "join",
                "default_reason": self._get_join_reason(),
            },
        )

    def _get_join_reason(self):
        other = self.other_wallet_id.partner_id.name
        if self.kind == "branch":
            return self.env._("Branch of %(name)s", name=other)
        return self.env._("Same tax id as %(name)s", name=other)

    def action_merge(self):
        """Ask whether the company's wallet shall be merged into the other one."""
        self.ensure_one()
        return self.other_wallet_id._get_dialog(
            self.env._("Merge two wallets"),
            "loyalty.b2b.wallet.merge",
            {
                "default_wallet_id": self.other_wallet_id.id,
                "default_source_id": self.wallet_id.id,
            },
        )

    def action_apart(self):
        """Ask why the company stays as it is."""
        self.ensure_one()
        return self.other_wallet_id._get_dialog(
            self.env._("Leave as it is"),
            "loyalty.b2b.apart.reason",
            {
                "default_program_id": self.program_id.id,
                "default_partner_id": self.partner_id.id,
            },
        )

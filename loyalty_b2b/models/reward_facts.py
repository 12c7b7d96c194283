from datetime import timedelta
from typing import NamedTuple

from dateutil.relativedelta import relativedelta

from odoo import models
from odoo.tools import SQL

from ..tools import periods
from .res_partner_role import is_as_much

# Uses that count towards the limit of a customer: whoever asked has his place.
COUNTED_STATES = ("approve", "reserved", "done", "fulfilled")
# The facts of one question, for all rewards of it; no remote call can carry them.
FACTS = "loyalty_b2b_reward_facts"


class RewardFacts(NamedTuple):
    """What the answers for one wallet and person go by, read once.

    `rows`: reward id → dict of available (points of the wallet), tier_ids, in_segment,
    used (in the reward's period), turnover (in its period; None if it does not ask)
    and codes (free ones).
    """

    wallet: object
    partner: object
    today: object
    available: int
    # of a wish: what it was priced at; None: as the reward says now
    points: object
    may_use: bool
    # names of who decides about points, where this person does not
    deciders: str
    refusal: str
    rows: dict


class LoyaltyB2bReward(models.Model):
    """What rewards ask of a wallet, read for all of them at once."""

    _inherit = "loyalty.b2b.reward"

    def _get_facts(self, wallet, partner=None, wish=None):
        """Return what `_get_refusals` goes by; read anew if nobody has read it.

        :param wish: a redemption that does not count towards its own limit.
        """
        facts = self.env.context.get(FACTS)
        if (
            isinstance(facts, RewardFacts)
            and facts.wallet == wallet
            and facts.partner == partner
            and set(self.ids) <= set(facts.rows)
        ):
            return facts
        return self._prepare_facts(wallet, partner, wish)

    def _prepare_facts(self, wallet, partner=None, wish=None):
        """Read what the answers for a wallet go by; a few queries for any number.

        :param partner: `res.partner` at the customer; None: a colleague of ours asks.
        """
        wallet = wallet.sudo()
        may_use, deciders = True, ""
        if partner:
            may_use = is_as_much(partner._get_loyalty_b2b_role(wallet), "uses")
            if not may_use:
                people = wallet._get_administrators()
                deciders = ", ".join(people.mapped("name"))
        rows = self._query_facts(wallet, partner, wish)
        available = rows[0]["available"] if rows else wallet.available
        return RewardFacts(
            wallet=wallet,
            partner=partner,
            today=wallet.program_id._today(),
            available=int(available),
            points=int(wish.points) if wish else None,
            may_use=may_use,
            deciders=deciders,
            refusal=wallet._get_use_refusal(),
            rows={row.pop("id"): row for row in rows},
        )

    def _query_facts(self, wallet, partner, wish):
        """Read the rows of `RewardFacts`, in one query."""
        today = wallet.program_id._today()
        self.flush_model()
        self.env["loyalty.b2b.redemption"].flush_model(
            ["reward_id", "wallet_id", "state", "quantity"]
        )
        self.env["res.partner"].flush_model(["category_id"])
        owners = wallet.partner_id
        if partner:
            owners |= partner._get_loyalty_b2b_owner()
        return self.env.execute_query_dict(
            SQL(
                """
            WITH turnover AS MATERIALIZED (%(turnover)s),
                 usable AS MATERIALIZED (SELECT %(available)s AS points)
            SELECT r.id, (SELECT points FROM usable) AS available,
                   ARRAY(%(tiers)s) AS tier_ids,
                   (NOT EXISTS (%(segments)s) OR EXISTS (%(own_segments)s))
                       AS in_segment,
                   %(used)s AS used,
                   CASE WHEN r.min_turnover > 0 THEN (
                        SELECT CASE r.turnover_period WHEN 'quarter' THEN quarter
                                    WHEN 'year' THEN year ELSE rolling END
                          FROM turnover) END AS turnover,
                   CASE WHEN r.kind = 'voucher' THEN %(codes)s END AS codes
              FROM loyalty_b2b_reward r WHERE r.id = ANY(%(ids)s)
                """,
                ids=list(self.ids),
                turnover=self._get_turnover_sql(wallet, today),
                available=wallet._get_available_sql(
                    SQL("%s", wallet.id), SQL("%s", wallet.program_id.id)
                ),
                used=self._get_used_sql(wallet, today, wish),
                codes=self._get_free_codes_sql(today),
                **self._get_relations_sql(owners),
            )
        )

    def _get_turnover_sql(self, wallet, today):
        """Return SQL for the turnover of a wallet: quarter, year and rolling."""
        quarter = periods.period_start(today, "quarter")
        year = periods.period_start(today, "year")
        rolling = today - relativedelta(months=12) + timedelta(days=1)
        return SQL(
            """
            SELECT COALESCE(SUM(turnover) FILTER (WHERE date_earned >= %(quarter)s), 0)
                       AS quarter,
                   COALESCE(SUM(turnover) FILTER (WHERE date_earned >= %(year)s), 0)
                       AS year,
                   COALESCE(SUM(turnover) FILTER (WHERE date_earned >= %(rolling)s), 0)
                       AS rolling
              FROM loyalty_b2b_entry
             WHERE wallet_id = %(wallet)s AND state = 'posted'
               AND date_earned >= LEAST(%(year)s::date, %(rolling)s::date)
            """,
            quarter=quarter,
            year=year,
            rolling=rolling,
            wallet=wallet.id,
        )

    def _get_used_sql(self, wallet, today, wish):
        """Return SQL for how many of a reward `r` the wallet has had in its period."""
        program = wallet.program_id
        starts = {
            name: program._get_day_start(periods.period_start(today, name))
            for name in ("month", "quarter", "year")
        }
        return SQL(
            """(
            SELECT COALESCE(SUM(x.quantity), 0)::int FROM loyalty_b2b_redemption x
             WHERE x.reward_id = r.id AND x.wallet_id = %(wallet)s
               AND x.state IN %(states)s AND x.id <> %(wish)s
               AND (r.limit_period = 'lifetime' OR x.create_date >=
                    CASE r.limit_period WHEN 'month' THEN %(month)s::timestamp
                         WHEN 'quarter' THEN %(quarter)s::timestamp
                         ELSE %(year)s::timestamp END)
            )""",
            wallet=wallet.id,
            states=COUNTED_STATES,
            wish=wish.id if wish and wish.id else 0,
            **starts,
        )

    def _get_free_codes_sql(self, today):
        """Return SQL for the number of codes of a reward `r` that can be handed out."""
        return SQL(
            """(
            SELECT COUNT(*)::int FROM loyalty_b2b_reward_code c
             WHERE c.reward_id = r.id AND c.redemption_id IS NULL
               AND (c.date_end IS NULL OR c.date_end >= %s)
            )""",
            today,
        )

    def _get_relations_sql(self, owners):
        """Return SQL for the levels and customer tags that a reward `r` asks for."""
        tiers, segments = self._fields["tier_ids"], self._fields["segment_ids"]
        asked = SQL("%s = r.id", SQL.identifier("asked", segments.column1))
        table = SQL.identifier(segments.relation)
        return {
            "tiers": SQL(
                "SELECT %s FROM %s asked WHERE %s = r.id",
                SQL.identifier("asked", tiers.column2),
                SQL.identifier(tiers.relation),
                SQL.identifier("asked", tiers.column1),
            ),
            "segments": SQL("SELECT FROM %s asked WHERE %s", table, asked),
            "own_segments": SQL(
                "SELECT FROM %s asked JOIN res_partner_res_partner_category_rel own"
                " ON own.category_id = %s WHERE %s AND own.partner_id = ANY(%s)",
                table,
                SQL.identifier("asked", segments.column2),
                asked,
                owners.ids,
            ),
        }

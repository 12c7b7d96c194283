"""Years of history for wallets, by SQL: entries, explanations, allocations.

Every ten entries of a wallet are six lots, two uses of two lots each, an expiry and a
credit note; they come to nothing. The last ten are open lots, one of them unpaid.
"""

import json

from _plans import LEDGER, in_autocommit

TABLES = (
    *LEDGER,
    "loyalty_b2b_wallet",
    "loyalty_b2b_participant",
    "res_partner",
)
# Documents that nobody has any more: ids that no real document reaches. Rows that acts
# change, the open lots, name none, for PostgreSQL looks for it then.
FOREIGN = 1_000_000_000
# Bookings go on after those of the history.
BOOKING = 1_000_000_000
DAYS = 1000

ENTRIES = """
    INSERT INTO loyalty_b2b_entry (
        id, wallet_id, program_id, company_id, currency_id, kind, state, points,
        points_open, date_event, date_available, date_booked, date_expiry, booking, key,
        reversed_entry_id, group_ref, round, awaits_payment, to_settle, partner_id,
        partner_name, move_id, move_ref, move_name, order_id, order_name, amount,
        user_id, user_name, create_uid, create_date, write_uid, write_date)
    SELECT p.id, w.id, %(program)s, %(company)s, %(currency)s, k.kind,
           CASE WHEN p.waits THEN 'pending' ELSE 'posted' END,
           CASE k.kind WHEN 'earn' THEN 100 WHEN 'redeem' THEN -200 ELSE -100 END,
           CASE WHEN p.is_open THEN 100 ELSE 0 END,
           d.day, CASE WHEN k.kind = 'earn' AND NOT p.waits THEN d.day END,
           CASE WHEN NOT p.waits THEN d.day END,
           CASE WHEN p.waits THEN NULL
                WHEN p.is_open THEN CURRENT_DATE + 300 + p.step * 30
                WHEN k.kind = 'earn' THEN d.day + 365 END,
           CASE WHEN NOT p.waits THEN p.id END, 'bench:' || p.id,
           CASE WHEN k.kind IN ('expire', 'reversal') THEN p.id - 4 END,
           CASE k.kind WHEN 'earn' THEN 'order:' || f.id
                WHEN 'reversal' THEN 'order:' || f.id - 4 END,
           CASE k.kind WHEN 'earn' THEN 1 ELSE 0 END, p.waits, FALSE, w.partner_id,
           'Bench customer', CASE WHEN NOT p.is_open THEN f.move END, f.move,
           'INV/2026/' || f.move,
           CASE WHEN k.kind = 'reversal' THEN f.id - 4
                WHEN k.kind <> 'expire' AND NOT p.is_open THEN f.id END,
           'S' || f.id, 100, %(user)s, 'Bench', %(user)s, now(), %(user)s, now()
      FROM loyalty_b2b_wallet w
     CROSS JOIN generate_series(0, %(length)s - 1) n
     CROSS JOIN LATERAL (SELECT
            %(first)s + (w.id - %(wallet)s) * %(length)s + n AS id,
            n %% 10 AS step, n >= %(length)s - 10 AS is_open,
            n = %(length)s - 1 AS waits) p
     CROSS JOIN LATERAL (SELECT CASE
            WHEN p.is_open OR p.step < 6 THEN 'earn' WHEN p.step < 8 THEN 'redeem'
            WHEN p.step = 8 THEN 'expire' ELSE 'reversal' END AS kind) k
     CROSS JOIN LATERAL (SELECT
            CURRENT_DATE - ((%(length)s - n)::bigint * %(days)s / %(length)s)::int
            AS day) d
     CROSS JOIN LATERAL (SELECT %(foreign)s + p.id AS id,
            CASE WHEN k.kind IN ('earn', 'reversal') THEN %(foreign)s + p.id END
            AS move) f
     WHERE w.id BETWEEN %(wallet)s AND %(wallet)s + %(wallets)s - 1
"""
LINES = """
    INSERT INTO loyalty_b2b_entry_line (
        entry_id, name, part, key, source, move_line_id, order_line_ref, product_id,
        product_ref, rule_id, rule_ref, rule_root, rule_version, rule_name, effect,
        rate_points, rate_amount, base, base_currency_id, amount, points,
        create_uid, create_date, write_uid, write_date)
    SELECT e.id, 'Drill', CASE e.kind WHEN 'earn' THEN 'line' ELSE 'correction' END,
           'aml:' || COALESCE(e.reversed_entry_id, e.id) + %(foreign)s,
           'aml:' || e.move_ref, e.move_ref, e.order_id, %(product)s, %(product)s,
           %(rule)s, %(rule)s, %(rule)s, 1, 'Everything', 'proportional', 1, 1,
           e.points, %(currency)s, e.points, e.points,
           %(user)s, now(), %(user)s, now()
      FROM loyalty_b2b_entry e
     WHERE e.id >= %(first)s AND e.id < %(first)s + %(wallets)s * %(length)s
       AND e.kind IN ('earn', 'reversal')
"""
ALLOCATIONS = """
    INSERT INTO loyalty_b2b_allocation (
        debit_id, credit_id, points, create_uid, create_date, write_uid, write_date)
    SELECT e.id, e.id - back, 100, %(user)s, now(), %(user)s, now()
      FROM loyalty_b2b_entry e
     CROSS JOIN LATERAL UNNEST(CASE (e.id - %(first)s) %% 10
            WHEN 6 THEN ARRAY[6, 5] WHEN 7 THEN ARRAY[5, 4] ELSE ARRAY[4] END) back
     WHERE e.id >= %(first)s AND e.id < %(first)s + %(wallets)s * %(length)s
       AND e.kind IN ('redeem', 'expire', 'reversal')
"""


class History:
    """Fills the ledger of a programme, wallets and all."""

    def __init__(self, env, program, product):
        self.env = env
        self.rows = 0
        self._values = {
            "program": program.id,
            "company": program.company_id.id,
            "currency": program.currency_id.id,
            "rule": program.rule_ids.id,
            "product": product.id,
            "user": env.uid,
            "foreign": FOREIGN,
            "days": DAYS,
        }
        # what the acts book has lower ids, so that these never meet
        self._first, self._wallet = 100_000_000, 10_000_000
        env.cr.execute("SELECT setval('loyalty_b2b_booking', %s)", [BOOKING])
        for table in LEDGER:
            env.cr.execute(f"ALTER TABLE {table} SET (autovacuum_enabled = off)")

    def add_wallets(self, count, length):
        """Enrol new customers with a history each.

        :param int count: of customers.
        :param int length: of each history, in entries; divisible by ten.
        :return: their wallets.
        """
        execute, values = self.env.cr.execute, {**self._values, "wallets": count}
        values |= {"wallet": self._wallet, "first": self._first, "length": length}
        execute(
            "INSERT INTO res_partner (id, name, complete_name, is_company, active,"
            " type, commercial_partner_id, autopost_bills)"
            " SELECT n, 'Bench ' || n, 'Bench ' || n, TRUE, TRUE, 'contact', n, 'ask'"
            "   FROM generate_series(%(wallet)s, %(wallet)s + %(wallets)s - 1) n",
            values,
        )
        execute(
            "INSERT INTO loyalty_b2b_wallet (id, program_id, company_id, partner_id,"
            " state, date_joined, version)"
            " SELECT n, %(program)s, %(company)s, n, 'active', '2015-01-01', 0"
            "   FROM generate_series(%(wallet)s, %(wallet)s + %(wallets)s - 1) n",
            values,
        )
        execute(
            "INSERT INTO loyalty_b2b_participant (wallet_id, program_id, company_id,"
            " partner_id, date_start)"
            " SELECT n, %(program)s, %(company)s, n, '2015-01-01'"
            "   FROM generate_series(%(wallet)s, %(wallet)s + %(wallets)s - 1) n",
            values,
        )
        self._add_entries(values)
        start, self._wallet = self._wallet, self._wallet + count
        self._first += count * length
        self.rows += count * length
        return self.env["loyalty.b2b.wallet"].browse(range(start, self._wallet))

    def _add_entries(self, values):
        """Insert the ledger's rows without indexes, and the indexes after them."""
        execute = self.env.cr.execute
        execute("SET LOCAL session_replication_role = replica")
        execute("SET LOCAL maintenance_work_mem = '1GB'")
        execute(
            "SELECT indexname, indexdef FROM pg_indexes i"
            " WHERE tablename = ANY(%s) AND NOT EXISTS ("
            "   SELECT FROM pg_constraint c WHERE c.conname = i.indexname)",
            [list(LEDGER)],
        )
        indexes = self.env.cr.fetchall()
        for name, _definition in indexes:
            execute(f'DROP INDEX "{name}"')
        for statement in (ENTRIES, LINES, ALLOCATIONS):
            execute(statement, values)
        for _name, definition in indexes:
            execute(definition)
        self.env.cr.commit()
        self.env.invalidate_all()
        with in_autocommit(self.env.cr) as cr:
            for table in TABLES:
                cr.execute(f"VACUUM (ANALYZE) {table}")

    def check(self, wallet):
        """Stop if what was filled in is not what the wallet's verbs could have made.

        :param wallet: one of them; they are all alike.
        """
        findings = wallet._verify()
        if findings or wallet.available != 900:
            raise AssertionError(json.dumps([wallet.available, findings[:3]]))

    def get_size(self):
        """Return rows and size of each table of the ledger, as texts."""
        for table in LEDGER:
            self.env.cr.execute(
                "SELECT reltuples::bigint, pg_total_relation_size(oid)"
                "  FROM pg_class WHERE oid = %s::regclass",
                [table],
            )
            rows, size = self.env.cr.fetchone()
            yield f"{table}: {rows:,} rows, {size / 2**30:.1f} GB"

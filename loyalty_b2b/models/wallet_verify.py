import logging
from datetime import timedelta

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError
from odoo.tools import SQL

_logger = logging.getLogger(__name__)

UNSETTLED_MINUTES = 15
MOST_SHOWN = 20
MOST_PER_CHECK = 1000
VERIFIERS = (
    "loyalty_b2b.group_loyalty_b2b_auditor",
    "loyalty_b2b.group_loyalty_b2b_officer",
)

# (invariant or section of DESIGN, name of the check): each has a query, a sentence
CHECKS = (
    ("I1", "sum"),
    ("I2", "open"),
    ("I2", "allocation"),
    ("I2", "cancelled"),
    ("I2", "hold"),
    ("I2", "unsettled"),
    ("I3", "unpaired"),
    ("I4", "debt"),
    ("I5", "booking"),
    ("I5", "origin"),
    ("I6", "key"),
    ("I7", "reversed"),
    ("I7", "returned"),
    ("I8", "explained"),
    ("I8", "cap"),
    ("I10", "expiry"),
    ("§7", "tier"),
    ("§8", "wish_held"),
    ("§8", "wish_used"),
    ("§8", "wish_asked"),
    ("§8", "wish_codes"),
    ("§8", "reward_taken"),
)


class LoyaltyB2bWallet(models.Model):
    """*Verify ledger*: what must always be true of entries, checked entry by entry."""

    _inherit = "loyalty.b2b.wallet"

    # === ACTION METHODS === #

    def action_verify(self):
        """Check the ledger of these wallets and tell what is wrong."""
        self.check_access("read")
        if not any(self.env.user.has_group(group) for group in VERIFIERS):
            raise AccessError(
                self.env._("Verifying the ledger is for auditors and loyalty officers.")
            )
        findings = self._verify()
        shown = [finding["message"] for finding in findings[:MOST_SHOWN]]
        if len(findings) > MOST_SHOWN:
            more = len(findings) - MOST_SHOWN
            shown.append(self.env._("… and %(count)s more.", count=more))
        return {
            "type": "ir.actions.client",
            "tag": "display_notification",
            "params": {
                "type": "danger" if findings else "success",
                "sticky": bool(findings),
                "title": self.env._("Verify ledger"),
                "message": "\n".join(shown)
                or self.env._("Every point is accounted for."),
            },
        }

    # === BUSINESS METHODS === #

    def _verify(self):
        """Check the ledger of these wallets against the invariants of DESIGN §4.

        :return: list of dicts {invariant, wallet_id, entry_id, message}.
        """
        return self._run_checks(SQL("e.wallet_id = ANY(%s)", list(self.ids)))

    @api.model
    def _verify_all(self):
        """Check the whole ledger, see `_verify`."""
        return self._run_checks(SQL("TRUE"))

    def _run_checks(self, scope):
        """Run every check.

        :param SQL scope: condition on the entry `e`.
        """
        self.env.flush_all()
        sentences = self._get_verify_sentences()
        names = {}
        findings = []
        for invariant, check in CHECKS:
            rows = getattr(self, f"_query_faults_{check}")(scope)
            self._add_names(rows, names)
            findings += [
                {
                    "invariant": invariant,
                    "wallet_id": row["wallet_id"],
                    "entry_id": row["entry_id"],
                    "message": sentences[check] % row,
                }
                for row in rows
            ]
        return findings

    def _add_names(self, rows, names):
        """Put what people call it in place of technical names.

        :param dict names: of the wallets known so far.
        """
        wallets = self.sudo().browse({row["wallet_id"] for row in rows} - set(names))
        names.update((wallet.id, wallet.display_name) for wallet in wallets)
        field = self.env["loyalty.b2b.entry"]._fields["kind"]
        kinds = dict(field._description_selection(self.env))
        for row in rows:
            row["wallet"] = names[row["wallet_id"]]
            row["kind"] = kinds.get(row.get("kind"))

    def _get_verify_sentences(self):
        """Return check → sentence, with the columns of its query."""
        return {
            "sum": self.env._(
                "%(wallet)s: the booked entries sum to %(points)s points, but the"
                " wallet shows %(shown)s."
            ),
            "open": self.env._(
                "%(wallet)s: entry %(entry_id)s has %(points)s points of which"
                " %(used)s are matched, but %(points_open)s count as open."
            ),
            "allocation": self.env._(
                "%(wallet)s: entry %(entry_id)s takes %(points)s points from entry"
                " %(credit_id)s: they are no debit and booked credit of one wallet."
            ),
            "cancelled": self.env._(
                "%(wallet)s: entry %(entry_id)s is cancelled and still matched with"
                " %(points)s points."
            ),
            "hold": self.env._(
                "%(wallet)s: entry %(entry_id)s holds %(points)s points for an order,"
                " but %(points_open)s of them are taken from nowhere."
            ),
            "unsettled": self.env._(
                "%(wallet)s: entry %(entry_id)s and perhaps others have waited for more"
                " than %(minutes)s minutes to be settled."
            ),
            "unpaired": self.env._(
                "%(wallet)s: entry %(entry_id)s owes points although entry %(lot_id)s"
                " still has some."
            ),
            "debt": self.env._(
                "%(wallet)s: entry %(entry_id)s (%(kind)s) owes %(points_open)s points;"
                " only documents and corrections may go below zero."
            ),
            "booking": self.env._(
                "%(wallet)s: entry %(entry_id)s has the running number %(booking)s,"
                " which belongs to another entry or to none."
            ),
            "origin": self.env._(
                "%(wallet)s: entry %(entry_id)s (%(kind)s) does not fit entry"
                " %(reversed)s, which it refers to."
            ),
            "key": self.env._(
                "%(wallet)s: entry %(entry_id)s was booked for the event %(key)s, but"
                " names another origin."
            ),
            "reversed": self.env._(
                "%(wallet)s: of the %(points)s points of entry %(entry_id)s,"
                " %(taken)s were taken back."
            ),
            "returned": self.env._(
                "%(wallet)s: of the %(points)s points of entry %(entry_id)s,"
                " %(taken)s were given back."
            ),
            "explained": self.env._(
                "%(wallet)s: entry %(entry_id)s has %(points)s points, but its lines"
                " explain %(explained)s."
            ),
            "cap": self.env._(
                "%(wallet)s: rule %(rule)s gave %(given)s points under its cap, but"
                " %(counted)s are counted."
            ),
            "expiry": self.env._(
                "%(wallet)s: entry %(entry_id)s can be used longer than entry"
                " %(root_id)s, from which its points come."
            ),
        }

    def _query_faults(self, query):
        """Return the rows of a check as dicts; a broken ledger may have very many."""
        return self.env.execute_query_dict(SQL("%s LIMIT %s", query, MOST_PER_CHECK))

    # === CHECKS: SUMS AND ALLOCATIONS === #

    def _query_faults_sum(self, scope):
        return self._query_faults(
            SQL(
                """
            SELECT e.wallet_id, NULL AS entry_id,
                   SUM(e.points) FILTER (WHERE e.state = 'posted')::bigint AS points,
                   SUM(CASE WHEN e.state = 'posted' THEN SIGN(e.points) * e.points_open
                            WHEN e.kind = 'redeem' THEN -e.points
                            ELSE 0 END)::bigint AS shown
              FROM loyalty_b2b_entry e
             WHERE %(scope)s AND e.state <> 'cancelled'
             GROUP BY e.wallet_id
            HAVING COALESCE(SUM(e.points) FILTER (WHERE e.state = 'posted'), 0)
                <> SUM(CASE WHEN e.state = 'posted' THEN SIGN(e.points) * e.points_open
                            WHEN e.kind = 'redeem' THEN -e.points
                            ELSE 0 END)
            """,
                scope=scope,
            )
        )

    def _query_faults_open(self, scope):
        return self._query_faults(
            SQL(
                """
            SELECT e.wallet_id, e.id AS entry_id, e.points, e.points_open,
                   COALESCE(used.points, 0)::bigint AS used
              FROM loyalty_b2b_entry e
              LEFT JOIN LATERAL (
                    SELECT SUM(a.points) AS points FROM loyalty_b2b_allocation a
                     WHERE a.debit_id = e.id OR a.credit_id = e.id
              ) used ON TRUE
             WHERE %(scope)s AND e.state <> 'cancelled'
               AND e.points_open <> ABS(e.points) - COALESCE(used.points, 0)
             ORDER BY e.id
            """,
                scope=scope,
            )
        )

    def _query_faults_allocation(self, scope):
        return self._query_faults(
            SQL(
                """
            SELECT e.wallet_id, e.id AS entry_id, a.points, a.credit_id
              FROM loyalty_b2b_allocation a
              JOIN loyalty_b2b_entry e ON e.id = a.debit_id
              JOIN loyalty_b2b_entry c ON c.id = a.credit_id
             WHERE %(scope)s AND e.state <> 'cancelled'
               AND NOT (e.wallet_id = c.wallet_id AND e.points < 0 AND c.points > 0
                        AND c.state = 'posted'
                        AND (e.state = 'posted' OR e.kind = 'redeem'))
             ORDER BY a.id
            """,
                scope=scope,
            )
        )

    def _query_faults_cancelled(self, scope):
        return self._query_faults(
            SQL(
                """
            SELECT e.wallet_id, e.id AS entry_id, SUM(a.points)::bigint AS points
              FROM loyalty_b2b_entry e
              JOIN loyalty_b2b_allocation a ON a.debit_id = e.id OR a.credit_id = e.id
             WHERE %(scope)s AND e.state = 'cancelled'
             GROUP BY e.id ORDER BY e.id
            """,
                scope=scope,
            )
        )

    def _query_faults_hold(self, scope):
        return self._query_faults(
            SQL(
                """
            SELECT e.wallet_id, e.id AS entry_id, -e.points AS points, e.points_open
              FROM loyalty_b2b_entry e
             WHERE %(scope)s AND e.state = 'pending' AND e.kind = 'redeem'
               AND e.points_open > 0
             ORDER BY e.id
            """,
                scope=scope,
            )
        )

    # === CHECKS: SETTLING === #

    def _query_faults_unsettled(self, scope):
        """Find wallets whose newest booking should have been settled long ago."""
        limit = fields.Datetime.now() - timedelta(minutes=UNSETTLED_MINUTES)
        return self._query_faults(
            SQL(
                """
            SELECT e.wallet_id, MIN(e.id) AS entry_id, %(minutes)s AS minutes
              FROM loyalty_b2b_entry e
             WHERE %(scope)s AND e.to_settle
             GROUP BY e.wallet_id HAVING MAX(e.write_date) < %(limit)s
            """,
                scope=scope,
                minutes=UNSETTLED_MINUTES,
                limit=limit,
            )
        )

    def _query_faults_unpaired(self, scope):
        """Find debts of settled wallets that a lot of theirs could pay."""
        return self._query_faults(
            SQL(
                """
            SELECT e.wallet_id, MIN(e.id) AS entry_id, MIN(lot.id) AS lot_id
              FROM loyalty_b2b_entry e
              JOIN loyalty_b2b_entry lot ON lot.wallet_id = e.wallet_id
             WHERE %(scope)s AND e.state = 'posted' AND e.points_open > 0
               AND e.points < 0
               AND lot.state = 'posted' AND lot.points_open > 0 AND lot.points > 0
               AND (lot.date_expiry IS NULL OR lot.id = e.reversed_entry_id
                    OR lot.date_expiry >= GREATEST(e.date_booked, lot.date_booked))
               AND NOT EXISTS (SELECT FROM loyalty_b2b_entry waiting
                                WHERE waiting.wallet_id = e.wallet_id
                                  AND waiting.to_settle)
             GROUP BY e.wallet_id
            """,
                scope=scope,
            )
        )

    def _query_faults_debt(self, scope):
        return self._query_faults(
            SQL(
                """
            SELECT e.wallet_id, e.id AS entry_id, e.kind, e.points_open
              FROM loyalty_b2b_entry e
             WHERE %(scope)s AND e.state = 'posted' AND e.points_open > 0
               AND e.points < 0 AND e.kind IN ('expire', 'transfer')
             ORDER BY e.id
            """,
                scope=scope,
            )
        )

    # === CHECKS: IDENTITY AND KINSHIP === #

    def _query_faults_booking(self, scope):
        """Find running numbers that another entry has or that never ran.

        Numbered in one pass: to look for a twin of each would read every wallet as
        often as it has entries.
        """
        return self._query_faults(
            SQL(
                """
            SELECT wallet_id, entry_id, booking
              FROM (SELECT e.wallet_id, e.id AS entry_id, e.booking,
                           ROW_NUMBER() OVER (PARTITION BY e.wallet_id, e.booking
                                                  ORDER BY e.id) AS turn
                      FROM loyalty_b2b_entry e
                     WHERE %(scope)s AND e.booking IS NOT NULL) numbered
             WHERE turn > 1 OR booking > (SELECT last_value FROM loyalty_b2b_booking)
             ORDER BY entry_id
            """,
                scope=scope,
            )
        )

    def _query_faults_origin(self, scope):
        """Find corrections that point nowhere, or to what they cannot correct.

        A credit note whose original is not known takes back no entry in particular.
        """
        return self._query_faults(
            SQL(
                """
            SELECT e.wallet_id, e.id AS entry_id, e.kind,
                   e.reversed_entry_id AS reversed
              FROM loyalty_b2b_entry e
              LEFT JOIN loyalty_b2b_entry o ON o.id = e.reversed_entry_id
             WHERE %(scope)s
               AND CASE WHEN o.id IS NULL THEN e.kind IN ('return', 'expire')
                        ELSE NOT CASE e.kind
                   WHEN 'reversal' THEN o.points >= 0 AND o.wallet_id = e.wallet_id
                   WHEN 'expire' THEN o.points >= 0 AND o.wallet_id = e.wallet_id
                   WHEN 'return' THEN o.points <= 0 AND o.wallet_id = e.wallet_id
                   WHEN 'redeem' THEN o.points >= 0 AND o.wallet_id = e.wallet_id
                   WHEN 'transfer' THEN o.kind = 'transfer'
                                    AND o.points < 0 AND e.points > 0
                   ELSE TRUE END END
             ORDER BY e.id
            """,
                scope=scope,
            )
        )

    def _query_faults_key(self, scope):
        """Find entries whose key, which is their event's name, tells another story."""
        return self._query_faults(
            SQL(
                """
            SELECT e.wallet_id, e.id AS entry_id, e.key
              FROM loyalty_b2b_entry e, STRING_TO_ARRAY(e.key, ':') part
             WHERE %(scope)s
               AND CASE WHEN part[1] = 'earn' AND e.key ~ '^earn:\\d+:\\d+:\\d+$'
                        THEN part[2] IS DISTINCT FROM e.move_ref::text
                          OR part[3] IS DISTINCT FROM e.round::text
                        WHEN part[1] IN ('reverse', 'expire', 'unexpire')
                         AND e.key ~ '^(reverse|expire|unexpire):\\d+:\\d+$'
                        THEN part[2] IS DISTINCT FROM e.reversed_entry_id::text
                        WHEN part[1] IN ('bonus', 'goal', 'referral')
                         AND e.kind = 'bonus'
                        THEN NOT STARTS_WITH(e.key, COALESCE(e.group_ref, '') || ':')
                        WHEN part[1] = 'welcome'
                        THEN part[2] IS DISTINCT FROM e.program_id::text
                        ELSE e.key = ''
                          OR part[1] IN ('earn', 'reverse', 'expire', 'unexpire') END
             ORDER BY e.id
            """,
                scope=scope,
            )
        )

    # === CHECKS: CORRECTIONS === #

    def _query_faults_reversed(self, scope):
        return self._query_faults(
            SQL(
                """
            SELECT e.wallet_id, e.id AS entry_id, e.points,
                   -SUM(r.points)::bigint AS taken
              FROM loyalty_b2b_entry e
              JOIN loyalty_b2b_entry r ON r.reversed_entry_id = e.id
               AND r.kind = 'reversal' AND r.state <> 'cancelled'
             WHERE %(scope)s AND e.points >= 0
             GROUP BY e.id HAVING -SUM(r.points) > e.points ORDER BY e.id
            """,
                scope=scope,
            )
        )

    def _query_faults_returned(self, scope):
        """Find debits of which more was given back than they took.

        What a document used again after a return can be given back once more.
        """
        return self._query_faults(
            SQL(
                """
            SELECT e.wallet_id, e.id AS entry_id, -e.points AS points,
                   SUM(r.points + COALESCE(again.points, 0))::bigint AS taken
              FROM loyalty_b2b_entry e
              JOIN loyalty_b2b_entry r ON r.reversed_entry_id = e.id
               AND r.kind = 'return' AND r.state <> 'cancelled'
              LEFT JOIN LATERAL (
                    SELECT SUM(u.points) AS points FROM loyalty_b2b_entry u
                     WHERE u.reversed_entry_id = r.id AND u.kind = 'redeem'
                       AND u.state <> 'cancelled'
              ) again ON TRUE
             WHERE %(scope)s AND e.points <= 0
             GROUP BY e.id
            HAVING SUM(r.points + COALESCE(again.points, 0)) > -e.points
             ORDER BY e.id
            """,
                scope=scope,
            )
        )

    def _query_faults_explained(self, scope):
        return self._query_faults(
            SQL(
                """
            SELECT e.wallet_id, e.id AS entry_id, e.points,
                   SUM(l.points)::bigint AS explained
              FROM loyalty_b2b_entry e
              JOIN loyalty_b2b_entry_line l ON l.entry_id = e.id
             WHERE %(scope)s
             GROUP BY e.id HAVING SUM(COALESCE(l.points, 0)) <> e.points
             ORDER BY e.id
            """,
                scope=scope,
            )
        )

    def _query_faults_cap(self, scope):
        return self._query_faults(
            SQL(
                """
            SELECT e.wallet_id, NULL AS entry_id, MAX(l.rule_name) AS rule,
                   SUM(l.cap_given)::bigint AS given, COALESCE(c.points, 0) AS counted
              FROM loyalty_b2b_entry e
              JOIN loyalty_b2b_entry_line l ON l.entry_id = e.id AND l.part = 'cap'
              LEFT JOIN (SELECT wallet_id, rule_root, SUM(points)::bigint AS points
                           FROM loyalty_b2b_counter GROUP BY wallet_id, rule_root) c
                ON c.wallet_id = e.wallet_id AND c.rule_root = l.rule_root
             WHERE %(scope)s
             GROUP BY e.wallet_id, l.rule_root, c.points
            HAVING SUM(l.cap_given) <> COALESCE(c.points, 0)
             ORDER BY e.wallet_id
            """,
                scope=scope,
            )
        )

    def _query_faults_expiry(self, scope):
        """Find lots that end later than the lot they come from.

        Those of whose end nobody was told were prolonged, each by a pair of entries.
        """
        return self._query_faults(
            SQL(
                """
            SELECT e.wallet_id, e.id AS entry_id, root.id AS root_id
              FROM loyalty_b2b_entry e
              JOIN loyalty_b2b_entry root ON root.id = e.root_entry_id
             WHERE %(scope)s AND e.state = 'posted' AND e.points > 0
               AND root.state = 'posted' AND root.date_expiry IS NOT NULL
               AND (e.date_expiry IS NULL OR e.date_expiry > root.date_expiry)
               AND NOT EXISTS (%(prolonged)s)
             ORDER BY e.id
            """,
                scope=scope,
                prolonged=self._get_prolonged_sql(),
            )
        )

    # === JOBS === #

    @api.model
    def _cron_verify(self):
        """Verify the ledger every day; tell an administrator what is wrong."""
        findings = self._verify_all()
        for finding in findings[:MOST_SHOWN]:
            _logger.error("%(invariant)s %(message)s", finding)
        wallets = self.browse({finding["wallet_id"] for finding in findings})
        for program, group in wallets.grouped("program_id").items():
            self._warn_administrator(
                program,
                [f["message"] for f in findings if f["wallet_id"] in group._ids],
            )

    def _warn_administrator(self, program, sentences):
        """Put an activity on a programme; one is enough until somebody has done it.

        :param list sentences: what is wrong.
        """
        summary = self.env._("The ledger does not add up")
        if summary in program.activity_ids.mapped("summary"):
            return
        program.activity_schedule(
            "mail.mail_activity_data_warning",
            user_id=self._get_administrator(program).id,
            summary=summary,
            note=Markup("<br/>").join(sentences[:MOST_SHOWN]),
        )

    def _get_administrator(self, program):
        """Return a person who administers the programme, else whom the job runs as."""
        group = self.env.ref("loyalty_b2b.group_loyalty_b2b_admin")
        people = group.all_user_ids.filtered(
            lambda user: user.active and program.company_id in user.company_ids
        )
        return people.sorted("id")[:1] or self.env.user

from odoo import api, models
from odoo.tools import SQL, formatLang

# The five words customers know, in the order of the filter.
WORDS = {
    "earned": ("earn", "bonus", "opening"),
    "used": ("redeem",),
    "returned": ("return",),
    "expired": ("expire",),
    "corrected": ("reversal", "adjust", "transfer"),
}
# Corrections that moved nothing (a note of a merge) are no history for customers.
MEMO = SQL("(e.kind = 'adjust' AND e.points = 0)")


class LoyaltyB2bWallet(models.Model):
    """The history of a wallet in the words of customers."""

    _inherit = "loyalty.b2b.wallet"

    # === BUSINESS METHODS === #

    @api.model
    def _get_portal_words(self):
        """Return the filter of the history: word → label."""
        return {
            "all": self.env._("All"),
            "earned": self.env._("Earned"),
            "used": self.env._("Used"),
            "returned": self.env._("Returned"),
            "expired": self.env._("Expired"),
            "corrected": self.env._("Corrected"),
        }

    def _get_portal_entry_domain(self):
        """Return the domain of the entries that stand in the histories of wallets."""
        return [
            ("wallet_id", "in", self.ids),
            ("state", "!=", "cancelled"),
            "|",
            ("kind", "!=", "adjust"),
            ("points", "!=", 0),
        ]

    def _prepare_portal_history(self, word="all", newest_first=True, page=1, step=20):
        """Return a page of the history.

        :param str word: of `_get_portal_words`.
        :param int page: from 1; beyond the last one, the first is returned.
        :return: the rows as plain dicts, their number over all pages, the page.
        """
        self.ensure_one()
        rows = self._query_portal_rows(word, newest_first, step, (page - 1) * step)
        if not rows and page > 1:
            page = 1
            rows = self._query_portal_rows(word, newest_first, step)
        total = rows[0]["total"] if rows else 0
        return [self._prepare_portal_row(row) for row in rows], total, page

    def _prepare_portal_row(self, row):
        """Return one row of the history in words.

        :param dict row: of `_query_portal_rows`.
        """
        program = self.program_id
        points = int(row["points"])
        is_credit = points > 0
        expiry = row["date_expiry"] if is_credit else None
        return {
            "id": row["id"],
            "url": f"/my/loyalty/{row['id']}",
            "day": program._format_portal_day(row["date_event"]),
            "word": self._get_portal_word(row["kind"]),
            "text": self._get_portal_text(row),
            "document": row["move_name"] or row["order_name"] or "",
            "customer": self._get_portal_customer(row),
            "points": program._format_portal_points(points, signed=True),
            "is_credit": is_credit,
            "is_waiting": row["state"] == "pending",
            "expiry": program._format_portal_day(expiry),
            "became": ", ".join(self._get_portal_fate(row)),
        }

    def _get_portal_word(self, kind):
        """Return the one of the five words for a kind of entry."""
        words = self._get_portal_words()
        return next(words[word] for word, kinds in WORDS.items() if kind in kinds)

    def _get_portal_text(self, row):
        """Return what the word alone does not say, or ''."""
        if row["kind"] == "earn" and not row["points"]:
            return self.env._("Nothing earned")
        if row["is_late"] and row["points"] < 0:
            return self.env._("Cancelled, as the invoice was paid late")
        # reasons are typed by people, and only for what no invoice explains
        has_reason = row["kind"] in ("adjust", "transfer", "bonus") or (
            row["origin"] and row["kind"] in ("opening", "reversal")
        )
        return (
            (row["note"] if has_reason else "")
            or row.get("reward_name")
            or self._get_portal_origin_text(row)
            or self._get_portal_texts().get(row["kind"], "")
        )

    @api.model
    def _get_portal_origin_text(self, row):
        """Return what to say of points that no invoice explains, or ''."""
        if row["kind"] == "reversal" and row["origin"]:
            return self.env._("An earlier bonus was taken back")
        if row["kind"] != "bonus":
            return ""
        return {
            "welcome": self.env._("Welcome"),
            "referral": self.env._("For bringing a new customer"),
            "activity": self.env._("For taking part"),
            "goodwill": self.env._("Goodwill"),
        }.get(row["origin"], "")

    @api.model
    def _get_portal_texts(self):
        """Return what to say about kinds that one of the five words does not name."""
        return {
            "bonus": self.env._("Bonus"),
            "opening": self.env._("Balance brought forward"),
            "reversal": self.env._(
                "An earlier purchase was credited or is unpaid again"
            ),
            "expire": self.env._("Not used in time"),
            "transfer": self.env._("Moved"),
        }

    def _get_portal_customer(self, row):
        """Return which company it was, where others share the wallet."""
        name = row["partner_name"] or ""
        return "" if row["partner_id"] == self.partner_id.id else name

    # === WHAT BECAME OF IT === #

    def _get_portal_fate(self, row):
        """Return what became of the points of a row, as short texts."""
        if row["state"] == "pending":
            return [self._get_portal_pending_text(row)]
        if row["points"] <= 0:
            return self._get_portal_debit_fate(row)
        return [
            text % {"points": self._format_portal_number(row[name])}
            for name, text in self._get_portal_fates().items()
            if row[name]
        ]

    def _get_portal_fates(self):
        """Return what may become of points that came in: column → text."""
        return {
            "open": self.env._("%(points)s available"),
            "held": self.env._("%(points)s held for quotations"),
            "used": self.env._("%(points)s used"),
            "lapsed": self.env._("%(points)s expired"),
            "corrected": self.env._("%(points)s taken back"),
            "moved": self.env._("%(points)s moved"),
        }

    def _get_portal_pending_text(self, row):
        if row["kind"] == "redeem":
            return self.env._("held for a quotation")
        if row["points"] < 0 or row["undone"] == row["points"]:
            if not row["awaits_payment"]:
                return self.env._("taken back before it was available")
            return self.env._("taken back before payment")
        if row["points"] > 0 and row["date_available"]:
            day = self.program_id._format_portal_day(row["date_available"])
            return self.env._("available from %(day)s", day=day)
        if row["awaits_payment"]:
            return self.env._("waiting for payment")
        return self.env._("not yet available")

    def _get_portal_debit_fate(self, row):
        texts = []
        if row["returned"]:
            texts.append(
                self.env._(
                    "%(points)s returned",
                    points=self._format_portal_number(row["returned"]),
                )
            )
        if row["owed"]:
            texts.append(
                self.env._(
                    "%(points)s to be covered by new purchases",
                    points=self._format_portal_number(row["owed"]),
                )
            )
        return texts

    def _format_portal_number(self, points):
        return formatLang(self.env, int(points), digits=0)

    # === QUERIES === #

    def _query_portal_rows(
        self, word="all", newest_first=True, limit=1, offset=0, entry_id=None
    ):
        """Read entries with what became of them, all in one statement.

        :param int entry_id: only this one.
        :return: list of dicts; `total` counts all that the word selects.
        """
        kinds = WORDS.get(word) or sum(WORDS.values(), ())
        return self.env.execute_query_dict(
            SQL(
                """
            WITH page AS (
                SELECT e.id, COUNT(*) OVER () AS total
                  FROM loyalty_b2b_entry e
                 WHERE e.wallet_id = %(wallet)s AND e.state <> 'cancelled'
                   AND e.kind = ANY(%(kinds)s) AND NOT %(memo)s
                   AND (%(entry)s::int IS NULL OR e.id = %(entry)s)
                 ORDER BY e.date_event %(direction)s, e.id %(direction)s
                 LIMIT %(limit)s OFFSET %(offset)s
            )
            SELECT page.total, e.id, e.kind, e.state, e.points,
                   e.date_event, e.date_available, e.date_expiry, e.move_name,
                   e.order_name, e.note, e.partner_id, e.partner_name,
                   e.awaits_payment, e.is_late, e.origin, use.reward_name,
                   fate.held, fate.used, fate.corrected, fate.moved,
                   back.returned, back.undone,
                   CASE WHEN l.lapsed THEN 0 ELSE e.points_open END AS open,
                   -- what the settling job is about to cover is not missing
                   CASE WHEN e.to_settle THEN 0 ELSE e.points_open END AS owed,
                   COALESCE(fate.expired, 0)
                   + CASE WHEN l.lapsed THEN e.points_open ELSE 0 END AS lapsed
              FROM page
              JOIN loyalty_b2b_entry e ON e.id = page.id
              LEFT JOIN loyalty_b2b_redemption use ON use.id = e.redemption_id,
           LATERAL (SELECT e.points > 0 AND COALESCE(e.date_expiry < %(today)s, FALSE)
                           AS lapsed) l,
           LATERAL (SELECT
                    SUM(a.points) FILTER (
                        WHERE d.kind = 'redeem' AND d.state = 'pending') AS held,
                    SUM(a.points) FILTER (
                        WHERE d.kind = 'redeem' AND d.state = 'posted') AS used,
                    SUM(a.points) FILTER (WHERE d.kind = 'expire') AS expired,
                    SUM(a.points) FILTER (
                        WHERE d.kind NOT IN ('redeem', 'expire', 'transfer')
                    ) AS corrected,
                    SUM(a.points) FILTER (WHERE d.kind = 'transfer') AS moved
                      FROM loyalty_b2b_allocation a
                      JOIN loyalty_b2b_entry d ON d.id = a.debit_id
                     WHERE a.credit_id = e.id) fate,
           LATERAL (SELECT
                    SUM(r.points) FILTER (WHERE r.kind = 'return') AS returned,
                    -SUM(r.points) FILTER (
                        WHERE r.kind = 'reversal' AND r.state = 'pending') AS undone
                      FROM loyalty_b2b_entry r
                     WHERE r.reversed_entry_id = e.id) back
             ORDER BY e.date_event %(direction)s, e.id %(direction)s
                """,
                wallet=self.id,
                kinds=list(kinds),
                memo=MEMO,
                entry=entry_id,
                direction=SQL("DESC") if newest_first else SQL("ASC"),
                limit=limit,
                offset=offset,
                today=self.program_id._today(),
            )
        )

from collections import defaultdict
from datetime import datetime, time, timedelta

import pytz

from odoo import fields, models
from odoo.tools import SQL

from .wallet_expiry_notice import TOLD

# What is told of a ledger; what expired was told before.
NEWS = (
    "earn",
    "bonus",
    "opening",
    "redeem",
    "return",
    "reversal",
    "adjust",
    "transfer",
)
# No news is older than that, whatever happened to the messages before.
NEWS_DAYS = 31
# A wallet that failed is looked at again for so many days.
NEWS_AGAIN_DAYS = 5
NEWS_COLUMNS = SQL(
    "e.id, e.wallet_id, e.kind, e.state, e.points, e.date_event, e.booking,"
    " e.move_name, e.order_name, e.note, e.partner_id, e.partner_name, e.contact_name,"
    " e.user_name, e.is_late, e.amount, e.origin"
)
SEND_HOUR = 8


class LoyaltyB2bWallet(models.Model):
    """One message a day for each person: what was queued, and what the ledger says."""

    _inherit = "loyalty.b2b.wallet"

    # === WHICH WALLETS === #

    def _query_to_tell(self, program_id, day, after, limit):
        """Return wallets about which there is something to tell, ascending.

        Those with notices, with undelivered messages or, once a day, with bookings
        that no message has told of.
        """
        program = self.env["loyalty.b2b.program"].browse(program_id).sudo()
        self.env.flush_all()
        rows = self.env.execute_query(
            SQL(
                """
            SELECT w.id FROM loyalty_b2b_wallet w
             WHERE w.program_id = %(program)s AND w.id > %(after)s
               AND w.is_control IS NOT TRUE AND w.state <> 'left'
               AND NOT EXISTS (SELECT FROM loyalty_b2b_digest d
                                WHERE d.wallet_id = w.id AND d.day >= %(day)s)
               AND (w.id IN (SELECT n.wallet_id FROM loyalty_b2b_notice n
                              WHERE n.program_id = %(program)s
                                AND n.state = 'waiting' AND n.date_due <= %(day)s)
                    OR w.id IN (SELECT d.wallet_id FROM loyalty_b2b_digest d
                                 WHERE d.program_id = %(program)s
                                   AND d.state = 'failed' AND d.attempt < %(attempts)s)
                    OR w.id IN (%(news)s))
             ORDER BY w.id LIMIT %(limit)s
                """,
                program=program_id,
                after=after,
                day=day,
                attempts=self.env["loyalty.b2b.digest"]._get_attempts(),
                news=self._get_news_sql(program, day),
                limit=limit,
            )
        )
        return [wallet_id for (wallet_id,) in rows]

    def _get_news_sql(self, program, day):
        """Return SQL for the wallets with bookings that no message has told of.

        :param program: in sudo.
        :param date day: in its time zone; once a day is enough.
        """
        if program.date_digest == day:
            return SQL("SELECT NULL::int")
        since = day - timedelta(days=NEWS_DAYS)
        if program.date_digest:
            again = program.date_digest - timedelta(days=NEWS_AGAIN_DAYS)
            since = max(since, again)
        return SQL(
            """
            SELECT e.wallet_id FROM loyalty_b2b_entry e
             WHERE e.program_id = %(program)s AND e.date_booked >= %(since)s
               AND e.kind = ANY(%(news)s) AND e.points <> 0 AND e.state = 'posted'
               AND e.booking > %(from)s
               AND e.booking > COALESCE((
                   SELECT MAX(d.booking) FROM loyalty_b2b_digest d
                    WHERE d.wallet_id = e.wallet_id AND d.state <> 'failed'), 0)
            """,
            **{
                "program": program.id,
                "since": since,
                "news": list(NEWS),
                "from": int(program.notice_booking),
            },
        )

    # === COMPOSING === #

    def _send_digests(self):
        """Make and send today's messages of wallets; once, whoever else tries."""
        for program, wallets in self.sudo().grouped("program_id").items():
            drafts = wallets._prepare_digests(program, program._today())
            silent = [draft for draft in drafts if not draft["subject"]]
            for draft in silent:
                draft["lost"].write({"state": "cancelled"})
            self._mark_told([{**draft, "notices": []} for draft in silent])
            wallets._post_digests(program, [d for d in drafts if d["subject"]])

    def _prepare_digests(self, program, day):
        """Return what each person is told, as dicts; nothing is written.

        A draft without a subject has nothing to tell.
        """
        notices = self.env["loyalty.b2b.notice"].search(
            [
                ("wallet_id", "in", self.ids),
                ("state", "=", "waiting"),
                ("date_due", "<=", day),
            ],
            order="id",
        )
        notices = notices.grouped("wallet_id")
        failed = self.env["loyalty.b2b.digest"]._query_retried(self.ids)
        seen = self._query_told_bookings(program)
        news = self._query_news(program, day, seen)
        drafts = []
        for wallet_id, people in self._get_notice_people().items():
            # all together: figures are read once
            wallet = self.browse(wallet_id).with_prefetch(self.ids)
            for person in people:
                lost = failed.filtered(lambda d, p=person: d.partner_id == p)
                told = notices.get(wallet, self.env["loyalty.b2b.notice"])
                told |= lost.notice_ids.filtered(lambda n: n.state != "cancelled")
                since = seen[wallet_id].get(person.id, seen[wallet_id][0])
                rows = [row for row in news[wallet_id] if row["booking"] > since]
                drafts.append(wallet._prepare_digest(person, told, rows, lost, since))
        return drafts

    def _prepare_digest(self, person, notices, rows, lost, since):
        """Return the message to one person.

        :param notices: what was queued.
        :param list rows: of the ledger, see `_query_news`.
        :param lost: earlier messages to the person that were not delivered.
        :param int since: booking up to which the person was told.
        """
        program = self.program_id
        message = self._prepare_message(person, notices, rows)
        channel = person._get_loyalty_b2b_channel()
        values = {
            "wallet_id": self.id,
            "program_id": program.id,
            "company_id": self.company_id.id,
            "partner_id": person.id,
            "email": person.email or None,
            "day": program._today(),
            "channel": channel,
            "attempt": max(lost.mapped("attempt"), default=0) + 1,
            "subject": message["subject"],
            "topics": ",".join(section["topic"] for section in message["sections"]),
            "lang": message["lang"],
            "booking": max([since, *(row["booking"] for row in rows)]),
            "body": self._render_message(message) if message["subject"] else "",
            **self._prepare_digest_state(person, channel),
        }
        if values["state"] == "failed" and not notices:
            # nobody to tell, and nothing that anybody waits for
            values["subject"] = ""
        moot = notices.filtered(lambda n: n.id not in message["notice_ids"])
        return {
            **values,
            "message": message,
            "notices": notices - moot,
            "moot": moot,
            "lost": lost,
        }

    def _prepare_digest_state(self, person, channel):
        now = fields.Datetime.to_string(fields.Datetime.now())
        if channel == "portal":
            return {"state": "shown", "date_sent": now, "error": None}
        if not person.email:
            return {
                "state": "failed",
                "date_sent": None,
                "error": self.env._("No e-mail address"),
            }
        return {"state": "queued", "date_sent": None, "error": None}

    def _post_digests(self, program, drafts):
        """Write the messages, queue their mails and note what people are told."""
        digests = self.env["loyalty.b2b.digest"]
        apart = ("message", "notices", "moot", "lost")
        rows = [{k: v for k, v in d.items() if k not in apart} for d in drafts]
        ids = digests._insert_digests(rows)
        drafts = [draft for draft in drafts if draft["partner_id"] in ids]
        digests._link_notices(
            [(ids[d["partner_id"]], n) for d in drafts for n in d["notices"].ids]
        )
        lost = digests.union(*(draft["lost"] for draft in drafts))
        lost._drop_mails()
        lost.write({"state": "retried"})
        self._mark_told(drafts)
        made = digests.browse(ids.values())
        queued = made.filtered(lambda digest: digest.state == "queued")
        messages = {ids[draft["partner_id"]]: draft["message"] for draft in drafts}
        statements = queued._get_statements(messages)
        queued._create_mails(statements, self._get_send_moment(program))

    def _mark_told(self, drafts):
        """Note in what state notices are, now that messages about them exist."""
        notices = self.env["loyalty.b2b.notice"]
        states, moot = defaultdict(set), notices
        for draft in drafts:
            moot |= draft["moot"]
            for notice in draft["notices"]:
                states[notice].add(draft["state"])
        # what reached one person already is told, whatever becomes of the others
        told = notices.union(*states).filtered(lambda n: n.state not in TOLD)
        (moot - told).write({"state": "cancelled", "error": self.env._("Moot by then")})
        shown = told.filtered(lambda n: "shown" in states[n])
        self.env["loyalty.b2b.digest"]._mark_told_notices(shown, "shown")
        queued = told.filtered(lambda n: "queued" in states[n]) - shown
        queued.write({"state": "queued", "error": False})
        (told - shown - queued).write(
            {"state": "failed", "error": self.env._("No e-mail address")}
        )

    def _get_send_moment(self, program):
        """Return when mails leave: not before people are at work."""
        local = datetime.combine(program._today(), time(SEND_HOUR))
        zone = pytz.timezone(program.tz or "UTC")
        moment = zone.localize(local).astimezone(pytz.utc).replace(tzinfo=None)
        return max(moment, fields.Datetime.now())

    # === WHAT THE LEDGER SAYS === #

    def _query_told_bookings(self, program):
        """Return wallet id → {partner id: booking up to which he was told}.

        Partner 0 stands for whoever was never told before.
        """
        start = int(program.notice_booking)
        told = {wallet_id: {0: start} for wallet_id in self.ids}
        groups = self.env["loyalty.b2b.digest"]._read_group(
            [("wallet_id", "in", self.ids), ("state", "not in", ("failed", "retried"))],
            ["wallet_id", "partner_id"],
            ["booking:max"],
        )
        for wallet, partner, booking in groups:
            found = told[wallet.id]
            found[partner.id] = max(start, int(booking or 0))
            found[0] = max(found[0], found[partner.id])
        return told

    def _query_news(self, program, day, seen):
        """Return wallet id → what was booked since somebody was told, in order.

        :param dict seen: of `_query_told_bookings`.
        """
        since = {wallet_id: min(found.values()) for wallet_id, found in seen.items()}
        rows = self.env.execute_query_dict(
            SQL(
                """
            SELECT %(columns)s
              FROM loyalty_b2b_entry e
              JOIN UNNEST(%(ids)s::int[], %(since)s::bigint[]) AS told(wallet_id, since)
                ON told.wallet_id = e.wallet_id AND e.booking > told.since
             WHERE e.state = 'posted' AND e.kind = ANY(%(news)s) AND e.points <> 0
               AND e.date_booked >= %(day)s
             ORDER BY e.booking
                """,
                columns=NEWS_COLUMNS,
                ids=list(since),
                since=list(since.values()),
                news=list(NEWS),
                day=day - timedelta(days=NEWS_DAYS),
            )
        )
        news = defaultdict(list)
        for row in rows:
            news[row["wallet_id"]].append(row)
        return news

    def _query_latest(self, kind, limit):
        """Return the latest bookings of a kind, as `_query_news` does."""
        rows = self.env.execute_query_dict(
            SQL(
                "SELECT %s FROM loyalty_b2b_entry e WHERE e.wallet_id = %s"
                " AND e.kind = %s AND e.state = 'posted' AND e.points <> 0"
                " ORDER BY e.booking DESC LIMIT %s",
                NEWS_COLUMNS,
                self.id,
                kind,
                limit,
            )
        )
        return rows[::-1]

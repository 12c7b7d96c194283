import json
from collections import defaultdict

from odoo import models
from odoo.tools import SQL


class LoyaltyB2bWallet(models.Model):
    """What the people of a wallet are told."""

    _inherit = "loyalty.b2b.wallet"

    def _notify(self, topic, key, **values):
        """Queue a message about each of the wallets; told once, by its key.

        Nothing happens in programmes without messages, and for control groups, which
        are not to know of the programme.

        :param str topic: see `loyalty.b2b.notice`.
        :param str key: name of the event among those of the topic.
        :param values: plain values that the text needs: ids, numbers, words, ISO dates.
        :return: number of messages queued.
        """
        programs = self.sudo().program_id.filtered(lambda p: p._has_notices())
        if not programs:
            return 0
        self.flush_model(["program_id", "company_id", "is_control"])
        rows = self.env.execute_query(
            SQL(
                """
            INSERT INTO loyalty_b2b_notice (
                wallet_id, program_id, company_id, topic, key, data, state, date_due,
                create_uid, create_date, write_uid, write_date)
            SELECT w.id, w.program_id, w.company_id, %(topic)s, %(key)s,
                   %(data)s::jsonb, 'waiting', %(today)s, %(user)s,
                   now() AT TIME ZONE 'UTC', %(user)s, now() AT TIME ZONE 'UTC'
              FROM loyalty_b2b_wallet w
             WHERE w.id = ANY(%(ids)s) AND w.program_id = ANY(%(programs)s)
               AND w.is_control IS NOT TRUE AND w.merged_into_id IS NULL
            ON CONFLICT (wallet_id, topic, key) DO NOTHING RETURNING id
                """,
                topic=topic,
                key=key,
                data=json.dumps(values),
                today=self._get_today_sql(SQL("w.program_id")),
                user=self.env.uid,
                ids=list(self.ids),
                programs=programs.ids,
            )
        )
        self.env["loyalty.b2b.notice"].invalidate_model()
        return len(rows)

    # === WHO IS TOLD === #

    def _get_notice_people(self):
        """Return wallet id → the persons who are told what happens to the points.

        Contacts of the companies that take part who may see the points and have an
        e-mail address: those with portal access, and those to whom a role was given;
        else a company itself, the one that opened the wallet first. The one place that
        decides.
        """
        found = defaultdict(list)
        for wallet_id, partner_id in self._query_notice_people():
            found[wallet_id].append(partner_id)
        wallets = self.sudo()
        companies = wallets.partner_id | wallets.participant_ids.partner_id
        every = [*companies.ids, *(i for ids in found.values() for i in ids)]
        people = {}
        for wallet in wallets:
            chosen = companies.browse(found[wallet.id])
            if not chosen:
                candidates = wallet.partner_id | wallet.participant_ids.partner_id
                chosen = candidates.filtered("email")[:1] or wallet.partner_id
            # all together: contacts are read once
            people[wallet.id] = chosen.with_prefetch(every)
        return people

    def _query_notice_people(self):
        """Return (wallet id, partner id) of persons who are told."""
        self.env["res.partner"].flush_model(["email", "active"])
        self.env["loyalty.b2b.program"].flush_model(["colleague_role"])
        self.env["loyalty.b2b.person"].flush_model()
        return self.env.execute_query(
            SQL(
                """
            SELECT DISTINCT t.wallet_id, p.id
              FROM loyalty_b2b_participant t
              JOIN loyalty_b2b_wallet w ON w.id = t.wallet_id
              JOIN loyalty_b2b_program g ON g.id = w.program_id
              JOIN res_partner p ON %(owner)s = t.partner_id
              LEFT JOIN loyalty_b2b_person h
                ON h.wallet_id = w.id AND h.partner_id = p.id AND h.date_end IS NULL
             WHERE t.wallet_id = ANY(%(ids)s) AND p.active AND p.email <> ''
               AND t.date_start <= %(today)s
               AND (t.date_end IS NULL OR t.date_end >= %(today)s)
               AND %(people)s
             ORDER BY t.wallet_id, p.id
                """,
                owner=self.env["res.partner"]._get_loyalty_b2b_owner_sql("p"),
                ids=list(self.ids),
                today=self._get_today_sql(SQL("w.program_id")),
                people=self._get_notice_people_sql(),
            )
        )

    def _get_notice_people_sql(self):
        """Return SQL for who of a company's contacts is told.

        Who only collects is told nothing of the company's points. To be narrowed by
        `super() AND …`: over the wallet `w`, its programme `g`, the contact `p` and the
        row `h` of the person, if there is one that holds.
        """
        return SQL(
            """COALESCE(h.role, g.colleague_role) <> 'collects'
               AND (h.id IS NOT NULL OR EXISTS (
                    SELECT FROM res_users u
                      JOIN res_company_users_rel c ON c.user_id = u.id
                     WHERE u.partner_id = p.id AND u.active AND u.share
                       AND c.cid = w.company_id))"""
        )

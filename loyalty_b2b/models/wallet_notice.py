import json

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
        return len(rows)

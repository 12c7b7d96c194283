import re

from markupsafe import escape

from odoo import SUPERUSER_ID, models
from odoo.tools import SQL

from .sale_order_log import LOG_MARK

# Texts in which a name may stand, of tables with a wallet.
TEXTS = (
    ("loyalty_b2b_person", "reason"),
    ("loyalty_b2b_person", "end_reason"),
    ("loyalty_b2b_person", "ended_by_name"),
    ("loyalty_b2b_person_request", "reason"),
    ("loyalty_b2b_redemption", "reason"),
    ("loyalty_b2b_redemption", "ledger_note"),
    ("loyalty_b2b_redemption", "cancel_reason"),
    ("loyalty_b2b_redemption", "fulfil_note"),
    ("loyalty_b2b_redemption", "attendees"),
    ("loyalty_b2b_consent", "note"),
    ("loyalty_b2b_consent", "withdrawn_note"),
    ("loyalty_b2b_entry", "note"),
)
# Columns of what was logged: table, column, column of the model, whether it is HTML.
HISTORY = (
    ("mail_message", "body", "model", True),
    ("mail_message", "subject", "model", False),
    ("mail_message", "reply_to", "model", False),
    ("mail_message", "email_from", "model", False),
    ("mail_activity", "note", "res_model", True),
    ("mail_activity", "summary", "res_model", False),
)
# Tables with a wallet that note which user made and changed a row.
SIGNED = (
    "loyalty_b2b_person",
    "loyalty_b2b_person_request",
    "loyalty_b2b_redemption",
    "loyalty_b2b_consent",
    "loyalty_b2b_referral",
    "loyalty_b2b_activity",
    "loyalty_b2b_digest",
)
OF_WISHES = (
    "redemption_id IN (SELECT id FROM loyalty_b2b_redemption WHERE wallet_id = ANY(%s))"
)


class LoyaltyB2bWallet(models.Model):
    """A person's name in texts and histories, and who made a row."""

    _inherit = "loyalty.b2b.wallet"

    # === TEXTS === #

    def _forget_in_words(self, partner, names, pseudonym):
        """Change a name in what was typed or logged about these wallets.

        :param list names: what the person is and was called, the longest first.
        """
        for where in self._get_logged_sql("model"):
            self._query_forget_author(where, partner, pseudonym)
        for name in names:
            self._replace_name(name, pseudonym)

    def _get_logged_sql(self, column):
        """Return which rows of a mail table tell of the people of these wallets.

        Of a quotation's history only what we wrote ourselves.

        :param str column: holds the model: model or res_model.
        """
        model = SQL.identifier(column)
        found = [
            SQL("%s = %s AND res_id = ANY(%s)", model, self._name, list(self.ids)),
        ]
        for name in ("loyalty.b2b.redemption", "loyalty.b2b.person.request"):
            rows = self.env[name].sudo().search([("wallet_id", "in", self.ids)])
            found.append(
                SQL("%s = %s AND res_id = ANY(%s)", model, name, list(rows.ids))
            )
        if column == "model":
            found.append(
                SQL(
                    "model = 'sale.order' AND body LIKE %s AND res_id IN (SELECT"
                    " order_id FROM loyalty_b2b_redemption WHERE wallet_id = ANY(%s))",
                    f"%{LOG_MARK}%",
                    list(self.ids),
                )
            )
        return found

    def _query_forget_author(self, where, partner, pseudonym):
        """Take the author and the address for answers off messages."""
        self.env.execute_query(
            SQL(
                "UPDATE mail_message SET author_id = NULL, email_from = %s,"
                " reply_to = NULL WHERE %s AND author_id = %s RETURNING id",
                pseudonym,
                where,
                partner.id,
            )
        )

    def _replace_name(self, name, pseudonym):
        for table, column in TEXTS:
            self._query_replace(
                SQL.identifier(table),
                SQL.identifier(column),
                SQL("wallet_id = ANY(%s)", list(self.ids)),
                name,
                pseudonym,
            )
        for column in ("reason", "answer"):
            self._query_replace(
                SQL("loyalty_b2b_approval"),
                SQL.identifier(column),
                SQL(OF_WISHES, list(self.ids)),
                name,
                pseudonym,
            )
        self._replace_in_history(name, pseudonym)

    def _replace_in_history(self, name, pseudonym):
        for table, column, link, is_html in HISTORY:
            for where in self._get_logged_sql(link):
                self._query_replace(
                    SQL.identifier(table),
                    SQL.identifier(column),
                    where,
                    str(escape(name)) if is_html else name,
                    pseudonym,
                )
        self._replace_in_mails(name, pseudonym)

    def _replace_in_mails(self, name, pseudonym):
        """Change a name in mails that wait, or stay after they were sent."""
        logged = SQL(" OR ").join(
            SQL("(%s)", where) for where in self._get_logged_sql("model")
        )
        about = SQL("mail_message_id IN (SELECT id FROM mail_message WHERE %s)", logged)
        for column, text in (("body_html", str(escape(name))), ("email_to", name)):
            self._query_replace(
                SQL("mail_mail"), SQL.identifier(column), about, text, pseudonym
            )

    def _query_replace(self, table, column, where, name, pseudonym):
        """Change a name, as whole words, in a column of text.

        :param SQL where: which rows.
        """
        pattern = rf"(?<!\w){re.escape(name)}(?!\w)"
        self.env.execute_query(
            SQL(
                "UPDATE %(table)s"
                " SET %(column)s ="
                " regexp_replace(%(column)s, %(pattern)s, %(new)s, 'g')"
                " WHERE %(where)s AND POSITION(%(name)s IN %(column)s) > 0"
                " RETURNING id",
                table=table,
                column=column,
                where=where,
                pattern=pattern,
                new=pseudonym,
                name=name,
            )
        )

    # === WHO MADE A ROW === #

    def _forget_users(self, partner):
        """Let rows that the person's own users made or changed be the system's."""
        users = self._get_share_users(partner).ids
        if not users:
            return
        mine = SQL("wallet_id = ANY(%s)", list(self.ids))
        for table in SIGNED:
            self._query_sign(SQL.identifier(table), mine, users)
        self._query_sign(
            SQL("loyalty_b2b_wallet"), SQL("id = ANY(%s)", list(self.ids)), users
        )
        self._query_sign(
            SQL("loyalty_b2b_approval"), SQL(OF_WISHES, list(self.ids)), users
        )
        logged = SQL(" OR ").join(
            SQL("(%s)", where) for where in self._get_logged_sql("model")
        )
        self._query_sign(SQL("mail_message"), SQL("(%s)", logged), users)

    def _query_sign(self, table, where, users):
        self.env.execute_query(
            SQL(
                """
            UPDATE %(table)s
               SET create_uid = CASE WHEN create_uid = ANY(%(users)s) THEN %(root)s
                                     ELSE create_uid END,
                   write_uid = CASE WHEN write_uid = ANY(%(users)s) THEN %(root)s
                                    ELSE write_uid END
             WHERE %(where)s
               AND (create_uid = ANY(%(users)s) OR write_uid = ANY(%(users)s))
            RETURNING id
                """,
                table=table,
                where=where,
                users=users,
                root=SUPERUSER_ID,
            )
        )

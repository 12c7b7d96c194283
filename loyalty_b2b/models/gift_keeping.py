from datetime import date

from markupsafe import escape

from odoo import models
from odoo.tools import SQL

from .redemption_order import QUIET
from .wallet_erasure_words import HISTORY


class LoyaltyB2bGift(models.Model):
    """How long the register is kept: for the tax years, then without names."""

    _inherit = "loyalty.b2b.gift"

    # === BUSINESS METHODS === #

    def _get_kept_until(self):
        """Return the last day on which the names are kept."""
        self.ensure_one()
        years = self.company_id.sudo().loyalty_b2b_gift_years
        return date(self.date.year + years, 12, 31)

    def _query_outlived(self, company, today):
        """Return the gifts of a seller whose names are kept no longer.

        :param date today: in the programme's time zone.
        """
        self.flush_model()
        rows = self.env.execute_query(
            SQL(
                "SELECT id FROM loyalty_b2b_gift WHERE company_id = %s"
                " AND date_forgotten IS NULL AND date < %s ORDER BY id",
                company.id,
                date(today.year - company.loyalty_b2b_gift_years, 1, 1),
            )
        )
        return self.browse([gift_id for (gift_id,) in rows])

    def _forget_names(self, today):
        """Take names out of the register; what was given, and amounts, stay.

        :param date today: when it is done.
        """
        for gift in self.sudo():
            words = gift._get_telling_words()
            gift.write(
                {
                    "partner_id": False,
                    "name": self.env._("Recipient %s", gift.id),
                    "name_key": False,
                    "function": False,
                    "consent_name": False,
                    "date_forgotten": today,
                }
            )
            wish = gift.redemption_id
            # the occasion may tell who it was
            wish.with_context(**QUIET).write({"reason": False, "ledger_note": False})
            wish.approval_ids.write({"reason": False, "answer": False})
            wish.wallet_id._forget_notes(wish)
            gift._forget_in_history(words)

    def _get_telling_words(self):
        """Return word → what takes its place: names, and what was typed about them."""
        wish, alias = self.redemption_id, self.env._("Recipient %s", self.id)
        names = (self.name, self.partner_id.name, self.consent_name)
        asked = wish.approval_ids
        texts = (wish.reason, *asked.mapped("reason"), *asked.mapped("answer"))
        words = {**dict.fromkeys(texts, "…"), **dict.fromkeys(names, alias)}
        # two letters are found in too many words
        return {word: new for word, new in words.items() if word and len(word) > 2}

    def _forget_in_history(self, words):
        """Change words in what was logged about the wish.

        :param dict words: of `_get_telling_words`.
        """
        wish = self.redemption_id
        for word in sorted(words, key=len, reverse=True):
            for table, column, link, is_html in HISTORY:
                wish.wallet_id._query_replace(
                    SQL.identifier(table),
                    SQL.identifier(column),
                    SQL(
                        "%s = %s AND res_id = %s",
                        SQL.identifier(link),
                        wish._name,
                        wish.id,
                    ),
                    str(escape(word)) if is_html else word,
                    words[word],
                )
        self.env["mail.message"].invalidate_model(["body", "subject"])

from odoo import fields, models
from odoo.fields import Domain


class LoyaltyB2bWallet(models.Model):
    """The rewards that a customer's people see."""

    _inherit = "loyalty.b2b.wallet"

    # === CATALOGUE === #

    def _get_portal_reward_domain(self):
        """Return the domain of the rewards a catalogue shows: none that are over."""
        now, today = fields.Datetime.now(), self.program_id._today()
        return (
            Domain("program_id", "=", self.program_id.id)
            & (Domain("date_end", "=", False) | Domain("date_end", ">=", today))
            & (
                Domain("kind", "!=", "access")
                | Domain("date_event", "=", False)
                | Domain("date_event", ">", now)
            )
        )

    def _get_portal_reward_fields(self):
        """Return what is read of rewards, in one query: whatever the catalogue asks."""
        fields_of = self.env["loyalty.b2b.reward"]._fields
        return [
            name
            for name, field in fields_of.items()
            if field.column_type and field.store and field.type != "html"
        ]

    def _get_portal_reward_sorts(self):
        """Return the orders of a catalogue: word → label."""
        return {
            "best": self.env._("Our choice"),
            "few": self.env._("Fewest points first"),
            "many": self.env._("Most points first"),
        }

    def _prepare_portal_catalogue(
        self,
        partner,
        kind="",
        only_now=False,
        sort="best",
        page=1,
        step=12,
        with_next=False,
    ):
        """Return a page of the catalogue, each reward with its state for a person.

        The number of queries does not depend on the number of rewards.

        :param partner: `res.partner` who looks.
        :param str kind: only rewards of it; '' for all.
        :param bool only_now: only what the person can have, or ask for, now.
        :param str sort: of `_get_portal_reward_sorts`.
        :param bool with_next: also what to think of next.
        :return: dict with cards, kinds (kind → label, those there are), total, page,
            and next (see `_prepare_portal_next`) if it was asked for.
        """
        self.ensure_one()
        found = self._get_portal_rewards()
        present = set(found.mapped("kind"))
        rewards = found.filtered(lambda reward: not kind or reward.kind == kind)
        if sort in ("few", "many"):
            rewards = rewards.sorted("points", reverse=sort == "many")
        refusals = None
        if only_now or with_next:
            refusals = rewards._get_refusals_by_reward(self, partner)
        following = with_next and self._prepare_portal_next(partner, refusals)
        if only_now:
            rewards = rewards._filter_portal_now(refusals)
        page = page if (page - 1) * step < len(rewards) else 1
        shown = rewards[(page - 1) * step : page * step]
        refusals = refusals or shown._get_refusals_by_reward(self, partner)
        labels = found._get_portal_kinds()
        return {
            "cards": shown._prepare_portal_cards(refusals, int(self.available)),
            "kinds": {name: label for name, label in labels.items() if name in present},
            "total": len(rewards),
            "page": page,
            "next": following or {},
        }

    def _get_portal_rewards(self):
        """Return the rewards of the catalogue, in sudo, read in one query."""
        return (
            self.env["loyalty.b2b.reward"]
            .sudo()
            .search_fetch(
                self._get_portal_reward_domain(), self._get_portal_reward_fields()
            )
        )

    def _prepare_portal_next(self, partner, refusals):
        """Return what to think of next: rewards, and products others buy.

        :param dict refusals: reward → refusals, of all rewards shown.
        :return: dict with rewards (name, url, text) and products (name, code).
        """
        url = f"/my/loyalty/program/{self.program_id.id}/reward"
        rewards = self._get_next_rewards(partner, refusals) if refusals else []
        return {
            "rewards": [
                {
                    "name": row["name"],
                    "url": f"{url}/{row['reward_id']}",
                    "text": row["text"],
                }
                for row in rewards
            ],
            "products": [
                {"name": row["name"], "code": row["code"]}
                for row in self._get_product_suggestions(limit=3)
            ],
        }

    def _find_portal_reward(self, reward_id):
        """Return a reward of this programme, in sudo; empty if there is none.

        One that is over is found: its page says so. An archived one is not.

        :param int reward_id: whatever was sent, not above 2**31 - 1.
        """
        self.ensure_one()
        rewards = self.env["loyalty.b2b.reward"].sudo()
        domain = [("id", "=", reward_id), ("program_id", "=", self.program_id.id)]
        return rewards.search(domain, limit=1)

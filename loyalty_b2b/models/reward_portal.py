from odoo import api, models
from odoo.tools import is_html_empty

# Reasons that are no fault of the reward: asked for on its own page.
LATER = ("order",)
STATE_ICONS = {
    "now": "fa-check",
    "ask": "fa-question-circle-o",
    "short": "fa-hourglass-half",
    "no": "fa-lock",
}
ICONS = {
    "discount": "fa-tag",
    "percent": "fa-percent",
    "product": "fa-cube",
    "delivery": "fa-truck",
    "access": "fa-graduation-cap",
    "service": "fa-wrench",
    "subscription": "fa-refresh",
    "voucher": "fa-ticket",
    "enablement": "fa-line-chart",
    "gift": "fa-gift",
}


class LoyaltyB2bReward(models.Model):
    """What customers read of a reward: plain values, in sudo. Writes nothing."""

    _inherit = "loyalty.b2b.reward"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        rewards = super().create(vals_list)
        # the programme remembers that it has some
        self.env.registry.clear_cache()
        return rewards

    def write(self, vals):
        if {"active", "program_id"} & set(vals):
            self.env.registry.clear_cache()
        return super().write(vals)

    def unlink(self):
        self.env.registry.clear_cache()
        return super().unlink()

    # === WORDS === #

    @api.model
    def _get_portal_kinds(self):
        """Return what customers call the kinds: kind → label."""
        return {
            "discount": self.env._("Discounts"),
            "percent": self.env._("Discounts in percent"),
            "product": self.env._("Free products"),
            "delivery": self.env._("Free delivery"),
            "access": self.env._("Events and training"),
            "service": self.env._("Services"),
            "subscription": self.env._("Subscriptions"),
            "voucher": self.env._("Vouchers"),
            "enablement": self.env._("Help for your business"),
            "gift": self.env._("Personal gifts"),
        }

    def _get_portal_state(self, refusals, available, quantity=1):
        """Return whether a person can have the reward now, and what is missing.

        :param list refusals: of `_get_refusals`.
        :param int available: points that the wallet can use.
        :return: dict with key (`now`, `ask`, `short` or `no`), icon, text, and percent
            of the points that are there, None unless points are all that is missing.
        """
        key, text = self._get_portal_verdict(refusals)
        percent = None
        if key == "short":
            price = int(self.points) * quantity
            percent = min(100 * max(available, 0) // price, 99)
        icon = STATE_ICONS[key]
        return {"key": key, "icon": icon, "text": text, "percent": percent}

    def _get_portal_verdict(self, refusals):
        """Return key and text of the state, see `_get_portal_state`."""
        grave = get_grave(refusals)
        asks = [refusal for refusal in refusals if refusal.remedy == "ask"]
        codes = {refusal.code for refusal in grave}
        if not grave:
            return (
                ("ask", self._say(asks[0].text))
                if asks
                else ("now", self._get_portal_now())
            )
        if "wallet" in codes:
            # said once, above
            return "no", self.env._("Not at the moment")
        text = self._say(" · ".join(refusal.text for refusal in grave))
        return ("short" if codes == {"points"} else "no"), text

    def _get_portal_now(self):
        if self.needs_approval or self.kind == "gift":
            return self.env._("You can ask for it")
        return self.env._("Yours now")

    @staticmethod
    def _say(text):
        """Return words as a sentence begins."""
        return text[:1].upper() + text[1:]

    # === CARD === #

    def _filter_portal_now(self, refusals):
        """Return those that a person can have, or ask for, now.

        :param dict refusals: reward → refusals.
        """
        return self.filtered(
            lambda reward: (
                reward._get_portal_verdict(refusals[reward])[0] in ("now", "ask")
            )
        )

    def _prepare_portal_cards(self, refusals, available):
        """Return the rewards as cards, see `_prepare_portal_card`.

        :param dict refusals: reward → refusals.
        """
        pictures = self._find_portal_pictures(self.ids)
        return [
            reward._prepare_portal_card(refusals[reward], available, pictures)
            for reward in self
        ]

    def _prepare_portal_card(self, refusals, available, pictures):
        """Return a reward as one of many.

        :param pictures: set of ids of rewards that have a picture.
        """
        self.ensure_one()
        return {
            "id": self.id,
            "url": f"/my/loyalty/program/{self.program_id.id}/reward/{self.id}",
            "name": self.name,
            "kind": self._get_portal_kinds()[self.kind],
            "icon": ICONS[self.kind],
            "image_url": self._get_portal_image_url() if self.id in pictures else "",
            "price": self.program_id._format_portal_points(self.points),
            "money": self._get_portal_money(),
            "worth": self._get_portal_worth_text(),
            "is_exclusive": self.is_exclusive,
            "event": self._get_portal_event(),
            "state": self._get_portal_state(refusals, available),
        }

    def _get_portal_image_url(self):
        return (
            f"/my/loyalty/program/{self.program_id.id}/reward/{self.id}/image"
            f"?unique={self.write_date:%Y%m%d%H%M%S}"
        )

    def _get_portal_money(self):
        """Return what is paid besides the points, or ''."""
        if not self.price_amount:
            return ""
        return self.env._(
            "and %(amount)s net", amount=self.currency_id.format(self.price_amount)
        )

    def _get_portal_worth_text(self):
        """Return what the reward is worth, or ''."""
        worth = self.value or (self.kind == "discount" and self.discount_amount)
        if not worth:
            return ""
        return self.env._("worth %(amount)s", amount=self.currency_id.format(worth))

    def _get_portal_event(self):
        """Return when and where an event takes place, or ''."""
        if self.kind != "access" or not self.date_event:
            return ""
        moment = self.program_id._format_portal_moment(self.date_event)
        return ", ".join(part for part in (moment, self.place) if part)

    @api.model
    def _find_portal_pictures(self, ids):
        """Return which of the rewards have a picture, in one query."""
        rows = (
            self.env["ir.attachment"]
            .sudo()
            .search_fetch(
                [
                    ("res_model", "=", self._name),
                    ("res_field", "=", "image_512"),
                    ("res_id", "in", ids),
                ],
                ["res_id"],
            )
        )
        return set(rows.mapped("res_id"))

    # === PAGE === #

    def _prepare_portal_reward(self, wallet, partner, quantity=1, order=None):
        """Return a reward with all that a person has to know before he wants it.

        :param partner: `res.partner` who looks.
        :param order: the quotation it is for, if it is known.
        """
        self.ensure_one()
        refusals = self._get_refusals(wallet, partner, quantity, order)
        available = int(wallet.available)
        card = self._prepare_portal_card(
            refusals, available, self._find_portal_pictures(self.ids)
        )
        grave = get_grave(refusals)
        return {
            **card,
            "state": self._get_portal_state(refusals, available, quantity),
            "description": "" if is_html_empty(self.description) else self.description,
            "terms": "" if is_html_empty(self.terms) else self.terms,
            "facts": self._get_portal_facts(),
            "missing": [self._say(refusal.text) for refusal in grave],
            "available": self.program_id._format_portal_points(available),
            "is_on_order": self._is_on_order(),
            "has_attendees": self.kind == "access",
            "is_approved": self.needs_approval,
            "asks": [
                self._say(refusal.text)
                for refusal in refusals
                if refusal.remedy == "ask"
            ],
            "deciders": ", ".join(wallet._get_administrators().mapped("name")),
        }

    def _get_portal_facts(self):
        """Return (label, text) of what there is to know."""
        day = self.program_id._format_portal_day
        facts = [
            (self.env._("On the order"), self._get_portal_gain()),
            (self.env._("When and where"), self._get_portal_event()),
            (self.env._("To be had from"), day(self._get_portal_start())),
            (self.env._("To be had until"), day(self.date_end)),
            (self._get_portal_left_label(), self._get_portal_left_text()),
            (self.env._("Limit"), self._say(self._get_limit_text())),
            (self.env._("Runs for"), self._get_portal_months()),
            (self.env._("Handed over"), self._get_portal_course_text()),
        ]
        return [(label, text) for label, text in facts if text]

    def _get_portal_gain(self):
        """Return what an order gets, or ''."""
        return self._describe_gain() if self._is_on_order() else ""

    def _get_portal_start(self):
        start = self.date_start
        return start if start and start > self.program_id._today() else False

    def _get_portal_left_label(self):
        return self.env._("Seats left") if self.kind == "access" else self.env._("Left")

    def _get_portal_left_text(self):
        if not self.is_limited:
            return ""
        return str(self.left) if self.left else self.env._("None")

    def _get_portal_months(self):
        if self.kind != "subscription":
            return ""
        return self.program_id._format_months(self.months)

    def _get_portal_course_text(self):
        """Return what happens after the points were used."""
        if self._is_on_order():
            return self.env._("With the order whose quotation it is put on")
        texts = []
        if self.needs_approval:
            texts.append(self.env._("We look at each wish before points are used."))
        if self.must_confirm:
            texts.append(self.env._("We confirm first that it can be given."))
        if self.kind in ("access", "voucher") and not texts:
            return ""
        if self.days_to_fulfil:
            texts.append(
                self.env._(
                    "Within %(time)s.",
                    time=self.program_id._format_days(self.days_to_fulfil),
                )
            )
        return " ".join(texts)


def get_grave(refusals):
    """Return the refusals that keep a person from asking for a reward at all."""
    return [
        refusal
        for refusal in refusals
        if refusal.remedy != "ask" and refusal.code not in LATER
    ]

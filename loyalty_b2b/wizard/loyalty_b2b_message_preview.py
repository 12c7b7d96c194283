from datetime import timedelta

from odoo import api, fields, models

ALL = "all"


class LoyaltyB2bMessagePreview(models.TransientModel):
    """Shows what a customer would read, with his figures; nothing is sent."""

    _name = "loyalty.b2b.message.preview"
    _inherit = "loyalty.b2b.dialog.mixin"
    _description = "Preview of a B2B Loyalty Message"

    program_id = fields.Many2one(
        comodel_name="loyalty.b2b.program",
        string="Programme",
        required=True,
        ondelete="cascade",
    )
    wallet_id = fields.Many2one(
        comodel_name="loyalty.b2b.wallet",
        string="Customer",
        required=True,
        ondelete="cascade",
        domain="[('program_id', '=', program_id), ('state', '!=', 'left')]",
    )
    topic = fields.Selection(
        selection="_selection_topic",
        required=True,
        default="earned",
        help="What has not happened to this customer is shown with examples.",
    )
    lang = fields.Selection(
        selection="_selection_lang",
        string="Language",
        required=True,
        default=lambda self: self.env.lang or "en_US",
    )
    people = fields.Char(string="Goes to", compute="_compute_message")
    subject = fields.Char(compute="_compute_message")
    body = fields.Html(compute="_compute_message", sanitize=False)

    # === DEFAULT METHODS === #

    @api.model
    def _selection_topic(self):
        topics = self.env["loyalty.b2b.notice"]._fields["topic"]
        return [
            *topics._description_selection(self.env),
            (ALL, self.env._("All of them")),
        ]

    @api.model
    def _selection_lang(self):
        return self.env["res.lang"].get_installed()

    # === COMPUTE METHODS === #

    @api.depends("wallet_id", "topic", "lang")
    def _compute_message(self):
        for wizard in self:
            wizard.people = wizard.subject = wizard.body = False
            if wizard.wallet_id and wizard.topic and wizard.lang:
                wizard._show_message()

    def _show_message(self):
        """Fill in the message, rendered as it would be sent."""
        wallet = self.wallet_id._origin or self.wallet_id
        wallet.check_access("read")
        wallet = wallet.sudo()
        people = wallet._get_notice_people()[wallet.id]
        message = wallet._prepare_message(
            people[:1],
            self._get_sample_notices(wallet),
            self._get_sample_rows(wallet),
            lang=self.lang,
        )
        reader = wallet.with_context(lang=self.lang)
        self.people = ", ".join(
            person.email_formatted or person.display_name for person in people
        )
        self.subject = message["subject"]
        self.body = reader._render_message_layout(
            reader._render_message(message), message["subject"]
        )

    # === EXAMPLES === #

    def _get_sample_rows(self, wallet):
        """Return the latest bookings of the customer, or an example.

        :return: list of dicts, see `loyalty.b2b.wallet._query_news`.
        """
        names = {"earned", "used"} if self.topic == ALL else {self.topic}
        rows = []
        for kind, name in (("earn", "earned"), ("redeem", "used")):
            if name in names:
                rows += wallet._query_latest(kind, limit=3) or [
                    self._prepare_sample_row(wallet, kind)
                ]
        return rows

    def _prepare_sample_row(self, wallet, kind):
        points = 1250 if kind == "earn" else -1000
        return {
            "kind": kind,
            "state": "posted",
            "points": points,
            "date_event": wallet.program_id._today(),
            "booking": 0,
            "move_name": self.env._("INVOICE/0001") if kind == "earn" else "",
            "order_name": "" if kind == "earn" else self.env._("ORDER/0001"),
            "note": "",
            "partner_id": wallet.partner_id.id,
            "partner_name": wallet.partner_id.name,
            "contact_name": "",
            "user_name": self.env.user.name,
            "is_late": False,
            "origin": None,
            "amount": 0 if kind == "earn" else wallet.program_id._get_worth(1000),
        }

    def _get_sample_notices(self, wallet):
        """Return what the message tells besides bookings, as dicts.

        The latest such notice of this customer, or else an example of today.
        """
        topics = dict(self.env["loyalty.b2b.notice"]._fields["topic"].selection)
        wanted = list(topics) if self.topic == ALL else [self.topic]
        notices = []
        for topic in wanted:
            if topic in ("earned", "used"):
                continue
            notices.append(self._get_sample_notice(wallet, topic))
        return [notice for notice in notices if notice]

    def _get_sample_notice(self, wallet, topic):
        if topic == "expiring":
            day, points = wallet._query_next_expiry().get(wallet.id, (None, 0))
            data = {"points": points, "idle": wallet._is_expiring_idle(day)}
            return {"id": 0, "topic": topic, "data": data, "date_last": day}
        notices = self.env["loyalty.b2b.notice"].sudo()
        last = notices.search(
            [("wallet_id", "=", wallet.id), ("topic", "=", topic)], limit=1
        )
        data = last.data or self._get_sample_data(wallet, topic)
        return {"id": 0, "topic": topic, "data": data, "date_last": None}

    def _get_sample_data(self, wallet, topic):
        """Return plausible values for what has not happened yet."""
        program, today = wallet.program_id, wallet.program_id._today()
        until = fields.Date.to_string(today.replace(month=12, day=31))
        if topic.startswith("tier_"):
            tiers = self.env["loyalty.b2b.tier"].sudo()
            tier = wallet.tier_id or tiers.search(
                [("program_id", "=", program.id)], limit=1
            )
            return {"tier_id": tier.id, "until": until, "is_example": True}
        if topic == "closing":
            day = program.date_last_use or today + timedelta(days=60)
            earning = program.date_last_earning or today
            return {
                "date_last_earning": fields.Date.to_string(earning),
                "date_last_use": fields.Date.to_string(day),
            }
        if topic == "terms":
            return {
                "day": fields.Date.to_string(today + timedelta(days=30)),
                "text": "\n".join(program._get_planned_changes()[1])
                or self.env._("Example: 1 000 points will be worth more."),
            }
        if topic == "statement":
            return {"month": f"{today.replace(day=1) - timedelta(days=1):%Y-%m}"}
        return {}

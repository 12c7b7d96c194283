from odoo import api, fields, models

from ..fields import Points


class LoyaltyB2bDigest(models.Model):
    """The one message a person gets about a programme on a day."""

    _name = "loyalty.b2b.digest"
    _inherit = ["mail.thread", "loyalty.b2b.guarded.mixin"]
    _description = "B2B Loyalty Message to a Person"
    _order = "day desc, id desc"
    _rec_name = "subject"

    wallet_id = fields.Many2one(
        comodel_name="loyalty.b2b.wallet",
        string="Customer",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    program_id = fields.Many2one(
        comodel_name="loyalty.b2b.program",
        string="Programme",
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, ondelete="cascade"
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Person",
        required=True,
        readonly=True,
        index=True,
        ondelete="cascade",
    )
    email = fields.Char(readonly=True, help="Address the message went to.")
    day = fields.Date(
        required=True, readonly=True, help="Day in the programme's time zone."
    )
    channel = fields.Selection(
        selection=[("email", "E-mail"), ("portal", "Portal")],
        required=True,
        readonly=True,
    )
    state = fields.Selection(
        selection=[
            ("queued", "On its way"),
            ("sent", "Sent"),
            ("shown", "In the portal"),
            ("failed", "Undelivered"),
            ("retried", "Sent later"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        index=True,
    )
    date_sent = fields.Datetime(string="Sent on", readonly=True)
    error = fields.Char(string="Why not", readonly=True)
    attempt = fields.Integer(
        default=1, readonly=True, help="How many times it was tried to be sent."
    )
    subject = fields.Char(readonly=True)
    body = fields.Html(readonly=True, sanitize=False)
    topics = fields.Char(readonly=True, help="What it tells of.")
    lang = fields.Char(string="Language", readonly=True)
    mail_id = fields.Many2one(
        comodel_name="mail.mail", readonly=True, index="btree_not_null"
    )
    notice_ids = fields.Many2many(
        comodel_name="loyalty.b2b.notice",
        relation="loyalty_b2b_digest_notice_rel",
        column1="digest_id",
        column2="notice_id",
        string="Told",
        readonly=True,
    )
    booking = Points(
        readonly=True, help="Running number of the newest booking it tells of."
    )

    _once_uniq = models.UniqueIndex("(partner_id, program_id, day)")
    _undelivered_idx = models.Index("(program_id) WHERE state = 'failed'")
    _queued_idx = models.Index("(program_id) WHERE state = 'queued'")

    # === CRUD METHODS === #

    @api.model
    def _get_guarded_fields(self):
        # created for who may not write one
        return super()._get_guarded_fields() | set(self._fields)

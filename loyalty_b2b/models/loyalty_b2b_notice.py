from odoo import api, fields, models
from odoo.tools import SQL

from ..fields import Points


class LoyaltyB2bNotice(models.Model):
    """Something the people of a wallet are told, once, in their next message."""

    _name = "loyalty.b2b.notice"
    _inherit = ["loyalty.b2b.guarded.mixin"]
    _description = "B2B Loyalty Message"
    _order = "id desc"

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
        required=True,
        readonly=True,
        ondelete="cascade",
    )
    company_id = fields.Many2one(
        comodel_name="res.company", required=True, readonly=True, ondelete="cascade"
    )
    topic = fields.Selection(
        selection=[
            ("invited", "Invitation"),
            ("joined", "Joined"),
            ("earned", "Points earned"),
            ("used", "Points used"),
            ("expiring", "Points about to expire"),
            ("tier_reached", "Level reached"),
            ("tier_ending", "Level about to end"),
            ("tier_lost", "Level lost"),
            ("announced", "Programme announced"),
            ("closing", "Programme closing down"),
            ("terms", "New terms"),
            ("statement", "Monthly statement"),
        ],
        required=True,
        readonly=True,
    )
    key = fields.Char(
        required=True,
        readonly=True,
        help="Name of the event among those of the topic; a wallet is told once.",
    )
    data = fields.Json(readonly=True, help="Plain values that the text needs.")
    state = fields.Selection(
        selection=[
            ("waiting", "Waiting"),
            ("queued", "On its way"),
            ("sent", "Sent"),
            ("shown", "In the portal"),
            ("failed", "Undelivered"),
            ("skipped", "Nobody to tell"),
            ("cancelled", "Cancelled"),
        ],
        required=True,
        readonly=True,
        default="waiting",
    )
    date_due = fields.Date(
        string="Due on",
        readonly=True,
        help="Day from which it is told, in the programme's time zone.",
    )
    date_sent = fields.Datetime(string="Sent on", readonly=True)
    date_told = fields.Date(
        string="Told on", readonly=True, help="In the programme's time zone."
    )
    error = fields.Char(string="Why not", readonly=True)

    digest_ids = fields.Many2many(
        comodel_name="loyalty.b2b.digest",
        relation="loyalty_b2b_digest_notice_rel",
        column1="notice_id",
        column2="digest_id",
        string="Messages",
        readonly=True,
    )

    # what a message about the end of points covers
    date_last = fields.Date(
        string="Usable until", readonly=True, help="Last day of use that is announced."
    )
    booking = Points(
        readonly=True,
        help="Running number of the newest booking that is announced.",
    )

    _key_uniq = models.UniqueIndex("(wallet_id, topic, key)")
    _open_idx = models.Index(
        "(program_id, date_due) WHERE state IN ('waiting', 'queued')"
    )
    _covered_idx = models.Index("(wallet_id, date_last) WHERE topic = 'expiring'")

    # === CRUD METHODS === #

    @api.model
    def _get_guarded_fields(self):
        # created for who may not write one
        return super()._get_guarded_fields() | set(self._fields)

    # === BUSINESS METHODS === #

    @api.model
    def _cancel_waiting(self, programs, error, wallets=None):
        """Cancel what waits to be told.

        :param programs: whose notices.
        :param str error: why nobody is told, in words.
        :param SQL wallets: condition on the wallet `w`; all by default.
        """
        self.env.flush_all()
        self.env.execute_query(
            SQL(
                "UPDATE loyalty_b2b_notice n SET state = 'cancelled', error = %s"
                " FROM loyalty_b2b_wallet w WHERE w.id = n.wallet_id"
                " AND n.program_id = ANY(%s) AND n.state = 'waiting' AND %s"
                " RETURNING n.id",
                error,
                programs.ids,
                wallets or SQL("TRUE"),
            )
        )
        self.invalidate_model()

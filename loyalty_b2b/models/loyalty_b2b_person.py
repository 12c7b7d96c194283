from odoo import api, fields, models
from odoo.exceptions import UserError

from ..fields import Points

# From the least to the most; who may do more may do all before it.
ROLES = ("collects", "sees", "uses", "administers")
# Roles for which a limit means something.
USING = ("uses", "administers")
# A limit above it is none; sums of points stay far below (DESIGN §3).
MAX_LIMIT = 10**15


class LoyaltyB2bPerson(models.Model):
    """What a person of a company may do with its points.

    Who has no row has the programme's role for colleagues. Rows end, and stay.
    """

    _name = "loyalty.b2b.person"
    _inherit = ["loyalty.b2b.guarded.mixin"]
    _description = "B2B Loyalty Person"
    _order = "wallet_id, id"
    _rec_name = "name"
    _check_company_auto = True

    wallet_id = fields.Many2one(
        comodel_name="loyalty.b2b.wallet",
        required=True,
        index=True,
        readonly=True,
        ondelete="restrict",
    )
    program_id = fields.Many2one(
        related="wallet_id.program_id", string="Programme", store=True, precompute=True
    )
    company_id = fields.Many2one(
        related="wallet_id.company_id", store=True, precompute=True, index=True
    )
    partner_id = fields.Many2one(
        comodel_name="res.partner",
        string="Person",
        index="btree_not_null",
        readonly=True,
        ondelete="set null",
    )
    name = fields.Char(
        required=True, readonly=True, help="As the person was called then."
    )
    role = fields.Selection(
        selection=[
            ("collects", "Collects"),
            ("sees", "Sees points"),
            ("uses", "Uses points"),
            ("administers", "Decides about points"),
        ],
        required=True,
        readonly=True,
    )
    limit_order = Points(
        string="Points per order",
        readonly=True,
        help="Most points the person uses on one order without asking. 0: no limit.",
    )
    limit_month = Points(
        string="Points per month",
        readonly=True,
        help="Most points the person uses in a calendar month without asking. 0: no"
        " limit.",
    )
    date_start = fields.Date(string="Since", required=True, readonly=True)
    date_end = fields.Date(
        string="Until", readonly=True, help="The day on which the role ended, at once."
    )
    reason = fields.Char(readonly=True, help="Why the person has the role.")
    end_reason = fields.Char(
        string="Why it ended", readonly=True, help="Why the person lost the role."
    )
    granted_by_id = fields.Many2one(
        comodel_name="res.partner", readonly=True, ondelete="set null"
    )
    granted_by_name = fields.Char(string="Given by", readonly=True)
    ended_by_name = fields.Char(
        string="Ended by", readonly=True, help="Empty where the job found it."
    )

    _partner_uniq = models.UniqueIndex(
        "(wallet_id, partner_id) WHERE date_end IS NULL AND partner_id IS NOT NULL",
        "This person has a role in the wallet already.",
    )
    _limits = models.Constraint(
        "CHECK (limit_order >= 0 AND limit_month >= 0)", "A limit is 0 or more points."
    )

    # === CRUD METHODS === #

    @api.model
    def _get_guarded_fields(self):
        # created for who may not write one
        return super()._get_guarded_fields() | set(self._fields)

    # === BUSINESS METHODS === #

    @api.model
    def _prepare_terms(self, role, limit_order, limit_month):
        """Return what a person may do as values of a row.

        :raises UserError: if the role is unknown or a limit is no number of points.
        """
        if role not in ROLES:
            raise UserError(self.env._("Choose what the person may do."))
        limits = (limit_order, limit_month) if role in USING else (0, 0)
        if any(not 0 <= limit <= MAX_LIMIT for limit in limits):
            raise UserError(
                self.env._("A limit is a whole number of points; 0 is no limit.")
            )
        return {
            "role": role,
            "limit_order": int(limits[0]),
            "limit_month": int(limits[1]),
        }

    def _end(self, reason="", by=None):
        """End the rows, in sudo; they stay as history. Called by the wallet alone.

        :param str reason: why.
        :param by: `res.partner` who ends it; nobody if the job does.
        """
        for person in self:
            person.write(
                {
                    "date_end": person.wallet_id.program_id._today(),
                    "end_reason": reason or False,
                    "ended_by_name": by.sudo().name if by else False,
                }
            )
        # before a new row of the same person is inserted: one of them holds
        self.flush_recordset()

    # === IN WORDS === #

    def _get_role_words(self):
        """Return what the person may do, with its limits, as a sentence's end."""
        self.ensure_one()
        roles = dict(self._fields["role"]._description_selection(self.env))
        return ", ".join([roles[self.role], *self._get_limit_words()])

    def _get_limit_words(self):
        """Return the limits of the person as parts of a sentence."""
        write = self.wallet_id.program_id._format_points
        words = []
        if self.limit_order:
            points = write(self.limit_order)
            words.append(self.env._("at most %(points)s an order", points=points))
        if self.limit_month:
            points = write(self.limit_month)
            words.append(self.env._("at most %(points)s a month", points=points))
        return words

    def _get_news_granted(self):
        """Return who gave what to whom, for the history of the wallet."""
        person = self._with_staff_lang()
        return person.env._(
            "%(person)s: %(role)s. Given by %(by)s. %(reason)s",
            person=person.name,
            role=person._get_role_words(),
            by=person.granted_by_name,
            reason=person.reason or "",
        ).strip()

    def _get_news_ended(self):
        """Return who lost what and why, for the history of the wallet."""
        person = self._with_staff_lang()
        values = {
            "person": person.name,
            "role": person._get_role_words(),
            "by": person.ended_by_name,
            "reason": person.end_reason or "",
        }
        if person.ended_by_name:
            text = person.env._(
                "%(person)s: no longer “%(role)s”. Taken back by %(by)s. %(reason)s",
                **values,
            )
        else:
            text = person.env._(
                "%(person)s: no longer “%(role)s”. %(reason)s", **values
            )
        return text.strip()

    def _log_in_wallet(self, news):
        self.wallet_id.sudo()._message_log(body=news)

    def _with_staff_lang(self):
        return self.with_env(self.wallet_id._with_staff_lang().env)

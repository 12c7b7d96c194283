from odoo import api, fields, models
from odoo.exceptions import AccessError, UserError
from odoo.tools import SQL

from .ledger_mixin import _DOOR

# What only the verbs of the wallet write.
TIER_FIELDS = (
    "tier_id",
    "tier_since",
    "tier_earned_id",
    "tier_until",
    "tier_manual_id",
    "tier_manual_until",
    "tier_reason",
)


class LoyaltyB2bWallet(models.Model):
    """The level of a wallet: earned, or set by hand; the higher of both holds."""

    _inherit = "loyalty.b2b.wallet"

    tier_id = fields.Many2one(
        comodel_name="loyalty.b2b.tier",
        string="Level",
        readonly=True,
        copy=False,
        index="btree_not_null",
        ondelete="restrict",
        tracking=True,
    )
    tier_since = fields.Date(string="Level since", readonly=True, copy=False)
    tier_earned_id = fields.Many2one(
        comodel_name="loyalty.b2b.tier",
        string="Level earned",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )
    tier_until = fields.Date(
        string="Level until",
        readonly=True,
        copy=False,
        help="End of the period for which the earned level was reached; after it, and"
        " the programme's grace, the level is looked at again. Empty: nobody falls"
        " below it.",
    )
    tier_manual_id = fields.Many2one(
        comodel_name="loyalty.b2b.tier",
        string="Level set by hand",
        readonly=True,
        copy=False,
        ondelete="restrict",
    )
    tier_manual_until = fields.Date(
        string="Set by hand until", readonly=True, copy=False
    )
    tier_reason = fields.Char(string="Reason for the level", readonly=True, copy=False)
    tier_change_ids = fields.One2many(
        comodel_name="loyalty.b2b.tier.change",
        inverse_name="wallet_id",
        string="History of levels",
    )
    has_tiers = fields.Boolean(compute="_compute_has_tiers")

    # === COMPUTE METHODS === #

    def _compute_has_tiers(self):
        for wallet in self:
            terms = wallet.program_id._origin._get_tier_terms()
            wallet.has_tiers = bool(terms.levels)

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            self._check_tier_door(vals)
        wallets = super().create(vals_list)
        wallets._give_first_tiers()
        return wallets

    def write(self, vals):
        self._check_tier_door(vals)
        return super().write(vals)

    @api.model
    def _get_guarded_fields(self):
        return super()._get_guarded_fields() | set(TIER_FIELDS) | {"tier_change_ids"}

    def _check_tier_door(self, vals):
        """Refuse to write a level past the verbs of the wallet.

        :raises AccessError: for everybody, administrators and `sudo` included.
        """
        if any(name in vals for name in TIER_FIELDS):
            if self.env.context.get("loyalty_door") is not _DOOR:
                raise AccessError(
                    self.env._(
                        "A level follows from what a customer reaches. To give another"
                        " one, use “Set level” on the wallet."
                    )
                )

    # === ACTION METHODS === #

    def action_set_tier(self):
        """Ask which level the customer is given by hand, why and until when."""
        self.ensure_one()
        return self._get_dialog(
            self.env._("Set level"),
            "loyalty.b2b.tier.set",
            {"default_wallet_id": self.id},
        )

    # === BUSINESS METHODS === #

    def _give_first_tiers(self):
        """Give new wallets the level that everybody has from joining on."""
        for program in self.program_id:
            levels = program._get_tier_terms().levels
            if levels and not levels[0].threshold:
                own = self.filtered(lambda w, of=program: w.program_id == of)
                self.sudo()._retier(program, SQL("w.id = ANY(%s)", own.ids))

    def _set_tier(self, tier, reason, until=None):
        """Set a level by hand, above the one that was earned.

        :param tier: `loyalty.b2b.tier` of the programme.
        :param str reason: why, for the history.
        :param date until: last day, included; None for as long as nobody ends it.
        :raises UserError: with the name of the customer and the way out.
        """
        self.ensure_one()
        self._lock()
        wallet = self.sudo()
        wallet._check_manual_tier(tier.sudo(), reason, until)
        before = wallet.tier_id
        wallet._write_tiers(
            tier_manual_id=tier.id, tier_manual_until=until, tier_reason=reason.strip()
        )
        wallet._note_tier("manual", before, tier, until, reason.strip())
        wallet._notify_tier_from(before, until)

    def _end_manual_tier(self, reason=None):
        """End a level that was set by hand; the earned one holds again.

        :param str reason: why, for the history; the reason it was set for by default.
        :raises UserError: if there is none.
        """
        self.ensure_one()
        self._lock()
        wallet = self.sudo()
        manual, before = wallet.tier_manual_id, wallet.tier_id
        until, why = wallet.tier_manual_until, wallet.tier_reason
        if not manual:
            raise UserError(
                self.env._(
                    "The level of %(customer)s was not set by hand, so it cannot be"
                    " ended. It falls when it is not reached again.",
                    customer=wallet.partner_id.display_name,
                )
            )
        wallet._write_tiers(
            tier_manual_id=False, tier_manual_until=False, tier_reason=False
        )
        reason = (reason or "").strip() or why
        wallet._note_tier("manual_end", manual, wallet.tier_id, until, reason)
        wallet._notify_tier_from(before, wallet.tier_until)

    def _check_manual_tier(self, tier, reason, until):
        """Refuse a level by hand that gives nothing or cannot be given."""
        message = self._get_manual_refusal(tier, until)
        if not (reason or "").strip():
            message = self.env._(
                "Give a reason for the level of %(customer)s: its history shows it for"
                " good."
            )
        if message:
            raise UserError(
                message
                % {
                    "customer": self.partner_id.display_name,
                    "level": tier.name,
                    "earned": self.tier_earned_id.name,
                    "program": self.program_id.name,
                }
            )

    def _get_manual_refusal(self, tier, until):
        """Return why a level cannot be set by hand, to be filled in with names."""
        if not tier:
            return self.env._("Choose a level for %(customer)s.")
        if tier.program_id != self.program_id or not tier.active:
            return self.env._(
                "%(level)s is no level of programme %(program)s. Choose one of its own"
                " levels for %(customer)s."
            )
        if until and until < self.program_id._today():
            return self.env._(
                "The last day of %(level)s for %(customer)s is over. Choose today or a"
                " later day."
            )
        if self.state == "left" or self.program_id.state == "closed":
            return self.env._(
                "%(customer)s does not take part in programme %(program)s any more."
            )
        if not is_above(tier, self.tier_earned_id):
            return self.env._(
                "%(customer)s has earned %(earned)s, and %(level)s is not above it."
                " Choose a higher level."
            )
        return ""

    def _write_tiers(self, **values):
        """Write columns of levels; the higher of both levels is the one in force."""
        self.ensure_one()
        wallet = self.with_context(loyalty_door=_DOOR)
        wallet.write(values)
        earned, manual = wallet.tier_earned_id, wallet.tier_manual_id
        tier = manual if is_above(manual, earned) else earned
        if tier != wallet.tier_id:
            today = wallet.program_id._today()
            wallet.write({"tier_id": tier.id, "tier_since": today})

    def _note_tier(self, cause, before, after, until=None, reason=None):
        """Write a row of the wallet's history of levels.

        :param str cause: see `loyalty.b2b.tier.change`.
        """
        self.env["loyalty.b2b.tier.change"].sudo()._insert_rows(
            [
                {
                    "wallet_id": self.id,
                    "program_id": self.program_id.id,
                    "company_id": self.company_id.id,
                    "date": self.program_id._today(),
                    "tier_from_id": before.id or None,
                    "tier_to_id": after.id or None,
                    "cause": cause,
                    "date_until": until or None,
                    "reason": reason or None,
                    "user_id": self.env.uid,
                }
            ]
        )
        self.invalidate_recordset(["tier_change_ids"], flush=False)

    def _notify_tier_from(self, before, until):
        if before != self.tier_id:
            row = {"id": self.id, "before": before.id, "after": self.tier_id.id}
            self._notify_tiers(self.program_id, [{**row, "until": until or None}])


def is_above(tier, other):
    """Tell whether a level is higher than another, or than none."""
    return bool(tier) and (not other or tier.threshold > other.threshold)

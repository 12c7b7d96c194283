from odoo import Command, api, models
from odoo.exceptions import AccessError, UserError, ValidationError

from ..tools.refusals import Refusal

ADMIN = "loyalty_b2b.group_loyalty_b2b_admin"


class LoyaltyB2bReward(models.Model):
    """Personal gifts: offered only where they are switched on, to a named person."""

    _inherit = "loyalty.b2b.reward"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        rewards = super().create(vals_list)
        rewards._check_gift_writer()
        return rewards

    def write(self, vals):
        result = super().write(vals)
        if not {"kind", "value", "cost"}.isdisjoint(vals):
            self._check_gift_writer()
        return result

    def _check_gift_writer(self):
        """Let who gives gifts not say what they are worth: the limits go by it.

        :raises AccessError: below loyalty administrator.
        """
        if self.env.su or self.env.user.has_group(ADMIN):
            return
        if any(reward.kind == "gift" for reward in self):
            raise AccessError(
                self.env._(
                    "Only loyalty administrators enter what a personal gift is worth"
                    " and what it costs."
                )
            )

    @api.model
    def fields_get(self, allfields=None, attributes=None):
        """Leave the kind out of the choice where gifts are switched off."""
        found = super().fields_get(allfields, attributes)
        if "selection" in found.get("kind", {}) and not self._offers_gifts():
            found["kind"]["selection"] = [
                pair for pair in found["kind"]["selection"] if pair[0] != "gift"
            ]
        return found

    @api.model
    def _offers_gifts(self):
        """Tell whether one of the user's companies gives personal gifts."""
        return any(self.env.companies.sudo().mapped("loyalty_b2b_gifts"))

    def _get_kind_fault(self):
        if fault := super()._get_kind_fault():
            return fault
        if self.kind != "gift":
            return ""
        if not self.company_id.sudo().loyalty_b2b_gifts:
            return self.env._(
                "“%s”: personal gifts are switched off in the settings.", self.name
            )
        if self.value <= 0 or self.sudo().cost <= 0:
            return self.env._(
                "“%s” is a personal gift: enter what it is worth and what it costs us,"
                " tax included.",
                self.name,
            )
        return ""

    # === CONSTRAINT METHODS === #

    @api.constrains("value", "cost")
    def _check_gift_value(self):
        for reward in self:
            if reward.kind == "gift" and (fault := reward._get_kind_fault()):
                raise ValidationError(fault)

    # === BUSINESS METHODS === #

    def _get_refusals(self, wallet, partner=None, quantity=1, order=None):
        """Add what keeps a customer from any gift; the person is asked for later."""
        refusals = super()._get_refusals(wallet, partner, quantity, order)
        if self.kind == "gift":
            refusals += self._get_gift_refusals(wallet.sudo(), partner)
        return refusals

    def _get_gift_refusals(self, wallet, partner):
        company = self.company_id.sudo()
        if not company.loyalty_b2b_gifts:
            return [Refusal("gift", self.env._("personal gifts are not offered"))]
        owner = partner._get_loyalty_b2b_owner() if partner else wallet.partner_id
        if company._is_loyalty_b2b_public(owner):
            text = self.env._("not for the public sector")
            return [Refusal("public", text)]
        if partner and not partner._has_loyalty_b2b_role(wallet, "administers"):
            text = self.env._("only who decides about points asks for personal gifts")
            return [Refusal("role", text)]
        return []

    def _redeem(self, wallet, contact, *args, **kwargs):
        if self.kind == "gift":
            self._lock_gifts(wallet.sudo())
        return super()._redeem(wallet, contact, *args, **kwargs)

    @api.model
    def _lock_gifts(self, wallet):
        """Let two gifts to people of the same companies meet, in all programmes."""
        owners = wallet.participant_ids.partner_id
        wallets = owners.loyalty_b2b_participant_ids.wallet_id.filtered(
            lambda one: one.company_id == wallet.company_id
        )
        (wallets | wallet)._lock()

    def _prepare_redemption(self, wallet, contact, quantity, order=None, **values):
        """Write the row of the register with the wish.

        :param dict gift: with `values`: who gets it and who agreed, see
            `_prepare_gift`.
        """
        gift = values.pop("gift", None)
        terms = super()._prepare_redemption(wallet, contact, quantity, order, **values)
        if self.kind == "gift":
            row = self._prepare_gift(wallet, quantity, **(gift or {}))
            terms["gift_ids"] = [Command.create(row)]
            terms["partner_id"] = row["owner_id"]
        return terms

    def _prepare_gift(self, wallet, quantity=1, recipient=None, name="", **values):
        """Return a row of the register.

        :param recipient: `res.partner` who gets it; or else
        :param str name: the person's name.
        :param values: owner (`res.partner`, the customer), function, status,
            consent_name, consent_date, consent_how.
        :raises UserError: if something is missing.
        """
        self.ensure_one()
        company, today = wallet.company_id, wallet.program_id._today()
        owner = values.pop("owner", None) or wallet.partner_id
        if recipient:
            owner, name = recipient._get_loyalty_b2b_owner(), recipient.name
        name = (name or "").strip()
        row = {
            "partner_id": recipient.id if recipient else False,
            "name": name,
            "name_key": self.env["loyalty.b2b.gift"]._get_name_key(name),
            "owner_id": owner.id,
            "owner_name": owner.name,
            "date": today,
            "quantity": quantity,
            **{key: value or False for key, value in values.items()},
        }
        self._check_gift_row(wallet, owner, row)
        for field in ("value", "cost"):
            row[field] = self.currency_id._convert(
                self.sudo()[field] * quantity, company.currency_id, company, today
            )
        return row

    def _check_gift_row(self, wallet, owner, row):
        """Refuse a gift of which the register could not say who and why.

        :raises UserError: with what is missing.
        """
        if owner not in wallet.participant_ids.partner_id:
            raise UserError(
                self.env._(
                    "%(person)s does not belong to %(customer)s.",
                    person=row["name"] or owner.name,
                    customer=wallet.partner_id.display_name,
                )
            )
        if not row["name_key"]:
            raise UserError(self.env._("A gift has a recipient: enter the name."))
        if not row.get("function") or not row.get("status"):
            raise UserError(
                self.env._(
                    "Enter what %(person)s is in the company, and the status.",
                    person=row["name"],
                )
            )
        agreed = (row.get("consent_name"), row.get("consent_date"))
        if not all(agreed) or not row.get("consent_how"):
            raise UserError(
                self.env._(
                    "The company of %(person)s has to agree to the gift: enter who"
                    " agreed, when and how.",
                    person=row["name"],
                )
            )
        if row["consent_date"] > row["date"]:
            raise UserError(
                self.env._("The company cannot have agreed on a day that lies ahead.")
            )

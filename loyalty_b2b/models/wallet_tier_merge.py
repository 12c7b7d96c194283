from odoo import models
from odoo.tools import SQL

from .ledger_mixin import _DOOR
from .wallet_tier import TIER_FIELDS, is_above


class LoyaltyB2bWallet(models.Model):
    """Levels of wallets that are merged."""

    _inherit = "loyalty.b2b.wallet"

    def _merge(self, source):
        super()._merge(source)
        if (self | source).sudo().filtered("tier_id"):
            self.sudo()._merge_tiers(source.sudo())
        program = self.sudo().program_id
        self.sudo()._retier(program, SQL("w.id = %s", self.id))

    def _merge_tiers(self, source):
        """Keep the higher levels of both wallets; the source is left without."""
        reason = self.env._("Merged: %(name)s", name=source.partner_id.display_name)
        earned, until = source.tier_earned_id, source.tier_until
        manual, manual_until = source.tier_manual_id, source.tier_manual_until
        why = source.tier_reason
        cleared = dict.fromkeys(TIER_FIELDS, False)
        source.with_context(loyalty_door=_DOOR).write(cleared)
        nothing = source.tier_id
        if earned:
            source._note_tier("merge", earned, nothing, reason=reason)
        if manual:
            source._note_tier("manual_end", manual, nothing, reason=reason)
        held = self.tier_earned_id
        is_longer = (
            earned == held and until and self.tier_until and (until > self.tier_until)
        )
        if is_above(earned, held) or is_longer:
            self._write_tiers(tier_earned_id=earned.id, tier_until=until)
            self._note_tier("merge", held, earned, until, reason)
        if is_above(manual, self.tier_manual_id):
            before = self.tier_id
            self._write_tiers(
                tier_manual_id=manual.id,
                tier_manual_until=manual_until,
                tier_reason=why,
            )
            self._note_tier("manual", before, manual, manual_until, reason)

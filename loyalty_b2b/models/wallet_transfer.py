from odoo import fields, models
from odoo.exceptions import UserError

# A token that no RPC call can carry: who succeeds another company is not welcomed.
_SUCCESSOR = object()


class LoyaltyB2bWallet(models.Model):
    """Points of a wallet that go to another company: new legal form, sale, merger."""

    _inherit = "loyalty.b2b.wallet"

    transfer_ids = fields.One2many(
        comodel_name="loyalty.b2b.transfer",
        inverse_name="wallet_id",
        string="Transfers",
        readonly=True,
        groups="loyalty_b2b.group_loyalty_b2b_officer,"
        "loyalty_b2b.group_loyalty_b2b_auditor",
    )

    # === ACTION METHODS === #

    def action_transfer(self):
        """Ask which company gets the points, and why."""
        self.ensure_one()
        return self._get_dialog(
            self.env._("Transfer to another company"),
            "loyalty.b2b.transfer.new",
            {"default_wallet_id": self.id},
        )

    # === BUSINESS METHODS === #

    def _get_transfer_refusal(self, partner):
        """Return why points of the wallet cannot go to a company, or ''.

        :param partner: one `res.partner`.
        """
        self.ensure_one()
        program = self.program_id
        owner = partner._get_loyalty_b2b_owner()
        values = {"origin": self.partner_id.name, "target": owner.name}
        if self.merged_into_id or self.is_control:
            return self.env._("%(origin)s has no points to move.", **values)
        if program.state not in ("running", "paused", "closing"):
            return self.env._(
                "Programme %(program)s is not running, so no points are moved.",
                program=program.name,
            )
        target = self._find_transfer_target(owner)
        if target == self or self._shares_tax_id(owner):
            return self.env._(
                "%(target)s shares this wallet, or its tax id: nothing has to be moved."
                " Let it take part in this wallet instead.",
                **values,
            )
        if not target:
            return program._get_enrol_refusal(owner)
        if target.is_control or target.state == "left":
            return self.env._(
                "%(target)s does not take part in the programme any more.", **values
            )
        return ""

    def _find_transfer_target(self, partner):
        """Return the wallet in which a company takes part in the same programme."""
        owner = partner._get_loyalty_b2b_owner()
        return self.program_id._find_participant(owner).wallet_id

    def _shares_tax_id(self, owner):
        """Tell whether a company would join this very wallet."""
        tax_id = owner._get_loyalty_b2b_tax_id()
        return bool(tax_id) and tax_id in self.participant_ids.mapped("tax_id")

    def _enrol_transfer_target(self, partner):
        """Let the company that gets the points take part, as the other did before.

        :return: its wallet.
        :raises UserError: if it would share the wallet the points come from.
        """
        owner = partner._get_loyalty_b2b_owner()
        program = self.program_id.with_context(loyalty_b2b_successor=_SUCCESSOR)
        target = program._enrol(owner)[owner].with_env(self.env)
        if target == self:
            raise UserError(
                self.env._(
                    "%(target)s is a branch of %(origin)s and now shares its wallet:"
                    " nothing has to be moved.",
                    origin=self.partner_id.name,
                    target=owner.name,
                )
            )
        return target

    def _take_over(self, source):
        """Refuse transfers that wait for a second person: what they move is merged."""
        result = super()._take_over(source)
        transfers = self.env["loyalty.b2b.transfer"].sudo()
        domain = [("wallet_id", "in", source.ids), ("state", "=", "asked")]
        for transfer in transfers.search(domain):
            transfer._decide("refused")
            transfer._end_asking()
        return result

    def _book_welcome(self, program):
        if self.env.context.get("loyalty_b2b_successor") is _SUCCESSOR:
            return  # the company it comes from was welcomed
        super()._book_welcome(program)

from odoo import models


class LoyaltyB2bProgram(models.Model):
    """The way from a programme to *Try it*."""

    _inherit = "loyalty.b2b.program"

    # === ACTION METHODS === #

    def action_try(self):
        """Open the question what the rules give for an invoice of one's choice."""
        self.ensure_one()
        return self._get_try_action(self.env["account.move"])

    # === BUSINESS METHODS === #

    def _get_try_action(self, move):
        """Return the action that tries the rules.

        :param move: `account.move` that is tried; empty to let the reader choose.
        """
        self.check_access("read")
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("What the rules give"),
            "res_model": "loyalty.b2b.try",
            "view_mode": "form",
            "target": "new",
            "context": {
                "dialog_size": "extra-large",
                "default_program_id": self.id,
                "default_move_id": move.id,
                "loyalty_b2b_one_invoice": bool(move),
            },
        }

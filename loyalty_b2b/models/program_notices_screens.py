from odoo import fields, models
from odoo.exceptions import UserError


class LoyaltyB2bProgram(models.Model):
    """The messages of a programme in the back office, and its buttons."""

    _inherit = "loyalty.b2b.program"

    undelivered_count = fields.Integer(
        string="Undelivered", compute="_compute_message_counts"
    )
    message_sent_count = fields.Integer(
        string="Messages sent", compute="_compute_message_counts"
    )

    # === COMPUTE METHODS === #

    def _compute_message_counts(self):
        groups = self.env["loyalty.b2b.digest"]._read_group(
            [
                ("program_id", "in", self.ids),
                ("state", "in", ("failed", "sent", "shown")),
            ],
            ["program_id", "state"],
            ["__count"],
        )
        counts = {(program, state): count for program, state, count in groups}
        for program in self:
            program.undelivered_count = counts.get((program, "failed"), 0)
            program.message_sent_count = sum(
                counts.get((program, state), 0) for state in ("sent", "shown")
            )

    # === ACTION METHODS === #

    def action_view_undelivered(self):
        """Open the messages of the programme that did not arrive."""
        return self._open_messages("loyalty_b2b.loyalty_b2b_digest_action_undelivered")

    def action_view_messages(self):
        """Open the messages of the programme."""
        return self._open_messages("loyalty_b2b.loyalty_b2b_digest_action")

    def _open_messages(self, xmlid):
        self.ensure_one()
        action = self.env["ir.actions.act_window"]._for_xml_id(xmlid)
        context = {"search_default_program_id": self.id}
        if xmlid.endswith("undelivered"):
            context["search_default_undelivered"] = True
        return {**action, "context": context}

    def action_preview_message(self):
        """Show what a customer would read, without sending anything."""
        self.ensure_one()
        wallet = self.env["loyalty.b2b.wallet"].search(
            [("program_id", "=", self.id), ("state", "!=", "left")], limit=1
        )
        if not wallet:
            raise UserError(
                self.env._(
                    "Enrol a customer first: messages are shown with the figures of"
                    " one who takes part in %(program)s.",
                    program=self.name,
                )
            )
        return wallet.action_preview_message()

    def action_tell_customers(self):
        """Ask what has changed, to tell all who take part."""
        self.ensure_one()
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("Tell customers"),
            "res_model": "loyalty.b2b.tell",
            "view_mode": "form",
            "target": "new",
            "context": {"default_program_id": self.id},
        }

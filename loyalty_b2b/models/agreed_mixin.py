from odoo import api, models


class LoyaltyB2bAgreedMixin(models.AbstractModel):
    """What is agreed before a start: changes withdraw the request for it."""

    _name = "loyalty.b2b.agreed.mixin"
    _description = "Agreed before a Programme starts"

    # === CRUD METHODS === #

    @api.model_create_multi
    def create(self, vals_list):
        records = super().create(vals_list)
        records._get_agreed_program()._withdraw_start()
        return records

    def write(self, vals):
        programs = self._get_agreed_program()
        result = super().write(vals)
        (programs | self._get_agreed_program())._withdraw_start()
        return result

    def unlink(self):
        programs = self._get_agreed_program()
        result = super().unlink()
        programs.exists()._withdraw_start()
        return result

    # === BUSINESS METHODS === #

    def _get_agreed_program(self):
        """Return the programmes whose start is agreed upon with these records."""
        return self["program_id"]

from odoo import api, models


class LoyaltyB2bGuardedMixin(models.AbstractModel):
    """Fields that our own steps write, and nobody by a default.

    A default comes from the context of a remote call, or from what users have stored
    as theirs, and `sudo` keeps both: guards that look at the values given to `create`
    never see it.
    """

    _name = "loyalty.b2b.guarded.mixin"
    _description = "Fields without Defaults of Users"

    @api.model
    def default_get(self, fields):
        guarded = self._get_guarded_fields().intersection(fields)
        values = super().default_get([name for name in fields if name not in guarded])
        for name in guarded:
            field = self._fields.get(name)
            if field and field.default:
                value = field.convert_to_cache(
                    field.default(self), self, validate=False
                )
                values[name] = field.convert_to_write(value, self)
        return values

    @api.model
    def _get_guarded_fields(self):
        """Return the names of the fields whose default is the model's own, if any."""
        return frozenset()

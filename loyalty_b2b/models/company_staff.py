from odoo import models


class ResCompany(models.Model):
    """Who of the staff acts for a company in the programme."""

    _inherit = "res.company"

    # === BUSINESS METHODS === #

    def _get_loyalty_b2b_staff(self, group):
        """Return the people of the company that have a group.

        :param str group: XML id.
        """
        self.ensure_one()
        root = self.env.ref("base.user_root")
        users = (
            self.env.ref(group)
            .sudo()
            .all_user_ids.filtered(
                lambda user: (
                    user.active
                    and not user.share
                    and user != root
                    and self in user.company_ids
                )
            )
        )
        return users.with_env(self.env)

from .use_common import UseCommon


class LoyaltyB2bPeopleCommon(UseCommon):
    """Contacts of a customer, to whom roles are given."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.anna = cls._create_contact("Anna Nowak")
        cls.jan = cls._create_contact("Jan Lis")

    @classmethod
    def _create_contact(cls, name, company=None, **values):
        return cls.env["res.partner"].create(
            {"name": name, "parent_id": (company or cls.customer).id, **values}
        )

    def _rows(self, partner, wallet=None):
        """Return all rows of a person, ended ones included, the oldest first."""
        return (
            self.env["loyalty.b2b.person"]
            .with_context(active_test=False)
            .search(
                [
                    ("partner_id", "=", partner.id),
                    ("wallet_id", "=", (wallet or self.wallet).id),
                ],
                order="id",
            )
        )

    def _role(self, partner, wallet=None):
        return partner._get_loyalty_b2b_role(wallet or self.wallet)

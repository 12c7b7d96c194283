from .portal_common import LoyaltyB2bPortalCommon


class LoyaltyB2bFolkCommon(LoyaltyB2bPortalCommon):
    """A boss who decides about points, and forms of the people page."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for user, name in ((cls.boss, "Anna Nowak"), (cls.buyer, "Jan Lis")):
            user.partner_id.write(
                {"name": name, "email": f"{user.login}@wisla.example"}
            )
        cls.customer.email = "office@wisla.example"
        cls.people_url = f"/my/loyalty/program/{cls.program.id}/people"

    def _make_boss(self, user=None):
        self.wallet._grant((user or self.boss).partner_id, "administers")

    def _post(self, user, place, page=None, **data):
        """Send a form as a user, with the token of a page."""
        page = self._open(page or self.people_url, user)
        found = page.text.split('name="csrf_token" value="')
        token = found[1].split('"')[0] if len(found) > 1 else self._get_token()
        return self.url_open(
            place if "/" in place else f"{self.people_url}/{place}",
            data={"csrf_token": token, **data},
            allow_redirects=False,
        )

    def _get_token(self):
        """Return a token of the session, where the page itself has no form."""
        page = self.url_open("/my/account")
        return page.text.split('name="csrf_token" value="')[1].split('"')[0]

    def _give(self, user, partner, **data):
        data = {"partner_id": partner.id, "role": "uses", **data}
        return self._post(user, "give", **data)

    def _role(self, user):
        return user.partner_id._get_loyalty_b2b_role(self.wallet)

from odoo.tests import HttpCase, JsonRpcException, tagged
from odoo.tools import mute_logger

from .gift_common import GiftCommon


@tagged("post_install", "-at_install")
class TestGiftsTour(GiftCommon, HttpCase):
    """The fourth gift in a year, in the browser and by a remote call."""

    def test_the_fourth_gift_is_refused_in_the_dialog(self):
        for _number in range(2):
            self._give()
        self.start_tour(
            f"/odoo/action-loyalty_b2b.loyalty_b2b_wallet_action/{self.wallet.id}",
            "loyalty_b2b_fourth_gift",
            login=self.salesperson.login,
        )
        self.assertEqual(len(self.wallet.redemption_ids.gift_ids), 3)
        self.assertWallet(available=970)

    def _call(self, model, method, *args):
        return self.make_jsonrpc_request(
            f"/web/dataset/call_kw/{model}/{method}",
            {"model": model, "method": method, "args": list(args), "kwargs": {}},
        )

    @mute_logger("odoo.http")
    def test_the_fourth_gift_is_refused_by_rpc(self):
        self.authenticate(self.salesperson.login, self.salesperson.login)
        (values,) = self._prepare().copy_data()
        values["consent_date"] = str(values["consent_date"])
        values.pop("request")
        for number in range(1, 5):
            dialog = self._call("loyalty.b2b.gift.new", "create", values)
            if number < 4:
                self._call("loyalty.b2b.gift.new", "action_give", [dialog])
                continue
            with self.assertRaisesRegex(JsonRpcException, "UserError"):
                self._call("loyalty.b2b.gift.new", "action_give", [dialog])
        self.assertEqual(len(self.wallet.redemption_ids.gift_ids), 3)

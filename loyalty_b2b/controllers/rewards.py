import uuid

from werkzeug.urls import url_encode

from odoo import fields
from odoo.exceptions import UserError
from odoo.fields import Domain
from odoo.http import STATIC_CACHE_LONG, request, route

from odoo.addons.portal.controllers.portal import pager

from .portal import MAX_ID, LoyaltyB2bPortal, parse_page

TYPED = (
    "quantity",
    "reason",
    "attendees",
    "order_id",
    "gift_name",
    "gift_function",
    "gift_status",
)
MOST_ORDERS = 20
MOST_TYPED = 5000


class LoyaltyB2bRewards(LoyaltyB2bPortal):
    """The catalogue of rewards, and the page on which one is asked for."""

    _loyalty_b2b_cards_per_page = 12

    @route(
        [
            "/my/loyalty/program/<int:program_id>/rewards",
            "/my/loyalty/program/<int:program_id>/rewards/page/<int:page>",
        ],
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
        readonly=True,
    )
    def portal_loyalty_b2b_rewards(
        self, program_id, page=1, kind="", now="", sortby="best", **kwargs
    ):
        """Show what points can be used for, and what of it this person can have."""
        wallets = self._get_loyalty_b2b_wallets()
        wallet = self._choose_loyalty_b2b_wallet(wallets, program_id)
        if not wallet:
            return self._redirect_loyalty_b2b(wallets)
        values = {
            **self._prepare_loyalty_b2b_layout(wallet, wallets, "loyalty_b2b_rewards"),
            **self._prepare_loyalty_b2b_catalogue(
                wallet, parse_page(page), kind, now == "1", sortby
            ),
        }
        return request.render("loyalty_b2b.portal_my_loyalty_rewards", values)

    @route(
        "/my/loyalty/program/<int:program_id>/reward/<int:reward_id>",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
        readonly=True,
    )
    def portal_loyalty_b2b_reward(self, program_id, reward_id, **kwargs):
        """Show one reward, and the form by which it is asked for."""
        wallets, wallet, reward = self._find_loyalty_b2b_reward(program_id, reward_id)
        if not reward:
            return self._redirect_loyalty_b2b_rewards(wallets, wallet)
        return self._render_loyalty_b2b_reward(wallets, wallet, reward)

    @route(
        "/my/loyalty/program/<int:program_id>/reward/<int:reward_id>/redeem",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_loyalty_b2b_redeem(self, program_id, reward_id, **kwargs):
        """Ask for a reward, or take it; the same form twice changes nothing."""
        wallets, wallet, reward = self._find_loyalty_b2b_reward(program_id, reward_id)
        if not reward:
            return self._redirect_loyalty_b2b_rewards(wallets, wallet)
        try:
            with request.env.cr.savepoint():
                redemption = wallet._redeem_in_portal(
                    request.env.user.partner_id,
                    reward,
                    kwargs,
                    order=self._find_loyalty_b2b_quotation(
                        wallet, kwargs.get("order_id")
                    ),
                )
        except UserError as error:
            return self._render_loyalty_b2b_reward(
                wallets, wallet, reward, typed=kwargs, error=str(error)
            )
        return request.redirect(f"/my/loyalty/use/{redemption.id}?noted=1")

    @route(
        "/my/loyalty/program/<int:program_id>/reward/<int:reward_id>/image",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
        readonly=True,
    )
    def portal_loyalty_b2b_reward_image(self, program_id, reward_id, **kwargs):
        """Stream the picture of a reward, to who takes part in its programme."""
        _wallets, _wallet, reward = self._find_loyalty_b2b_reward(program_id, reward_id)
        if not reward.image_512:
            return request.not_found()
        # the address names the version of the reward
        return (
            request.env["ir.binary"]
            ._get_image_stream_from(reward, "image_512")
            .get_response(immutable=True, max_age=STATIC_CACHE_LONG)
        )

    # === WHO MAY SEE WHAT === #

    def _find_loyalty_b2b_reward(self, program_id, reward_id):
        """Return the visitor's wallets, the one of a programme, and a reward of it."""
        wallets = self._get_loyalty_b2b_wallets()
        wallet = self._choose_loyalty_b2b_wallet(wallets, program_id)
        rewards = request.env["loyalty.b2b.reward"].sudo()
        if not wallet or reward_id > MAX_ID:
            return wallets, wallet, rewards
        return wallets, wallet, wallet._find_portal_reward(reward_id)

    def _redirect_loyalty_b2b_rewards(self, wallets, wallet):
        if not wallet:
            return self._redirect_loyalty_b2b(wallets)
        return request.redirect(f"/my/loyalty/program/{wallet.program_id.id}/rewards")

    def _find_loyalty_b2b_open_orders(self, wallet):
        """Return the open quotations that the visitor sees and this wallet may use.

        Searched with the visitor's own rights; readable in sudo.
        """
        today = fields.Date.context_today(request.env.user)
        domain = Domain("state", "=", "sent") & Domain(
            "company_id", "=", wallet.company_id.id
        )
        domain &= Domain("validity_date", "=", False) | Domain(
            "validity_date", ">=", today
        )
        partner = request.env.user.partner_id
        domain &= Domain("partner_id", "child_of", partner.commercial_partner_id.ids)
        orders = request.env["sale.order"].search(
            domain, order="id desc", limit=MOST_ORDERS
        )
        found = {
            payer: payer._get_loyalty_b2b_wallets(wallet.company_id)
            for payer in orders.sudo().partner_invoice_id
        }
        return orders.sudo().filtered(
            lambda order: (
                wallet in found[order.partner_invoice_id]
                and not order._get_total_refusal(is_direct=False)
            )
        )

    def _find_loyalty_b2b_quotation(self, wallet, typed):
        """Return the quotation that was chosen, in sudo; empty if it is none of his."""
        orders = self._find_loyalty_b2b_open_orders(wallet) if typed else None
        if not orders:
            return request.env["sale.order"].sudo()
        return orders.filtered(lambda order: str(order.id) == str(typed))

    # === VALUES === #

    def _prepare_loyalty_b2b_catalogue(self, wallet, page, kind, only_now, sortby):
        """Return one page of the catalogue with its filters, orders and pager."""
        sorts = wallet._get_portal_reward_sorts()
        sortby = sortby if sortby in sorts else "best"
        kinds = request.env["loyalty.b2b.reward"]._get_portal_kinds()
        kind = kind if kind in kinds else ""
        step = self._loyalty_b2b_cards_per_page
        catalogue = wallet._prepare_portal_catalogue(
            request.env.user.partner_id,
            kind,
            only_now,
            sortby,
            page,
            step,
            # read once, not on each further page
            with_next=page == 1 and not kind and not only_now and sortby == "best",
        )
        url = f"/my/loyalty/program/{wallet.program_id.id}/rewards"
        chosen = {"kind": kind, "now": "1" if only_now else "", "sortby": sortby}
        return {
            "cards": catalogue["cards"],
            "next": catalogue["next"],
            **self._prepare_loyalty_b2b_choices(url, chosen, catalogue["kinds"], sorts),
            "default_url": url,
            "is_filtered": bool(kind or only_now),
            "notice": wallet._get_portal_notice(),
            "pager": pager(
                url=url,
                total=catalogue["total"],
                page=catalogue["page"],
                step=step,
                url_args={name: value for name, value in chosen.items() if value},
            ),
        }

    def _prepare_loyalty_b2b_choices(self, url, chosen, kinds, sorts):
        """Return filters and orders as links.

        :param dict chosen: kind, now and sortby, as they are.
        :param dict kinds: kind → label, those there are.
        :param dict sorts: word → label.
        """

        def link(label, name, value):
            query = {**chosen, name: value}
            query = {key: text for key, text in query.items() if text}
            return {
                "label": label,
                "url": f"{url}?{url_encode(query)}",
                "is_current": chosen[name] == value,
            }

        toggled = link("", "now", "" if chosen["now"] else "1")
        return {
            "kinds": [
                link(label, "kind", name)
                for name, label in {"": request.env._("All"), **kinds}.items()
            ],
            "only_now": {**toggled, "is_current": bool(chosen["now"])},
            "sorts": [link(label, "sortby", name) for name, label in sorts.items()],
        }

    def _render_loyalty_b2b_reward(self, wallets, wallet, reward, typed=None, error=""):
        partner = request.env.user.partner_id
        orders = (
            self._find_loyalty_b2b_open_orders(wallet) if reward._is_on_order() else []
        )
        values = {
            **self._prepare_loyalty_b2b_layout(wallet, wallets, "loyalty_b2b_reward"),
            "reward": reward._prepare_portal_reward(wallet, partner),
            "notice": wallet._get_portal_notice(),
            "orders": [
                {
                    "id": str(order.id),
                    "label": " · ".join(
                        (order.name, order.currency_id.format(order.amount_total))
                    ),
                }
                for order in orders
            ],
            "typed": {
                name: str((typed or {}).get(name, ""))[:MOST_TYPED] for name in TYPED
            },
            "error": error,
            "request_key": str(uuid.uuid4()),
        }
        return request.render("loyalty_b2b.portal_my_loyalty_reward", values)

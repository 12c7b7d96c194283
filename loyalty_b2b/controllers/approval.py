from odoo.exceptions import UserError
from odoo.http import request, route

from ..tools.plaintext import clean, has_link
from ..tools.typed import parse_points
from .portal import LoyaltyB2bPortal

VERDICTS = ("accepted", "reduced", "refused")


class LoyaltyB2bApprovals(LoyaltyB2bPortal):
    """The customer's administrators read and answer wishes, signed in."""

    @route(
        "/my/loyalty/program/<int:program_id>/approvals",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
        readonly=True,
    )
    def portal_loyalty_b2b_approvals(self, program_id, **kwargs):
        """List what waits for an answer, and what was answered lately."""
        wallets = self._get_loyalty_b2b_wallets()
        wallet = self._choose_loyalty_b2b_wallet(wallets, program_id)
        if not wallet or not self._decides_loyalty_b2b(wallet):
            return self._redirect_loyalty_b2b(wallets)
        values = {
            **self._prepare_loyalty_b2b_layout(
                wallet, wallets, "loyalty_b2b_approvals"
            ),
            "approvals": wallet._prepare_portal_approvals(),
        }
        return request.render("loyalty_b2b.portal_my_loyalty_approvals", values)

    @route(
        "/my/loyalty/approval/<int:approval_id>",
        type="http",
        auth="user",
        website=True,
        methods=["GET"],
        readonly=True,
    )
    def portal_loyalty_b2b_approval(self, approval_id, **kwargs):
        """Show one wish with its three answers, or what was answered."""
        wallets, approval = self._find_loyalty_b2b_approval(approval_id)
        if not approval:
            return self._redirect_loyalty_b2b(wallets)
        return self._render_loyalty_b2b_approval(wallets, approval)

    @route(
        "/my/loyalty/approval/<int:approval_id>",
        type="http",
        auth="user",
        website=True,
        methods=["POST"],
    )
    def portal_loyalty_b2b_answer(self, approval_id, **kwargs):
        """Answer a wish; a second answer changes nothing and reads who was first."""
        wallets, approval = self._find_loyalty_b2b_approval(approval_id)
        if not approval:
            return self._redirect_loyalty_b2b(wallets)
        me = request.env.user.partner_id
        if not approval.verdict and not approval._is_decided_by(me):
            return request.redirect(approval._prepare_approval()["url"])
        try:
            answer_by(approval, me, kwargs)
        except UserError as error:
            return self._render_loyalty_b2b_approval(
                wallets, approval, error=str(error), typed=kwargs
            )
        return request.redirect(approval._prepare_approval()["url"])

    # === VALUES === #

    def _decides_loyalty_b2b(self, wallet):
        """Tell whether the visitor administers the wallet."""
        person = request.env.user.partner_id
        return person._has_loyalty_b2b_role(wallet, "administers")

    def _find_loyalty_b2b_approval(self, approval_id):
        """Return the visitor's wallets, and a question of one he administers."""
        wallets = self._get_loyalty_b2b_wallets()
        approvals = request.env["loyalty.b2b.approval"]
        approval = approvals._find_by_id(approval_id, wallets)
        if approval and not self._decides_loyalty_b2b(approval.wallet_id):
            approval = approval.browse()
        return wallets, approval

    def _render_loyalty_b2b_approval(self, wallets, approval, error="", typed=None):
        me = request.env.user.partner_id
        values = {
            **self._prepare_loyalty_b2b_layout(
                approval.wallet_id, wallets, "loyalty_b2b_approval"
            ),
            "a": approval._prepare_approval(),
            "action": f"/my/loyalty/approval/{approval.id}",
            "is_decider": approval._is_decided_by(me),
            "error": error,
            "typed": get_typed(typed),
        }
        return request.render("loyalty_b2b.portal_my_loyalty_approval", values)

    def _prepare_loyalty_b2b_layout(self, wallet, wallets, page_name):
        roles = wallets.env.context.get("loyalty_b2b_roles", {})
        return {
            **super()._prepare_loyalty_b2b_layout(wallet, wallets, page_name),
            "administers": roles.get(wallet.id) == "administers",
        }


def answer_by(approval, partner, form):
    """Answer a question in the name of a person of the customer.

    :param approval: in sudo; the caller has checked that the person may.
    :param partner: `res.partner` who answers.
    :param dict form: `verdict`, `points`, `answer`, as they were sent.
    :raises UserError: with what stands against it; the question stays open.
    """
    verdict, answer = form.get("verdict"), clean(form.get("answer"), 250)
    if verdict not in VERDICTS:
        raise UserError(approval.env._("Choose one of the three answers."))
    if verdict == "refused" and not answer:
        raise UserError(approval.env._("Say in a few words why you refuse."))
    if has_link(answer):
        raise UserError(approval.env._("Enter plain text without web addresses."))
    points = parse_points(form.get("points"))
    approval._answer_as(partner, verdict, points, answer)


def get_typed(form):
    """Return what was typed into an answer, for a form that is shown again."""
    form = form or {}
    return {
        name: clean(form.get(name), 250) for name in ("verdict", "points", "answer")
    }

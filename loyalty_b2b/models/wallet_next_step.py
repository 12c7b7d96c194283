from datetime import timedelta
from typing import NamedTuple

from odoo import api, fields, models
from odoo.tools import format_date, formatLang

from .wallet_desk import NEAR_PERCENT

EXPIRING_DAYS = 10
SILENT_DAYS = 90
OFFICER = "loyalty_b2b.group_loyalty_b2b_officer"


class NextStep(NamedTuple):
    """What to do next, in one sentence; `button` is '' where there is nothing to press.

    `code` says what the button does, see `wallet._open_next_step`.
    """

    code: str = ""
    text: str = ""
    button: str = ""


class LoyaltyB2bWallet(models.Model):
    """The one next step with a customer: what matters most, with a button."""

    _inherit = "loyalty.b2b.wallet"

    next_step = fields.Char(
        compute="_compute_next_step",
        compute_sudo=True,
        help="What matters most with this customer now.",
    )
    next_step_code = fields.Char(compute="_compute_next_step", compute_sudo=True)
    next_step_button = fields.Char(compute="_compute_next_step", compute_sudo=True)

    # === COMPUTE METHODS === #

    @api.depends("state", "is_control", "merged_into_id")
    @api.depends_context("uid", "lang")
    def _compute_next_step(self):
        for wallet in self:
            step = NextStep()
            if wallet.state != "left" and not wallet.is_control:
                step = wallet._find_next_step()
            wallet.next_step_code = step.code
            wallet.next_step = step.text
            wallet.next_step_button = step.button

    # === ACTION METHODS === #

    def action_next_step(self):
        """Do what the button of the next step says; all of them open a screen.

        :raises AccessError: for wallets of other salespeople's customers.
        """
        self.ensure_one()
        self.check_access("read")
        return self._open_next_step(self.next_step_code)

    # === BUSINESS METHODS === #

    def _find_next_step(self):
        """Return the first step of several that applies.

        :return: `NextStep`.
        """
        self.ensure_one()
        return (
            self._get_step_approve()
            or self._get_step_owed()
            or self._get_step_state()
            or self._get_step_expiring()
            or self._get_step_level()
            or self._get_step_silent()
            or self._get_step_use()
            or NextStep()
        )

    def _get_step_approve(self):
        count = self.approval_count
        if not count:
            return None
        text = (
            self.env._("A wish to use points waits for an answer")
            if count == 1
            else self.env._("%(count)s wishes wait for an answer", count=count)
        )
        return NextStep("approve", text, self.env._("See"))

    def _get_step_owed(self):
        if self.available >= 0:
            return None
        text = self.env._(
            "%(points)s are owed: new purchases pay them back",
            points=self._format_step_points(-self.available),
        )
        return NextStep("owed", text, self.env._("See why"))

    def _get_step_state(self):
        if self.state == "suspended":
            return NextStep(
                "suspended", self.env._("Suspended: it earns, but uses no points")
            )
        if self.state != "invited":
            return None
        is_officer = self.env.user.has_group(OFFICER)
        return NextStep(
            "invited",
            self.env._("Invited, but has not joined yet"),
            self.env._("Mark as joined") if is_officer else "",
        )

    def _get_step_expiring(self):
        """Return the step for points that expire within days, if they can be used."""
        day = self.next_expiry_date
        if not day or day > self.program_id._today() + timedelta(days=EXPIRING_DAYS):
            return None
        if self.program_id._get_use_refusal():
            return None
        text = self.env._(
            "%(points)s expire on %(day)s",
            points=self._format_step_points(self.next_expiry_points),
            day=format_date(self.env, day),
        )
        return NextStep("expiring", text, self._get_quotation_button())

    def _get_step_level(self):
        if not self.level_text or self.level_percent < NEAR_PERCENT:
            return None
        return NextStep("level", self.level_text, self._get_quotation_button())

    def _get_step_silent(self):
        day, today = self.last_purchase_date, self.program_id._today()
        joined = self.date_joined
        if (day or joined) > today - timedelta(days=SILENT_DAYS):
            return None
        text = (
            self.env._("No invoice since %(day)s", day=format_date(self.env, day))
            if day
            else self.env._("No invoice yet")
        )
        return NextStep("silent", text, self._get_quotation_button())

    def _get_step_use(self):
        if self.available <= 0 or self.program_id._get_use_refusal():
            return None
        text = self.env._(
            "Can use %(points)s (%(amount)s)",
            points=self._format_step_points(self.available),
            amount=self.currency_id.format(self.available_amount),
        )
        return NextStep("use", text, self._get_quotation_button())

    def _get_quotation_button(self):
        """Return the caption of the button that begins a quotation, for who may."""
        is_allowed = self.sudo(False).env["sale.order"].has_access("create")
        return self.env._("New quotation") if is_allowed else ""

    def _format_step_points(self, points):
        """Return points with their name: “1 500 points”."""
        number = formatLang(self.env, points, digits=0)
        return f"{number} {self.program_id._get_point_name(points)}".strip()

    def _open_next_step(self, code):
        """Return the action of a step.

        :param str code: of `NextStep`.
        """
        if code == "approve":
            return self._get_open_approvals()
        if code == "owed":
            return self.action_view_entries()
        if code == "invited" and self.env.user.has_group(OFFICER):
            return self.action_mark_joined()
        if code in ("expiring", "level", "silent", "use"):
            return self._get_new_quotation()
        return self.get_formview_action()

    def _get_open_approvals(self):
        """Return the action that lists the open questions about the wallet's points."""
        action = self.env["ir.actions.act_window"]._for_xml_id(
            "loyalty_b2b.loyalty_b2b_approval_action"
        )
        domain = [("redemption_id.wallet_id", "=", self.id), ("verdict", "=", False)]
        return {**action, "domain": domain, "context": {}}

    def _get_new_quotation(self):
        """Return the action that begins a quotation for the customer."""
        return {
            "type": "ir.actions.act_window",
            "name": self.env._("New quotation"),
            "res_model": "sale.order",
            "view_mode": "form",
            "views": [(False, "form")],
            "context": {"default_partner_id": self.partner_id.id},
        }

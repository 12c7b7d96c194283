from collections import defaultdict

from odoo import Command, api, fields, models
from odoo.tools import format_date, formatLang

from ..fields import Points


class LoyaltyB2bTry(models.TransientModel):
    """Asks what the rules of a programme give for a posted invoice; books nothing."""

    _name = "loyalty.b2b.try"
    _inherit = "loyalty.b2b.dialog.mixin"
    _description = "Try Earning Rules"
    _rec_name = "move_id"

    program_id = fields.Many2one(
        comodel_name="loyalty.b2b.program",
        string="Programme",
        required=True,
        ondelete="cascade",
        domain="[('company_id', 'in', allowed_company_ids)]",
    )
    company_id = fields.Many2one(related="program_id.company_id")
    currency_id = fields.Many2one(related="program_id.currency_id")
    move_id = fields.Many2one(
        comodel_name="account.move",
        string="Invoice",
        ondelete="cascade",
        check_company=True,
        domain=lambda self: self.env["account.move"]._get_loyalty_b2b_try_domain(),
    )
    partner_id = fields.Many2one(related="move_id.partner_id", string="Customer")
    points = Points(
        compute="_compute_trial",
        store=True,
        compute_sudo=False,
        help="Whole points of all rules together, in a wallet whose limits are unused.",
    )
    point_name = fields.Char(related="program_id.point_name")
    notice = fields.Text(compute="_compute_notice", compute_sudo=False)
    rule_ids = fields.One2many(
        comodel_name="loyalty.b2b.try.rule",
        inverse_name="try_id",
        string="By rule",
        compute="_compute_trial",
        store=True,
        compute_sudo=False,
    )
    line_ids = fields.One2many(
        comodel_name="loyalty.b2b.try.line",
        inverse_name="try_id",
        string="By line",
        compute="_compute_trial",
        store=True,
        compute_sudo=False,
    )

    # === COMPUTE METHODS === #

    @api.depends("program_id", "move_id")
    def _compute_trial(self):
        for wizard in self:
            trial = wizard._get_trial()
            wizard.points = trial.points if trial else 0
            wizard.rule_ids = [Command.clear()] + [
                Command.create(wizard._prepare_rule(outcome))
                for outcome in (trial.outcomes if trial else ())
            ]
            wizard.line_ids = [Command.clear()] + wizard._prepare_lines(trial)

    @api.depends("program_id", "move_id")
    @api.depends_context("lang")
    def _compute_notice(self):
        for wizard in self:
            move = wizard._get_move()
            wizard.notice = wizard._get_notice(move) if move else False

    # === CONSTRAINT METHODS === #

    @api.constrains("program_id", "move_id")
    def _check_move_id(self):
        for wizard in self:
            wizard._get_move()

    # === BUSINESS METHODS === #

    def _get_move(self):
        """Return the invoice if there is one to try.

        :raises AccessError: if the reader may not see what its customer earns.
        """
        # constraints run in sudo
        reader = self.sudo(False)
        move, program = reader.move_id._origin, reader.program_id._origin
        if not move or not program:
            return move.browse()
        move._check_loyalty_b2b_try()
        program.check_access("read")
        return move

    def _get_trial(self):
        """Return the engine's trial of the invoice, None without one."""
        move = self._get_move()
        if not move:
            return None
        return move.sudo()._try_loyalty_b2b(self.program_id._origin.sudo())

    # === BY RULE === #

    def _prepare_rule(self, outcome):
        rule = self.env["loyalty.b2b.rule"].browse(outcome.rule.id)
        return {
            "rule_id": rule.id,
            "points": outcome.points,
            "text": " ".join(filter(None, self._get_rule_texts(outcome, rule))),
        }

    def _get_rule_texts(self, outcome, rule):
        """Return what to say of a rule beside its points."""
        if outcome.later:
            yield self._get_later_text(outcome, rule)
        elif outcome.reason:
            yield self._get_reason_text(outcome.reason, rule)
        if outcome.uncapped > outcome.points:
            yield self.env._(
                "Limit: %(points)s of %(uncapped)s points.",
                points=formatLang(self.env, outcome.points, digits=0),
                uncapped=formatLang(self.env, outcome.uncapped, digits=0),
            )
        elif outcome.points and outcome.rule.cap is not None:
            yield self.env._("If other orders have not used its limit.")

    def _get_later_text(self, outcome, rule):
        """Return what a rule gives in an entry of its own, and on what it depends."""
        points = rule._format_points(outcome.later)
        texts = {
            "first_order": self.env._(
                "%(points)s more if this is the customer’s first order."
            ),
            "on_time": self.env._("%(points)s more when the invoice is paid on time."),
            "goal": self.env._(
                "Counts towards the goal, which gives %(points)s when reached."
            ),
        }
        return texts[outcome.rule.trigger] % {"points": points}

    def _get_reason_text(self, reason, rule):
        """Return a code in words, for staff."""
        if reason == "below_margin":
            return self.env._(
                "The margin is unknown or below %(percent)s%%.",
                percent=rule._format_number(rule.min_margin_percent),
            )
        texts = {
            **self.env["loyalty.b2b.entry.line"]._get_reason_texts(),
            "not_covered": self.env._("The rule is for other products."),
            "not_begun": self.env._("The rule was not in force on this date yet."),
            "over": self.env._("The rule was not in force on this date any more."),
            "newer_version": self.env._("A newer version of the rule counts."),
            "below_step": self.env._(
                "The order has not reached the rule's next step so far."
            ),
            "given_before": self.env._("Given with an earlier invoice of the order."),
            "nothing_to_multiply": self.env._(
                "The other rules give nothing for its lines."
            ),
            "too_little": self.env._("Less than one point."),
        }
        return texts.get(reason, reason)

    # === BY LINE === #

    def _prepare_lines(self, trial):
        """Return commands for the rows of the explanation, named as on the invoice."""
        if not trial:
            return []
        names = {
            f"aml:{line.id}": line.name or line.product_id.display_name
            for line in self._get_move().sudo().invoice_line_ids
        }
        places = defaultdict(list)
        for row, points in trial.rows:
            places[row.part, row.key, row.source].append((row, points))
        return [
            Command.create(self._prepare_line(found, names))
            for found in places.values()
        ]

    def _prepare_line(self, found, names):
        """Return what one line gives under all rules together.

        :param list found: (row, points) of the line.
        """
        first = found[0][0]
        return {
            "name": self._get_line_name(first, names),
            "amount": float(first.amount),
            "points": sum(points for _row, points in found),
            "text": self._get_line_text(found),
        }

    def _get_line_text(self, found):
        """Return the points of a line by rule, or why there are none."""
        rules = self.env["loyalty.b2b.rule"]
        parts = [
            f"{rules.browse(row.rule).name}: {formatLang(self.env, points, digits=0)}"
            for row, points in found
            if points
        ]
        if parts:
            return " · ".join(parts)
        reasons = [row for row, _points in found if row.reason]
        # what is decided later says least of why there is nothing
        reasons.sort(key=lambda row: row.reason == "later")
        if not reasons:
            return False
        return self._get_reason_text(reasons[0].reason, rules.browse(reasons[0].rule))

    def _get_line_name(self, row, names):
        if row.part == "discount":
            return self.env._("Discount with points")
        if row.part == "memo":
            return self.env._("Other lines of the order")
        return names.get(row.key)

    # === WHAT ELSE MATTERS === #

    def _get_notice(self, move):
        """Return why the invoice gives something else than what is shown."""
        program = self.program_id._origin.sudo()
        owner = move.sudo().partner_id._get_loyalty_b2b_owner()
        return " ".join(
            filter(
                None,
                (
                    self._get_booked_text(move),
                    self._get_participation_text(program, owner, move.invoice_date),
                    self._get_program_text(program, move.invoice_date),
                ),
            )
        )

    def _get_booked_text(self, move):
        points = sum(
            self.env["loyalty.b2b.entry"]
            .sudo()
            .search(
                [
                    ("move_ref", "=", move.id),
                    ("program_id", "=", self.program_id._origin.id),
                    ("state", "!=", "cancelled"),
                ]
            )
            .mapped("points")
        )
        if not points:
            return self.env._("Nothing is booked for this invoice.")
        return self.env._(
            "Booked for this invoice: %(points)s.",
            points=self.env["loyalty.b2b.rule"]
            .new({"program_id": self.program_id._origin.id})
            ._format_points(int(points)),
        )

    def _get_participation_text(self, program, owner, day):
        participant = (
            self.env["loyalty.b2b.participant"]
            .sudo()
            .search(
                [("program_id", "=", program.id), ("partner_id", "=", owner.id)],
                limit=1,
            )
        )
        values = {"customer": owner.display_name}
        if not participant:
            return self.env._(
                "%(customer)s does not take part in the programme.", **values
            )
        if participant.wallet_id.is_control:
            return self.env._(
                "%(customer)s is in the control group, which earns nothing.", **values
            )
        if participant.date_start > day:
            values["day"] = format_date(self.env, participant.date_start)
            return self.env._("%(customer)s takes part from %(day)s on.", **values)
        return ""

    def _get_program_text(self, program, day):
        if program._is_earning_on(day):
            return ""
        return self.env._(
            "Programme %(program)s does not let this invoice earn now.",
            program=program.name,
        )

from odoo import models

from ..tools import allocation

# Ends of points that a sentence names; more would not be read.
MOST_ENDS = 4


class LoyaltyB2bWallet(models.Model):
    """What moving points of a wallet to another company will do."""

    _inherit = "loyalty.b2b.wallet"

    def _get_transfer_plan(self, partner, points=None):
        """Say what will happen, one sentence each.

        :param partner: `res.partner` that gets the points.
        :param int points: how many; all that are available by default.
        """
        self.ensure_one()
        wallet = self.sudo()
        if not partner:
            return []
        if refusal := wallet._get_transfer_refusal(partner):
            return [refusal]
        available = int(wallet.available)
        points = available if points is None else points
        if not 0 < points <= available:
            return [wallet._get_short_message(points, available)]
        return [
            wallet._get_plan_of_points(partner, points),
            *wallet._get_plan_of_target(partner),
            *wallet._get_plan_of_rest(available - points),
            wallet._get_plan_of_people(partner),
        ]

    def _get_plan_of_points(self, partner, points):
        program = self.program_id
        worth = program.currency_id.format(program._get_worth(points))
        return self.env._(
            "%(points)s (worth %(worth)s) move from %(origin)s to %(target)s and keep"
            " their last day of use: %(ends)s.",
            points=program._format_portal_points(points),
            worth=worth,
            origin=self.partner_id.name,
            target=partner._get_loyalty_b2b_owner().name,
            ends=self._format_ends(self._find_ends(points)),
        )

    def _find_ends(self, points):
        """Return (last day or None, points) of the lots that would be taken.

        Nothing is written: what is not settled yet counts as if it were.
        """
        lots, debits, _unsettled = self._get_open_items()
        pairs = allocation.settle(lots[self.id], debits[self.id])
        left = self._reduce_lots(lots, pairs)[self.id]
        today = self.program_id._today()
        try:
            taken = allocation.pick(left, points, today)
        except allocation.Short:
            return []
        expiry = {lot.id: lot.expiry for lot in left}
        ends = {}
        for lot_id, part in taken:
            day = expiry[lot_id]
            ends[day] = ends.get(day, 0) + part
        return list(ends.items())

    def _format_ends(self, ends):
        texts = [
            self.env._(
                "%(points)s until %(day)s",
                points=self._format_portal_number(part),
                day=self.program_id._format_portal_day(day),
            )
            if day
            else self.env._(
                "%(points)s without an end", points=self._format_portal_number(part)
            )
            for day, part in ends[:MOST_ENDS]
        ]
        if len(ends) > MOST_ENDS:
            rest = sum(part for _day, part in ends[MOST_ENDS:])
            texts.append(
                self.env._("%(points)s later", points=self._format_portal_number(rest))
            )
        return ", ".join(texts)

    def _get_plan_of_target(self, partner):
        if self._find_transfer_target(partner):
            return []
        return [
            self.env._(
                "%(target)s does not take part in %(program)s yet and is enrolled,"
                " without welcome points: they were given once.",
                target=partner._get_loyalty_b2b_owner().name,
                program=self.program_id.name,
            )
        ]

    def _get_plan_of_rest(self, rest):
        """Say what stays, as far as there is any."""
        name = self.partner_id.name
        parts = [
            (rest, self.env._("%(points)s not moved")),
            (self.held, self.env._("%(points)s held by quotations")),
            (self.waiting, self.env._("%(points)s not available yet")),
        ]
        staying = [
            text % {"points": self._format_portal_number(points)}
            for points, text in parts
            if points > 0
        ]
        lines = []
        if staying:
            lines.append(
                self.env._(
                    "With %(origin)s stay: %(points)s.",
                    origin=name,
                    points=", ".join(staying),
                )
            )
        if self.tier_id:
            lines.append(
                self.env._(
                    "%(origin)s keeps its level %(tier)s: set one by hand if the other"
                    " company shall have it, too.",
                    tier=self.tier_id.name,
                    origin=name,
                )
            )
        return lines

    def _get_plan_of_people(self, partner):
        return self.env._(
            "Persons and their rights stay with %(origin)s, which goes on taking part;"
            " %(target)s names its own.",
            origin=self.partner_id.name,
            target=partner._get_loyalty_b2b_owner().name,
        )

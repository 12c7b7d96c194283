from odoo import models
from odoo.tools import SQL

# Uses of points that count against a limit: those that hold or have used points.
COUNTED = ("reserved", "done", "fulfilled")


class LoyaltyB2bPerson(models.Model):
    """How many points a person uses without asking."""

    _inherit = "loyalty.b2b.person"

    # === FIGURES === #

    def _get_month_start(self):
        """Return the UTC moment at which the programme's calendar month began."""
        program = self.sudo().program_id
        return program._get_day_start(program._today().replace(day=1))

    def _get_used_month(self):
        """Return person id → points used this month, in one query.

        A use counts in the month in which it was wished, be it on a quotation. Wishes
        that wait for an answer hold nothing and do not count.

        :raises ValueError: for persons of several programmes.
        """
        used = self._query_used() if self else {}
        return {
            row.id: used.get((row.wallet_id.id, row.partner_id.id), (0, 0))[0]
            for row in self.sudo()
        }

    def _query_used(self, order=None, reward=None):
        """Return (wallet id, partner id) → points used this month, and on an order.

        :param order: `sale.order` that a new use is for.
        :param reward: `loyalty.b2b.reward` that is wished. Without one, it is a
            discount: the present one of the order gives way and does not count.
        """
        people = self.sudo()
        self.env["loyalty.b2b.redemption"].flush_model()
        rows = self.env.execute_query(
            SQL(
                """
            SELECT wallet_id, contact_id,
                   COALESCE(SUM(points) FILTER (WHERE create_date >= %(start)s), 0),
                   COALESCE(SUM(points) FILTER (WHERE order_id = %(order)s), 0)
              FROM loyalty_b2b_redemption
             WHERE wallet_id = ANY(%(wallets)s) AND contact_id = ANY(%(contacts)s)
               AND state = ANY(%(states)s)
               AND NOT (COALESCE(order_id = %(replaced)s, FALSE)
                        AND state = 'reserved' AND reward_id IS NULL)
             GROUP BY wallet_id, contact_id
                """,
                start=people._get_month_start(),
                order=order.id if order else None,
                replaced=order.id if order and not reward else None,
                wallets=people.wallet_id.ids,
                contacts=people.partner_id.ids,
                states=list(COUNTED),
            )
        )
        return {
            (wallet_id, contact_id): (int(month), int(on_order))
            for wallet_id, contact_id, month, on_order in rows
        }

    def _get_room_without_asking(self, order=None, reward=None):
        """Return how many points one more use may take without asking; one query.

        :param order: see `_query_used`.
        :param reward: see `_query_used`.
        :return: (points left on the order, points left this month), 0 or more each;
            None where there is no such limit.
        """
        self.ensure_one()
        person = self.sudo()
        if not person.limit_order and not person.limit_month:
            return None, None
        key = (person.wallet_id.id, person.partner_id.id)
        month, on_order = self._query_used(order, reward).get(key, (0, 0))
        return (
            max(0, person.limit_order - on_order) if person.limit_order else None,
            max(0, person.limit_month - month) if person.limit_month else None,
        )

    def _get_most_without_asking(self, order=None, reward=None):
        """Return the most points of one use that needs nobody's answer, or None.

        :param order: see `_query_used`.
        :param reward: see `_query_used`.
        """
        rooms = self._get_room_without_asking(order, reward)
        return min((room for room in rooms if room is not None), default=None)

    # === REFUSAL === #

    def _get_limit_refusal(self, points, order=None, reward=None):
        """Return why the person has to ask somebody first, or ''; at most one query.

        Says nothing of the role itself.

        :param int points: of the use that is wished.
        :param order: `sale.order` it is for, see `_query_used`.
        :param reward: `loyalty.b2b.reward` that is wished, if it is no discount.
        """
        left_order, left_month = self._get_room_without_asking(order, reward)
        person = self.sudo()
        write = person.program_id._format_points
        if left_order is not None and points > left_order:
            return self.env._(
                "%(person)s uses at most %(limit)s an order without asking.",
                person=person.name,
                limit=write(person.limit_order),
            )
        if left_month is None or points <= left_month:
            return ""
        return self.env._(
            "%(person)s uses at most %(limit)s a month without asking, of which"
            " %(left)s are left.",
            person=person.name,
            limit=write(person.limit_month),
            left=write(left_month),
        )

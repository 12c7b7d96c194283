from fractions import Fraction

from ..tools import deferred, engine, periods
from .bonus import Bonus
from .giving import Giving


class Goals(Giving):
    """Works out which goals are reached by the orders concerned."""

    def _get_goals(self):
        """Yield what the goals should give that the orders concerned count for."""
        asked = self._get_asked_goals()
        if not asked:
            return
        refs = {deferred.goal_ref(root, *period) for _w, root, period in asked}
        self.groups |= self.wallets._load_groups(refs=sorted(refs))
        # what was given keeps the terms by which it was
        asked |= self._get_given_goals(asked)
        progress = self.wallets._query_progress(asked)
        for (wallet_id, root, period), rule in asked.items():
            reached = progress[wallet_id, root, period]
            ref = deferred.goal_ref(root, *period)
            bonus = Bonus(wallet_id, ref, rule=rule, progress=reached)
            if reached >= rule.goal_target:
                bonus.points = rule.points
            bonus.parts = [
                (self._prepare_goal_row(bonus, period), Fraction(bonus.points))
            ]
            yield bonus

    def _get_asked_goals(self):
        """Return the goals and periods in which the orders concerned count.

        :return: dict of (wallet id, root, (period, first day)) → newest version.
        """
        asked = {}
        for wallet_id, ref in self._places:
            goals = self._get_rules(wallet_id, "goal")
            found = self.groups.get((wallet_id, ref))
            for row in found.rows if found and goals else ():
                rule = next(
                    (r for r in goals.get(row.root, ()) if r.id == row.rule), None
                )
                if rule and row.day:
                    start = periods.period_start(row.day, rule.goal_period)
                    place = wallet_id, row.root, (rule.goal_period, start)
                    newest = max(rule.version, asked.get(place, rule).version)
                    asked[place] = rule if rule.version == newest else asked[place]
        return asked

    def _get_given_goals(self, asked):
        """Return the goals that stand as reached, by the version then in force."""
        standing = {}
        for place in asked:
            wallet_id, root, period = place
            ref = deferred.goal_ref(root, *period)
            found = self.groups.get((wallet_id, ref))
            if found and sum(entry.points for entry in found.entries) > 0:
                standing[wallet_id, ref] = place
        rows = (
            self.wallets._query_bonus_lines([ref for _wallet, ref in standing])
            if standing
            else ()
        )
        given = {}
        for row in rows:
            place = standing.get((row["wallet_id"], row["group_ref"]))
            rule = place and self._program_of(place[0])._get_rule_set().get(
                row["rule_ref"]
            )
            if rule and row["points"] > 0:
                given[place] = rule
        return given

    def _prepare_goal_row(self, bonus, period):
        """Return the one line that explains a goal, in words."""
        rule, key = bonus.rule, bonus.ref
        wallet = self._get_reader(bonus)
        self._names[key] = {"name": wallet._get_goal_text(rule, bonus.progress, period)}
        return engine.Row(
            key=key,
            group=bonus.ref,
            part="memo",
            rule=rule.id,
            root=rule.root,
            version=rule.version,
            effect="bonus",
        )

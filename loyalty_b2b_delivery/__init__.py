from . import models


def post_init(env):
    """Let programmes that have started earn on delivery as they did before."""
    programs = env["loyalty.b2b.program"].with_context(active_test=False)
    programs.search([("state", "!=", "draft")]).delivery_earns = True

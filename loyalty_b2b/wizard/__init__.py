from . import loyalty_b2b_rule_version

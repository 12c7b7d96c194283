from . import base_partner_merge
from . import loyalty_b2b_rule_version
from . import loyalty_b2b_adjust
from . import loyalty_b2b_enrol
from . import loyalty_b2b_enrol_line
from . import loyalty_b2b_participation
from . import loyalty_b2b_statement
from . import loyalty_b2b_use_points

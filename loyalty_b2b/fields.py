from odoo import fields

# `groups` of the fields with which Odoo's own documents show points
READERS = "loyalty_b2b.group_loyalty_b2b_user,loyalty_b2b.group_loyalty_b2b_auditor"


class Points(fields.Integer):
    """Whole number of points, beyond 32 bits (DESIGN §3: sums reach 10^12).

    `read`, RPC and grouping hand values above 2^31 out as floats, exact up to 2^53.
    """

    _column_type = ("int8", "int8")

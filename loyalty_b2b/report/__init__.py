from . import loyalty_b2b_movement
from . import loyalty_b2b_duplicate
from . import shares_mixin
from . import loyalty_b2b_channel_report
from . import loyalty_b2b_channel_customer
from . import account_invoice_report
from . import customer_statement

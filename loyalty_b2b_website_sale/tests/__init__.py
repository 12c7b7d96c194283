from . import test_payment_ends
from . import test_shop

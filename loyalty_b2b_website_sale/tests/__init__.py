from . import test_shop
from . import test_checkout_cart
from . import test_checkout_follow
from . import test_checkout_payment
from . import test_checkout_rewards

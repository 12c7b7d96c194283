from . import cart_points
from . import cart
from . import checkout
from . import delivery

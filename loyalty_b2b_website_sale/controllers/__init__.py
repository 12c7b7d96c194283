from . import shop_points

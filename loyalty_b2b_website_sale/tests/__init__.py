from . import test_demo_shop
from . import test_matrix
from . import test_other_website
from . import test_channel
from . import test_shop
from . import test_joining
from . import test_joining_table
from . import test_teaser

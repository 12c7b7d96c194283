from . import portal
from . import sale_portal
from . import joining
from . import recommend
from . import invitation

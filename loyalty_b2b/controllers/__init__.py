from . import portal
from . import portal_messages
from . import portal_tier
from . import sale_portal
from . import joining
from . import recommend
from . import invitation
from . import statement

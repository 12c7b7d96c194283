from . import loyalty_b2b_migration
from . import loyalty_b2b_migration_line
from . import loyalty_b2b_program_step

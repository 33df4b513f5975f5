from . import test_access_records
from . import test_addresses
from . import test_install
from . import test_ip_rules
from . import test_lockout
from . import test_settings
from . import test_rate_limit
from . import test_waiting_calls

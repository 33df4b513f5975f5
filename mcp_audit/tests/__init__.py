from . import test_events
from . import test_install
from . import test_redaction
from . import test_store

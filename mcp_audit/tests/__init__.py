from . import test_events
from . import test_install
from . import test_erasure
from . import test_holds
from . import test_redaction
from . import test_retention
from . import test_retention_preview
from . import test_store

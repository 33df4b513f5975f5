from . import test_install
from . import test_owners
from . import test_prompts
from . import test_written_prompts

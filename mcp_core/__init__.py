# The dispatcher registers its routing type on import: before the controllers use it.
from . import dispatcher
from . import controllers
from . import models
from . import wizard
from .hooks import post_load, uninstall_hook

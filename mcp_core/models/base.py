"""Changes that a client's call leads to, held at the place where Odoo checks rights."""

from odoo import models
from odoo.exceptions import AccessError

from .. import containment
from ..fences import is_fenced


class Base(models.AbstractModel):
    _inherit = "base"

    def _check_access(self, operation):
        # An administrator's own rights end there too: a method may lead anywhere. What
        # Odoo does as superuser it does for every employee alike.
        if (
            operation != "read"
            and containment.inside()
            and not self.env.su
            and is_fenced(self._name, changing=True)
        ):
            return self, self._out_of_bounds_error
        return super()._check_access(operation)

    def _mcp_nameable(self):
        """Hook: return those of the records whose names a client may be told.

        Asked of records that another record points at, whose names Odoo shows to
        everybody who may read that one. An override narrows the result of ``super()``;
        it is on the way of each answer, and does not read the names themselves.
        """
        return self.browse() if is_fenced(self._name) else self

    def _out_of_bounds_error(self):
        return AccessError(
            self.env._(
                "%s is out of bounds here: it is changed on Odoo's own screens.",
                self._name,
            )
        )

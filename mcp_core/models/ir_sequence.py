"""Numbers that a dry run takes and PostgreSQL does not give back."""

from odoo import models

from .. import dry_run


class IrSequence(models.Model):
    _inherit = "ir.sequence"

    def _next(self, sequence_date=None):
        trial = dry_run.current()
        if trial is not None and self.implementation == "standard":
            trial.sequences.add(self.name)
        return super()._next(sequence_date)

"""Mail in a dry run goes nowhere."""

from odoo import api, models

from .. import dry_run


class IrMailServer(models.Model):
    _inherit = "ir.mail_server"

    def _connect__(self, *args, **kwargs):
        if dry_run.current() is None:
            return super()._connect__(*args, **kwargs)
        return None

    @api.model
    def send_email(self, message, *args, **kwargs):
        if (trial := dry_run.current()) is None:
            return super().send_email(message, *args, **kwargs)
        trial.mails += 1
        return message["Message-Id"]

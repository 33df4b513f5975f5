"""Files of exports: beside those of Odoo's attachments, and not one of them.

An attachment has more roads to it than one, and is gone long after it was deleted. This
file is reached by our own address only, and is gone at once.
"""

import os
import shutil
import time

from odoo import api, fields, models
from odoo.exceptions import UserError
from odoo.tools import config

from .mcp_audit_bookkeeping import UNFINISHED

#: Files that nobody knows are deleted when they are this old.
_STRAY_SECONDS = 24 * 60 * 60


class McpAuditExport(models.Model):
    _inherit = "mcp.audit.export"

    @api.model
    def _folder(self):
        return os.path.join(config.filestore(self.env.cr.dbname), "mcp_audit_export")

    def _file_path(self):
        return os.path.join(self._folder(), f"{self.id}.zip")

    def _work_folder(self):
        """Return where the file is made; it may be empty or not there."""
        return os.path.join(self._folder(), f"{self.id}.work")

    def _work_path(self):
        return os.path.join(self._work_folder(), "export.zip")

    def _remove_work(self):
        shutil.rmtree(self._work_folder(), ignore_errors=True)

    def _remove_file(self):
        try:
            os.unlink(self._file_path())
        except FileNotFoundError:
            return

    def _opened(self):
        """Return the path of the file, for whoever may have it, and record that.

        :raise AccessError: the user is no auditor
        :raise UserError: there is no such file, or no longer
        """
        self.check_access("read")
        self._check_auditor()
        path = self._file_path()
        if (
            self.state != "done"
            or self.expires <= fields.Datetime.now()
            or not os.path.exists(path)
        ):
            raise UserError(self.env._("The file of this export is not there."))
        # at once: who has it, has it, whatever becomes of this request
        self._tell(
            "downloaded", apart=True, record_count=self.exported, sha256=self.sha256
        )
        return path

    def _delete_file(self, cause):
        """Delete the file. What it was stays.

        :param cause: ``"user"`` or ``"expiry"``
        """
        for export in self:
            # bookkeeping that no user may write, hence sudo
            export.sudo().state = "expired"
            export._tell("deleted", cause=cause, sha256=export.sha256)
            self.env.cr.postcommit.add(export._remove_file)

    # ------------------------------------------------------------
    # Expiry
    # ------------------------------------------------------------

    @api.model
    def _start_cleaning(self):
        """Scheduled action: have deleted what is kept for no longer."""
        self.with_delay(
            identity_key="mcp_audit.export.clean",
            description=self.env._("MCP Audit: delete files of exports"),
        )._clean()

    @api.model
    def _clean(self):
        """Job: delete the files that have expired, and those that nobody knows."""
        exports = self.sudo()
        due = [("state", "=", "done"), ("expires", "<=", fields.Datetime.now())]
        exports.search(due)._delete_file("expiry")
        try:
            entries = list(os.scandir(self._folder()))
        except FileNotFoundError:
            return
        before = time.time() - _STRAY_SECONDS
        for entry in entries:
            if entry.stat().st_mtime < before and not self._is_known(entry.name):
                if entry.is_dir():
                    shutil.rmtree(entry.path, ignore_errors=True)
                else:
                    os.unlink(entry.path)

    @api.model
    def _is_known(self, name):
        number, _dot, kind = name.partition(".")
        states = {"zip": ("done",), "work": UNFINISHED}.get(kind)
        if not states or not number.isdecimal():
            return False
        # any export, whoever may read it
        export = self.sudo().browse(int(number)).exists()
        return export.state in states

"""Viewing the trail is an event, too: who looked, for what, and how much there was.

Recorded is what comes from outside: the web client, exports, RPC. What this addon reads
for itself, and jobs, leave no trace.
"""

import logging
from collections.abc import Mapping

import orjson
import psycopg2

from odoo import SUPERUSER_ID, api, models
from odoo.exceptions import UserError
from odoo.http import request

from ..journal import IDS_MAX
from ..viewing import Looks, look

_logger = logging.getLogger(__name__)

#: Bytes of a filter that are kept.
_DOMAIN_MAX = 4096
#: Fields with what was asked and answered.
_CONTENTS = frozenset({"asked", "answered"})
_looks = Looks()


class McpAuditEvent(models.Model):
    _inherit = "mcp.audit.event"

    # What the web client calls

    @api.model
    @api.readonly
    def web_search_read(self, domain, specification, *args, **kwargs):
        with look() as itself:
            found = super().web_search_read(domain, specification, *args, **kwargs)
        if itself:
            self._looked("list", specification, found["length"], domain=domain)
        return found

    @api.readonly
    def web_read(self, specification):
        with look() as itself:
            found = super().web_read(specification)
        if itself:
            self._looked("form", specification, ids=self.ids)
        return found

    @api.model
    @api.readonly
    def web_read_group(self, domain, groupby, aggregates=(), *args, **kwargs):
        with look() as itself:
            found = super().web_read_group(domain, groupby, aggregates, *args, **kwargs)
        if itself:
            # groups that are open show their records
            shown = kwargs.get("unfold_read_specification") or ()
            count = found["length"]
            self._looked("groups", shown, count, domain=domain, by=groupby)
        return found

    @api.model
    @api.readonly
    def formatted_read_group(self, domain, groupby=(), *args, **kwargs):
        with look() as itself:
            found = super().formatted_read_group(domain, groupby, *args, **kwargs)
        if itself:
            self._looked("groups", count=len(found), domain=domain, by=groupby)
        return found

    @api.model
    @api.readonly
    def formatted_read_grouping_sets(self, domain, grouping_sets, *args, **kwargs):
        with look() as itself:
            found = super().formatted_read_grouping_sets(
                domain, grouping_sets, *args, **kwargs
            )
        if itself:
            by = max(grouping_sets, key=len, default=())
            self._looked("groups", count=len(found), domain=domain, by=by)
        return found

    @api.model
    @api.readonly
    def read_progress_bar(self, domain, group_by, progress_bar):
        with look() as itself:
            found = super().read_progress_bar(domain, group_by, progress_bar)
        if itself:
            self._looked("groups", count=len(found), domain=domain, by=[group_by])
        return found

    def export_data(self, fields_to_export):
        with look() as itself:
            found = super().export_data(fields_to_export)
        if itself:
            self._looked("export", fields_to_export, ids=self.ids)
        return found

    # What else may be called from outside

    @api.readonly
    def read(self, fields=None, load="_classic_read"):
        with look() as itself:
            found = super().read(fields, load)
        if itself:
            self._looked("records", fields or _CONTENTS, ids=self.ids)
        return found

    @api.model
    @api.readonly
    def search_read(self, domain=None, fields=None, *args, **kwargs):
        with look() as itself:
            found = super().search_read(domain, fields, *args, **kwargs)
        if itself:
            self._looked("list", fields or _CONTENTS, len(found), domain=domain or [])
        return found

    @api.model
    @api.readonly
    def search(self, domain, offset=0, limit=None, order=None):
        with look() as itself:
            found = super().search(domain, offset, limit, order)
        if itself and not self._is_export():
            self._looked("list", count=len(found), domain=domain)
        return found

    @api.model
    @api.readonly
    def search_count(self, domain, limit=None):
        with look() as itself:
            found = super().search_count(domain, limit)
        if itself:
            self._looked("count", count=found, domain=domain)
        return found

    @api.model
    @api.readonly
    def name_search(self, name="", domain=None, operator="ilike", limit=100):
        with look() as itself:
            found = super().name_search(name, domain, operator, limit)
        if itself:
            self._looked("list", count=len(found), domain=domain or [])
        return found

    @api.model
    def search_panel_select_range(self, field_name, **kwargs):
        with look() as itself:
            found = super().search_panel_select_range(field_name, **kwargs)
        if itself:
            domain = kwargs.get("search_domain", [])
            self._looked("groups", domain=domain, by=[field_name])
        return found

    @api.model
    def search_panel_select_multi_range(self, field_name, **kwargs):
        with look() as itself:
            found = super().search_panel_select_multi_range(field_name, **kwargs)
        if itself:
            domain = kwargs.get("search_domain", [])
            self._looked("groups", domain=domain, by=[field_name])
        return found

    def copy_data(self, default=None):
        # what a copy would have is what is there
        with look() as itself:
            found = super().copy_data(default)
        if itself:
            self._looked("records", ids=self.ids)
        return found

    @api.model
    def read_group(self, domain, fields, groupby, *args, **kwargs):
        with look() as itself:
            found = super().read_group(domain, fields, groupby, *args, **kwargs)
        if itself:
            by = [groupby] if isinstance(groupby, str) else groupby
            self._looked("groups", count=len(found), domain=domain, by=by)
        return found

    def onchange(self, values, field_names, fields_spec):
        with look() as itself:
            found = super().onchange(values, field_names, fields_spec)
        if itself and self:
            self._looked("form", fields_spec, ids=self.ids)
        return found

    # Leaving a trace

    @api.model
    def _looked(self, view, shown=(), count=None, *, domain=None, ids=None, by=()):
        """Record a look from outside, once for the same one within a minute.

        At once, and on a cursor of its own: the request may only be allowed to read.

        :param view: ``"list"``, ``"form"``, ``"groups"``, ``"count"``, ``"records"`` or
            ``"export"``
        :param shown: the fields that were read: names, those of related events behind a
            slash, or as the web client specifies them
        :raise UserError: it can't be recorded, and that is required
        """
        if not self._is_from_outside():
            return
        facts = {"model": self._name, "view": view}
        if by:
            facts["group_by"] = list(by)
        if _shows_contents(shown):
            facts["contents"] = True
        if domain is not None:
            facts["domain"] = abridged(domain)
        if ids is not None:
            facts["record_ids"] = ids[:IDS_MAX]
            count = len(ids)
        if view == "export":
            facts["fields"] = list(shown)
        this = orjson.dumps([self.env.cr.dbname, self.env.uid, facts])
        if not _looks.is_new(this):
            return
        try:
            self._record("audit.viewed", {**facts, "record_count": count}, apart=True)
        except psycopg2.Error as error:
            _logger.critical("Viewing the audit trail can't be recorded", exc_info=True)
            if self.env["mcp.server"]._setting("audit_required"):
                raise UserError(
                    self.env._(
                        "The audit trail can't be written, so it can't be looked at "
                        "now: a look is recorded, too. An administrator finds the "
                        "reason in the server's log."
                    )
                ) from error
        else:
            _looks.recorded(this)

    @api.model
    def _is_from_outside(self):
        """Return whether somebody asks, and not this addon or a job for itself."""
        # not the context: whoever asks may put into it what they like
        if not request:
            return False
        # sudo keeps the user: the superuser itself is an administrator who became it
        if self.env.su and self.env.uid != SUPERUSER_ID:
            return False
        return not request.httprequest.path.startswith("/queue_job/")

    @api.model
    def _is_export(self):
        """Return whether Odoo's own export asks, which tells of itself afterwards."""
        return bool(request) and request.httprequest.path.startswith("/web/export/")


def _shows_contents(shown):
    """Return whether what was asked and answered is among some fields, be it that of
    related events.

    :param shown: as :meth:`McpAuditEvent._looked` takes it
    """
    if isinstance(shown, Mapping):
        return any(
            name in _CONTENTS or _shows_contents((within or {}).get("fields") or ())
            for name, within in shown.items()
        )
    return any(not _CONTENTS.isdisjoint(str(name).split("/")) for name in shown)


def abridged(domain):
    """Return a filter as it came, or the beginning of its text where it is long."""
    try:
        dumped = orjson.dumps(list(domain), default=str)
    except (TypeError, ValueError):
        return repr(domain)[:_DOMAIN_MAX]
    if b"\\u0000" in dumped:
        # PostgreSQL keeps no such text, but who asked is told of all the same
        return repr(domain)[:_DOMAIN_MAX]
    if len(dumped) > _DOMAIN_MAX:
        return dumped[:_DOMAIN_MAX].decode(errors="ignore")
    return orjson.loads(dumped)

"""What a request changed and what an event tells besides, as tables to read."""

from markupsafe import Markup

from odoo import api, fields, models
from odoo.exceptions import AccessError

from ..event import SUCCESS

#: How many records of one model are named.
_NAMED_MAX = 20
_LINK = Markup('<a href="/odoo/%s/%s" target="_blank">%s</a>')
_ROW = Markup("<tr>%s</tr>")
_HEAD = Markup("<th>%s</th>")
_CELL = Markup('<td class="text-break">%s</td>')
_TABLE = Markup(
    '<table class="table table-sm"><thead><tr>%s</tr></thead><tbody>%s</tbody></table>'
)
_GONE = Markup('<span class="text-muted" title="%s">%s</span>')


class McpAuditEvent(models.Model):
    _inherit = "mcp.audit.event"

    # made below, of escaped texts
    changed = fields.Html("Changed Records", compute="_compute_changed", sanitize=False)
    told = fields.Html("What Else", compute="_compute_told", sanitize=False)

    def _changes(self):
        """Return [(model, operation, ids, how many)] of what the request was about."""
        told = self.details or {}
        if not self.model or not self.record_count:
            return []
        first = (self.model, self.operation, self.record_ids or [], self.record_count)
        return [first, *(tuple(change) for change in told.get("changed", ()))]

    @api.depends("kind", "model", "operation", "record_ids", "outcome", "details")
    def _compute_changed(self):
        headers = (
            self.env._("Model"),
            self.env._("What"),
            self.env._("Number"),
            self.env._("Records"),
        )
        for event in self:
            rows = [
                (
                    self._model_name(model),
                    event._done(operation),
                    count,
                    self._links(model, ids, count),
                )
                for model, operation, ids, count in event._changes()
            ]
            event.changed = _table(headers, rows) if rows else False

    @api.model
    def _model_name(self, model):
        known = self.env["ir.model"]._get(model) if model in self.env else None
        return known.name if known else model

    def _done(self, operation):
        """Return what was done with records that the request named or changed."""
        if (self.details or {}).get("dry_run"):
            return self.env._("Tried, and undone")
        if self.outcome not in (SUCCESS, None, False):
            return self.env._("Nothing")
        names = {
            False: self.env._("Asked about") if self.request_id else self.env._("Read"),
            "create": self.env._("Created"),
            "write": self.env._("Changed"),
            "unlink": self.env._("Deleted"),
            "call": self.env._("A method called"),
            "run": self.env._("A server action run"),
        }
        return names.get(operation or False) or self.env._(
            "%(method)s called", method=operation
        )

    def _links(self, model, ids, count):
        """Return links to the records that are there and that the reader may see."""
        ids = [id_ for id_ in ids if isinstance(id_, int)][:_NAMED_MAX]
        names = self._names(model, ids)
        parts = [
            _LINK % (model, id_, names[id_] or f"#{id_}")
            if id_ in names
            else _GONE % (self.env._("Deleted, or not yours to see"), f"#{id_}")
            for id_ in ids
        ]
        if ids and count > len(ids):
            parts.append(self.env._("and %(count)s more", count=count - len(ids)))
        return Markup(", ").join(parts)

    @api.model
    def _names(self, model, ids):
        """Return {id: name} of the records that are there and may be read."""
        records = self.env.get(model)
        if records is None or records._abstract or not records.has_access("read"):
            return {}
        try:
            readable = records.browse(ids).exists()._filtered_access("read")
            return {record.id: record.display_name for record in readable}
        except AccessError:
            # the name is made of what the reader may not see
            return {}

    # ------------------------------------------------------------
    # What else there is to tell
    # ------------------------------------------------------------

    @api.depends("kind", "details")
    def _compute_told(self):
        for event in self:
            told = dict(event.details or {})
            told.pop("changed", None)
            changes = event._old_and_new(told)
            table = _table(
                (self.env._("Field"), self.env._("Before"), self.env._("After")),
                changes,
            )
            if isinstance(told.get("domain"), list):
                told["domain"] = event._in_words(told["domain"])
            rest = [
                (
                    self._fact_name(name),
                    self.env._("Yes") if value is True else _text(value),
                )
                for name, value in told.items()
                if value not in (None, "", [], {})
            ]
            facts = _table((self.env._("Fact"), self.env._("Value")), rest)
            event.told = (
                Markup("").join(
                    part for part, rows in ((table, changes), (facts, rest)) if rows
                )
                or False
            )

    @api.model
    def _in_words(self, domain):
        """Return a filter on events for people to read; as it is where it is none."""
        words, between = [], {"&": self.env._("and"), "|": self.env._("or")}
        try:
            for part in reversed(domain):
                if part == "!":
                    words.append(self.env._("not %(this)s", this=words.pop()))
                elif isinstance(part, str):
                    words.append(f"({words.pop()} {between[part]} {words.pop()})")
                elif part[0] == 1:
                    words.append(self.env._("everything"))
                else:
                    name, operator, value = part
                    field = self._fields.get(name)
                    label = field._description_string(self.env) if field else name
                    words.append(f"{label} {operator} {_text(value)}")
        except (IndexError, KeyError, TypeError, ValueError):
            return str(domain)
        return f" {between['&']} ".join(reversed(words)) or self.env._("everything")

    def _old_and_new(self, told):
        """Take the changes of the configuration out of the facts, as rows."""
        if self.kind == "settings.changed":
            old, new = told.pop("old", None), told.pop("new", None)
            default = self.env._("(default)")
            name = told.pop("setting", "")
            old, new = (default if value is None else value for value in (old, new))
            return [(name, old, new)]
        if self.kind != "configuration.changed":
            return []
        return [
            (
                self._field_name(name),
                self._readable(name, old),
                self._readable(name, new),
            )
            for name, (old, new) in told.pop("changes", {}).items()
        ]

    def _field_name(self, name):
        model = self.env.get(self.model or "")
        field = None if model is None else model._fields.get(name)
        return field._description_string(self.env) if field else name

    def _readable(self, name, value):
        """Return the value of a field of the configuration for people to read."""
        model = self.env.get(self.model or "")
        field = None if model is None else model._fields.get(name)
        if value is None or (value is False and field and field.type != "boolean"):
            return ""
        if field is None:
            return _text(value)
        if field.relational and isinstance(value, list):
            names = self._names(field.comodel_name, value)
            return ", ".join(names.get(id_) or f"#{id_}" for id_ in value)
        if field.type == "selection":
            return dict(field._description_selection(self.env)).get(value, value)
        if field.type == "boolean":
            return self.env._("Yes") if value else self.env._("No")
        return _text(value)

    @api.model
    def _fact_name(self, name):
        """Return what a fact is called; its own name, readable, where nobody said."""
        names = {
            "scheme": self.env._("Kind of credentials"),
            "retry_after": self.env._("To wait, in seconds"),
            "access_records": self.env._("Access records"),
            "session_user": self.env._("User of the session"),
            "dry_run": self.env._("Only tried out, and undone"),
            "error": self.env._("Error"),
            "recovered": self.env._("Found after its server had been stopped"),
            "input_required": self.env._("The client was asked back"),
            "rule": self.env._("Audit rule"),
            "domain": self.env._("Filter"),
            "group_by": self.env._("Grouped by"),
            "view": self.env._("Looked at as"),
            "contents": self.env._("With contents"),
        }
        return names.get(name) or name.replace("_", " ").capitalize()


def _table(headers, rows):
    return _TABLE % (
        Markup("").join(_HEAD % header for header in headers),
        Markup("").join(
            _ROW % Markup("").join(_CELL % cell for cell in row) for row in rows
        ),
    )


def _text(value):
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(v, str | int) for v in value):
        return ", ".join(str(member) for member in value)
    return str(value)

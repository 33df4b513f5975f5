"""What a method opened, told so that a client can go on from there.

Odoo's methods answer with a window for a person. A client gets the same window in
words: which record or wizard it shows, which buttons it has, and a handle that stands
for the context in which it was opened. The handle is signed: a client can use what Odoo
gave it, and make up nothing.
"""

from datetime import timedelta

import orjson
from lxml import etree

from odoo import api, models
from odoo.tools.misc import hash_sign, verify_hash_signed
from odoo.tools.safe_eval import safe_eval

from ..exceptions import ToolError
from ..fences import is_fenced, is_fenced_method
from ..record_reader import named, record_url

_SCOPE = "mcp_core.action_handle"
#: For how long what was opened can be gone on with.
_LIFETIME = timedelta(hours=1)
#: Characters of a handle, which grows with the context that it stands for.
_HANDLE_MAX = 16 * 1024
#: What belongs to the caller and not to the window.
_OWN_CONTEXT = frozenset({"lang", "tz", "uid", "allowed_company_ids", "bin_size"})
#: How many records of a list that was opened are named.
_LISTED_MAX = 20
_ACTIVE = frozenset({"active_model", "active_id", "active_ids"})


def active(records):
    """Return the context of a window that is opened from *records*."""
    return {
        "active_model": records._name,
        "active_id": records[:1].id,
        "active_ids": records.ids,
    }


class McpTool(models.Model):
    _inherit = "mcp.tool"

    @api.model
    def _opened(self, action):
        """Return the members of a result that tell of an action.

        :param dict action: as methods of Odoo return it
        """
        kind = action.get("type")
        if kind == "ir.actions.act_window" and action.get("res_model"):
            return {"opened": self._opened_window(action)}
        if kind == "ir.actions.client":
            return self._opened_client_action(action)
        if kind == "ir.actions.act_url":
            return {"opened": {"url": self._opened_url(action)}}
        if kind == "ir.actions.report":
            return {"opened": self._opened_report(action)}
        if kind in (None, "ir.actions.act_window_close"):
            return {}
        return {"opened": {"title": str(action.get("name") or kind)}}

    @api.model
    def _opened_window(self, action):
        model = action["res_model"]
        opened = {"title": str(action.get("name") or ""), "model": model}
        if is_fenced(model) or model not in self.env:
            return opened | {
                "next": self.env._("This can be worked with on Odoo's screens only.")
            }
        target = self.env[model]
        context = self._active_context() | self._action_context(action)
        if res_id := action.get("res_id"):
            record = target.browse(res_id).exists()._filtered_access("read")
            if record:
                opened |= {**named(record), "url": record_url(record)}
        if not target._transient:
            if not res_id and isinstance(action.get("domain"), list | tuple):
                records = target.search(list(action["domain"]), limit=_LISTED_MAX)
                opened["records"] = [named(record) for record in records]
            return opened
        opened["handle"] = self._handle(model, context)
        if buttons := self._wizard_buttons(target.with_context(**context), action):
            opened["buttons"] = buttons
        opened["next"] = self._next_step(model, res_id)
        return opened

    @api.model
    def _next_step(self, model, res_id):
        if res_id:
            return self.env._(
                "Write what should be different, then press a button: method_call with "
                "model %(model)s, ids [%(id)s], the button's method and the handle.",
                model=model,
                id=res_id,
            )
        return self.env._(
            "A wizard: create one record of %(model)s with the handle (values that you "
            "leave out have defaults), then press a button: method_call with its id, "
            "the button's method and the handle.",
            model=model,
        )

    @api.model
    def _opened_url(self, action):
        """Return the address that a person would be sent to, without its secrets."""
        url = str(action.get("url") or "")
        if "token" in url:
            # whoever has it needs no login
            url = url.partition("?")[0]
        base = self.env["ir.config_parameter"].get_base_url()
        return f"{base}{url}" if url.startswith("/") else url

    @api.model
    def _opened_client_action(self, action):
        params = action.get("params") or {}
        told = {}
        if action.get("tag") == "display_notification":
            parts = (params.get("title"), params.get("message"))
            told["message"] = " ".join(str(part) for part in parts if part)
        if isinstance(params.get("next"), dict):
            told |= self._opened(params["next"])
        return told or {"opened": {"title": str(action.get("name") or "")}}

    @api.model
    def _opened_report(self, action):
        context = self._action_context(action)
        ids = context.get("active_ids") or (action.get("data") or {}).get("ids") or []
        name = str(action.get("report_name") or "")
        return {
            "title": str(action.get("name") or ""),
            "resource": f"odoo://report/{name}/{','.join(map(str, ids))}",
        }

    @api.model
    def _active_context(self):
        """Return of the context which records a window is opened from."""
        return {key: val for key, val in self.env.context.items() if key in _ACTIVE}

    @api.model
    def _action_context(self, action):
        """Return the context that an action opens its window in, as JSON values.

        Some actions keep it as an expression of their own code, never of a client's.
        """
        context = action.get("context") or {}
        if isinstance(context, str):
            known = {
                "uid": self.env.uid,
                "context": dict(self.env.context),
                "active_id": self.env.context.get("active_id", False),
                "active_ids": self.env.context.get("active_ids", []),
                "active_model": self.env.context.get("active_model", False),
            }
            try:
                context = safe_eval(context, known)
            except ValueError:
                context = {}
        kept = {
            key: value
            for key, value in context.items()
            if isinstance(key, str) and key not in _OWN_CONTEXT
        }
        for key, value in list(kept.items()):
            try:
                kept[key] = orjson.loads(orjson.dumps(value))
            except TypeError:
                del kept[key]
        return kept

    # ------------------------------------------------------------
    # Handles
    # ------------------------------------------------------------

    @api.model
    def _handle(self, model, context):
        handle = hash_sign(
            self.sudo().env,
            _SCOPE,
            [self.env.uid, model, context],
            expiration=_LIFETIME,
        )
        if len(handle) > _HANDLE_MAX:
            raise ToolError(
                self.env._("This concerns too many records at once: try with fewer.")
            )
        return handle

    @api.model
    def _handled(self, target, handle):
        """Return *target* in the context that *handle* stands for.

        :param str handle: empty for no handle
        :raise ToolError: it is none that this caller was given for this model
        """
        if not handle:
            return target
        values = None
        if len(handle) <= _HANDLE_MAX:
            try:
                values = verify_hash_signed(self.sudo().env, _SCOPE, handle)
            except ValueError:
                values = None
        if values is None or values[:2] != [self.env.uid, target._name]:
            raise ToolError(
                self.env._(
                    "This handle is not valid for %s, or is older than an hour. Call "
                    "the method that opened the wizard again.",
                    target._name,
                )
            )
        return target.with_context(**values[2])

    # ------------------------------------------------------------
    # Buttons
    # ------------------------------------------------------------

    @api.model
    def _wizard_buttons(self, target, action):
        """Return the buttons of a wizard's form: method and label."""
        views = action.get("views") or []
        view_id = next((id_ for id_, kind in views if kind == "form"), False)
        view = action.get("view_id")
        if not view_id and view:
            view_id = view[0] if isinstance(view, list | tuple) else view
        arch = etree.fromstring(target.get_view(view_id or None, "form")["arch"])
        buttons = {}
        for node in arch.iter("button"):
            name = node.get("name", "")
            label = " ".join((node.get("string") or "").split())
            hidden = node.get("invisible") in ("1", "True")
            if node.get("type") != "object" or hidden or not label:
                continue
            if not is_fenced_method(target._name, name):
                buttons.setdefault(name, label)
        return [{"method": name, "label": label} for name, label in buttons.items()]

    @api.model
    def _next_steps(self, created, handle):
        """Return what comes after creating the record of a wizard."""
        if not created._transient:
            return {}
        told = {"next": self._next_step(created._name, created.ids[0])}
        if not handle:
            told["handle"] = self._handle(created._name, {})
        return told

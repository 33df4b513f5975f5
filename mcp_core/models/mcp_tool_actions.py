"""The tool that tells what can be done with a record now.

What it lists is what the record's form shows this user. A button that runs a method
needs the right to change the record, unless its method is marked as one that only
reads, or the button only leads to other records.
"""

from odoo import api, models

from ..decorators import tool_method
from ..exceptions import ToolError
from ..form_buttons import FormButtons
from ..record_reader import named, title
from .mcp_tool_windows import active


class McpTool(models.Model):
    _inherit = "mcp.tool"

    @api.model
    @tool_method
    def _tool_list_actions(self, exchange, model, id):
        """List what the caller can do with a record, as the buttons of its form.

        :return: ``actions`` to call, ``wizards`` that a person would be shown,
            ``reports`` to print, and the ``state`` of the record
        :raise ToolError: no such model or record
        """
        record = self._target_record(self._target_model(model), id)
        form = FormButtons(record)
        buttons = form.visible()
        result = {
            "model": record._name,
            **named(record),
            "actions": self._method_actions(record, buttons),
        }
        if status := form.status_field():
            result["state"] = self._status(record, status)
        actions = self._window_actions(record, buttons)
        if wizards := self._wizards(record, actions):
            result["wizards"] = wizards
        if reports := self._reports(exchange, record):
            result["reports"] = reports
        if not result["actions"]:
            result["hint"] = self._no_action_hint(record)
        return result

    @api.model
    def _target_record(self, model, id_):
        """Return the record *id_* of *model*, archived or not.

        :raise ToolError: there is none, or none that the caller may see: which of the
            two is nothing to tell
        """
        record = self._visible_records(model, [id_])
        if not record:
            raise ToolError(
                self.env._(
                    "There is no record %(id)s of %(model)s that you may see. search "
                    "finds records and their ids.",
                    id=id_,
                    model=model._name,
                )
            )
        return record

    @api.model
    def _no_action_hint(self, record):
        if not record.has_access("write"):
            return self.env._(
                "You may not change this record. explain_access tells why."
            )
        return self.env._(
            "The form of this record has no button now. write changes its fields."
        )

    # ------------------------------------------------------------
    # Methods
    # ------------------------------------------------------------

    @api.model
    def _method_actions(self, record, buttons):
        changes = record.has_access("write")
        tools = self.with_context(**active(record))
        listed = []
        for button in buttons:
            if button.kind != "object":
                continue
            if not self._is_callable(record.browse(), button.name):
                continue
            method = getattr(type(record), button.name)
            reads = button.shows or getattr(method, "_readonly", False)
            if not (changes or reads):
                continue
            action = {
                "label": button.label,
                "tool": "method_call",
                "method": button.name,
            }
            # what the button does depends on it: "send" or "send by post"
            context = tools._action_context({"context": button.context})
            if context:
                action["handle"] = self._handle(record._name, context)
            if button.primary:
                action["primary"] = True
            if button.confirm:
                action["confirm"] = button.confirm
            if button.shows:
                action["shows_records"] = True
            listed.append(action)
        # the next step first; a stable sort keeps the order of the form
        listed.sort(
            key=lambda action: ("primary" not in action, "shows_records" in action)
        )
        return listed

    # ------------------------------------------------------------
    # State
    # ------------------------------------------------------------

    @api.model
    def _status(self, record, name):
        """Return ``{"field", "value", "label"}``; the last two only where it is set."""
        status, field, value = {"field": name}, record._fields[name], record[name]
        if not value:
            return status
        if field.relational:
            return {**status, "value": value.ids[0], "label": title(value[0])}
        status["value"] = value
        if field.type == "selection":
            labels = dict(field._description_selection(self.env))
            status["label"] = labels.get(value, str(value))
        return status

    # ------------------------------------------------------------
    # Actions that are records
    # ------------------------------------------------------------

    @api.model
    def _window_actions(self, record, buttons):
        """Return [(button or None, window action)]: buttons, then the record's menu.

        Actions describe Odoo's screens, hence sudo: clients load them likewise. Only
        those are returned that are for the caller's groups.
        """
        windows = self.env["ir.actions.act_window"].sudo()
        found = []
        for button in buttons:
            if button.kind == "action" and (action := self._window(button.name)):
                found.append((button, action))
        bound = self.env["ir.actions.actions"].get_bindings(record._name)
        ids = [
            binding["id"]
            for binding in bound.get("action", ())
            if "form" in (binding.get("binding_view_types") or "form").split(",")
        ]
        # actions of all kinds share their ids
        for action in windows.search([("id", "in", ids)], order="id"):
            found.append((None, action))
        own = self.env.user.all_group_ids
        return [
            (button, action)
            for button, action in found
            if not action.group_ids or action.group_ids & own
        ]

    @api.model
    def _window(self, name):
        """Return the window action that a button names, or an empty recordset."""
        windows = self.env["ir.actions.act_window"].sudo()
        if name.isdecimal():
            return windows.search([("id", "=", int(name))])
        action = self.env.ref(name, raise_if_not_found=False)
        if action is None or action._name != windows._name:
            return windows
        return windows.browse(action.id)

    @api.model
    def _wizards(self, record, actions):
        """Return those of *actions* that open a form to fill in, not a list.

        Each comes with the handle that it is created with.
        """
        tools = self.with_context(**active(record))
        wizards = {}
        for button, action in actions:
            model = self.env.get(action.res_model)
            if model is None or not model._transient or not model.has_access("create"):
                continue
            try:
                self._target_model(action.res_model)
            except ToolError:
                # out of bounds
                continue
            if action.id in wizards:
                continue
            wizards[action.id] = {
                "label": button.label if button else action.name,
                "model": action.res_model,
                "tool": "create",
                "handle": tools._handle(
                    action.res_model, tools._window_context(button, action)
                ),
                **({"primary": True} if button and button.primary else {}),
            }
        return list(wizards.values())

    @api.model
    def _window_context(self, button, action):
        """Return the context of a window: the record's, the action's, the button's."""
        context = self._active_context()
        for expression in (action.context, button.context if button else ""):
            context |= self._action_context({"context": expression or ""})
        return context

    @api.model
    def _reports(self, exchange, record):
        """Return the documents that can be printed of *record*, as resources."""
        return self.env["mcp.resource"]._reports_of(record)

"""The buttons of a record's form, as its user sees them.

The form is Odoo's own: the arch that this user is sent, groups applied, and its
``invisible`` expressions against the values of the record. These expressions are part
of views, which administrators and addons write; nothing of a client is evaluated here.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from lxml import etree

from odoo import fields
from odoo.exceptions import AccessError
from odoo.models import BaseModel
from odoo.tools.safe_eval import safe_eval
from odoo.tools.view_validation import get_expression_field_names

from .fields_ranking import is_readable

#: Characters of a label that are kept.
_LABEL_MAX = 100
_PRIMARY = frozenset({"btn-primary", "oe_highlight"})
_STAT = "oe_stat_button"


@dataclass(frozen=True, slots=True)
class Button:
    """One visible button.

    :param kind: ``"object"`` runs the method *name*, ``"action"`` the action *name*
    :param name: of the method, or id or external id of the action
    :param confirm: what Odoo asks before, empty where it does not
    :param primary: Odoo proposes it as the next step
    :param context: what the button adds to the context of its action, an expression
    :param shows: it only leads to other records, as those in the corner of a form
    """

    kind: str
    name: str
    label: str
    confirm: str
    primary: bool
    shows: bool
    context: str = ""


class FormButtons:
    """Reads the default form of one record.

    :param record: one record that the caller may read, in the caller's environment
    """

    def __init__(self, record: BaseModel):
        self._record = record
        self._form = etree.fromstring(record.get_view(view_type="form")["arch"])
        self._values = self._evaluation_context()

    def visible(self) -> list[Button]:
        """Return the buttons that the record shows now, each of them once."""
        found: dict[tuple[str, str, str], Button] = {}
        for node in self._nodes():
            if self._hidden(node):
                continue
            button = self._button(node)
            key = (button.kind, button.name, button.label)
            if key not in found or button.primary:
                found[key] = button
        return list(found.values())

    def status_field(self) -> str | None:
        """Return the name of the field that tells how far the record is."""
        bars = [
            node.get("name")
            for node in self._form.xpath("//field[contains(@widget, 'statusbar')]")
            if not node.xpath("ancestor::field") and not self._hidden(node)
        ]
        for name in ("state", *bars, "stage_id"):
            if is_readable(self._record, name):
                return name
        return None

    def _nodes(self) -> Iterator[etree._Element]:
        for node in self._form.xpath(
            "//button[@name][@type='object' or @type='action']"
        ):
            # those inside of a field belong to its lines
            if not node.xpath("ancestor::field"):
                yield node

    def _button(self, node: etree._Element) -> Button:
        classes = set(node.get("class", "").split())
        return Button(
            kind=node.get("type"),
            name=node.get("name"),
            label=self._label(node)[:_LABEL_MAX],
            confirm=node.get("confirm", ""),
            primary=not classes.isdisjoint(_PRIMARY),
            shows=_STAT in classes,
            context=node.get("context", ""),
        )

    def _label(self, node: etree._Element) -> str:
        """Return what people read on a button, at least the name of its method."""
        words = [node.get("string", "")]
        if not words[0]:
            words = []
            for part in node.iter():
                if part is not node and self._hidden(part):
                    continue
                if part.tag == "field":
                    words.append(part.get("string") or self._spoken(part.get("name")))
                else:
                    words.append(part.text or "")
                if part is not node:
                    words.append(part.tail or "")
        label = " ".join(" ".join(words).split())
        return label or node.get("title") or node.get("help") or node.get("name")

    def _spoken(self, name: str) -> str:
        """Return the text of a field that is the label of its button, if it is one."""
        field = self._record._fields[name]
        if field.type != "char" or not self._record._has_field_access(field, "read"):
            return ""
        return self._record[name] or ""

    def _hidden(self, node: etree._Element) -> bool:
        return any(
            self._evaluate(part.get("invisible"))
            for part in (node, *node.iterancestors())
            if part.get("invisible")
        )

    def _evaluate(self, expression: str) -> bool:
        """Return whether *expression* hides; one that fails does, as nobody sees it."""
        if expression in ("0", "1", "False", "True"):
            return expression in ("1", "True")
        try:
            # evaluating adds to the values it is given
            return bool(safe_eval(expression.strip(), dict(self._values)))
        except ValueError:
            return True

    def _evaluation_context(self) -> dict[str, Any]:
        """Return what expressions may name, with values as Odoo's client has them."""
        record = self._record
        values = {
            "id": record.id,
            "uid": record.env.uid,
            "context": dict(record.env.context),
            "active_id": record.id,
            "active_ids": record.ids,
            "active_model": record._name,
            "allowed_company_ids": record.env.companies.ids,
            "current_company_id": record.env.company.id,
            "current_date": fields.Date.to_string(fields.Date.context_today(record)),
            "now": fields.Datetime.to_string(fields.Datetime.now()),
        }
        values["today"] = values["current_date"]
        named = {
            name
            for node in self._form.iter()
            if node.get("invisible")
            for name in get_expression_field_names(node.get("invisible"))
        }
        read = [
            name
            for name in sorted(named & set(record._fields))
            if record._has_field_access(record._fields[name], "read")
        ]
        # what the user may not read is empty, as in a form without the field
        values.update(dict.fromkeys(named - values.keys(), False))
        for name, value in self._read(read).items():
            values[name] = self._plain(record._fields[name].type, value)
        return values

    def _read(self, names: list[str]) -> dict[str, Any]:
        with suppress(AccessError):
            # without names, every field would be read
            return self._record.read(names or ["id"], load=None)[0]
        values: dict[str, Any] = {}
        for name in names:
            # some are computed from records that the user may not see
            with suppress(AccessError):
                values |= self._record.read([name], load=None)[0]
        return values

    def _plain(self, kind: str, value: Any) -> Any:
        if value and kind == "date":
            return fields.Date.to_string(value)
        if value and kind == "datetime":
            return fields.Datetime.to_string(value)
        return value

"""Which fields of a model are worth showing first.

A model has up to three hundred fields, and a reader wants the dozen that tell one
record from another. What the designers of Odoo's screens chose counts most; the rest
is known from types and from names that mean the same in every app.

Only names are ranked here, the same for everybody. What a caller may read is asked
anew each time.
"""

from collections.abc import Iterator

from lxml import etree

from odoo.fields import Field
from odoo.models import MAGIC_COLUMNS, BaseModel

#: How many fields identify and describe a record.
DEFAULT_MAX = 13
#: Fields with fewer points are left to whoever asks for them.
_POINTS_MIN = 5

#: Columns of a database row that hold one short value.
_SHORT = frozenset(
    {"char", "integer", "float", "monetary", "boolean", "date", "datetime"}
    | {"selection", "many2one", "reference"}
)
#: What people look for, in any app: field name to points.
_KNOWN = {
    "state": 40,
    "payment_state": 26,
    "stage_id": 40,
    "partner_id": 35,
    "parent_id": 20,
    "date": 22,
    "ref": 20,
    "reference": 20,
    "code": 22,
    "default_code": 25,
    "barcode": 8,
    "origin": 18,
    "user_id": 25,
    "user_ids": 24,
    "project_id": 25,
    "product_id": 28,
    "location_id": 18,
    "location_dest_id": 18,
    "picking_type_id": 15,
    "move_type": 24,
    "journal_id": 18,
    "email": 24,
    "email_from": 20,
    "phone": 22,
    "login": 20,
    "city": 15,
    "country_id": 15,
    "priority": 10,
    "amount_total": 40,
    "amount_residual": 24,
    "amount_untaxed": 10,
    "list_price": 22,
    "expected_revenue": 25,
    "probability": 10,
    "qty_available": 15,
    "quantity": 20,
    "date_order": 30,
    "invoice_date": 30,
    "invoice_date_due": 22,
    "date_deadline": 26,
    "scheduled_date": 28,
    "start": 28,
    "stop": 26,
    "tag_ids": 12,
    "type": 8,
    "name": 5,
    "complete_name": -20,
    "is_favorite": -20,
    "privacy": -20,
    "commercial_partner_id": -15,
}
_NOISE_PREFIXES = (
    *("message_", "activity_", "website_", "my_activity_", "rating_", "access_"),
    *("seo_", "image_", "avatar_", "signup_", "alias_", "has_", "show_"),
    *("hide_", "can_", "display_", "json_", "allowed_", "duplicated_", "tax_country_"),
)
_NOISE_SUFFIXES = ("_count", "_properties", "_properties_definition", "_json", "_color")
_NOISE = frozenset(
    {*MAGIC_COLUMNS, "color", "sequence", "active"}
    | {"lang", "tz", "tz_offset", "im_status", "display_type"}
)
#: What hides a field in a view whatever the values of the record.
_TRUE = frozenset({"1", "True", "true"})


def default_fields(model: BaseModel) -> list[str]:
    """Return the names of the fields that describe a record of *model* best.

    ``display_name`` first, at most :data:`DEFAULT_MAX`, all of them short values that
    the caller may read: no binary, no html, hardly anything that has to be computed.
    """
    several_companies = len(model.env.user._get_company_ids()) > 1
    names = ["display_name"] if is_readable(model, "display_name") else []
    for name, points in model.env["mcp.tool"]._ranked_fields(model._name):
        if len(names) == DEFAULT_MAX or points < _POINTS_MIN:
            break
        field = model._fields.get(name)
        if field is None or not _brief(model, field) or not is_readable(model, name):
            continue
        if name == "company_id" and not several_companies:
            continue
        if field.type == "many2many" and not model.env[field.comodel_name].has_access(
            "read"
        ):
            # Odoo refuses to read it
            continue
        names.append(name)
    currencies = _currencies(model, names)
    # an amount is worth nothing without its currency
    if currencies and not currencies & set(names):
        names = [*names[: DEFAULT_MAX - 1], min(currencies)]
    return names


def useful_fields(model: BaseModel, at_least: float | None = None) -> list[str]:
    """Return all fields that the caller may read, the most useful ones first.

    :param at_least: leave out fields with fewer points
    """
    ranked = model.env["mcp.tool"]._ranked_fields(model._name)
    return [
        name
        for name, points in ranked
        if is_readable(model, name) and (at_least is None or points >= at_least)
    ]


def is_readable(model: BaseModel, name: str | None) -> bool:
    """Return whether a model has a field *name* that the caller may read."""
    field = model._fields.get(name)
    return field is not None and model._has_field_access(field, "read")


def rank(model: BaseModel) -> tuple[tuple[str, float], ...]:
    """Return (field name, points) of all fields of *model*, most points first.

    Dear, since it reads the model's views: ``mcp.tool._ranked_fields`` keeps it.
    """
    listed = dict(_shown(model, "list"))
    formed = dict(_shown(model, "form"))
    points = {
        name: _points(model, field, listed, formed)
        for name, field in model._fields.items()
    }
    return tuple(sorted(points.items(), key=lambda entry: -entry[1]))


def _points(
    model: BaseModel,
    field: Field,
    listed: dict[str, float],
    formed: dict[str, float],
) -> float:
    name = field.name
    points = float(_KNOWN.get(name, 0))
    points += 30 * listed.get(name, 0) + 12 * formed.get(name, 0)
    if field.required and field.type != "boolean":
        points += 8
    if name == model._rec_name:
        # what display_name shows already, as a rule
        points += 10
    if field.type == "monetary":
        points += 6
    elif field.type == "boolean":
        points -= 12
    elif field.type in ("date", "datetime"):
        points += 4
    if field.type == "one2many" and name in formed:
        # the lines of a document: not short, but what it is made of
        points += 10
    elif field.type in ("one2many", "binary", "html", "properties", "json"):
        points -= 12
    if not field.store:
        points -= 10 if field.search or field.related else 18
    if name == "company_id":
        points += 14
    if is_noise(name):
        points -= 60
    return points


def is_noise(name: str) -> bool:
    """Return whether a field serves Odoo's screens and machinery, by its name."""
    return (
        name in _NOISE
        or name.startswith(_NOISE_PREFIXES)
        or name.endswith(_NOISE_SUFFIXES)
    )


def _brief(model: BaseModel, field: Field) -> bool:
    """Return whether a field's value is short, and worth a default place."""
    if field.name == "display_name" or is_noise(field.name):
        return False
    if field.name == model._rec_name and not field.translate and _names_itself(model):
        return False
    if field.type == "many2many":
        return field.store and field.name in ("tag_ids", "user_ids", "category_id")
    if field.type not in _SHORT or field.name.endswith("_ids"):
        return False
    return field.store or bool(field.related) or field.name in _KNOWN


def _names_itself(model: BaseModel) -> bool:
    """Return whether display_name is nothing but the name field."""
    return (
        type(model)._compute_display_name is BaseModel._compute_display_name
        and model._fields[model._rec_name].type == "char"
    )


def _currencies(model: BaseModel, names: list[str]) -> set[str]:
    currencies = {
        model._fields[name].get_currency_field(model)
        for name in names
        if model._fields[name].type == "monetary"
    }
    return {name for name in currencies if name and is_readable(model, name)}


def _shown(model: BaseModel, view_type: str) -> Iterator[tuple[str, float]]:
    """Yield (field, how prominent from 0 to 1) of the fields in the default view."""
    try:
        arch, _view = model._get_view(view_type=view_type)
    except (AttributeError, ValueError, TypeError, etree.LxmlError):
        # a model without screens, or with a broken one, has its field names only
        return
    nodes = arch.xpath("//field[@name][not(ancestor::field)]")
    # later ones first: where a field is there twice, the first place counts
    for place, node in reversed(list(enumerate(nodes))):
        if _TRUE & {node.get("invisible"), node.get("column_invisible")}:
            continue
        weight = 0.5 if node.get("optional") == "hide" or node.get("groups") else 1
        yield node.get("name"), weight * (1 - place / (2 * len(nodes)))

"""What follows from a policy: fields and views by which a hidden value would come out.

A value that is hidden must not come out under another name. So what follows from it is
hidden too: fields that are related to it or computed from it, and the views of the
database that may have been made of it. Where nobody can know what a field is computed
from, it is taken to be of what is hidden. Where an access record lists a field by name,
its administrator has decided otherwise, and that stands.

All of it is worked out from the fields of a registry, without a record.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from odoo.fields import Field
from odoo.models import MAGIC_COLUMNS
from odoo.modules.registry import Registry

from .copies import COPIES
from .policy import Name, Policy

#: Types of fields that are more than a yes, a choice or a number of a record.
_TELLING = frozenset(
    {"char", "text", "html", "integer", "float", "monetary", "date", "datetime"}
    | {"binary", "json"}
)
#: What every record has, whatever it is related to.
_COMMON = frozenset({"id", "display_name", "name", "active"})


def completed(policy: Policy, registry: Registry) -> Policy:
    """Return a policy with what follows from it for the fields of a registry."""
    if not policy:
        return policy
    seen = replace(policy, filled=_filled(policy, registry))
    seen = replace(seen, hidden=_following(seen, registry, "read") - seen.filled)
    return replace(
        seen,
        protected=_following(seen, registry, "write"),
        closed=_views(seen, registry),
    )


# ------------------------------------------------------------
# Wizards
# ------------------------------------------------------------


def _filled(policy: Policy, registry: Registry) -> frozenset[Name]:
    """Return the fields of wizards that Odoo fills in from anything it likes.

    From the records that a wizard is about, of any model, or from a template.
    """
    if not policy.hides:
        return frozenset()
    wizards = {
        name: model
        for name, model in registry.items()
        if model._transient and not policy.lists_fields(name, "read")
    }
    # made by what computes the wizard, with values that it computes
    lines = {
        found.comodel_name
        for model in wizards.values()
        for found in model._fields.values()
        if found.type in ("one2many", "many2many") and found.compute
    }
    return frozenset(
        (name, found.name)
        for name, model in wizards.items()
        for found in model._fields.values()
        if found.type in _TELLING
        and found.name not in MAGIC_COLUMNS
        and not found.related
        and (found.compute or name in lines)
    )


# ------------------------------------------------------------
# Fields
# ------------------------------------------------------------


def _following(policy: Policy, registry: Registry, operation: str) -> frozenset[Name]:
    """Return the fields through which what is not admitted is read or written.

    Of models that list their fields there are none: the list decides.

    :param operation: ``read`` or ``write``
    """
    admits = policy.shows if operation == "read" else policy.lets_write
    followers = {
        found: [
            (source, bool(found.related) and source.model_name != name)
            for source in _steps_to(policy, registry, found, operation)
        ]
        for name, model in registry.items()
        if not policy.lists_fields(name, operation)
        for found in model._fields.values()
        if found.related
        or found.compute
        or found.search
        or (name, found.name) in COPIES
    }
    reached: set[Field] = set()
    if operation == "read" and policy.hides:
        reached.update(found for found in followers if _is_unexplained(registry, found))
        for found in reached:
            del followers[found]
        reached.update(_openers(policy, registry))

    def leads(source: Field, follower: Field, *, elsewhere: bool) -> bool:
        if (source.model_name, source.name) in policy.filled:
            # how a wizard goes on is none of the values that it is filled with
            return follower.type in _TELLING
        if source in reached or not admits(source):
            return True
        # an alias of a field of a model that is not open at all
        return elsewhere and not policy.allows(source.model_name, operation)

    while followers:
        found = {
            follower
            for follower, steps in followers.items()
            if any(
                leads(step, follower, elsewhere=elsewhere) for step, elsewhere in steps
            )
        }
        if not found:
            break
        reached |= found
        for follower in found:
            del followers[follower]
    return frozenset((found.model_name, found.name) for found in reached)


def _steps_to(
    policy: Policy, registry: Registry, found: Field, operation: str
) -> Iterator[Field]:
    """Yield the fields that a field is made of, or that are written when it is."""
    if operation == "read":
        return _sources(policy, registry, found)
    return _written_to(registry, found)


def _openers(policy: Policy, registry: Registry) -> Iterator[Field]:
    """Yield the fields that open pages to everybody, which show what they like."""
    for name, model in registry.items():
        if "access_token" in model._fields and not policy.lists_fields(name, "read"):
            yield model._fields["access_token"]


def _sources(policy: Policy, registry: Registry, found: Field) -> Iterator[Field]:
    """Yield the fields that the value of a field is made of."""
    for path in _paths(registry, found):
        steps = list(_steps(registry, found.model_name, path))
        yield from steps
        if steps:
            yield from _namesakes(registry, found, steps[-1])
            yield from _nameless(policy, registry, steps[-1])
    for model, name in COPIES.get((found.model_name, found.name), ()):
        if model in registry and name in registry[model]._fields:
            yield registry[model]._fields[name]


def _nameless(policy: Policy, registry: Registry, source: Field) -> Iterator[Field]:
    """Yield the hidden names of records, for what may be the name of any record."""
    if source.type in ("many2one_reference", "reference"):
        for model in policy.models:
            if model in registry:
                yield registry[model]._fields["display_name"]


def _is_unexplained(registry: Registry, found: Field) -> bool:
    """Return whether nobody can know what a field is computed from, or searched by."""
    if found.store or found.related or found.name in _COMMON:
        return False
    if not found.compute:
        return bool(found.search)
    return found.type in _TELLING and not registry.field_depends.get(found)


def _namesakes(registry: Registry, found: Field, source: Field) -> Iterator[Field]:
    """Yield the field that a computed one is called like, of a record that it needs.

    Odoo declares that an address follows from the contact, without the fields of it.
    """
    if found.relational or found.name in _COMMON or not source.relational:
        return
    if source.comodel_name == found.model_name or source.comodel_name not in registry:
        return
    if namesake := registry[source.comodel_name]._fields.get(found.name):
        yield namesake


def _written_to(registry: Registry, found: Field) -> Iterator[Field]:
    """Yield the fields that are written when a field is."""
    if found.related or found.inverse:
        for path in _paths(registry, found):
            yield from list(_steps(registry, found.model_name, path))[-1:]


def _paths(registry: Registry, found: Field) -> Iterable[str]:
    """Return the paths from a field to those that it is related to or depends on."""
    return [found.related] if found.related else registry.field_depends.get(found, ())


def _steps(registry: Registry, model: str | None, path: str) -> Iterator[Field]:
    """Yield the fields along a dotted path."""
    for name in path.split("."):
        found = registry[model]._fields.get(name) if model in registry else None
        if found is None:
            return
        yield found
        model = found.comodel_name


# ------------------------------------------------------------
# Views of the database
# ------------------------------------------------------------


def _views(policy: Policy, registry: Registry) -> frozenset[str]:
    """Return the views of the database that may be made of what is hidden.

    Which tables they are made of is known of some, by ``_depends``: those with a
    column that is hidden count, and those with records that are.
    """
    limited = {name for name, limits in policy.models.items() if limits.hides}
    if not limited:
        return frozenset()
    limited |= {
        name for name, found in policy.hidden if _is_column(registry, name, found)
    }
    return frozenset(
        name
        for name, model in registry.items()
        if not model._auto
        and not model._abstract
        and name not in policy.models
        and (not model._depends or limited & set(model._depends))
    )


def _is_column(registry: Registry, model: str, name: str) -> bool:
    found = registry[model]._fields[name]
    return bool(found.store and found.column_type)

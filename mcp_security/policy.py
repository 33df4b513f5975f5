"""What access records say, worked out for one user: which models, which fields.

A value that is hidden must not come out under another name. So what follows from it is
hidden too: fields that are related to it or computed from it, and the views of the
database that may have been made of it. Where nobody can know what a field is computed
from, it is taken to be of what is hidden. Where an access record lists a field by name,
its administrator has decided otherwise, and that stands.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from odoo.fields import Field
from odoo.models import MAGIC_COLUMNS
from odoo.modules.registry import Registry
from odoo.tools import frozendict

from .copies import COPIES

OPERATIONS = ("read", "create", "write", "unlink")
#: What a default policy lets clients do with models that have no access record.
DEFAULTS: Mapping[str, frozenset[str]] = {
    "odoo": frozenset(OPERATIONS),
    "read": frozenset({"read"}),
    "nothing": frozenset(),
}

#: A field, by the name of its model and its own.
Name = tuple[str, str]

#: Types of fields that are more than a yes, a choice or a number of a record.
_TELLING = frozenset(
    {"char", "text", "html", "integer", "float", "monetary", "date", "datetime"}
    | {"binary", "json"}
)
#: What every record has, whatever it is related to.
_COMMON = frozenset({"id", "display_name", "name", "active"})


@dataclass(frozen=True, slots=True)
class ModelPolicy:
    """What clients may do with one model.

    :ivar records: ids of the access records that decide
    :ivar operations: those of :data:`OPERATIONS` that are allowed
    :ivar readable: names of the fields that may be read, ``None`` for all
    :ivar writable: names of the fields that may be written, ``None`` for those that may
        be read
    :ivar methods: names of the methods that may be called, ``None`` for all; what that
        comes to says :attr:`named`
    :ivar blocked: names of methods that may not, whatever *methods* says
    :ivar prints: whether documents are printed, whatever they show
    :ivar cap: how many records one call may return or change, 0 for no limit
    :ivar domains: texts of the domains that all have to match
    """

    records: tuple[int, ...] = ()
    operations: frozenset[str] = frozenset()
    readable: frozenset[str] | None = None
    writable: frozenset[str] | None = None
    methods: frozenset[str] | None = None
    blocked: frozenset[str] = frozenset()
    prints: bool = False
    cap: int = 0
    domains: tuple[str, ...] = ()

    def __and__(self, other: "ModelPolicy") -> "ModelPolicy":
        """Return what both allow.

        >>> both = ModelPolicy(operations=frozenset({"read", "write"}), cap=5)
        >>> (both & ModelPolicy(operations=frozenset({"read"}))).cap
        5
        """
        return ModelPolicy(
            records=tuple(dict.fromkeys(self.records + other.records)),
            operations=self.operations & other.operations,
            readable=_both(self.readable, other.readable),
            writable=_both(self.writable, other.writable),
            methods=_both(self.named, other.named),
            blocked=self.blocked | other.blocked,
            prints=self.prints and other.prints,
            cap=min(self.cap, other.cap) or self.cap or other.cap,
            domains=tuple(dict.fromkeys(self.domains + other.domains)),
        )

    @property
    def named(self) -> frozenset[str] | None:
        """The names of the methods that may be called, ``None`` for all.

        Nobody knows what a method does: where nothing may be changed, only those are
        called that are named.

        >>> reading = ModelPolicy(operations=frozenset({"read"}))
        >>> reading.named
        frozenset()
        >>> (reading & ModelPolicy(methods=frozenset({"action_open"}))).named
        frozenset()
        """
        if self.methods is None and "write" not in self.operations:
            return frozenset()
        return self.methods

    def calls(self, method: str) -> bool:
        """Return whether clients may call the public method *method*."""
        listed = self.named is None or method in self.named
        return listed and method not in self.blocked

    @property
    def hides(self) -> bool:
        """Whether there is something to read that clients must not learn."""
        return (
            "read" not in self.operations
            or self.readable is not None
            or bool(self.domains)
        )


def _both(
    one: frozenset[str] | None, other: frozenset[str] | None
) -> frozenset[str] | None:
    if one is None or other is None:
        return other if one is None else one
    return one & other


@dataclass(frozen=True, slots=True)
class Policy:
    """What access records say to one user in some companies.

    :ivar models: by name, those that have an access record
    :ivar operations: what is allowed with other models
    :ivar hidden: fields that may not be read, of models that list none
    :ivar protected: fields that may not be written, of models that list none
    :ivar filled: fields of wizards that Odoo fills in: written, and not read
    :ivar closed: views of the database that may show what is hidden
    """

    models: Mapping[str, ModelPolicy] = field(default_factory=frozendict)
    operations: frozenset[str] = DEFAULTS["odoo"]
    hidden: frozenset[Name] = frozenset()
    protected: frozenset[Name] = frozenset()
    filled: frozenset[Name] = frozenset()
    closed: frozenset[str] = frozenset()
    #: As *hidden*, found out where one was computed: not every field says from what.
    learned: set[Name] = field(default_factory=set, compare=False)

    def __bool__(self) -> bool:
        """Whether it forbids anything."""
        return bool(self.models) or self.operations != DEFAULTS["odoo"]

    def operations_on(self, model: str) -> frozenset[str]:
        """Return the operations that are allowed on a model as a whole."""
        if policy := self.models.get(model):
            return policy.operations
        return frozenset() if model in self.closed else self.operations

    def allows(self, model: str, operation: str) -> bool:
        """Return whether an operation is allowed on the model as a whole."""
        return operation in self.operations_on(model)

    def shows(self, found: Field) -> bool:
        """Return whether a field may be read."""
        policy = self.models.get(found.model_name)
        if policy and policy.readable is not None:
            return found.name in policy.readable or found.name in _always(policy)
        name = (found.model_name, found.name)
        unseen = self.hidden, self.filled, self.learned
        return not any(name in names for names in unseen)

    def lists(self, found: Field) -> bool:
        """Return whether an access record lists a field by name."""
        return self._lists(found.model_name, "read") and self.shows(found)

    def learn(self, fields: Iterable[Field]) -> None:
        """Hide fields from now on that were seen to be computed from hidden ones."""
        self.learned.update((found.model_name, found.name) for found in fields)

    def lets_write(self, found: Field) -> bool:
        """Return whether a field may be written."""
        policy = self.models.get(found.model_name)
        if policy and policy.writable is not None:
            return found.name in policy.writable
        name = (found.model_name, found.name)
        return (name in self.filled or self.shows(found)) and name not in self.protected

    def prints(self, model: str) -> bool:
        """Return whether documents of a model may be printed.

        What they show is decided by their templates, which may read anything.
        """
        if not self.hides:
            return self.allows(model, "read")
        policy = self.models.get(model)
        return policy is not None and policy.prints

    def files(self, registry: Registry) -> dict[str, set[str]]:
        """Return the hidden fields whose values are kept as files, by model."""
        found = {}
        for name in {*self.models, *(model for model, _field in self.hidden)}:
            for file in registry[name]._fields.values() if name in registry else ():
                if file.type == "binary" and file.store and not self.shows(file):
                    found.setdefault(name, set()).add(file.name)
        return found

    def completed(self, registry: Registry) -> "Policy":
        """Return the policy with what follows from it for the fields of a registry."""
        if not self:
            return self
        seen = replace(self, filled=self._filled(registry))
        seen = replace(seen, hidden=seen._following(registry, "read") - seen.filled)
        return replace(
            seen,
            protected=seen._following(registry, "write"),
            closed=seen._views(registry),
        )

    def _following(self, registry: Registry, operation: str) -> frozenset[Name]:
        """Return the fields through which what is not admitted is read or written.

        Of models that list their fields there are none: the list decides.
        """
        admits = self.shows if operation == "read" else self.lets_write
        sources = self._sources if operation == "read" else _written_to
        followers = {
            found: [
                (source, bool(found.related) and source.model_name != name)
                for source in sources(registry, found)
            ]
            for name, model in registry.items()
            if not self._lists(name, operation)
            for found in model._fields.values()
            if found.related
            or found.compute
            or found.search
            or (name, found.name) in COPIES
        }
        reached: set[Field] = set()
        if operation == "read" and self.hides:
            reached.update(
                found for found in followers if _is_unexplained(registry, found)
            )
            for found in reached:
                del followers[found]
            reached.update(self._openers(registry))

        def leads(source: Field, follower: Field, *, elsewhere: bool) -> bool:
            if (source.model_name, source.name) in self.filled:
                # how a wizard goes on is none of the values that it is filled with
                return follower.type in _TELLING
            if source in reached or not admits(source):
                return True
            # an alias of a field of a model that is not open at all
            return elsewhere and not self.allows(source.model_name, operation)

        while followers:
            found = {
                follower
                for follower, steps in followers.items()
                if any(
                    leads(step, follower, elsewhere=elsewhere)
                    for step, elsewhere in steps
                )
            }
            if not found:
                break
            reached |= found
            for follower in found:
                del followers[follower]
        return frozenset((found.model_name, found.name) for found in reached)

    @property
    def hides(self) -> bool:
        """Whether there is something to read that clients must not learn."""
        return "read" not in self.operations or any(
            policy.hides for policy in self.models.values()
        )

    def _filled(self, registry: Registry) -> frozenset[Name]:
        """Return the fields of wizards that Odoo fills in from anything it likes.

        From the records that a wizard is about, of any model, or from a template.
        """
        if not self.hides:
            return frozenset()
        wizards = {
            name: model
            for name, model in registry.items()
            if model._transient and not self._lists(name, "read")
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

    def _openers(self, registry: Registry) -> Iterator[Field]:
        """Yield the fields that open pages to everybody, which show what they like."""
        for name, model in registry.items():
            if "access_token" in model._fields and not self._lists(name, "read"):
                yield model._fields["access_token"]

    def _sources(self, registry: Registry, found: Field) -> Iterator[Field]:
        """Yield the fields that the value of a field is made of."""
        for path in _paths(registry, found):
            steps = list(_steps(registry, found.model_name, path))
            yield from steps
            if steps:
                yield from _namesakes(registry, found, steps[-1])
                yield from self._nameless(registry, steps[-1])
        for model, name in COPIES.get((found.model_name, found.name), ()):
            if model in registry and name in registry[model]._fields:
                yield registry[model]._fields[name]

    def _nameless(self, registry: Registry, source: Field) -> Iterator[Field]:
        """Yield the hidden names of records, for what may be the name of any record."""
        if source.type in ("many2one_reference", "reference"):
            for model in self.models:
                if model in registry:
                    yield registry[model]._fields["display_name"]

    def _lists(self, model: str, operation: str) -> bool:
        """Return whether an access record lists the fields of a model."""
        policy = self.models.get(model)
        if policy is None:
            return False
        fields = policy.readable if operation == "read" else policy.writable
        return fields is not None

    def _views(self, registry: Registry) -> frozenset[str]:
        """Return the views of the database that may be made of what is hidden.

        Which tables they are made of is known of some, by ``_depends``: those with a
        column that is hidden count, and those with records that are.
        """
        limited = {name for name, policy in self.models.items() if policy.hides}
        if not limited:
            return frozenset()
        limited |= {
            name for name, found in self.hidden if _is_column(registry, name, found)
        }
        return frozenset(
            name
            for name, model in registry.items()
            if not model._auto
            and not model._abstract
            and name not in self.models
            and (not model._depends or limited & set(model._depends))
        )


def _always(policy: ModelPolicy) -> frozenset[str]:
    # the number of a record names it; the rest of Odoo's searches can't do without
    # telling archived records from others
    return frozenset({"id", "active"})


def _is_unexplained(registry: Registry, found: Field) -> bool:
    """Return whether nobody can know what a field is computed from, or searched by."""
    if found.store or found.related or found.name in _COMMON:
        return False
    if not found.compute:
        return bool(found.search)
    return found.type in _TELLING and not registry.field_depends.get(found)


def _is_column(registry: Registry, model: str, name: str) -> bool:
    found = registry[model]._fields[name]
    return bool(found.store and found.column_type)


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

"""What access records say, worked out for one user: which models, which fields.

What follows from that for other fields, and for views of the database, is found by
:mod:`.inference`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from odoo.fields import Field
from odoo.modules.registry import Registry
from odoo.tools import frozendict

OPERATIONS = ("read", "create", "write", "unlink")
#: What a default policy lets clients do with models that have no access record.
DEFAULTS: Mapping[str, frozenset[str]] = {
    "odoo": frozenset(OPERATIONS),
    "read": frozenset({"read"}),
    "nothing": frozenset(),
}

#: A field, by the name of its model and its own.
Name = tuple[str, str]

#: Fields that are always readable: the number of a record names it, and the rest of
#: Odoo's searches can't do without telling archived records from others.
_ALWAYS = frozenset({"id", "active"})


@dataclass(frozen=True, slots=True)
class ModelPolicy:
    """What clients may do with one model.

    :ivar records: ids of the access records that decide
    :ivar operations: those of :data:`OPERATIONS` that are allowed
    :ivar readable: names of the fields that may be read, ``None`` for all
    :ivar writable: names of the fields that may be written, ``None`` for those that may
        be read
    :ivar methods: names of the methods that may be called, ``None`` for all;
        :attr:`named` says what that comes to
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

    The last four are what :func:`.inference.completed` adds.
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
        if limits := self.models.get(model):
            return limits.operations
        return frozenset() if model in self.closed else self.operations

    def allows(self, model: str, operation: str) -> bool:
        """Return whether an operation is allowed on the model as a whole."""
        return operation in self.operations_on(model)

    def shows(self, found: Field) -> bool:
        """Return whether a field may be read."""
        limits = self.models.get(found.model_name)
        if limits and limits.readable is not None:
            return found.name in limits.readable or found.name in _ALWAYS
        name = (found.model_name, found.name)
        unseen = self.hidden, self.filled, self.learned
        return not any(name in names for names in unseen)

    def lists(self, found: Field) -> bool:
        """Return whether an access record lists a field by name."""
        return self.lists_fields(found.model_name, "read") and self.shows(found)

    def learn(self, fields: Iterable[Field]) -> None:
        """Hide fields from now on that were seen to be computed from hidden ones."""
        self.learned.update((found.model_name, found.name) for found in fields)

    def lets_write(self, found: Field) -> bool:
        """Return whether a field may be written."""
        limits = self.models.get(found.model_name)
        if limits and limits.writable is not None:
            return found.name in limits.writable
        name = (found.model_name, found.name)
        return (name in self.filled or self.shows(found)) and name not in self.protected

    def prints(self, model: str) -> bool:
        """Return whether documents of a model may be printed.

        What they show is decided by their templates, which may read anything.
        """
        if not self.hides:
            return self.allows(model, "read")
        limits = self.models.get(model)
        return limits is not None and limits.prints

    def files(self, registry: Registry) -> dict[str, set[str]]:
        """Return the hidden fields whose values are kept as files, by model."""
        found = {}
        for name in {*self.models, *(model for model, _field in self.hidden)}:
            for file in registry[name]._fields.values() if name in registry else ():
                if file.type == "binary" and file.store and not self.shows(file):
                    found.setdefault(name, set()).add(file.name)
        return found

    @property
    def hides(self) -> bool:
        """Whether there is something to read that clients must not learn."""
        return "read" not in self.operations or any(
            limits.hides for limits in self.models.values()
        )

    def lists_fields(self, model: str, operation: str) -> bool:
        """Return whether an access record lists the fields of a model.

        :param operation: ``read`` or ``write``
        """
        limits = self.models.get(model)
        if limits is None:
            return False
        fields = limits.readable if operation == "read" else limits.writable
        return fields is not None

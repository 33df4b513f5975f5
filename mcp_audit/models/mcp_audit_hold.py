"""Legal holds: what is not deleted, however old it is."""

from odoo import api, fields, models
from odoo.exceptions import UserError, ValidationError

from .. import conditions, store

#: The columns that a hold may name. An end has them as its beginning has: what comes of
#: a call is held as a whole. ``mcp_audit_about`` in sql/holds.sql knows the same.
NUMBERS = ("user_id", "session_id")
TEXTS = (
    "login",
    "model",
    "tool",
    "resource",
    "prompt",
    "kind",
    "address",
    "credential",
    "client_name",
    "request_id",
)


class McpAuditHold(models.Model):
    _name = "mcp.audit.hold"
    _description = "MCP Legal Hold"
    _order = "id desc"

    name = fields.Char(required=True)
    reason = fields.Text(required=True, help="Why, and who asked for it.")
    date_from = fields.Date("From", help="The first day, in UTC.")
    date_to = fields.Date("To", help="The last day, in UTC.")
    user_ids = fields.Many2many(
        "res.users",
        string="Users",
        context={"active_test": False},
        help="What these users did; of anybody where there is none.",
    )
    model_names = fields.Char(
        "Models",
        help="Technical names, such as res.partner, separated by commas.",
    )
    tool_names = fields.Char("Tools", help="Names of tools, separated by commas.")
    domain = fields.Char(
        "Further Conditions",
        help="Only “is” and “is in”, and all of them have to be met.",
    )
    conditions = fields.Json(readonly=True, copy=False)
    state = fields.Selection(
        [("draft", "Draft"), ("active", "Active"), ("released", "Released")],
        required=True,
        readonly=True,
        copy=False,
        default="draft",
    )
    placed_by = fields.Many2one("res.users", readonly=True, copy=False)
    placed_at = fields.Datetime(readonly=True, copy=False)
    release_reason = fields.Text(copy=False)
    released_by = fields.Many2one("res.users", readonly=True, copy=False)
    released_at = fields.Datetime(readonly=True, copy=False)

    #: What only placing and releasing write.
    _OWN = frozenset(
        {
            "conditions",
            "state",
            "placed_by",
            "placed_at",
            "released_by",
            "released_at",
        }
    )

    _dates_in_order = models.Constraint(
        "CHECK (date_from <= date_to)", "The first day must not be after the last one."
    )

    def init(self):
        for name in ("holds", "retention"):
            store.install(self.env, name)

    # ------------------------------------------------------------
    # Changing
    # ------------------------------------------------------------

    @api.model
    def default_get(self, fields):
        """No default, of a context or of a user, places a hold."""
        defaults = super().default_get(
            [name for name in fields if name not in self._OWN]
        )
        return defaults | ({"state": "draft"} if "state" in fields else {})

    @api.model_create_multi
    def create(self, vals_list):
        for vals in vals_list:
            if self._OWN & vals.keys():
                raise UserError(self.env._("A new hold is a draft: place it then."))
        return super().create(vals_list)

    def write(self, vals):
        if self._OWN & vals.keys():
            raise UserError(self.env._("A hold is placed and released, not edited."))
        states = set(self.mapped("state"))
        edited = vals.keys() - {"release_reason"}
        if "released" in states or ("active" in states and edited):
            raise UserError(
                self.env._(
                    "A hold that was placed can't be changed. Place another one first, "
                    "then release this one."
                )
            )
        return super().write(vals)

    @api.ondelete(at_uninstall=False)
    def _unlink_only_drafts(self):
        if any(hold.state != "draft" for hold in self):
            raise UserError(
                self.env._("A hold that was placed can't be deleted. Release it.")
            )

    @api.constrains("domain")
    def _check_domain(self):
        for hold in self:
            hold._conditions()

    def action_place(self):
        """Keep from now on what the draft is about."""
        self.check_access("write")
        for hold in self:
            if hold.state != "draft":
                raise UserError(self.env._("This hold was placed already."))
            super(McpAuditHold, hold).write(
                {
                    "conditions": hold._conditions(),
                    "state": "active",
                    "placed_by": self.env.uid,
                    "placed_at": fields.Datetime.now(),
                }
            )
            hold._tell("hold.placed", reason=hold.reason)
        return True

    def action_release(self):
        """Keep it no longer."""
        self.check_access("write")
        for hold in self:
            if hold.state != "active":
                raise UserError(self.env._("Only an active hold can be released."))
            if not (hold.release_reason or "").strip():
                raise UserError(self.env._("Say why it is released."))
            super(McpAuditHold, hold).write(
                {
                    "state": "released",
                    "released_by": self.env.uid,
                    "released_at": fields.Datetime.now(),
                }
            )
            hold._tell("hold.released", reason=hold.release_reason)
        return True

    def _tell(self, kind, **facts):
        # not under their own names: the columns of an event say what happened to it
        conditions = self.conditions or {}
        about = {f"held_{name}": values for name, values in conditions.items()}
        self.env["mcp.audit.event"]._record(
            kind,
            {
                "hold": self.id,
                "name": self.name,
                "date_from": fields.Date.to_string(self.date_from) or None,
                "date_to": fields.Date.to_string(self.date_to) or None,
                **about,
                **facts,
            },
        )

    # ------------------------------------------------------------
    # Conditions
    # ------------------------------------------------------------

    def _conditions(self):
        """Return {column: values} of what the hold is about, as the store checks it.

        Names and numbers and no relations: users and tools may be deleted meanwhile.

        :raise ValidationError: the conditions are no such simple ones
        """
        found = {}
        leaves = self._leaves()
        if self.user_ids:
            leaves.append(("user_id", self.user_ids.ids))
        for name, words in (("model", self.model_names), ("tool", self.tool_names)):
            if named := conditions.words(words):
                leaves.append((name, named))
        for name, values in leaves:
            found[name] = [v for v in found.get(name, values) if v in values]
            if not found[name]:
                raise ValidationError(
                    self.env._(
                        "These conditions are met by nothing: %(name)s", name=name
                    )
                )
        return {name: sorted(set(values)) for name, values in found.items()}

    def _leaves(self):
        """Return (column, values) of each condition of the domain."""
        try:
            terms = conditions.literal(self.domain)
            return [self._leaf(term) for term in terms if term != "&"]
        except (TypeError, ValueError) as error:
            raise ValidationError(
                self.env._(
                    "Only these can be conditions, with “is” and “is in”: %(names)s",
                    names=", ".join((*NUMBERS, *TEXTS)),
                )
            ) from error

    @api.model
    def _leaf(self, term):
        """Return (column, values) of one condition.

        :param term: [column, operator, values], from the form
        :raise ValueError: it can't be checked where events are deleted
        """
        name, operator, values = term
        if operator == "=":
            values = [values]
        elif operator != "in":
            raise ValueError(operator)
        kind = int if name in NUMBERS else str
        if name not in (*NUMBERS, *TEXTS) or not values:
            raise ValueError(name)
        if not all(type(value) is kind for value in values):
            raise ValueError(name)
        # what no event has: PostgreSQL could not even be asked for it
        if not all(
            abs(value) < 2**31 if kind is int else value.isprintable()
            for value in values
        ):
            raise ValueError(name)
        return name, list(values)

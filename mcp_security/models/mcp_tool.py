"""Tools under the policy: what they name, how many, and what they change."""

from odoo import api, models

from odoo.addons.mcp_core.exceptions import RETRIED, ToolError

from ..guard import Rest, guarded, guarding


class McpTool(models.Model):
    _inherit = "mcp.tool"

    @api.model
    def _call(self, exchange, tool, arguments):
        # an administrator who tries a tool comes this way only
        with guarded(exchange) as guard:
            while True:
                learned = len(guard.policy(self.env).learned)
                result = super()._call(exchange, tool, arguments)
                if len(guard.policy(self.env).learned) == learned:
                    return result
                # Refused for a field that turned out to be computed from hidden ones,
                # and nothing was done. Now that it is known, others can do without it.

    # ------------------------------------------------------------
    # What is named
    # ------------------------------------------------------------

    @api.model
    def _target_model(self, name, *, changing=False):
        guard, model = guarding(self.env), self.env.get(name)
        if (
            guard
            and model is not None
            and not model._abstract
            and not guard.policy(self.env).allows(name, "read")
        ):
            # says so, where Odoo would say that there is no such model
            raise self._refused(guard, model, "read")
        return super()._target_model(name, changing=changing)

    @api.model
    def _target_field(self, model, name):
        guard, field = guarding(self.env), model._fields.get(name)
        if guard and field is not None and not guard.admits(self.env, field, "read"):
            raise self._refused(guard, model, "read", field)
        return super()._target_field(model, name)

    @api.model
    def _refused(self, guard, model, operation, field=None):
        access = self.env["mcp.access.record"]
        return ToolError(str(access._refusal(guard, model, operation, field)))

    @api.model
    def _is_callable(self, model, name):
        if guard := guarding(self.env):
            policy = guard.policy(self.env)
            if limits := policy.models.get(model._name):
                if not limits.calls(name):
                    return False
            elif not policy.allows(model._name, "write"):
                # nobody knows what a method does: it is more than reading
                return False
            elif policy.hides and self._is_rendered(model) and not model._transient:
                # sends what a template makes of any record
                return False
        return super()._is_callable(model, name)

    @api.model
    def _record_cap(self, model):
        cap = super()._record_cap(model)
        if guard := guarding(self.env):
            limits = guard.policy(self.env).models.get(model._name)
            if limits and limits.cap:
                return min(cap or limits.cap, limits.cap)
        return cap

    # ------------------------------------------------------------
    # What is changed
    # ------------------------------------------------------------

    @api.model
    def _change(self, records, operation, run):
        guard = guarding(self.env)
        if guard is None or guard.rest:
            return super()._change(records, operation, run)
        for model, needed in self._needed(records, operation):
            if not guard.policy(self.env).allows(model._name, needed):
                raise self._refused(guard, model, needed)
        if records._transient and operation in ("create", "write"):
            # What a wizard is filled with can be read of it: nothing that is hidden.
            guard.filling = True
            try:
                return super()._change(records, operation, run)
            finally:
                guard.filling = False
        guard.tainted = False
        try:
            with guard.resting(Rest.OWN_CODE):
                result = super()._change(records, operation, run)
                # computed fields and constraints that Odoo puts off
                self.env.cr.flush()
        except RETRIED:
            raise
        except Exception as error:
            if not guard.tainted:
                raise
            # its text may show what was read on the way
            raise ToolError(
                self.env._(
                    "Odoo refuses this, and its reason may tell of what is not open "
                    "here. Nothing was changed."
                )
            ) from error
        if operation == "call":
            return self._shown(result, guard)
        self._check_open(guard, result if operation == "create" else records.exists())
        return result

    @api.model
    def _is_counted(self, model):
        if not super()._is_counted(model):
            return False
        guard = guarding(self.env)
        if guard is None:
            return True
        # of a model whose records are not all open, those that are not would count
        rules = self.env["ir.rule"]
        return rules._restriction(guard.policy(self.env), model._name).is_true()

    @api.model
    def _check_open(self, guard, records):
        """Refuse a change that has made one of the records what is not open.

        :raise ToolError: it has
        """
        access = self.env["mcp.access.record"]
        open_ones = access._restriction(guard.policy(self.env), records._name)
        if records.sudo().filtered_domain(open_ones) != records.sudo():
            raise self._refused(guard, records, "write")

    @api.model
    def _needed(self, records, operation):
        """Yield the models and operations that a change needs."""
        if operation == "call":
            # decided by its name
            return
        yield records, operation
        for parent in records._inherits:
            # a record of it is made or changed along, and deleted by Odoo as it likes
            if operation == "create":
                yield self.env[parent], operation

    @api.model
    def _shown(self, result, guard):
        """Return what is told of a method's result."""
        if isinstance(result, models.BaseModel) or result in (None, True, False):
            return result
        if not guard.tainted:
            return result
        if isinstance(result, dict) and "type" in result:
            # what a window is opened with may be what was read
            return {
                key: value
                for key, value in result.items()
                if key not in ("context", "domain", "params", "url", "data")
            }
        return True

    @api.model
    def _check_related(self, records, operation):
        super()._check_related(records, operation)
        guard = guarding(self.env)
        if guard is None or guard.rest:
            return
        policy = guard.policy(self.env)
        if not policy.allows(records._name, operation):
            raise self._refused(guard, records, operation)
        limits = policy.models.get(records._name)
        if limits and limits.domains and operation != "unlink":
            # whether the outcome is one of those that are open is looked at there
            raise ToolError(
                self.env._(
                    "Only some records of %s are open here: create and change them "
                    "with calls of their own.",
                    records._name,
                )
            )

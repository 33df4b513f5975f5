"""What the trail notes of its own work is nobody else's to say."""

from odoo import fields
from odoo.tests import tagged

from odoo.addons.queue_job.tests.common import trap_jobs

from .retention_common import RetentionCase

_OWN = frozenset({"id", "name", "create_date", "write_date", "create_uid", "write_uid"})


@tagged("post_install", "-at_install")
class TestBookkeeping(RetentionCase):
    def setUp(self):
        super().setUp()
        self.eraser = self.new_user(
            "eraser", "base.group_user,mcp_audit.group_auditor,mcp_core.group_manager"
        )

    def test_neither_a_context_nor_a_default_says_what_was_done(self):
        for name, ask in (
            ("mcp.audit.verification", self.ask_for_verification),
            ("mcp.audit.export", self.ask_for_export),
            ("mcp.audit.purge", self.ask_for_purge),
            ("mcp.audit.purge", self.ask_for_erasure),
            ("mcp.audit.hold", self.draft_hold),
        ):
            env = self.env(user=self.eraser)
            true = self.made(ask, env, name)
            lies = self.lies(name)
            context = {f"default_{field}": value for field, value in lies.items()}
            with self.subTest(ask=ask.__name__, by="context"):
                told = self.made(ask, env(context=context), name)
                self.assertEqual(told, true)
            for field, value in lies.items():
                if self.env[name]._fields[field].type != "json":
                    self.env["ir.default"].set(name, field, value)
            with self.subTest(ask=ask.__name__, by="default"):
                self.assertEqual(self.made(ask, env, name), true)

    def lies(self, name):
        """Return a value for each field that only the code writes."""
        values = {
            "boolean": True,
            "integer": 7,
            "float": 7.0,
            "text": "forged",
            "char": "forged",
            "datetime": fields.Datetime.now(),
            "json": {"forged": 1},
            "many2one": self.env.uid,
        }
        return {
            field.name: field.get_values(self.env)[-1]
            if field.type == "selection"
            else values[field.type]
            for field in self.written(name)
        }

    def written(self, name):
        records = self.env[name]
        return [
            field
            for field in records._fields.values()
            if field.store
            and field.name not in _OWN
            and field.name in getattr(records, "_OWN", records._fields)
        ]

    def made(self, ask, env, name):
        """Return what a new record says, which is taken away again."""
        with trap_jobs():
            before = self.env[name].search([])
            ask(env)
            self.env.flush_all()
            [record] = self.env[name].search([]) - before
        told = {field.name: record[field.name] for field in self.written(name)}
        record.unlink()
        return told

    def ask_for_verification(self, env):
        env["mcp.audit.verification"].action_verify()

    def ask_for_export(self, env):
        env["mcp.audit.export"]._request("csv", ["id"], [])

    def ask_for_purge(self, env):
        # what the wizard itself is asked for is the user's to say
        previews = self.env(user=self.eraser)["mcp.audit.retention.preview"]
        previews.create({}).with_env(env).action_run()

    def ask_for_erasure(self, env):
        env["mcp.audit.erasure"].create(
            {"reason": "Asked for", "scope": "user", "user_id": self.user.id}
        ).action_erase()

    def draft_hold(self, env):
        env["mcp.audit.hold"].create({"name": "Trial", "reason": "Court"})

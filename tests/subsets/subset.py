"""An Odoo that has only some of the addons, and everything that is in its database."""

from contextlib import contextmanager

from endpoint import Endpoint

#: What there is in a database, by what it is.
_EVERYTHING = {
    "tables": "SELECT nspname || '.' || relname FROM pg_class"
    " JOIN pg_namespace ON pg_namespace.oid = relnamespace"
    " WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema'",
    "columns": "SELECT attrelid::regclass || '.' || attname FROM pg_attribute"
    " JOIN pg_class ON pg_class.oid = attrelid WHERE relkind = 'r'"
    " AND relnamespace = 'public'::regnamespace AND attnum > 0 AND NOT attisdropped",
    "constraints": "SELECT conrelid::regclass || '.' || conname FROM pg_constraint"
    " WHERE connamespace = 'public'::regnamespace",
    "functions": "SELECT proname FROM pg_proc"
    " WHERE pronamespace = 'public'::regnamespace",
    "triggers": "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal",
    "models": "SELECT model FROM ir_model",
    "fields": "SELECT model || '.' || name FROM ir_model_fields",
    "external ids": "SELECT module || '.' || name FROM ir_model_data"
    " WHERE module NOT LIKE '\\_\\_%'",
    "parameters": "SELECT key FROM ir_config_parameter",
    "scheduled actions": "SELECT cron_name FROM ir_cron",
    "menus": "SELECT name ->> 'en_US' FROM ir_ui_menu",
    "views": "SELECT name || model FROM ir_ui_view",
    "actions": "SELECT type || (name ->> 'en_US') FROM ir_actions",
    "groups": "SELECT name ->> 'en_US' FROM res_groups",
    "rules": "SELECT name FROM ir_rule",
    "keys": "SELECT name FROM res_users_apikeys",
    "files of records": "SELECT DISTINCT res_model FROM ir_attachment"
    " WHERE res_model IS NOT NULL",
}
#: Where the addons are that need it.
_JOBS = {
    "jobs": "SELECT uuid FROM queue_job",
    "channels": "SELECT complete_name FROM queue_job_channel",
    "job functions": "SELECT name FROM queue_job_function",
}
_UNINSTALL = """
def main(env, addons):
    modules = env["ir.module.module"].search([("name", "in", addons)])
    modules.button_immediate_uninstall()
"""


class Subset:
    """A database, and a server on it while it is asked for.

    :param addons: those of the project that it is about
    """

    def __init__(self, addons):
        from bootstrap import modules
        from bootstrap.instance import Instance
        from bootstrap.testbed import Testbed

        testbed = Testbed.current()
        self.addons = tuple(addons)
        foreign = {a: modules.foreign_dependencies(a) for a in addons}
        largest = max(foreign, key=lambda addon: len(foreign[addon]))
        self._wide = ["base", "rpc", "web", "mcp_core"]
        self.has_jobs = "queue_job" in foreign[largest]
        if self.has_jobs:
            self._wide.append("queue_job")
        self.odoo = Instance.clone(
            testbed=testbed,
            template=testbed.addon_template(largest),
            options={"server_wide_modules": ",".join(self._wide)},
            channels="root:0",
        )
        self.before = self.everything()

    def remove(self):
        self.odoo.stop()
        self.odoo.server.remove()

    def install(self):
        """Install the addons, as an administrator does who wants no others."""
        from bootstrap.server import provision

        self.odoo.install(self.addons)
        self.odoo.keys.update(provision(self.odoo.server))

    def update(self):
        """Update all of them."""
        self.odoo.install([], update=self.addons)

    def uninstall(self, addon):
        """Uninstall an addon, and with it those that need it.

        What is loaded for all databases Odoo does not uninstall: first it is taken out
        of ``server_wide_modules``.
        """
        wide = [name for name in self._wide if name != addon]
        options = {"server_wide_modules": ",".join(wide)}
        self.odoo.server.configure(0, 0, options=options)
        self.odoo.shell(_UNINSTALL, addons=[addon])

    @contextmanager
    def serving(self):
        """Yield the endpoint, as the administrator reaches it."""
        self.odoo.start()
        try:
            with Endpoint(self.odoo.url, self.odoo.keys["admin"], 30) as client:
                yield client
        finally:
            self.odoo.stop()

    def rows(self, query):
        """Return what a query finds."""
        connection = self.odoo.connect()
        connection.autocommit = True
        try:
            with connection.cursor() as cr:
                cr.execute(query)
                return cr.fetchall()
        finally:
            connection.close()

    def everything(self):
        """Return the names of all that is in the database, by what it is."""
        queries = _EVERYTHING | (_JOBS if self.has_jobs else {})
        return {
            what: {name for (name,) in self.rows(query)}
            for what, query in queries.items()
        }

    def left(self):
        """Return what is in the database now and was not there before."""
        now = self.everything()
        found = {what: sorted(now[what] - self.before[what]) for what in now}
        return {what: names for what, names in found.items() if names}

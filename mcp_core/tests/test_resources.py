"""Resources and completion, with methods that exist for the test only."""

from odoo import api
from odoo.exceptions import AccessError, ValidationError
from odoo.tests import mute_logger, tagged

from ..decorators import completion_method, resource_method
from .common import LATEST_LEGACY, MODERN, McpCase, RequestFailed


@tagged("post_install", "-at_install")
class TestResources(McpCase):
    def provide(self, uri, method, completion=None, **values):
        """Offer *method* as the resource *uri* for the length of the test."""
        model_class = type(self.env["mcp.resource"])
        if not hasattr(model_class, "_resource_probe"):
            self.addCleanup(self.env.registry.clear_cache)
            self.addCleanup(delattr, model_class, "_resource_probe")
        model_class._resource_probe = resource_method(method)
        if completion:
            model_class._complete_probe = completion_method(completion)
            self.addCleanup(delattr, model_class, "_complete_probe")
            values["completion"] = "_complete_probe"
        self.env.registry.clear_cache()
        return self.env["mcp.resource"].create(
            {"uri": uri, "name": "probe", "method": "_resource_probe", **values}
        )

    def listed(self, client, method, member, uri):
        """Return the addresses of the test's own entries in a list."""
        entries = client.request(method)[member]
        return {entry[uri] for entry in entries if entry[uri].startswith("test://")}

    def assertNotFound(self, revision, uri):
        code = -32602 if revision == MODERN else -32002
        with self.assertRaises(RequestFailed) as failure:
            self.client(self.user, revision).request("resources/read", {"uri": uri})
        self.assertEqual(failure.exception.code, code)
        self.assertEqual(failure.exception.data, {"uri": uri})

    def test_a_fixed_one_is_listed_and_read_as_text_or_blob(self):
        @api.model
        def probe(resources, exchange, uri):
            return b"\0bytes" if "binary" in uri else "text"

        self.provide("test://text", probe, mime_type="text/plain")
        resource = self.provide("test://binary", probe, mime_type="image/png")
        for revision in (LATEST_LEGACY, MODERN):
            client = self.client(self.user, revision)
            self.assertEqual(
                self.listed(client, "resources/list", "resources", "uri"),
                {"test://text", "test://binary"},
            )
            read = client.request("resources/read", {"uri": "test://text"})
            self.assertEqual(
                read["contents"],
                [{"uri": "test://text", "mimeType": "text/plain", "text": "text"}],
            )
            read = client.request("resources/read", {"uri": "test://binary"})
            self.assertEqual(read["contents"][0]["blob"], "AGJ5dGVz")
        resource.group_ids = self.env.ref("mcp_core.group_manager")
        self.assertNotFound(MODERN, "test://binary")

    def test_a_template_gives_its_variables_to_the_method(self):
        @api.model
        def probe(resources, exchange, uri, kind, path):
            return f"{kind}|{path}" if kind != "none" else None

        self.provide("test://{kind}/of/{+path}", probe)
        client = self.client(self.user)
        templates = ("resources/templates/list", "resourceTemplates", "uriTemplate")
        self.assertEqual(self.listed(client, *templates), {"test://{kind}/of/{+path}"})
        self.assertEqual(
            self.listed(client, "resources/list", "resources", "uri"), set()
        )
        uri = "test://a%20b/of/c/d"
        read = client.request("resources/read", {"uri": uri})
        self.assertEqual(read["contents"][0]["text"], "a b|c/d")
        for revision in (LATEST_LEGACY, MODERN):
            for uri in ("test://none/of/x", "test://a/b/of/c", "other://x", ""):
                self.assertNotFound(revision, uri)

    def test_what_the_caller_may_not_see_is_not_found(self):
        @api.model
        def probe(resources, exchange, uri):
            raise AccessError("hidden")  # pylint: disable=translation-required

        self.provide("test://hidden", probe)
        self.assertNotFound(MODERN, "test://hidden")

    @mute_logger("odoo.sql_db")
    def test_reading_changes_nothing(self):
        @api.model
        def probe(resources, exchange, uri):
            resources.env["res.partner"].sudo().create({"name": "left behind"})
            return "changed"

        self.provide("test://writer", probe)
        with (
            self.assertLogs("odoo.addons.mcp_core", "ERROR"),
            self.assertRaises(RequestFailed) as failure,
        ):
            self.client(self.user).request("resources/read", {"uri": "test://writer"})
        self.assertEqual(failure.exception.code, -32603)
        self.assertFalse(
            self.env["res.partner"].search_count([("name", "=", "left behind")])
        )

    def test_completion_proposes_at_most_a_hundred_values(self):
        @api.model
        def probe(resources, exchange, uri, model, id):
            return "text"

        @api.model
        def proposed(resources, exchange, name, value, chosen):
            return [f"{value}{chosen.get('model', '')}{n}" for n in range(150)]

        self.provide("test://{model}/{id}", probe, completion=proposed)
        client = self.client(self.user)
        reference = {"type": "ref/resource", "uri": "test://{model}/{id}"}
        argument = {"name": "id", "value": "v"}
        completion = client.request(
            "completion/complete",
            {
                "ref": reference,
                "argument": argument,
                "context": {"arguments": {"model": "m"}},
            },
        )["completion"]
        self.assertEqual(completion["values"][:2], ["vm0", "vm1"])
        self.assertEqual(len(completion["values"]), 100)
        self.assertEqual((completion["total"], completion["hasMore"]), (150, True))
        for params in (
            {},
            {"ref": reference, "argument": {"name": "id"}},
            {"ref": reference, "argument": {"name": "other", "value": ""}},
            {"ref": {"type": "ref/resource", "uri": "test://x"}, "argument": argument},
            {"ref": {"type": "ref/nothing"}, "argument": argument},
            {"ref": reference, "argument": argument, "context": {"arguments": []}},
        ):
            with self.assertRaises(RequestFailed) as failure:
                client.request("completion/complete", params)
            self.assertEqual(failure.exception.code, -32602)

    def test_a_bad_record_is_refused(self):
        @api.model
        def probe(resources, exchange, uri):
            return "text"

        resource = self.provide("test://x", probe)
        for uri in ("no scheme", "test://{a}/{a}", "test://{", "test://{a,b}"):
            with self.assertRaises(ValidationError):
                resource.uri = uri
        with self.assertRaises(ValidationError):
            resource.method = "unlink"

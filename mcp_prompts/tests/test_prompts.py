"""Prompts through the endpoint (server features, "Prompts")."""

from odoo import Command, api
from odoo.exceptions import ValidationError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.mcp_core.decorators import completion_method
from odoo.addons.mcp_core.protocol import content
from odoo.addons.mcp_core.tests.common import MODERN, McpCase, RequestFailed

from ..prompt import message, prompt_method

#: What the method of the prompt runs for somebody.
_QUERIES = {
    "the slow": "SELECT pg_sleep(3)",
    "the writer": "UPDATE res_partner SET comment = 'x'",
}


@tagged("post_install", "-at_install")
class TestPrompts(McpCase):
    def setUp(self):
        super().setUp()

        @api.model
        def probe(prompts, exchange, who, greeting="Hello"):
            prompts.env.cr.execute(_QUERIES.get(who, "SELECT"))
            return [message("user", content.text(f"{greeting}, {who}!"))]

        @api.model
        def proposed(prompts, exchange, name, value, chosen):
            prompts.env.cr.execute(_QUERIES.get(value, "SELECT"))
            return [f"{name}:{value}"]

        model_class = type(self.env["mcp.prompt"])
        self.addCleanup(self.env.registry.clear_cache)
        for attribute, method in (
            ("_prompt_probe", prompt_method(probe)),
            ("_complete_probe", completion_method(proposed)),
        ):
            setattr(model_class, attribute, method)
            self.addCleanup(delattr, model_class, attribute)
        self.env.registry.clear_cache()
        self.prompt = self.env["mcp.prompt"].create(
            {
                "name": "greet",
                "title": "Greet",
                "description": "Say hello.",
                "method": "_prompt_probe",
                "completion": "_complete_probe",
                "argument_ids": [
                    Command.create({"name": "who", "required": True}),
                    Command.create({"name": "greeting", "title": "Greeting"}),
                ],
            }
        )

    def assertInvalid(self, client, method, params, words):
        with self.assertRaisesRegex(RequestFailed, words) as failure:
            client.request(method, params)
        self.assertEqual(failure.exception.code, -32602)

    def test_they_are_listed_with_their_arguments(self):
        for revision in (MODERN, "2024-11-05"):
            listed = self.client(self.user, revision).request("prompts/list")["prompts"]
            listed = [prompt for prompt in listed if prompt["name"] == "greet"]
            self.assertEqual("title" in listed[0], revision == MODERN)
            self.assertEqual(
                [(a["name"], a["required"]) for a in listed[0]["arguments"]],
                [("who", True), ("greeting", False)],
            )

    @mute_logger("odoo.http", "odoo.sql_db")
    def test_a_method_writes_nothing_and_takes_no_longer_than_it_may(self):
        self.env["ir.config_parameter"].set_param(
            "mcp_core.statement_timeout_seconds", "1"
        )
        for revision in (MODERN, "2025-11-25"):
            client = self.client(self.user, revision)
            for who, code in (("the slow", -32602), ("the writer", -32603)):
                for method, params in (
                    ("prompts/get", {"name": "greet", "arguments": {"who": who}}),
                    (
                        "completion/complete",
                        {
                            "ref": {"type": "ref/prompt", "name": "greet"},
                            "argument": {"name": "who", "value": who},
                        },
                    ),
                ):
                    with (
                        self.subTest(revision=revision, who=who, method=method),
                        self.assertRaises(RequestFailed) as failure,
                    ):
                        client.request(method, params)
                    self.assertEqual(failure.exception.code, code)
                    if who == "the slow":
                        self.assertIn("longer than 1 seconds", str(failure.exception))

    def test_one_is_made_from_its_arguments(self):
        for revision in (MODERN, "2025-11-25"):
            result = self.client(self.user, revision).request(
                "prompts/get", {"name": "greet", "arguments": {"who": "{greeting}"}}
            )
            self.assertEqual(result["description"], "Say hello.")
            self.assertEqual(
                result["messages"],
                [
                    {
                        "role": "user",
                        "content": {"type": "text", "text": "Hello, {greeting}!"},
                    }
                ],
            )

    def test_arguments_are_checked_by_name(self):
        client = self.client(self.user)
        for arguments, words in (
            ({}, "'who' is missing"),
            ({"who": 5}, "'who' must be a string"),
            ({"who": "x", "exchange": "y"}, "no argument 'exchange'"),
            ([], "as an object"),
        ):
            params = {"name": "greet", "arguments": arguments}
            self.assertInvalid(client, "prompts/get", params, words)
        self.assertInvalid(client, "prompts/get", {"name": "x"}, "Unknown prompt")
        self.assertInvalid(client, "prompts/get", {}, "Unknown prompt")

    def test_arguments_are_completed(self):
        client = self.client(self.user)
        params = {
            "ref": {"type": "ref/prompt", "name": "greet"},
            "argument": {"name": "who", "value": "a"},
        }
        completion = client.request("completion/complete", params)["completion"]
        self.assertEqual(completion["values"], ["who:a"])
        params["argument"]["name"] = "other"
        self.assertInvalid(client, "completion/complete", params, "no argument 'other'")

    def test_a_restricted_one_is_for_its_groups_only(self):
        self.prompt.group_ids = self.env.ref("mcp_core.group_manager")
        client = self.client(self.user)
        listed = client.request("prompts/list")["prompts"]
        self.assertNotIn("greet", [prompt["name"] for prompt in listed])
        params = {"name": "greet", "arguments": {"who": "x"}}
        self.assertInvalid(client, "prompts/get", params, "Unknown prompt")

    def test_a_changed_argument_is_listed_at_once(self):
        client = self.client(self.user)
        client.request("prompts/list")
        self.prompt.argument_ids[0].name = "whom"
        self.env.flush_all()
        listed = client.request("prompts/list")["prompts"]
        [greet] = [prompt for prompt in listed if prompt["name"] == "greet"]
        self.assertEqual(greet["arguments"][0]["name"], "whom")

    def test_a_method_without_the_marker_is_refused(self):
        for values in ({"method": "unlink"}, {"completion": "_prompt_probe"}):
            with self.assertRaises(ValidationError):
                self.prompt.write(values)

"""Every schema that is offered is one that every known client takes.

Some clients refuse unions, references or properties without a type, and drop the whole
tool; nothing in the protocol asks for that care.
"""

import json

from odoo.tests import TransactionCase, tagged

_FORBIDDEN = {"anyOf", "oneOf", "allOf", "not", "if", "$ref", "$schema", "$defs"}


def _problems(schema, path):
    for keyword in _FORBIDDEN & set(schema):
        yield f"{path} has {keyword}"
    if "type" in schema and not isinstance(schema["type"], str):
        yield f"{path} has several types"
    if schema.get("type") == "array":
        if "items" not in schema:
            yield f"{path} has no items"
        yield from _problems(schema.get("items", {}), f"{path}[]")
    for name, member in schema.get("properties", {}).items():
        where = f"{path}.{name}"
        if not isinstance(member, dict):
            yield f"{where} is no object"
            continue
        if "type" not in member:
            yield f"{where} has no type"
        if not member.get("description"):
            yield f"{where} has no description"
        yield from _problems(member, where)


@tagged("post_install", "-at_install")
class TestPortableSchemas(TransactionCase):
    def test_every_schema_is_portable(self):
        tools = self.env["mcp.tool"].with_context(active_test=False).search([])
        self.assertGreater(len(tools), 14)
        for tool in tools:
            for name in ("input_schema", "output_schema"):
                if not tool[name]:
                    continue
                schema = json.loads(tool[name])
                path = f"{tool.name}.{name}"
                self.assertEqual(list(_problems(schema, path)), [])
                if name == "input_schema":
                    self.assertIs(schema.get("additionalProperties"), False, path)

    def test_every_tool_that_takes_a_domain_shows_one(self):
        for tool in self.env["mcp.tool"].search([]):
            properties = json.loads(tool.input_schema)["properties"]
            if "domain" in properties:
                self.assertEqual(properties["domain"]["type"], "array", tool.name)
                self.assertIn('[["', properties["domain"]["description"], tool.name)

    def test_all_of_them_together_leave_room_for_the_conversation(self):
        tools = self.env["mcp.tool"].search([])
        described = [
            {
                "name": tool.name,
                "description": tool.description,
                "inputSchema": json.loads(tool.input_schema),
            }
            for tool in tools
        ]
        # what clients hand to models: the results' schemas stay with the client
        size = len(json.dumps(described, separators=(",", ":")))
        self.assertLess(size, 40_000, "about ten thousand tokens")

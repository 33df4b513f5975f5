"""What the tests of prompts have in common."""

from contextlib import contextmanager

from odoo import Command

from odoo.addons.mcp_core.tests.common import McpCase, RequestFailed


class PromptCase(McpCase):
    """A test with a prompt called *mine*, and who uses it."""

    def prompt(self, body, arguments=None, *, user=None, **values):
        """Return a new prompt of one message.

        :param arguments: values of each by name; required unless told otherwise
        :param user: who writes it; without one it is global
        """
        message = {
            name: values.pop(name)
            for name in ("embedded", "record_argument", "resource_uri")
            if name in values
        }
        prompts = self.env["mcp.prompt"]
        if user:
            prompts = prompts.with_user(user).with_context(default_scope="personal")
        return prompts.create(
            {
                "name": "mine",
                "title": "Mine",
                "message_ids": [Command.create({"body": body, **message})],
                "argument_ids": [
                    Command.create({"name": name, "required": True, **argument})
                    for name, argument in (arguments or {}).items()
                ],
                **values,
            }
        )

    def get(self, arguments, name="mine", client=None):
        """Return the result of ``prompts/get``."""
        client = client or self.client(self.user)
        params = {"name": name, "arguments": arguments}
        return client.request("prompts/get", params)

    def texts(self, arguments, **options):
        """Return the texts of a prompt's messages."""
        messages = self.get(arguments, **options)["messages"]
        return [message["content"]["text"] for message in messages]

    def listed(self, client):
        """Return the names of the prompts that a client is offered."""
        return [p["name"] for p in client.request("prompts/list")["prompts"]]

    @contextmanager
    def refused(self, exception, words):
        """What runs inside is refused, and undone as Odoo would."""
        with (
            self.subTest(words=words),
            self.assertRaisesRegex(exception, words),
            self.env.cr.savepoint(),
        ):
            yield

    def assertInvalid(self, arguments, words, **options):
        with self.assertRaisesRegex(RequestFailed, words) as failure:
            self.get(arguments, **options)
        self.assertEqual(failure.exception.code, -32602)

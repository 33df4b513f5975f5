"""Whose prompts are whose: users among each other, and administrators."""

import base64

import orjson

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.tests import tagged

from .. import transfer
from .common import PromptCase


@tagged("post_install", "-at_install")
class TestOwners(PromptCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.other = cls.new_user("other_mcp_user")
        cls.manager = cls.new_user(
            "mcp_manager", "base.group_user,mcp_core.group_manager"
        )

    def test_a_personal_prompt_is_its_owners_alone(self):
        prompt = self.prompt("Text", user=self.user)
        self.assertEqual((prompt.scope, prompt.user_id), ("personal", self.user))
        self.assertIn("mine", self.listed(self.client(self.user)))
        for somebody in (self.other, self.manager):
            self.assertNotIn("mine", self.listed(self.client(somebody)))
            self.assertInvalid({}, "Unknown prompt", client=self.client(somebody))
            seen = prompt.with_user(somebody)
            self.assertFalse(seen.search([("id", "=", prompt.id)]))
            self.assertFalse(
                self.env["mcp.prompt.message"]
                .with_user(somebody)
                .search([("prompt_id", "=", prompt.id)])
            )
            for change in (
                lambda seen=seen: seen.read(["name"]),
                lambda seen=seen: seen.message_ids.read(["body"]),
                lambda seen=seen: seen.write({"title": "x"}),
                lambda seen=seen: seen.unlink(),
                lambda seen=seen: seen.action_propose(),
            ):
                with self.assertRaises(UserError):
                    change()

    def test_no_preview_shows_the_prompts_of_others(self):
        prompt = self.prompt("{hush}", {"hush": {"description": "x"}}, user=self.user)
        for somebody in (self.other, self.manager):
            previews = self.env["mcp.prompt.preview"].with_user(somebody)
            values = self.env["mcp.prompt.preview.value"].with_user(somebody)
            chosen = {"argument_id": prompt.argument_ids.id}
            for look in (
                # what a browser computes while a form is filled in
                lambda values=values, chosen=chosen: values.new(chosen).description,
                lambda values=values, chosen=chosen: values.create(chosen),
                lambda previews=previews: previews.create({"prompt_id": prompt.id}),
            ):
                self.env.invalidate_all()
                with self.assertRaises(AccessError):
                    look()

    def test_no_context_saves_what_does_not_fit(self):
        """Methods that prompts may name are run: no others are saved, nor run."""
        prompts = self.env["mcp.prompt"].with_user(self.user)
        prompts = prompts.with_context(mcp_prompts_part_by_part=True)
        own = {"name": "mine", "scope": "personal"}
        for values in (
            own,
            own | {"method": "unlink"},
            own | {"method": "sudo"},
            own | {"message_ids": [Command.create({"body": "{missing}"})]},
        ):
            with self.refused(ValidationError, "no message|not for prompts|not there"):
                prompts.create(values)
        good = prompts.create(own | {"message_ids": [Command.create({"body": "Hi"})]})
        with self.refused(ValidationError, "not for prompts"):
            good.write({"method": "sudo"})
        with self.refused(ValidationError, "not there"):
            good.message_ids.body = "{missing}"
        # by SQL, or by an addon that is gone
        self.env.cr.execute(
            "UPDATE mcp_prompt SET method = 'sudo' WHERE id = %s", [good.id]
        )
        self.env.invalidate_all()
        self.assertInvalid({}, "not installed any more")

    def test_several_people_may_use_the_same_name(self):
        self.prompt("{a}", {"a": {}}, user=self.user)
        self.prompt("Other", user=self.other)
        self.assertEqual(self.texts({"a": "x"}), ["x"])
        self.assertEqual(self.texts({}, client=self.client(self.other)), ["Other"])

    def test_users_publish_nothing_for_everyone(self):
        prompt = self.prompt("Text", user=self.user)
        for values in (
            {"scope": "global", "user_id": False},
            {"user_id": self.other.id},
        ):
            with self.assertRaises(AccessError):
                prompt.write(values)
        with self.assertRaises(AccessError):
            self.env["mcp.prompt"].with_user(self.user).create(
                {"name": "all", "message_ids": [(0, 0, {"body": "x"})]}
            )
        with self.assertRaises(UserError):
            prompt.write({"method": "_prompt_probe"})
        shared = self.prompt("Text", name="shared")
        own = prompt.copy()
        for change in (
            lambda: shared.with_user(self.user).write({"title": "x"}),
            lambda: own.message_ids.write({"prompt_id": shared.id}),
            lambda: own.message_ids.create({"prompt_id": shared.id, "body": "x"}),
            lambda: own.write({"message_ids": [(4, shared.message_ids.id)]}),
            lambda: prompt.write({"proposed": True, "user_id": self.manager.id}),
        ):
            with self.assertRaises(AccessError):
                change()

    def test_administrators_publish_and_choose_for_whom(self):
        prompt = (
            self.env["mcp.prompt"]
            .with_user(self.manager)
            .create(
                {
                    "name": "shared",
                    "message_ids": [(0, 0, {"body": "Text"})],
                    "group_ids": [(4, self.env.ref("mcp_core.group_manager").id)],
                }
            )
        )
        self.assertIn("shared", self.listed(self.client(self.manager)))
        self.assertNotIn("shared", self.listed(self.client(self.user)))
        prompt.group_ids = False
        self.assertIn("shared", self.listed(self.client(self.user)))
        prompt.active = False
        self.assertNotIn("shared", self.listed(self.client(self.user)))

    def test_a_proposal_is_read_and_accepted_by_administrators(self):
        prompt = self.prompt("Text {a}", {"a": {}}, user=self.user)
        prompt.action_propose()
        proposal = prompt.with_user(self.manager)
        self.assertEqual(proposal.message_ids.body, "Text {a}")
        self.assertFalse(prompt.with_user(self.other).search([("id", "=", prompt.id)]))
        with self.assertRaises(AccessError):
            proposal.write({"title": "x"})
        with self.assertRaises(UserError):
            prompt.with_user(self.other).action_accept()
        with self.assertRaises(UserError):
            prompt.action_accept()
        proposal.action_accept()
        self.assertEqual((prompt.scope, prompt.proposed), ("global", False))
        self.assertIn("mine", self.listed(self.client(self.other)))
        with self.assertRaises(AccessError):
            prompt.with_user(self.user).write({"title": "x"})

    def test_a_proposal_is_declined_or_withdrawn(self):
        prompt = self.prompt("Text", user=self.user)
        for who in (self.manager, self.user):
            prompt.with_user(self.user).action_propose()
            prompt.with_user(who).action_withdraw()
            self.assertFalse(prompt.with_user(self.user).proposed)
        self.assertFalse(
            prompt.with_user(self.manager).search([("id", "=", prompt.id)])
        )
        with self.assertRaises(AccessError):
            prompt.with_user(self.manager).action_accept()

    def test_names_are_not_taken_silently(self):
        self.prompt("Text", name="shared")
        with self.refused(ValidationError, "for everyone already"):
            self.prompt("Text", name="shared", user=self.user)
        own = self.prompt("Own", name="later", user=self.user)
        self.assertFalse(own.overridden)
        self.prompt("Shared", name="later")
        own.invalidate_recordset()
        self.assertTrue(own.overridden)
        self.assertEqual(self.texts({}, name="later"), ["Shared"])
        self.assertEqual(self.listed(self.client(self.user)).count("later"), 1)

    def test_a_copy_has_a_name_of_its_own_and_all_parts(self):
        prompt = self.prompt("Text {a}", {"a": {}}, user=self.user)
        copy = prompt.copy()
        self.assertEqual((copy.name, copy.user_id), ("mine_2", self.user))
        self.assertEqual(self.texts({"a": "x"}, name="mine_2"), ["Text x"])

    def test_who_loses_the_right_or_leaves_takes_nothing_along(self):
        self.prompt("Text", user=self.other)
        self.other.active = False
        self.assertNotIn("mine", self.listed(self.client(self.user)))

    # One file

    def export(self, prompts):
        wizard = self.env["mcp.prompt.export"].with_user(self.manager)
        return base64.b64decode(wizard.create({"prompt_ids": prompts.ids}).file)

    def wizard(self, data, user=None, **values):
        wizard = self.env["mcp.prompt.import"].with_user(user or self.manager)
        values = {"scope": "global", **values, "file": base64.b64encode(data)}
        return wizard.create(values)

    def test_what_is_exported_is_imported(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        prompt = self.prompt(
            "Hello {who} {c}",
            {"who": {"title": "Who"}, "c": {"kind": "choice", "choices": "a\nb"}},
            group_ids=self.env.ref("mcp_core.group_manager").ids,
        )
        prompt.with_context(lang="fr_FR").message_ids.body = "Bonjour {who} {c}"
        data = self.export(prompt)
        prompt.unlink()
        self.wizard(data).action_import()
        again = self.env["mcp.prompt"].search([("name", "=", "mine")])
        self.assertEqual(self.export(again), data)
        self.assertEqual(
            again.with_context(lang="fr_FR").message_ids.body, "Bonjour {who} {c}"
        )
        with self.refused(UserError, "taken"):
            self.wizard(data).action_import()
        self.wizard(data, existing="keep").action_import()
        self.wizard(data, existing="replace").action_import()
        self.assertEqual(self.export(again), data)

    def test_shipped_prompts_survive_the_file(self):
        shipped = self.env["mcp.prompt"].search([("user_id", "=", False)])
        data = self.export(shipped)
        self.wizard(data, user=self.user, scope="personal", existing="keep")
        self.assertEqual(len(orjson.loads(data)["prompts"]), len(shipped))

    def test_users_import_for_themselves_only(self):
        data = transfer.write(
            [{"name": "mine", "messages": [{"role": "user", "text": "Hi"}]}]
        )
        self.wizard(data, self.user, scope="personal").action_import()
        self.assertIn("mine", self.listed(self.client(self.user)))
        self.assertNotIn("mine", self.listed(self.client(self.other)))
        with self.assertRaises(AccessError):
            self.wizard(data, self.user, existing="keep").action_import()

    def test_a_bad_file_imports_nothing_and_says_why(self):
        good = {"name": "good", "messages": [{"role": "user", "text": "Hi"}]}
        bad = {"name": "bad", "messages": [{"role": "user", "text": "{x}"}]}
        for data, words in (
            (b"not json", "no file of prompts"),
            (b"[]", "no file of prompts"),
            (transfer.write([good, {"name": "x"}]), r"prompts\[1\].*messages"),
            (transfer.write([good | {"method": "unlink"}]), r"prompts\[0\]"),
            (transfer.write([good, bad]), "Nothing was imported. “bad”"),
            (transfer.write([good | {"groups": ["base.nosuch"]}]), "base.nosuch"),
            (b" " * (transfer.FILE_MAX + 1), "limit"),
        ):
            with self.refused(UserError, words):
                self.wizard(data).action_import()
            self.assertFalse(self.env["mcp.prompt"].search([("name", "=", "good")]))


@tagged("post_install", "-at_install")
class TestShippedPrompts(PromptCase):
    def test_they_are_whole_and_work(self):
        shipped = self.env["mcp.prompt"].search([("user_id", "=", False)])
        ours = shipped.filtered(
            lambda p: (p.get_external_id()[p.id] or "").startswith("mcp_prompts.")
        )
        self.assertGreaterEqual(len(ours), 8)
        ours._check_parts()
        ours._check_names()
        contact = self.env["res.partner"].create({"name": "Marsh, unique"})
        given = {"record": str(contact.id), "date": "2026-05-31", "text": "word"}
        manager = self.new_user(
            "m", "base.group_user,base.group_partner_manager,mcp_core.group_user"
        )
        client = self.client(manager)
        for prompt in ours:
            arguments = {
                a.name: a._choices()[0] if a.kind == "choice" else given[a.kind]
                for a in prompt.argument_ids
            }
            texts = [
                message["content"].get("text", "")
                for message in self.get(arguments, prompt.name, client)["messages"]
            ]
            self.assertNotRegex("".join(texts), r"[{}]")
            self.assertLess(len("".join(texts)), 4000)


@tagged("post_install", "-at_install")
class TestPreview(PromptCase):
    def test_values_in_messages_out(self):
        prompt = self.prompt(
            "Dear {who} ({c})",
            {"who": {}, "c": {"kind": "choice", "choices": "a\nb", "required": False}},
            user=self.user,
        )
        from odoo.tests import Form

        previews = self.env["mcp.prompt.preview"].with_user(self.user)
        form = Form(previews.with_context(default_prompt_id=prompt.id))
        self.assertIn("'who' is missing", form.problem)
        with form.value_ids.edit(0) as line:
            line.value = "Ada {x}"
        self.assertFalse(form.problem)
        with form.value_ids.edit(1) as line:
            line.value = "z"
        self.assertIn("'c' must be one of", form.problem)
        with form.value_ids.edit(1) as line:
            line.value = "b"
        preview = form.save()
        self.assertEqual(preview.message_ids.mapped("text"), ["Dear Ada {x} (b)"])

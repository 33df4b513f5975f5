"""Prompts that people write: what clients get, and what is refused on save."""

import tracemalloc

from odoo import Command
from odoo.exceptions import ValidationError
from odoo.tests import tagged

from odoo.addons.mcp_core.tests.common import MODERN, RequestFailed

from .common import PromptCase


@tagged("post_install", "-at_install")
class TestWrittenPrompts(PromptCase):
    # Filling in

    def test_arguments_are_put_where_they_belong(self):
        self.prompt("Sum up {topic} for {who}.", {"topic": {}, "who": {}})
        for revision in (MODERN, "2025-11-25", "2024-11-05"):
            texts = self.texts(
                {"topic": "{who}", "who": "me {{x}}"},
                client=self.client(self.user, revision),
            )
            self.assertEqual(texts, ["Sum up {who} for me {{x}}."])

    def test_what_is_not_given_leaves_its_place_empty(self):
        self.prompt("[{a}]", {"a": {"required": False}})
        self.assertEqual(self.texts({}), ["[]"])

    def test_a_value_in_thousands_of_places_is_refused_before_it_is_put_there(self):
        prompt = self.prompt("{a}" * 6000, {"a": {}})
        tracemalloc.start()
        self.addCleanup(tracemalloc.stop)
        self.assertInvalid({"a": "x" * 20_000}, "would have 120000000 characters")
        prompt.message_ids.write(
            {"body": "x", "embedded": "resource", "resource_uri": "{a}" * 6000}
        )
        self.assertInvalid({"a": "é" * 20_000}, "address would have more than")
        self.assertLess(tracemalloc.get_traced_memory()[1], 2**25)

    def test_what_is_chosen_from_has_an_end(self):
        for choices in ("\n".join(map(str, range(201))), "x" * 20_001):
            with self.refused(ValidationError, "too many"):
                self.prompt("{c}", {"c": {"kind": "choice", "choices": choices}})

    def test_messages_have_their_roles_and_order(self):
        prompt = self.prompt("One")
        prompt.message_ids = [
            Command.create({"role": "assistant", "body": "Two", "sequence": 20})
        ]
        result = self.get({})
        self.assertEqual(
            [(m["role"], m["content"]["text"]) for m in result["messages"]],
            [("user", "One"), ("assistant", "Two")],
        )

    def test_choices_dates_and_records_are_checked_by_name(self):
        self.prompt(
            "{c} {d} {r}",
            {
                "c": {"kind": "choice", "choices": "red\ngreen"},
                "d": {"kind": "date"},
                "r": {"kind": "record", "model": "res.country"},
            },
        )
        good = {"c": "red", "d": "2026-05-31", "r": "Belgium"}
        belgium = self.env.ref("base.be")
        self.assertEqual(
            self.texts(good), [f"red 2026-05-31 Belgium (res.country {belgium.id})"]
        )
        self.assertEqual(self.texts(good | {"r": str(belgium.id)}), self.texts(good))
        for wrong, words in (
            ({"c": "blue"}, "'c' must be one of 'red', 'green'"),
            ({"d": "31/05/2026"}, "'d' must be a date"),
            ({"d": "2026-02-30"}, "'d' must be a date"),
            ({"r": "Atlantis"}, "'r'.*Atlantis"),
            ({"r": "99999999"}, "'r'.*no record"),
            ({"x": "1"}, "no argument 'x'"),
            ({"c": ""}, "'c' is missing"),
        ):
            with self.subTest(wrong=wrong):
                self.assertInvalid(good | wrong, words)

    def test_a_record_goes_with_a_message_as_far_as_the_caller_may_read_it(self):
        self.prompt(
            "About {country}",
            {"country": {"kind": "record", "model": "res.country", "required": False}},
            embedded="record",
            record_argument="country",
        )
        embedded, text = self.get({"country": "Belgium"})["messages"]
        self.assertEqual(embedded["content"]["type"], "resource")
        self.assertIn("Belgium", embedded["content"]["resource"]["text"])
        self.assertTrue(text["content"]["text"].startswith("About Belgium"))
        [text] = self.get({})["messages"]
        self.assertEqual(text["content"]["text"], "About ")

    def test_what_the_caller_may_not_read_is_refused(self):
        belgium = self.env.ref("base.be")
        self.env["ir.rule"].create(
            {
                "name": "not Belgium",
                "model_id": self.env["ir.model"]._get_id("res.country"),
                "groups": [Command.link(self.env.ref("mcp_core.group_user").id)],
                "domain_force": f"[('id', '!=', {belgium.id})]",
            }
        )
        self.prompt(
            "About {country}",
            {"country": {"kind": "record", "model": "res.country"}},
            embedded="record",
            record_argument="country",
        )
        for value in ("Belgium", str(belgium.id)):
            self.assertInvalid({"country": value}, "'country'")
        self.assertEqual(len(self.get({"country": "France"})["messages"]), 2)

    def test_a_resource_goes_with_a_message(self):
        self.prompt(
            "The fields of {model}",
            {"model": {}},
            embedded="resource",
            resource_uri="odoo://model/{model}/schema",
        )
        embedded, _text = self.get({"model": "res.country"})["messages"]
        self.assertIn("res.country", embedded["content"]["resource"]["uri"])
        self.assertInvalid({"model": "no/such"}, "no%2Fsuch")

    def test_texts_are_in_the_language_of_the_caller(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        prompt = self.prompt("Hello {who}", {"who": {}}, title="Greet")
        french = prompt.with_context(lang="fr_FR")
        french.title = "Saluer"
        french.message_ids.body = "Bonjour {who}"
        self.user.lang = "fr_FR"
        client = self.client(self.user)
        self.assertEqual(self.texts({"who": "Ada"}, client=client), ["Bonjour Ada"])
        [listed] = [
            p for p in client.request("prompts/list")["prompts"] if p["name"] == "mine"
        ]
        self.assertEqual(listed["title"], "Saluer")

    def test_a_translation_has_the_same_arguments(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        prompt = self.prompt("Hello {who}", {"who": {}})
        french = prompt.with_context(lang="fr_FR")
        with self.refused(ValidationError, "qui"):
            french.message_ids.body = "Bonjour {qui}"

    def test_an_icon_is_shown_by_those_who_know_of_icons(self):
        pixel = (
            "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6"
            "kgAAAABJRU5ErkJggg=="
        )
        self.prompt("Hello", icon=pixel)
        for revision, shown in ((MODERN, True), ("2025-06-18", False)):
            [listed] = [
                p
                for p in self.client(self.user, revision).request("prompts/list")[
                    "prompts"
                ]
                if p["name"] == "mine"
            ]
            self.assertEqual("icons" in listed, shown)

    # On save

    def test_arguments_and_messages_have_to_fit(self):
        for body, arguments, words in (
            ("{missing}", {}, "missing"),
            ("text", {"unused": {}}, "unused"),
            ("{a.b}", {"a": {}}, r"\{a.b\}"),
            ("lone { brace", {}, "braces themselves twice"),
            ("{a}", {"a": {"kind": "choice"}}, "choice of nothing"),
            ("{a}", {"a": {"kind": "record"}}, "which model"),
            ("{a}", {"a": {}, "é": {}}, "can't be the name"),
            ("", {}, "says nothing"),
        ):
            with self.refused(ValidationError, words):
                self.prompt(body, arguments)

    def test_parts_that_are_changed_alone_have_to_fit(self):
        prompt = self.prompt("{a}", {"a": {}})
        for change in (
            lambda: prompt.argument_ids.unlink(),
            lambda: prompt.argument_ids.write({"name": "b"}),
            lambda: prompt.message_ids.write({"body": "text"}),
            lambda: prompt.message_ids.unlink(),
            lambda: prompt.message_ids.create({"prompt_id": prompt.id, "body": "{b}"}),
        ):
            with self.assertRaises(ValidationError):
                change()
        prompt.write(
            {
                "argument_ids": [Command.update(prompt.argument_ids.id, {"name": "b"})],
                "message_ids": [Command.update(prompt.message_ids.id, {"body": "{b}"})],
            }
        )
        self.assertEqual(self.texts({"b": "x"}), ["x"])

    def test_names_are_names(self):
        for name in ("two words", "é", "1st", "x" * 65, "a/b"):
            with self.subTest(name=name), self.assertRaises(ValidationError):
                self.prompt("text", name=name)

    # Completion

    def complete(self, argument, value, client=None):
        return (client or self.client(self.user)).request(
            "completion/complete",
            {
                "ref": {"type": "ref/prompt", "name": "mine"},
                "argument": {"name": argument, "value": value},
            },
        )["completion"]["values"]

    def test_choices_and_dates_are_proposed(self):
        self.prompt(
            "{c} {d} {t}",
            {
                "c": {"kind": "choice", "choices": "red\ngreen\nReddish"},
                "d": {"kind": "date"},
                "t": {},
            },
        )
        self.assertEqual(self.complete("c", "re"), ["red", "Reddish"])
        self.assertEqual(self.complete("c", ""), ["red", "green", "Reddish"])
        self.assertGreater(len(self.complete("d", "")), 5)
        self.assertEqual(self.complete("d", "17"), [])
        self.assertEqual(self.complete("t", "x"), [])
        with self.assertRaises(RequestFailed):
            self.complete("x", "")

    def test_records_are_proposed_as_far_as_the_caller_may_read_them(self):
        partners = self.env["res.partner"].create(
            [{"name": "Fen one"}, {"name": "Fen two"}, {"name": "Fen two"}]
        )
        self.env["ir.model.access"].create(
            {
                "name": "partners",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "group_id": self.env.ref("mcp_core.group_user").id,
                "perm_read": True,
            }
        )
        self.env["ir.rule"].create(
            {
                "name": "only some",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "groups": [Command.link(self.env.ref("mcp_core.group_user").id)],
                "domain_force": f"[('id', 'in', {partners[1:].ids})]",
            }
        )
        self.prompt("{p}", {"p": {"kind": "record", "model": "res.partner"}})
        # those that are called alike are told apart by their numbers
        self.assertEqual(
            sorted(self.complete("p", "Fen")), sorted(map(str, partners[1:].ids))
        )
        self.assertInvalid({"p": "Fen one"}, "'p'")
        self.assertInvalid({"p": str(partners[0].id)}, "'p'")

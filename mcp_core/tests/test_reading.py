"""What reading gives: paths, times, texts, files, budgets; and what it never gives."""

import base64

from odoo import Command
from odoo.tests import mute_logger, tagged

from .. import record_reader
from .common import McpCase, ToolFailed

#: Each is out of bounds for administrators too, by any road.
_FENCED = ("ir.config_parameter", "ir.model", "ir.rule", "ir.cron", "ir.ui.view")


@tagged("post_install", "-at_install")
class TestReading(McpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.company = cls.env["res.partner"].create(
            {
                "name": "Reading & Co",
                "is_company": True,
                "comment": "<p>Call <b>before</b> noon</p>",
                "country_id": cls.env.ref("base.be").id,
                "child_ids": [
                    Command.create({"name": f"Reader {number}", "email": f"{number}@x"})
                    for number in range(3)
                ],
            }
        )
        cls.user.tz = "Europe/Brussels"

    def setUp(self):
        super().setUp()
        self.mcp = self.client(self.user)

    def reading(self, *fields, record=None, **arguments):
        record = record or self.company
        return self.mcp.call(
            "read",
            model=record._name,
            ids=record.ids,
            fields=list(fields),
            **arguments,
        )

    def only(self, *fields, **arguments):
        [record] = self.reading(*fields, **arguments)["records"]
        return record

    def assertFails(self, words, tool, client=None, **arguments):
        with self.assertRaisesRegex(ToolFailed, words):
            (client or self.mcp).call(tool, **arguments)

    def setting(self, name, value):
        self.env["ir.config_parameter"].set_param(f"mcp_core.{name}", value)

    # paths

    def test_fields_of_related_records_come_with_the_record(self):
        record = self.only(
            "country_id.code", "country_id.currency_id.name", "child_ids.email"
        )
        belgium = self.env.ref("base.be")
        self.assertEqual(
            record["country_id"],
            {
                "id": belgium.id,
                "name": "Belgium",
                "code": "BE",
                "currency_id": {
                    "id": belgium.currency_id.id,
                    "name": "EUR",
                },
            },
        )
        self.assertEqual(
            [child["email"] for child in record["child_ids"]],
            self.company.child_ids.mapped("email"),
        )

    def test_a_related_record_behind_a_rule_has_a_name_and_no_more(self):
        child = self.company.child_ids[0]
        self.env["ir.rule"].create(
            {
                "name": "not companies",
                "model_id": self.env["ir.model"]._get_id("res.partner"),
                "domain_force": "[('is_company', '=', False)]",
            }
        )
        record = self.only("parent_id.country_id", record=child)
        self.assertEqual(
            record["parent_id"],
            {"id": self.company.id, "name": "Reading & Co"},
        )

    def test_a_path_leads_only_through_relations_and_four_of_them(self):
        for path, words in (
            ("name.x", "no relation"),
            ("country_id.nmae", "nmae"),
            ("create_date.month_number", "can be searched by, not read"),
            ("parent_id." * 4 + "name", "more than 4"),
            ("country_id.", "no field"),
        ):
            self.assertFails(words, "read", model="res.partner", ids=[1], fields=[path])

    # texts

    def test_rich_text_is_plain_unless_html_is_asked_for(self):
        self.assertEqual(self.only("comment")["comment"], "Call *before* noon")
        self.assertIn("<b>before</b>", self.only("comment", html=True)["comment"])

    def test_what_nobody_sees_is_taken_out_and_counted(self):
        self.company.ref = "in\u200bvoice\u202e \U000e0041\U000e0042 👩\u200d🔧"
        result = self.reading("ref")
        self.assertEqual(result["records"][0]["ref"], "invoice  👩\u200d🔧")
        self.assertEqual(result["removed_characters"], 4)

    def test_selections_and_links_on_request(self):
        record = self.only("type", labels=True, links=True)
        self.assertEqual(set(record["type"]), {"value", "label"})
        self.assertEqual(
            record["url"],
            f"{self.company.get_base_url()}/odoo/res.partner/{self.company.id}",
        )

    def test_an_amount_names_its_currency(self):
        field = next(
            (
                (model._name, name)
                for model in self.env.values()
                if not model._abstract and not model._transient
                for name, field in model._fields.items()
                if field.type == "monetary"
                and field.store
                and model.with_user(self.user).has_access("read")
                and model.with_user(self.user).search_count([], limit=1)
                and model.with_user(self.user)._has_field_access(field, "read")
            ),
            None,
        )
        if field is None:
            self.skipTest("no model with amounts is installed")
        model, name = field
        page = self.mcp.call("search", model=model, fields=[name], limit=1)
        currency = self.env[model]._fields[name].get_currency_field(self.env[model])
        self.assertIn(currency, page["records"][0])

    # how much

    def test_an_answer_that_would_be_too_large_says_how_to_go_on(self):
        self.setting("answer_bytes", "2000")
        tag = self.env["res.partner.category"].create({"name": "many"})
        partners = self.env["res.partner"].create(
            [
                {
                    "name": f"Long name {'x' * 90} {number:03}",
                    "category_id": [Command.link(tag.id)],
                }
                for number in range(40)
            ]
        )
        found, offset = [], 0
        while offset is not None:
            page = self.mcp.call(
                "search",
                model="res.partner",
                domain=[["category_id", "in", tag.ids]],
                fields=["name"],
                limit=40,
                offset=offset,
            )
            self.assertGreater(len(page["records"]), 3)
            self.assertEqual("cut" in page, len(page["records"]) < 40 - offset)
            found += [record["id"] for record in page["records"]]
            offset = page.get("next_offset")
        self.assertEqual(sorted(found), partners.ids)
        rest = self.mcp.call("read", model="res.partner", ids=partners.ids)
        self.assertEqual(
            [record["id"] for record in rest["records"]] + rest["not_read"],
            partners.ids,
        )

    def test_one_record_that_is_too_large_is_shortened_and_says_so(self):
        self.setting("answer_bytes", "3000")
        self.company.comment = f"<p>{'word ' * 2000}</p>"
        result = self.reading("name", "comment")
        self.assertIn("comment", result["cut"])
        self.assertEqual(result["records"][0]["name"], "Reading & Co")
        self.assertLess(len(result["records"][0]["comment"]), 3000)

    def test_related_records_without_end_are_refused(self):
        self.patch(record_reader, "ANSWER_RELATED_MAX", 3)
        self.only("child_ids.email")
        self.assertFails(
            "more than 3 related",
            "read",
            model="res.partner",
            ids=self.company.ids,
            fields=["child_ids.country_id.code", "country_id.code"],
        )

    def test_more_records_than_the_administrator_allows_are_not_given(self):
        self.setting("answer_records", "2")
        page = self.mcp.call("search", model="res.partner", limit=50)
        self.assertEqual((len(page["records"]), page["next_offset"]), (2, 2))

    def test_a_total_is_counted_on_request(self):
        page = self.mcp.call("search", model="res.partner", limit=1, total=True)
        self.assertEqual(
            page["total"], self.env["res.partner"].with_user(self.user).search_count([])
        )

    @mute_logger("odoo.sql_db")
    def test_a_query_that_takes_too_long_is_stopped_and_explained(self):
        self.setting("statement_timeout_seconds", "1")
        method = "_tool_count"
        tools = type(self.env["mcp.tool"])

        def slow(self, exchange, model, domain=()):
            self.env.cr.execute("SELECT pg_sleep(3)")

        slow._mcp_tool_method = False
        self.patch(tools, method, slow)
        self.assertFails("longer than 1 seconds", "count", model="res.partner")

    # times

    def test_times_in_domains_are_on_the_callers_clock(self):
        partner = self.company.child_ids[0]
        self.env.cr.execute(
            "UPDATE res_partner SET create_date = '2026-07-01 22:30:00' WHERE id = %s",
            [partner.id],
        )
        self.env.invalidate_all()
        self.assertEqual(
            self.only("create_date", record=partner)["create_date"],
            "2026-07-02T00:30:00+02:00",
        )

        def matches(operator, value):
            domain = [["id", "=", partner.id], ["create_date", operator, value]]
            nested = [["child_ids", "any", domain]]
            counts = [
                self.mcp.call("count", model="res.partner", domain=d)["count"]
                for d in (domain, nested)
            ]
            self.assertEqual(*counts)
            return bool(counts[0])

        self.assertTrue(matches("=", "2026-07-02 00:30:00"))
        self.assertTrue(matches("=", "2026-07-01T22:30:00Z"))
        self.assertTrue(matches("=", "2026-07-02T03:30:00+05:00"))
        self.assertFalse(matches("=", "2026-07-01 22:30:00"))
        self.assertTrue(matches(">=", "2026-07-02"))
        self.assertFalse(matches("<=", "2026-07-01"))
        self.assertTrue(matches("in", ["2026-07-02 00:30:00", False]))

    def test_hours_that_the_clocks_skip_or_repeat_are_asked_about(self):
        for value, words in (
            ("2026-03-29 02:30:00", "does not exist in Europe/Brussels"),
            (
                "2026-10-25 02:30:00",
                r"comes twice.*02:30:00\+02:00 / 2026-10-25T02:30:00\+01:00",
            ),
            ("2026-02-30 10:00", "no date and time"),
        ):
            self.assertFails(
                words,
                "count",
                model="res.partner",
                domain=[["create_date", ">", value]],
            )
        for value in ("2026-10-25 02:30:00+02:00", "2026-10-25T02:30:00+01:00"):
            self.mcp.call(
                "count", model="res.partner", domain=[["create_date", ">", value]]
            )

    # the context

    def test_the_context_changes_language_timezone_and_archived(self):
        self.env["res.lang"]._activate_lang("fr_FR")
        self.env.ref("base.be").with_context(lang="fr_FR").name = "Belgique"
        record = self.only(
            "country_id", "create_date", context={"lang": "fr_FR", "tz": "Asia/Tokyo"}
        )
        self.assertEqual(record["country_id"]["name"], "Belgique")
        self.assertTrue(record["create_date"].endswith("+09:00"))
        self.company.child_ids[0].active = False
        domain = [["parent_id", "=", self.company.id]]
        for context, count in (({}, 2), ({"active_test": False}, 3)):
            answer = self.mcp.call(
                "count", model="res.partner", domain=domain, context=context
            )
            self.assertEqual(answer["count"], count)

    def test_a_context_that_is_not_the_callers_is_refused(self):
        foreign = self.env["res.company"].create({"name": "Not yours"})
        for context, words in (
            ({"lang": "xx_XX"}, "Installed are"),
            ({"tz": "Mars/Olympus"}, "no timezone"),
            ({"allowed_company_ids": foreign.ids}, "your companies"),
            ({"allowed_company_ids": []}, "your companies"),
            ({"uid": 1}, "unknown 'uid'"),
        ):
            self.assertFails(words, "count", model="res.partner", context=context)

    def test_of_several_companies_the_main_one_is_worked_in(self):
        other = self.env["res.company"].create({"name": "Second company"})
        self.user.company_ids = [Command.link(other.id)]
        own, theirs = self.env["res.partner"].create(
            [
                {"name": "A partner", "company_id": company.id}
                for company in (self.user.company_id, other)
            ]
        )
        domain = [["id", "in", (own | theirs).ids]]

        def found(**context):
            page = self.mcp.call(
                "search", model="res.partner", domain=domain, context=context
            )
            return [record["id"] for record in page["records"]]

        self.env.ref("base.res_partner_rule").active = True
        self.assertEqual(found(), own.ids)
        self.assertEqual(found(allowed_company_ids=[other.id]), theirs.ids)
        both = [self.user.company_id.id, other.id]
        self.assertEqual(
            sorted(found(allowed_company_ids=both)), sorted((own | theirs).ids)
        )

    # files

    def test_a_file_comes_when_it_is_asked_for(self):
        text, data = self.env["ir.attachment"].create(
            [
                {"name": "a.txt", "raw": "Grüße\u200b".encode()},
                {"name": "b.bin", "raw": b"\x00\xff\x01" * 10},
            ]
        )
        attachments = text | data
        attachments.write({"res_model": "res.partner", "res_id": self.company.id})
        arguments = {
            "model": "ir.attachment",
            "ids": attachments.ids,
            "fields": ["name", "raw"],
        }
        listed = self.mcp.call("read", **arguments)["records"]
        self.assertEqual({tuple(record["raw"]) for record in listed}, {("size",)})
        result = self.mcp.request(
            "tools/call",
            {"name": "read", "arguments": {**arguments, "files": True}},
        )
        self.assertEqual(result["structuredContent"]["records"], listed)
        first, second = (block["resource"] for block in result["content"][1:])
        self.assertEqual(first["text"], "Grüße")
        self.assertEqual(first["uri"], f"odoo://attachment/{text.id}")
        self.assertEqual(base64.b64decode(second["blob"]), b"\x00\xff\x01" * 10)

    def test_a_file_that_is_too_large_says_how_large(self):
        attachment = self.env["ir.attachment"].create(
            {"name": "large", "raw": b"x" * (1024 * 1024 + 1), "public": True}
        )
        self.assertFails(
            "1048577 bytes",
            "read",
            model="ir.attachment",
            ids=attachment.ids,
            fields=["raw"],
            files=True,
        )

    # out of bounds

    def test_configuration_and_secrets_are_out_of_bounds_by_any_road(self):
        admin = self.new_user(
            "mcp_root", "base.group_system,mcp_core.group_user,base.group_erp_manager"
        )
        client = self.client(admin)
        for model in _FENCED:
            for tool, arguments in (
                ("search", {}),
                ("count", {}),
                ("read", {"ids": [1]}),
            ):
                self.assertFails(
                    "out of bounds", tool, client, model=model, **arguments
                )
        for arguments in (
            {"domain": [["api_key_ids.name", "like", "x"]]},
            {"domain": [["api_key_ids", "any", [["name", "like", "x"]]]]},
            {"domain": [["api_key_ids", "like", "x"]]},
            {"fields": ["api_key_ids.name"]},
            {"domain": [["group_ids.rule_groups.name", "like", "x"]]},
        ):
            self.assertFails(
                "out of bounds|compared with ids",
                "search",
                client,
                model="res.users",
                **arguments,
            )
        listed = client.call("list_models", limit=500)["models"]
        self.assertFalse({entry["model"] for entry in listed} & set(_FENCED))

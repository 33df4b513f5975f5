"""Access records: each thing that one can say, and that nothing leads around it."""

from odoo import Command
from odoo.exceptions import AccessError, UserError, ValidationError
from odoo.fields import Domain
from odoo.tests import Form, mute_logger, new_test_user, tagged

from odoo.addons.base.models.ir_model import MODULE_UNINSTALL_FLAG
from odoo.addons.mcp_core.tests.common import McpCase, ToolFailed

from ..guard import guarded

_NOT_HERE = "is not allowed here"


class AccessCase(McpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.user.group_ids += cls.env.ref("base.group_partner_manager")
        cls.manager = cls.new_user("mcp_manager")
        cls.manager.group_ids += cls.env.ref("mcp_core.group_manager")
        cls.manager.group_ids += cls.env.ref("base.group_partner_manager")
        cls.partners = cls.env["res.partner"].create(
            [
                {"name": f"MCP test {place}", "phone": f"555-{place}", "city": place}
                for place in ("Antwerp", "Bruges", "Courtrai")
            ]
        )
        cls.antwerp, cls.bruges, _courtrai = cls.partners
        cls.env["mcp.access.record"].search([]).unlink()

    def record(self, model="res.partner", readable=None, writable=None, **values):
        """Make an access record that allows everything but what is said."""
        fields = self.env["ir.model.fields"]
        values = {
            "name": f"Record of {model}",
            "model_id": self.env["ir.model"]._get_id(model),
            "perm_read": True,
            "perm_create": True,
            "perm_write": True,
            "perm_unlink": True,
            **values,
        }
        for mode, names in (("read", readable), ("write", writable)):
            if names is not None:
                listed = [fields._get(model, name).id for name in names]
                values[f"{mode}_mode"] = "listed"
                values[f"{mode}_field_ids"] = [Command.set(listed)]
        return self.env["mcp.access.record"].create(values)

    def default(self, policy):
        self.env["ir.config_parameter"].set_param("mcp_security.default_access", policy)

    def setUp(self):
        super().setUp()
        self.mcp = self.client(self.user)

    def fails(self, tool, **arguments):
        """Return the text of the error that a call is answered with."""
        with self.assertRaises(ToolFailed) as caught:
            self.mcp.call(tool, **arguments)
        return str(caught.exception)

    def search(self, *fields, **arguments):
        arguments.setdefault("model", "res.partner")
        arguments.setdefault("domain", [["id", "in", self.partners.ids]])
        return self.mcp.call("search", fields=list(fields), **arguments)["records"]


@tagged("post_install", "-at_install")
class TestAccessRecords(AccessCase):
    # Operations

    def test_a_group_that_goes_closes_what_was_for_it(self):
        group = self.env["res.groups"].create({"name": "Few"})
        record = self.record(group_ids=[Command.set(group.ids)])
        with self.assertRaisesRegex(UserError, "for everybody"):
            group.unlink()
        group.with_context(**{MODULE_UNINSTALL_FLAG: True}).unlink()
        self.assertTrue(record.active)
        self.assertFalse(record.perm_read or record.perm_create or record.perm_write)
        self.assertIn(_NOT_HERE, self.fails("search", model="res.partner"))

    def test_without_records_clients_do_what_the_user_may(self):
        self.assertEqual(len(self.search("phone")), 3)
        self.mcp.call(
            "write", model="res.partner", ids=self.antwerp.ids, values={"city": "Ghent"}
        )
        self.assertEqual(self.antwerp.city, "Ghent")

    def test_an_operation_that_is_not_ticked_is_refused(self):
        self.record(perm_write=False, perm_create=False, perm_unlink=False)
        self.assertEqual(len(self.search("phone")), 3)
        ids = self.antwerp.ids
        for tool, arguments in {
            "write": {"ids": ids, "values": {"city": "Ghent"}},
            "create": {"records": [{"name": "MCP test new"}]},
            "unlink": {"ids": ids},
        }.items():
            with self.subTest(tool=tool):
                text = self.fails(tool, model="res.partner", **arguments)
                self.assertIn(_NOT_HERE, text)
        self.assertEqual(self.antwerp.city, "Antwerp")

    def test_what_may_not_be_read_is_reached_by_nothing(self):
        self.record(perm_read=False)
        for tool, arguments in {
            "search": {},
            "read": {"ids": self.antwerp.ids},
            "count": {},
            "aggregate": {},
            "name_search": {"name": "MCP"},
            "describe_model": {},
            "default_get": {},
        }.items():
            with self.subTest(tool=tool):
                text = self.fails(tool, model="res.partner", **arguments)
                self.assertIn(_NOT_HERE, text)
        listed = self.mcp.call("list_models", words="contact")["models"]
        self.assertNotIn("res.partner", [found["model"] for found in listed])

    def test_a_related_record_of_a_closed_model_has_an_id_and_no_name(self):
        self.antwerp.country_id = country = self.env.ref("base.be")
        self.record("res.country", perm_read=False)
        [found] = self.search("country_id", domain=[["id", "=", self.antwerp.id]])
        self.assertEqual(found["country_id"], {"id": country.id})
        grouped = self.mcp.call(
            "aggregate",
            model="res.partner",
            groupby=["country_id"],
            domain=[["id", "=", self.antwerp.id]],
        )
        self.assertEqual(grouped["groups"][0]["country_id"], {"id": country.id})

    # Whom a record is for

    def test_a_model_is_closed_to_those_for_whom_no_record_is(self):
        self.record(group_ids=[Command.link(self.env.ref("base.group_system").id)])
        text = self.fails("count", model="res.partner")
        self.assertIn(_NOT_HERE, text)

    def test_the_first_record_that_is_meant_for_the_user_decides(self):
        group = self.env.ref("base.group_partner_manager")
        self.record(sequence=1, readable=["name"], group_ids=[Command.link(group.id)])
        general = self.record(sequence=2)
        self.assertIn(
            _NOT_HERE, self.fails("search", model="res.partner", fields=["city"])
        )
        general.sequence = 0
        self.assertTrue(self.search("city"))

    def test_an_archived_record_says_nothing(self):
        record = self.record(perm_read=False)
        record.active = False
        self.assertEqual(len(self.search("phone")), 3)

    def test_in_several_companies_only_what_all_allow_is_allowed(self):
        second = self.env["res.company"].create({"name": "MCP test company"})
        self.user.company_ids += second
        first = self.user.company_id
        self.record(company_id=first.id, readable=["name", "city"])
        self.record(company_id=second.id, readable=["name", "phone"])

        def allowed(field, *companies):
            context = {"allowed_company_ids": [company.id for company in companies]}
            try:
                return bool(self.search(field, context=context))
            except ToolFailed as error:
                self.assertIn(_NOT_HERE, str(error))
                return False

        self.assertTrue(allowed("city", first))
        self.assertFalse(allowed("phone", first))
        self.assertTrue(allowed("phone", second))
        self.assertFalse(allowed("city", second, first))
        self.assertTrue(allowed("name", second, first))

    # Fields

    def test_a_field_that_is_not_listed_is_reached_by_nothing(self):
        self.record(readable=["display_name", "name", "child_ids", "parent_id"])
        phone = [["phone", "=", "555-Bruges"]]
        calls = {
            "read": {"ids": self.antwerp.ids, "fields": ["phone"]},
            "search": {"fields": ["phone"]},
            "count": {"domain": phone},
            "aggregate": {"groupby": ["phone"]},
            "name_search": {"name": "MCP", "domain": phone},
            "default_get": {"fields": ["phone"]},
            "write": {"ids": self.antwerp.ids, "values": {"phone": "1"}},
        }
        for tool, arguments in calls.items():
            with self.subTest(tool=tool):
                text = self.fails(tool, model="res.partner", **arguments)
                self.assertIn("res.partner.phone " + _NOT_HERE, text)
        for arguments in (
            {"order": "phone"},
            {"domain": [["child_ids", "any", phone]]},
            {"domain": [["parent_id.phone", "=", "1"]]},
            {"fields": ["child_ids.phone"]},
        ):
            with self.subTest(arguments=arguments):
                self.assertIn(
                    _NOT_HERE, self.fails("search", model="res.partner", **arguments)
                )
        described = self.mcp.call("describe_model", model="res.partner")
        self.assertNotIn("phone", described["fields"])

    def test_what_is_related_to_a_hidden_field_is_hidden(self):
        self.record(readable=["display_name", "name"])
        own = self.user.ids
        for domain in ([["phone", "ilike", "5"]], [["partner_id.phone", "ilike", "5"]]):
            text = self.fails("count", model="res.users", domain=domain)
            self.assertIn(_NOT_HERE, text)
        # of the own user, Odoo itself shows it whatever the rights
        text = self.fails("read", model="res.users", ids=own, fields=["phone"])
        self.assertIn(_NOT_HERE, text)
        [found] = self.search("name", model="res.users", domain=[["id", "=", own[0]]])
        self.assertEqual(found["name"], self.user.name)

    def test_an_access_record_that_lists_what_follows_opens_it(self):
        self.user.partner_id.phone = "555-own"
        self.record(readable=["display_name", "name"])
        self.record("res.users", readable=["display_name", "phone"])
        found = self.mcp.call(
            "read", model="res.users", ids=self.user.ids, fields=["phone"]
        )
        self.assertEqual(found["records"][0]["phone"], "555-own")

    def test_names_are_found_by_what_may_be_read_of_them(self):
        self.antwerp.ref = "MCPREF1"
        found = self.mcp.call("name_search", model="res.partner", name="MCPREF1")
        self.assertTrue(found["records"])
        self.record(readable=["display_name", "name", "complete_name"])
        found = self.mcp.call("name_search", model="res.partner", name="MCPREF1")
        self.assertFalse(found["records"])
        found = self.mcp.call("name_search", model="res.partner", name="MCP test Ant")
        self.assertEqual(found["records"][0]["id"], self.antwerp.id)

    def test_a_hidden_name_is_hidden_wherever_it_would_show(self):
        self.bruges.write({"type": "other", "parent_id": self.antwerp.id})
        self.record(readable=["city", "parent_id"])
        found = self.search("city", "parent_id", domain=[["id", "=", self.bruges.id]])
        self.assertEqual(
            found,
            [
                {
                    "id": self.bruges.id,
                    "city": "Bruges",
                    "parent_id": {"id": self.antwerp.id},
                }
            ],
        )
        self.assertIn(
            _NOT_HERE, self.fails("name_search", model="res.partner", name="M")
        )
        changed = self.mcp.call(
            "write", model="res.partner", ids=self.bruges.ids, values={"city": "Ghent"}
        )
        self.assertEqual(set(changed["records"][0]), {"id", "url"})

    def test_records_are_not_ordered_by_what_is_hidden(self):
        self.antwerp.name, self.bruges.name = "ZZZ", "AAA"
        self.record(readable=["city"])
        found = self.search("city", domain=[["id", "in", self.partners.ids]])
        # what is left of their own order: the last one first
        newest_first = sorted(self.partners.ids, reverse=True)
        self.assertEqual([row["id"] for row in found], newest_first)

    def test_records_are_not_ordered_by_names_that_are_closed(self):
        countries = self.env["res.country"].create(
            [{"name": "MCP Zed", "code": "9Z"}, {"name": "MCP Alpha", "code": "9A"}]
        )
        zed, alpha = countries
        (self.antwerp.country_id, self.bruges.country_id) = zed, alpha
        two = self.antwerp + self.bruges
        closed = {"perm_read": False}, {"domain": "[('code', '!=', '9A')]"}
        for values in closed:
            record = self.record("res.country", **values)
            with self.subTest(**values):
                found = self.search(
                    "country_id", domain=[["id", "in", two.ids]], order="country_id"
                )
                # by their numbers instead
                ids = [partner["id"] for partner in found]
                self.assertEqual(ids, two.ids)
                groups = self.mcp.call(
                    "aggregate",
                    model="res.partner",
                    domain=[["id", "in", two.ids]],
                    groupby=["country_id"],
                )["groups"]
                ids = [group["country_id"]["id"] for group in groups]
                self.assertEqual(ids, countries.ids)
            record.unlink()
        found = self.search(domain=[["id", "in", two.ids]], order="country_id")
        self.assertEqual([partner["id"] for partner in found], two.ids[::-1])

    def test_only_fields_that_are_listed_are_written(self):
        self.record(writable=["city"])
        ids = self.antwerp.ids
        self.mcp.call("write", model="res.partner", ids=ids, values={"city": "Ghent"})
        self.assertEqual(self.antwerp.city, "Ghent")
        text = self.fails("write", model="res.partner", ids=ids, values={"phone": "1"})
        self.assertIn("nothing that you may write", text)
        # another model's field that is written through
        user = new_test_user(self.env, "mcp_other")
        self.user.group_ids += self.env.ref("base.group_erp_manager")
        text = self.fails(
            "write", model="res.users", ids=user.ids, values={"phone": "1"}
        )
        self.assertIn("nothing that you may write", text)

    def test_odoo_itself_goes_on_with_what_is_hidden(self):
        self.record(readable=["display_name", "name", "parent_id"])
        created = self.mcp.call(
            "create",
            model="res.partner",
            records=[{"name": "MCP test child", "parent_id": self.antwerp.id}],
        )
        child = self.env["res.partner"].browse(created["records"][0]["id"])
        # the address comes from the parent, and nobody was told
        self.assertEqual(child.city, "Antwerp")

    def test_what_odoo_says_after_reading_what_is_hidden_is_not_repeated(self):
        self.record("res.partner", readable=["display_name", "name", "parent_id"])
        text = self.fails(
            "write",
            model="res.partner",
            ids=self.antwerp.ids,
            values={"parent_id": self.antwerp.id},
        )
        self.assertNotIn("555", text)

    # Records

    def test_records_outside_of_the_domain_do_not_exist(self):
        self.record(domain="[('city', '=', 'Bruges')]")
        self.assertEqual([row["id"] for row in self.search("city")], self.bruges.ids)
        found = self.mcp.call("read", model="res.partner", ids=self.partners.ids)
        self.assertEqual(found["not_found"], (self.partners - self.bruges).ids)
        text = self.fails(
            "write", model="res.partner", ids=self.antwerp.ids, values={"phone": "1"}
        )
        self.assertIn("no records", text)

    def test_nothing_is_changed_into_what_is_outside_of_the_domain(self):
        self.record(domain="[('city', '=', 'Bruges')]")
        ids = self.bruges.ids
        for tool, arguments in {
            "write": {"ids": ids, "values": {"city": "Ghent"}},
            "create": {"records": [{"name": "MCP test", "city": "Ghent"}]},
        }.items():
            with self.subTest(tool=tool):
                text = self.fails(tool, model="res.partner", **arguments)
                self.assertIn(_NOT_HERE, text)
        self.assertEqual(self.bruges.city, "Bruges")
        self.mcp.call("write", model="res.partner", ids=ids, values={"phone": "2"})
        self.assertEqual(self.bruges.phone, "2")

    def test_a_trial_does_not_count_what_is_outside_of_the_domain(self):
        def told():
            return self.mcp.call(
                "unlink", model="res.partner", ids=self.bruges.ids, dry_run=True
            ).get("others", {})

        self.env["res.partner.bank"].create(
            {"acc_number": "MCP1", "partner_id": self.bruges.id}
        )
        self.assertIn("res.partner.bank", told())
        self.record("res.partner.bank", domain="[('acc_number', '=', 'MCP2')]")
        self.assertNotIn("res.partner.bank", told())

    def test_names_of_records_outside_of_the_domain_are_not_told(self):
        self.bruges.write({"type": "other", "parent_id": self.antwerp.id})
        self.record(domain="[('city', '=', 'Bruges')]")
        [found] = self.search("parent_id")
        self.assertEqual(found["parent_id"], {"id": self.antwerp.id})

    def test_odoos_own_rules_are_not_changed_by_the_domain_of_a_record(self):
        self.record(domain="[('city', '=', 'Bruges')]")
        self.assertEqual(len(self.search("city")), 1)
        as_user = self.env["res.partner"].with_user(self.user)
        found = as_user.search([("id", "in", self.partners.ids)])
        self.assertEqual(found, self.partners.with_user(self.user))

    def test_a_domain_knows_the_user_as_a_number_only(self):
        self.antwerp.user_id = self.user
        record = self.record(domain="[('user_id', '=', uid)]")
        self.assertEqual([row["id"] for row in self.search("city")], self.antwerp.ids)
        for text in ("[('user_id', '=', user.id)]", "[('nothing', '=', 1)]", "1 +"):
            with self.subTest(text=text), self.assertRaises(ValidationError):
                record.domain = text

    # How many

    def test_a_call_concerns_no_more_records_than_the_cap(self):
        self.record(record_cap=2)
        found = self.mcp.call("search", model="res.partner", limit=50)
        self.assertEqual((len(found["records"]), found["has_more"]), (2, True))
        found = self.mcp.call("read", model="res.partner", ids=self.partners.ids)
        self.assertEqual(len(found["records"]), 2)
        self.assertEqual(found["not_read"], self.partners[2:].ids)
        text = self.fails(
            "write",
            model="res.partner",
            ids=self.partners.ids,
            values={"city": "Ghent"},
        )
        self.assertIn("at most 2", text)
        text = self.fails(
            "create", model="res.partner", records=[{"name": "MCP test"}] * 3
        )
        self.assertIn("at most 2", text)

    # Methods

    def test_only_methods_that_are_listed_are_called(self):
        record = self.record(method_mode="listed", methods="action_archive")
        ids = self.antwerp.ids
        text = self.fails(
            "method_call", model="res.partner", method="action_unarchive", ids=ids
        )
        self.assertIn("no method", text)
        self.mcp.call(
            "method_call", model="res.partner", method="action_archive", ids=ids
        )
        self.assertFalse(self.antwerp.active)
        record.method_mode = "blocked"
        self.mcp.call(
            "method_call", model="res.partner", method="action_unarchive", ids=ids
        )
        self.assertTrue(self.antwerp.active)
        with self.assertRaises(ValidationError):
            record.methods = "no_such_method"

    def test_without_change_only_methods_that_are_named_are_called(self):
        record = self.record(perm_write=False)
        call = {"model": "res.partner", "method": "action_archive"}
        call["ids"] = self.antwerp.ids
        for mode in ("all", "blocked"):
            record.write({"method_mode": mode, "methods": "action_unarchive"})
            with self.subTest(mode=mode):
                self.assertIn("no method", self.fails("method_call", **call))
        record.write({"method_mode": "listed", "methods": "action_archive"})
        self.mcp.call("method_call", **call)
        self.assertFalse(self.antwerp.active)

    def test_a_method_that_one_company_names_is_not_called_in_another(self):
        second = self.env["res.company"].create({"name": "MCP test company"})
        self.user.company_ids += second
        first = self.user.company_id
        self.record(company_id=first.id, perm_write=False)
        self.record(
            company_id=second.id, method_mode="listed", methods="action_archive"
        )
        call = {"model": "res.partner", "method": "action_archive"}
        call["ids"] = self.antwerp.ids
        both = {"allowed_company_ids": [second.id, first.id]}
        self.assertIn("no method", self.fails("method_call", context=both, **call))
        self.assertTrue(self.antwerp.active)
        alone = {"allowed_company_ids": second.ids}
        self.mcp.call("method_call", context=alone, **call)
        self.assertFalse(self.antwerp.active)

    # Documents

    def test_documents_are_printed_where_nothing_is_hidden_or_a_record_says_so(self):
        def printable():
            with guarded(None):
                resources = self.env["mcp.resource"].with_user(self.user)
                wanted = Domain("model", "=", "res.partner")
                return len(resources._usable_reports(wanted))

        self.env["ir.actions.report"].create(
            {
                "name": "MCP test",
                "model": "res.partner",
                "report_name": "mcp_security.no_such_report",
            }
        )
        usual = printable()
        self.assertTrue(usual)
        self.record("res.country", readable=["name"])
        self.assertFalse(printable())
        self.record(perm_print=True)
        self.assertEqual(printable(), usual)

    # The default policy

    def test_models_without_a_record_follow_the_default(self):
        self.default("read")
        self.assertEqual(len(self.search("city")), 3)
        text = self.fails(
            "write", model="res.partner", ids=self.antwerp.ids, values={"city": "Ghent"}
        )
        self.assertIn(_NOT_HERE, text)
        self.default("nothing")
        self.assertIn(_NOT_HERE, self.fails("count", model="res.partner"))
        self.record()
        self.assertEqual(len(self.search("city")), 3)
        self.mcp.call(
            "write", model="res.partner", ids=self.antwerp.ids, values={"city": "Ghent"}
        )
        found = self.mcp.call("list_models", words="contact")["models"]
        self.assertEqual([model["model"] for model in found], ["res.partner"])
        # what is shown of it by itself has nothing of models that are closed
        self.env.registry.clear_cache()
        [shown] = self.search(domain=[["id", "=", self.antwerp.id]])
        self.assertNotIn("category_id", shown)
        self.assertEqual(shown["city"], "Ghent")
        actions = self.mcp.call("list_actions", model="res.partner", id=shown["id"])
        self.assertEqual(actions["name"], self.antwerp.name)

    # What is told

    def test_an_administrator_is_told_which_record_is_responsible(self):
        self.record(readable=["name"], name="MCP test secret")
        self.assertNotIn(
            "MCP test secret",
            self.fails("search", model="res.partner", fields=["phone"]),
        )
        self.mcp = self.client(self.manager)
        self.assertIn(
            "MCP test secret",
            self.fails("search", model="res.partner", fields=["phone"]),
        )

    def test_the_layer_is_explained(self):
        def layer(operation, **arguments):
            explained = self.mcp.call(
                "explain_access",
                model="res.partner",
                operation=operation,
                **arguments,
            )
            found = {entry["layer"]: entry for entry in explained["layers"]}
            return explained["allowed"], found.get("access_record")

        self.assertIsNone(layer("read")[1])
        self.record(perm_write=False, domain="[('city', '=', 'Bruges')]")
        self.assertFalse(layer("write")[0])
        self.assertFalse(layer("write")[1]["allowed"])
        self.assertTrue(layer("read")[1]["allowed"])
        self.assertTrue(layer("read", id=self.bruges.id)[0])
        self.assertFalse(layer("read", id=self.antwerp.id)[0])

    def test_a_refusal_is_an_event(self):
        self.record(readable=["name"])
        seen = []
        server = type(self.env["mcp.server"])

        def emit(_server, kind, _exchange, **facts):
            seen.append((kind, facts))

        self.patch(server, "_emit", emit)
        self.fails("search", model="res.partner", fields=["phone"])
        [facts] = [facts for kind, facts in seen if kind == "access.denied"]
        self.assertEqual(
            (facts["model"], facts["field"], facts["operation"]),
            ("res.partner", "phone", "read"),
        )

    # At the ORM

    @mute_logger("odoo.models")
    def test_the_orm_itself_is_held(self):
        self.record(readable=["display_name", "name"])
        partners = self.env["res.partner"].with_user(self.user)
        users = self.env["res.users"].with_user(self.user)
        roads = {
            "field": lambda: partners.browse(self.antwerp.id).phone,
            "fields": lambda: partners.browse(self.partners.ids).mapped("phone"),
            "read": lambda: partners.browse(self.antwerp.id).read(["phone"]),
            "search": lambda: partners.search([("phone", "!=", False)]),
            "tree": lambda: partners.search([("id", "child_of", self.antwerp.id)]),
            "group": lambda: partners._read_group([], ["phone"]),
            "having": lambda: partners._read_group(
                [], ["name"], having=[("phone:count_distinct", ">", 1)]
            ),
            "write": lambda: partners.browse(self.antwerp.id).write({"phone": "1"}),
            "user": lambda: users.browse(self.user.id).phone,
            "users": lambda: users._read_group([], ["phone"]),
            "self": lambda: users.browse(self.user.id).read(["phone"]),
        }
        with guarded(None):
            for road, walk in roads.items():
                with (
                    self.subTest(road=road),
                    self.assertRaises(AccessError),
                    self.env.cr.savepoint(),
                ):
                    walk()
        for road in ("field", "read", "search", "group", "users", "self"):
            roads[road]()


@tagged("post_install", "-at_install")
class TestAccessScreens(AccessCase):
    def test_listing_fields_begins_with_the_name_and_chosen_methods(self):
        form = Form(self.env["mcp.access.record"].with_user(self.manager))
        form.model_id = self.env["ir.model"]._get("res.partner")
        self.assertEqual(form.name, "Contact")
        form.read_mode = "listed"
        record = form.save()
        self.assertEqual(record.read_field_ids.mapped("name"), ["display_name"])
        self.assertEqual(record.method_mode, "listed")
        self.assertEqual(
            (record.perm_read, record.perm_write, record.perm_unlink),
            (True, False, False),
        )

    def test_whoever_lists_fields_is_told_what_they_may_show(self):
        record = self.record(readable=["name", "complete_name"])
        self.assertIn("records have no names", record.hint)
        self.assertIn("complete_name is computed", record.hint)

    def test_whoever_closes_more_than_is_seen_is_told(self):
        record = self.record(perm_write=False)
        self.assertIn("No method may be called", record.hint)
        record.write({"method_mode": "listed", "methods": "action_archive"})
        self.assertFalse(record.hint)
        record.perm_read = False
        self.assertIn("nothing is allowed", record.hint)
        new = self.env["mcp.access.record"].new({})
        self.assertFalse(new.hint)

    def test_fields_of_another_model_are_refused(self):
        record = self.record(readable=["name"])
        with self.assertRaises(ValidationError):
            record.model_id = self.env["ir.model"]._get("res.country")

    def test_only_administrators_of_mcp_see_and_change_records(self):
        self.record()
        records = self.env["mcp.access.record"]
        self.assertTrue(records.with_user(self.manager).search([]))
        with self.assertRaises(AccessError):
            records.with_user(self.user).search([])

    def effective(self, user, model="res.partner"):
        form = Form(self.env["mcp.effective.access"].with_user(self.manager))
        form.user_id = user
        form.model_id = self.env["ir.model"]._get(model)
        return form

    def test_effective_access_says_what_and_why(self):
        self.record(
            readable=["name"],
            perm_unlink=False,
            name="MCP test record",
            method_mode="listed",
        )
        form = self.effective(self.user)
        self.assertTrue(form.is_admitted)
        lines = {line["operation"]: line for line in form.line_ids._records}
        self.assertTrue(lines["read"]["allowed"])
        self.assertFalse(lines["unlink"]["allowed"])
        self.assertIn("MCP test record", lines["unlink"]["reason"])
        self.assertEqual(form.readable_fields, "Only active, id, name.")
        self.assertFalse(lines["call"]["allowed"])

    def test_effective_access_promises_nothing_of_what_may_not_be_read(self):
        self.record(perm_read=False)
        self.fails("create", model="res.partner", records=[{"name": "MCP test"}])
        form = self.effective(self.user)
        lines = form.line_ids._records
        self.assertEqual([line["allowed"] for line in lines], [False] * 5)
        self.assertEqual(form.readable_fields, "None.")
        self.assertEqual(form.writable_fields, "None.")
        lines = self.effective(self.user, "res.users.apikeys").line_ids._records
        self.assertEqual([line["allowed"] for line in lines], [False] * 5)

    def test_effective_access_is_that_of_the_user_and_not_of_the_asker(self):
        stranger = new_test_user(self.env, "mcp_stranger")
        form = self.effective(stranger)
        self.assertFalse(form.is_admitted)
        lines = {line["operation"]: line for line in form.line_ids._records}
        self.assertFalse(lines["unlink"]["allowed"])
        self.assertTrue(lines["read"]["allowed"])

    def test_what_is_out_of_bounds_is_so_in_the_view(self):
        form = self.effective(self.user, "ir.config_parameter")
        self.assertFalse(any(line["allowed"] for line in form.line_ids._records))

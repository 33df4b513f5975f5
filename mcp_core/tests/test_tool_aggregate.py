"""Sums and counts by groups: right ones, and each with the way to its records."""

from odoo import Command
from odoo.tests import tagged

from .common import McpCase, ToolFailed


@tagged("post_install", "-at_install")
class TestToolAggregate(McpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.tags = cls.env["res.partner.category"].create(
            [{"name": "MCP one"}, {"name": "MCP two"}, {"name": "MCP mine"}]
        )
        mine = Command.link(cls.tags[2].id)
        belgium, france = cls.env.ref("base.be"), cls.env.ref("base.fr")
        cls.parents = cls.env["res.partner"].create(
            [
                {"name": "MCP Belgian", "country_id": belgium.id},
                {"name": "MCP French", "country_id": france.id, "active": False},
                {"name": "MCP nowhere"},
            ]
        )
        cls.partners = cls.env["res.partner"].create(
            [
                {
                    "name": f"MCP partner {number}",
                    "city": f"MCP city {number % 2}" if number < 4 else False,
                    "parent_id": (cls.parents[number].id if number < 3 else False),
                    "type": ("invoice", "delivery", "other")[number % 3],
                    "is_company": number == 5,
                    "partner_latitude": number,
                    "category_id": [
                        mine,
                        *(Command.link(tag.id) for tag in cls.tags[: number % 3]),
                    ],
                }
                for number in range(6)
            ]
        )
        cls.mine = [["category_id", "in", cls.tags[2].ids]]

    def setUp(self):
        super().setUp()
        self.mcp = self.client(self.user)

    def aggregate(self, *groupby, model="res.partner", **arguments):
        arguments.setdefault("domain", self.mine)
        return self.mcp.call(
            "aggregate", model=model, groupby=list(groupby), **arguments
        )

    def set_created(self, *moments):
        for partner, moment in zip(self.partners, moments, strict=False):
            self.env.cr.execute(
                "UPDATE res_partner SET create_date = %s WHERE id = %s",
                [moment, partner.id],
            )
        self.env.invalidate_all()

    def assertGroupsLeadToTheirRecords(self, result, model="res.partner"):
        for group in result["groups"]:
            counted = self.mcp.call("count", model=model, domain=group["domain"])
            self.assertEqual(counted["count"], group["__count"], group["domain"])

    # measures

    def test_without_groups_all_records_are_summed_up(self):
        result = self.aggregate(
            measures=["partner_latitude:sum", "partner_latitude:avg", "city"]
        )
        self.assertEqual(
            result["groups"],
            [
                {
                    "partner_latitude:sum": 15.0,
                    "partner_latitude:avg": 2.5,
                    "city:count_distinct": 2,
                    "__count": 6,
                }
            ],
        )
        self.assertFalse(result["has_more"])

    def test_least_and_greatest_moments_carry_an_offset(self):
        self.user.tz = "Asia/Kolkata"
        self.set_created(*["2026-01-01 20:00"] * 6)
        group = self.aggregate(measures=["create_date:max"])["groups"][0]
        self.assertEqual(group["create_date:max"], "2026-01-02T01:30:00+05:30")

    def test_nothing_sums_up_to_nothing(self):
        measures = ["partner_latitude:sum", "partner_latitude:max"]
        nowhere = [[0, "=", 1]]
        result = self.aggregate(measures=measures, domain=nowhere)
        self.assertEqual(
            result["groups"],
            [{"partner_latitude:sum": 0, "partner_latitude:max": None, "__count": 0}],
        )
        result = self.aggregate("city", domain=nowhere)
        self.assertEqual(result["groups"], [])
        self.assertIn("No records", result["hint"])

    def test_what_cannot_be_measured_is_refused_with_what_can(self):
        for measure, words in (
            ("partner_latitud:sum", "no field .*partner_latitude"),
            ("name:sum", "name of res.partner has no sum"),
            ("name:max", "has no max. Possible are: .*partner_latitude|create_date"),
            ("child_ids:count_distinct", "has no count_distinct"),
            ("partner_latitude:array_agg", "is no measure.*sum, avg"),
            ("partner_latitude:", "^$"),
        ):
            if words == "^$":
                group = self.aggregate(measures=[measure])["groups"][0]
                self.assertIn("partner_latitude:sum", group)
                continue
            with self.assertRaisesRegex(ToolFailed, words):
                self.aggregate(measures=[measure])

    # groups

    def test_groups_of_any_kind_lead_to_their_records(self):
        for groupby, size in (
            (["type"], 3),
            (["is_company"], 2),
            (["city"], 3),
            (["parent_id"], 4),
            (["category_id"], 3),
            (["parent_id.country_id"], 3),
            (["parent_id.is_company"], None),
            (["parent_id.create_date:year"], 2),
            (["parent_id", "type"], 6),
            (["partner_latitude", "user_id", "city", "type"], 6),
            (["create_date:day_of_week"], 1),
        ):
            result = self.aggregate(*groupby)
            if size is not None:
                self.assertEqual(len(result["groups"]), size, groupby)
            if "category_id" not in groupby:
                total = sum(group["__count"] for group in result["groups"])
                self.assertEqual(total, 6, groupby)
            self.assertGroupsLeadToTheirRecords(result)

    def test_a_group_without_value_leads_to_its_records(self):
        result = self.aggregate("category_id", domain=[["id", "in", self.parents.ids]])
        self.assertEqual([g["category_id"] for g in result["groups"]], [None])
        self.assertGroupsLeadToTheirRecords(result)
        self.tags[0].active = False
        result = self.aggregate("category_id", domain=[["name", "like", "MCP"]])
        self.assertGroupsLeadToTheirRecords(result)

    def test_values_of_groups_look_as_in_search(self):
        result = self.aggregate("parent_id.country_id", "type", "is_company")
        group = result["groups"][0]
        self.assertEqual(
            group["parent_id.country_id"],
            {"id": self.env.ref("base.be").id, "name": "Belgium"},
        )
        self.assertEqual(group["type"], "invoice")
        self.assertIs(group["is_company"], False)

    def test_days_and_months_are_those_of_the_caller(self):
        self.user.tz = "Europe/Brussels"
        # around both changes of the clocks, and around midnight in Brussels
        self.set_created(
            *("2026-03-28 22:59:59", "2026-03-28 23:00:00", "2026-03-29 21:59:59"),
            *("2026-03-29 22:00:00", "2026-10-31 22:59:59", "2026-10-31 23:00:00"),
        )
        months = self.aggregate("create_date:month")
        self.assertEqual(
            [(g["create_date:month"]["start"], g["__count"]) for g in months["groups"]],
            [("2026-03-01", 4), ("2026-10-01", 1), ("2026-11-01", 1)],
        )
        days = self.aggregate("create_date:day")
        self.assertEqual(
            [(g["create_date:day"]["start"], g["__count"]) for g in days["groups"]],
            [
                *(("2026-03-28", 1), ("2026-03-29", 2), ("2026-03-30", 1)),
                *(("2026-10-31", 1), ("2026-11-01", 1)),
            ],
        )
        for period in ("hour", "day", "week", "month", "quarter", "year"):
            result = self.aggregate(f"create_date:{period}")
            self.assertGroupsLeadToTheirRecords(result)
        for part in ("hour_number", "month_number", "day_of_year", "iso_week_number"):
            result = self.aggregate(f"create_date:{part}")
            self.assertGroupsLeadToTheirRecords(result)

    def test_an_hour_that_the_clocks_repeat_or_skip_is_one_group(self):
        self.user.tz = "Europe/Brussels"
        self.set_created(
            *("2026-10-25 00:30", "2026-10-25 01:30", "2026-10-25 02:30"),
            *("2026-03-29 00:30", "2026-03-29 01:30", "2026-03-29 02:30"),
        )
        result = self.aggregate("create_date:hour")
        self.assertEqual(
            [(g["create_date:hour"]["start"], g["__count"]) for g in result["groups"]],
            [
                *(("2026-03-29T01:00", 1), ("2026-03-29T03:00", 1)),
                *(("2026-03-29T04:00", 1), ("2026-10-25T02:00", 2)),
                ("2026-10-25T03:00", 1),
            ],
        )
        self.assertGroupsLeadToTheirRecords(result)

    def test_periods_are_named_in_the_language_of_the_user(self):
        self.set_created(*["2026-03-10 12:00"] * 6)
        group = self.aggregate("create_date")["groups"][0]
        self.assertEqual(
            group["create_date:month"], {"start": "2026-03-01", "label": "March 2026"}
        )
        self.env["res.lang"]._activate_lang("fr_FR")
        self.user.lang = "fr_FR"
        group = self.aggregate("create_date")["groups"][0]
        self.assertEqual(group["create_date:month"]["label"], "mars 2026")

    def test_what_cannot_be_grouped_by_is_refused_with_what_can(self):
        for groupby, words in (
            ("countri_id", "no field .*country_id"),
            ("child_ids", "can't be grouped by 'child_ids'"),
            ("child_ids.city", "can't be grouped by 'child_ids'"),
            ("tz_offset", "can't be grouped by 'tz_offset'"),
            ("create_date:fortnight", "no such period.*month"),
            ("city:month", "it is no date"),
            ("name.code", "no relation"),
        ):
            with self.assertRaisesRegex(ToolFailed, words):
                self.aggregate(groupby)
        with self.assertRaisesRegex(ToolFailed, "Invalid arguments"):
            self.aggregate("city", "type", "name", "lang", "ref")

    # pages and order

    def test_pages_of_groups_do_not_overlap(self):
        found, offset = [], 0
        while offset is not None:
            page = self.aggregate("name", limit=4, offset=offset, order="__count desc")
            found += [group["name"] for group in page["groups"]]
            self.assertEqual(page["has_more"], "next_offset" in page)
            offset = page.get("next_offset")
        self.assertEqual(sorted(found), self.partners.mapped("name"))

    def test_groups_are_sorted_by_measures_and_by_themselves(self):
        def cities(order):
            result = self.aggregate(
                "city", measures=["partner_latitude:sum"], order=order
            )
            return [group["city"] for group in result["groups"]]

        self.assertEqual(
            cities("partner_latitude desc"), [None, "MCP city 1", "MCP city 0"]
        )
        self.assertEqual(cities("city desc")[1:], ["MCP city 1", "MCP city 0"])
        for order in ("name", "city; drop", "city sideways", ",", "sum(city)"):
            with self.assertRaisesRegex(ToolFailed, "is no order"):
                cities(order)

    # rights

    def test_record_rules_hide_without_a_trace(self):
        self.env["ir.rule"].create(
            {
                "name": "MCP test",
                "model_id": self.env.ref("base.model_res_partner").id,
                "domain_force": f"[('id', '!=', {self.partners[0].id})]",
                "groups": [Command.link(self.env.ref("mcp_core.group_user").id)],
            }
        )
        group = self.aggregate(measures=["partner_latitude:min"])["groups"][0]
        self.assertEqual((group["__count"], group["partner_latitude:min"]), (5, 1.0))
        self.assertGroupsLeadToTheirRecords(self.aggregate("parent_id.country_id"))

    def test_records_of_another_company_stay_there(self):
        other = self.env["res.company"].create({"name": "Elsewhere"})
        self.partners[0].company_id = other
        self.assertEqual(self.aggregate()["groups"][0]["__count"], 5)

    def test_a_model_without_access_is_as_good_as_none(self):
        with self.assertRaisesRegex(ToolFailed, "no model .* you may read"):
            self.aggregate(model="ir.config_parameter", domain=[])

    def test_a_field_without_access_is_as_good_as_none(self):
        for name in ("partner_latitude", "city", "create_date"):
            field = self.env["res.partner"]._fields[name]
            self.patch(field, "groups", "base.group_system")
        for arguments in (
            {"measures": ["partner_latitude:sum"]},
            {"groupby": ["city"]},
            {"groupby": ["parent_id.city"]},
            {"groupby": ["create_date:month"]},
            {"domain": [["city", "=", "x"]]},
        ):
            with self.assertRaisesRegex(ToolFailed, "no field '[a-z_]+' that you may"):
                self.mcp.call("aggregate", model="res.partner", **arguments)
        with self.assertRaises(ToolFailed) as failed:
            self.aggregate(measures=["partner_longitud:max"])
        self.assertNotIn("partner_latitude", str(failed.exception))


@tagged("post_install", "-at_install")
class TestToolAggregateAmounts(McpCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        fields = cls.env["ir.model.fields"]
        model = cls.env["ir.model"]._get("res.partner")
        common = {"model_id": model.id, "state": "manual"}
        fields.create(
            {
                **common,
                "name": "x_currency_id",
                "ttype": "many2one",
                "relation": "res.currency",
                "field_description": "MCP currency",
            }
        )
        fields.create(
            {
                **common,
                "name": "x_amount",
                "ttype": "monetary",
                "currency_field": "x_currency_id",
                "field_description": "MCP amount",
            }
        )
        cls.euro, cls.dollar = cls.env.ref("base.EUR"), cls.env.ref("base.USD")
        (cls.euro + cls.dollar).active = True
        cls.partners = cls.env["res.partner"].create(
            [
                {
                    "name": f"MCP {number}",
                    "ref": "MCP amounts",
                    "city": f"MCP city {number % 2}",
                    "x_amount": 10 + number,
                    "x_currency_id": cls.euro.id,
                }
                for number in range(4)
            ]
        )
        cls.mine = [["ref", "=", "MCP amounts"]]

    def aggregate(self, **arguments):
        client = self.client(self.user)
        return client, client.call(
            "aggregate", model="res.partner", domain=self.mine, **arguments
        )

    def test_the_only_currency_is_told(self):
        _client, result = self.aggregate(measures=["x_amount"])
        self.assertEqual(result["groups"], [{"x_amount:sum": 46.0, "__count": 4}])
        self.assertEqual(result["currencies"], {"x_amount:sum": "EUR"})

    def test_amounts_in_several_currencies_are_never_added(self):
        self.partners[0].x_currency_id = self.dollar
        self.partners[1].x_currency_id = False
        for groupby in ([], ["city"], ["x_currency_id"]):
            client, result = self.aggregate(measures=["x_amount:sum"], groupby=groupby)
            self.assertEqual(result["currencies"], {"x_amount:sum": "x_currency_id"})
            amounts = {}
            for group in result["groups"]:
                name = (group["x_currency_id"] or {}).get("name")
                amounts[name] = amounts.get(name, 0) + group["x_amount:sum"]
                count = client.call(
                    "count", model="res.partner", domain=group["domain"]
                )
                self.assertEqual(count["count"], group["__count"])
            self.assertEqual(amounts, {"USD": 10.0, "EUR": 25.0, None: 11.0})

    def test_a_count_needs_no_currency(self):
        self.partners[0].x_currency_id = self.dollar
        _client, result = self.aggregate(measures=["x_amount:count_distinct"])
        self.assertEqual(len(result["groups"]), 1)
        self.assertNotIn("currencies", result)

    def test_amounts_in_a_hidden_currency_are_not_added(self):
        field = self.env["res.partner"]._fields["x_currency_id"]
        self.patch(field, "groups", "base.group_system")
        with self.assertRaisesRegex(ToolFailed, "which currency") as failed:
            self.aggregate(measures=["x_amount"])
        self.assertNotIn("x_currency_id", str(failed.exception))

    def test_a_computed_currency_follows_the_company(self):
        if "crm.lead" not in self.env:
            self.skipTest("needs an app with amounts in the currency of the company")
        other = self.env["res.company"].create(
            {"name": "Elsewhere", "currency_id": self.dollar.id}
        )
        own = self.env["res.company"].create(
            {"name": "Here", "currency_id": self.euro.id}
        )
        seller = self.new_user(
            "mcp_seller",
            "mcp_core.group_user,sales_team.group_sale_salesman_all_leads",
            company_id=own.id,
            company_ids=[Command.set((own + other).ids)],
        )
        self.env["crm.lead"].create(
            [
                {"name": "MCP", "company_id": company.id, "expected_revenue": amount}
                for company, amount in ((own, 10), (own, 20), (other, 5))
            ]
        )
        result = self.client(seller).call(
            "aggregate",
            model="crm.lead",
            measures=["expected_revenue:sum"],
            domain=[["company_id", "in", (own + other).ids]],
        )
        self.assertEqual(
            {
                g["company_currency"]: g["expected_revenue:sum"]
                for g in result["groups"]
            },
            {"USD": 5.0, "EUR": 30.0},
        )

"""What a caller may see: their own rights, by record rules, groups and fields."""

import uuid

import pytest


@pytest.fixture
def secret(office):
    """The name of a partner that a record rule hides from all but the administrator."""
    name = f"Secret {uuid.uuid4().hex}"
    partner = office.create("res.partner", name=name)
    rule = office.create(
        "ir.rule",
        name=name,
        model_id=office.reference("base.model_res_partner"),
        domain_force=f"['|', ('id', '!=', {partner}), ('create_uid', '=', user.id)]",
    )
    yield name, partner
    office.unlink("ir.rule", rule)
    office.unlink("res.partner", partner)


def test_a_record_behind_a_rule_is_neither_found_nor_counted(admin, demo, secret):
    name, partner = secret
    by_name = {"model": "res.partner", "domain": [["name", "=", name]]}
    by_id = {"model": "res.partner", "domain": [["id", "in", [partner]]]}
    for condition in (by_name, by_id):
        assert admin.call("count", **condition) == {"count": 1}
        assert admin.call("search", **condition)["records"][0]["id"] == partner
        assert demo.call("count", **condition) == {"count": 0}
        assert demo.call("search", **condition)["records"] == []


def test_reading_it_by_its_id_says_no_more_than_that_it_is_not_there(
    admin, demo, secret
):
    name, partner = secret
    gone = 2_000_000_000
    arguments = {"model": "res.partner", "ids": [partner, gone], "fields": ["name"]}
    seen = admin.call("read", **arguments)
    assert [record["name"] for record in seen["records"]] == [name]
    assert demo.call("read", **arguments) == {
        "records": [],
        "not_found": [partner, gone],
    }


def test_without_conditions_it_is_not_counted_either(admin, demo, secret):
    hidden = admin.call("count", model="res.partner")["count"]
    assert hidden == demo.call("count", model="res.partner")["count"] + 1


@pytest.mark.parametrize("model", ["ir.config_parameter", "ir.rule", "ir.cron"])
def test_a_model_without_rights_looks_like_one_that_does_not_exist(demo, model):
    refused = demo.failed_call("count", model=model)
    assert refused.startswith(
        demo.failed_call("count", model="no.such").split("'no.such'")[0]
    )
    listed = demo.call("list_models", limit=500)["models"]
    assert model not in [found["model"] for found in listed]


@pytest.mark.parametrize(
    ("model", "field", "path"),
    [
        ("res.users", "totp_secret", "partner_id.user_ids.totp_secret"),
        ("res.partner", "signup_type", "child_ids.signup_type"),
    ],
)
def test_a_field_without_rights_is_not_read_searched_or_ordered_by(
    demo, model, field, path
):
    for arguments in (
        {"fields": [field]},
        {"order": field},
        {"domain": [[field, "!=", False]]},
        {"domain": [[path, "ilike", "a"]]},
    ):
        text = demo.failed_call("search", model=model, **arguments)
        assert f"no field '{field}' that you may read" in text


def test_no_tool_that_reads_leaves_a_trace_in_the_data(database, demo):
    def versions():
        """Return a digest of every row's version in tables that tools read from."""
        digests = {}
        with database.cursor() as cursor:
            for table in ("res_partner", "res_users", "sale_order", "mail_message"):
                cursor.execute(
                    "SELECT count(*), md5(string_agg(ctid::text || xmin, ',' ORDER BY"
                    f" ctid)) FROM {table}"
                )
                digests[table] = cursor.fetchone()
        return digests

    before = versions()
    assert before["res_partner"][0] > 3
    partners = demo.call("search", model="res.partner", fields=["name", "image_1920"])
    ids = [record["id"] for record in partners["records"]]
    fields = ["message_ids", "activity_ids", "avatar_128"]
    demo.call("read", model="res.partner", ids=ids, fields=fields)
    demo.call("count", model="sale.order")
    demo.call("list_models", words="sales")
    assert versions() == before


@pytest.mark.parametrize("operator", ["=", "!=", "ilike", "in", "<"])
def test_a_condition_that_odoo_would_drop_is_refused(demo, operator):
    """Odoo answers a condition on an image as if it were not there, and logs it."""
    value = ["x"] if operator == "in" else "x"
    domain = [["image_1920", operator, value]]
    assert "image_1920" in demo.failed_call("count", model="res.partner", domain=domain)


def test_pages_of_messages_hold_all_that_may_be_seen(demo):
    # Odoo takes the others out after the database has made the page
    seen, offset = [], 0
    while offset is not None:
        page = demo.call(
            "search", model="mail.message", fields=["date"], limit=40, offset=offset
        )
        assert page["records"]
        seen += [record["id"] for record in page["records"]]
        offset = page.get("next_offset")
    assert len(set(seen)) == demo.call("count", model="mail.message")["count"]

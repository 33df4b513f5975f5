"""What Odoo itself looks at before any controller: the database."""

import pytest
from endpoint import assert_refused


@pytest.mark.parametrize("name", ["no_such_database", "template1", "a/b"])
def test_a_database_that_is_not_served_is_an_error_in_json(demo, name):
    response = demo.post("ping", x_odoo_database=name)
    assert_refused(response, 400, -32600, "database")

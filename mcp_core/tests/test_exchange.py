"""The request id: unique, and sorted by time."""

import time
import uuid

from odoo.tests import BaseCase

from ..exchange import new_request_id


class TestRequestId(BaseCase):
    def test_it_is_a_uuid_of_version_7_with_the_time_in_front(self):
        before = time.time_ns() // 1_000_000
        identifier = new_request_id()
        after = time.time_ns() // 1_000_000
        self.assertEqual(identifier.version, 7)
        self.assertEqual(identifier.variant, uuid.RFC_4122)
        self.assertTrue(before <= identifier.int >> 80 <= after)

    def test_a_thousand_of_them_differ(self):
        self.assertEqual(len({new_request_id() for _ in range(1000)}), 1000)

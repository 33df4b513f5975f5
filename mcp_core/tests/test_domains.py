"""The fence around domains that come from a client."""

from odoo.tests import TransactionCase

from .. import domains
from ..domains import DomainFence
from ..exceptions import ToolError


class TestDomains(TransactionCase):
    def check(self, domain):
        return DomainFence(self.env).check(domain)

    def assertRefused(self, domain, words):
        with self.assertRaisesRegex(ToolError, words):
            self.check(domain)

    def test_the_conditions_are_found_wherever_they_are(self):
        leaves = self.check(
            [
                "|",
                "!",
                ["a", "=", 1],
                ["b", "any", [["c.d", "in", [1, 2]], ["e", "not any", []]]],
                ["f", "child_of", 7],
                [1, "=", 1],
            ]
        )
        self.assertEqual(
            {".".join((*leaf.within, leaf.field)) for leaf in leaves},
            {"a", "b", "b.c.d", "b.e", "f"},
        )

    def test_operators_that_bypass_record_rules_are_refused_in_any_case(self):
        for operator in (
            "any!",
            "not any!",
            "Any!",
            "NOT ANY!",
            "ANY",
            "In",
            "inselect",
        ):
            self.assertRefused([["a", operator, []]], "Unknown operator")
        for operator in (None, 1, ["="], {}):
            self.assertRefused([["a", operator, 1]], "Unknown operator")

    def test_what_is_no_condition_is_refused(self):
        self.assertRefused({"a": 1}, "list of conditions")
        self.assertRefused("[]", "list of conditions")
        for term in (["a", "="], ["a", "=", 1, 2], [], {}, 5, None):
            self.assertRefused([term], "is no condition")
        self.assertRefused([[5, "=", 1]], "not a field name")
        self.assertRefused([["a", "any", 5]], "list of conditions")

    def test_operators_need_their_operands(self):
        self.assertRefused(["|", ["a", "=", 1]], "needs 2 conditions")
        self.assertRefused(["!"], "needs 1 condition")
        self.assertRefused([["a", "=", 1], "&"], "needs 2 conditions")
        self.assertRefused(["or", ["a", "=", 1], ["b", "=", 1]], "between conditions")
        self.assertEqual(len(self.check(["|", "&", *[["a", "=", 1]] * 3])), 3)

    def test_the_bounds_hold(self):
        leaf = ["a", "=", 1]
        self.check([leaf] * domains.MAX_LEAVES)
        self.assertRefused([leaf] * (domains.MAX_LEAVES + 1), "more than 200")
        self.check([["a.b.c.d", "=", 1]])
        self.assertRefused([["a.b.c.d.e", "=", 1]], "more than 4 relations")
        self.check([["a", "in", [1] * domains.MAX_VALUES]])
        self.assertRefused(
            [["a", "in", [1] * (domains.MAX_VALUES + 1)]], "at most 1000"
        )
        nested = [leaf]
        for _ in range(domains.MAX_NESTED):
            nested = [["a", "any", nested]]
        self.check(nested)
        self.assertRefused([["a", "any", nested]], "more than 4 times")

    def test_values_are_plain(self):
        self.assertRefused([["a", "=", [1]]], "takes one value")
        self.assertRefused([["a", "=", {}]], "list or an object")
        self.assertRefused([["a", "in", [[1]]]], "list or an object")

"""Trying out: what a change would do is told, and nothing is done."""

from odoo.tests import tagged

from .test_changes import ChangesCase


@tagged("post_install", "-at_install")
class TestDryRun(ChangesCase):
    def test_a_dry_run_tells_before_and_after_and_changes_nothing(self):
        answer = self.mcp.call(
            "write",
            model="res.partner",
            ids=self.partner.ids,
            values={"name": "Changed", "child_ids": [{"create": {"name": "New"}}]},
            dry_run=True,
        )
        self.assertIs(answer["dry_run"], True)
        [changed] = answer["changed"]
        self.assertEqual(
            changed["fields"]["name"], {"before": "Change me", "after": "Changed"}
        )
        # computed from the name, and stored
        self.assertEqual(changed["fields"]["complete_name"]["after"], "Changed")
        self.env.invalidate_all()
        self.assertEqual(self.partner.name, "Change me")
        self.assertFalse(self.partner.child_ids)

    def test_a_dry_run_meets_the_same_refusals(self):
        for arguments, words in (
            (
                {"values": {"parent_id": self.partner.id}},
                "recursive|Recursi|loop|itself",
            ),
            ({"values": {"nmae": "x"}}, "nmae"),
        ):
            self.assertFails(
                words,
                "write",
                model="res.partner",
                ids=self.partner.ids,
                dry_run=True,
                **arguments,
            )

    def test_a_dry_run_of_creating_and_deleting(self):
        count = self.env["res.partner"].search_count([])
        answer = self.mcp.call(
            "create",
            model="res.partner",
            records=[{"name": "Never", "country_id": "Belgium"}],
            dry_run=True,
        )
        self.assertEqual(answer["created"][0]["country_id"]["name"], "Belgium")
        self.assertNotIn("id", answer["created"][0])
        answer = self.mcp.call(
            "unlink", model="res.partner", ids=self.partner.ids, dry_run=True
        )
        self.assertEqual(
            answer["deleted"], [{"id": self.partner.id, "name": "Change me"}]
        )
        self.env.invalidate_all()
        self.assertEqual(self.env["res.partner"].search_count([]), count)

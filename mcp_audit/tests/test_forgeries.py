"""Forged seals, moments and leaves: found, and in nobody's way."""

from datetime import timedelta
from unittest.mock import patch

from psycopg2.extras import Json

from odoo.tests import tagged
from odoo.tools import SQL

from odoo.addons.queue_job.tests.common import trap_jobs

from ..event import salted_digest
from ..sealing.seal import Seal
from .test_seals import SealCase

#: The largest number that a seal may have.
_LAST = 2**63 - 1


@tagged("post_install", "-at_install")
class TestForgeries(SealCase):
    def forge(self, number, **columns):
        """Add a seal as whoever may add rows can, and return its number."""
        [newest] = self.seals.search([], limit=1)
        self.env.cr.execute("SELECT * FROM mcp_audit_seal WHERE id = %s", [newest.id])
        [row] = self.env.cr.dictfetchall()
        row |= {
            "id": number,
            "first_id": row["last_id"] + 1,
            "last_id": row["last_id"] + 10,
            "groups": [["requests", 10, "0" * 64]],
            "previous": Seal.from_row(row).digest,
            "signature": "00" * 64,
            **columns,
        }
        row["groups"] = Json(row["groups"])
        self.env.cr.execute(
            SQL(
                "INSERT INTO mcp_audit_seal (%s) VALUES %s",
                SQL(", ").join(map(SQL.identifier, row)),
                tuple(row.values()),
            )
        )
        return number

    def newest(self):
        return self.seals.search([], limit=1)

    def _at(self, moment):
        """Have seals made as if at some time."""
        seals = self.registry["mcp.audit.seal"]
        return patch.object(seals, "_now", lambda self, cr: moment)

    # Seals

    def test_a_forged_seal_is_found_and_keeps_nothing_from_being_sealed(self):
        self.fill(30)
        self.seals._seal(10)
        number, last = self.newest().id, self.newest().last_id
        for numbers, columns, problem in (
            ([number + 1], {}, "signature"),
            ([number + 1], {"last_id": 2**60}, "signature"),
            ([number + 1], {"key_id": "0" * 16}, "key"),
            ([number + 1, number + 2, number + 5], {}, "signature"),
            ([_LAST], {"last_id": 2**60}, "signature"),
            ([number + 1], {"groups": 7}, "unreadable"),
            ([number + 1], {"first_id": 1, "last_id": last}, "signature"),
        ):
            with self.subTest(numbers=numbers, columns=columns):
                savepoint = self.env.cr.savepoint()
                outside = self.outside.read_bytes()
                # each ends where the next one is to end, too
                for place, forged in enumerate(numbers):
                    self.forge(forged, **{"last_id": last + 5 + place, **columns})
                self.fill(25)
                with trap_jobs() as trap:
                    self.seals._start()
                    trap.assert_jobs_count(1, only=self.seals._seal)
                self.assertGreaterEqual(self.seals._seal(5), 25)
                self.assertEqual(self.seals._seal(5), 0)
                found = self.problems()
                self.assertEqual(
                    {seal for _problem, seal in found}, set(numbers), found
                )
                self.assertIn((problem, numbers[0]), found)
                # and what was done to the others is still found in theirs
                self.env.cr.execute(
                    "SELECT id, last_id FROM mcp_audit_seal WHERE NOT id = ANY(%s)"
                    " ORDER BY id DESC LIMIT 1",
                    [numbers],
                )
                [(genuine, event)] = self.env.cr.fetchall()
                self.tamper(
                    "UPDATE mcp_audit_event SET login = 'x' WHERE id = %s", event
                )
                found = {seal for _problem, seal in self.problems()}
                self.assertEqual(found, {*numbers, genuine})
                savepoint.rollback()
                savepoint.close()
                self.outside.write_bytes(outside)
                self.env.invalidate_all()
        self.assertEqual(self.problems(), [])

    def test_a_forged_seal_hides_no_others_that_were_taken_away(self):
        self.fill(30)
        self.seals._seal(10)
        number = self.newest().id
        self.forge(number + 7)
        self.tamper("DELETE FROM mcp_audit_seal WHERE id = %s", number)
        self.assertIn(("truncated", 0), self.problems())

    def test_what_was_done_to_a_seal_is_found_in_that_one(self):
        self.fill(60)
        self.seals._seal(10)
        for column, value in (
            ("previous", "f" * 64),
            ("signature", "00" * 64),
            ("key_id", "another"),
            ("groups", "[]"),
            ("groups", "7"),
            ("last_id", 2**60),
            ("first_id", -5),
        ):
            with self.subTest(column=column, value=value):
                savepoint = self.env.cr.savepoint()
                self.tamper(
                    "UPDATE mcp_audit_seal SET %s = %s WHERE id = 2",
                    SQL.identifier(column),
                    value,
                )
                self.assertEqual({seal for _problem, seal in self.problems()}, {2})
                savepoint.rollback()
                savepoint.close()

    def test_settings_show_the_last_seal_that_is_one(self):
        self.fill(5)
        self.seals._seal()
        genuine = self.newest()
        self.forge(_LAST, time=self.today + timedelta(days=400), last_id=2**60)
        sealed, late = self.env["mcp.audit.protection"]._sealed()
        self.assertEqual((sealed, late), (genuine.time, False))
        self.fill(1)
        self.tamper(
            "UPDATE mcp_audit_event SET time = time - interval '1 hour' WHERE id = %s",
            self.last_id(),
        )
        self.assertTrue(self.env["mcp.audit.protection"]._sealed()[1])

    def test_an_export_is_proved_by_the_seals_that_are_some(self):
        self.fill(12)
        self.seals._seal(6)
        last = self.last_id()
        self.forge(_LAST, first_id=1, last_id=last - 3)
        rows = self.seals._events(self.env.cr, last - 11, last)
        events = [(row["id"], row["kind"]) for row in rows]
        proofs = list(self.seals._proofs(self.env.cr, events))
        self.assertNotIn(_LAST, [proof["seal"]["id"] for proof in proofs])
        proved = {
            int(event_id)
            for proof in proofs
            for ids in (*proof["whole"].values(), proof["paths"])
            for event_id in ids
        }
        self.assertEqual(proved, {event_id for event_id, _kind in events})

    def test_a_record_outside_that_is_gone_is_missed(self):
        self.fill(5)
        self.seals._seal(2)
        self.outside.unlink()
        verification = self.verify()
        self.assertEqual(
            [finding["problem"] for finding in verification.findings], ["unwitnessed"]
        )
        self.assertIn("missing", verification.result)

    # Retention

    def test_retention_is_not_led_to_delete_what_is_new(self):
        """By moments that somebody has changed for a while."""
        self.days(requests=40)
        self.fill(20)
        self.seals._seal(5)
        seals = self.seals.search([("last_id", ">", self.since)])
        moved = timedelta(days=100)
        for table in ("event", "seal"):
            self.tamper(
                "UPDATE %s SET time = time - %s",
                SQL.identifier(f"mcp_audit_{table}"),
                moved,
            )
        self.env.cr.execute(
            "UPDATE mcp_audit_checkpoint SET last_id = %s WHERE name = 'rollup'",
            [self.last_id()],
        )
        events = self.env["mcp.audit.event"].search([("id", ">", self.since)])
        self.purge()
        self.assertLess(len(self.left(*events.ids)), len(events))
        for table in ("event", "seal"):
            self.tamper(
                "UPDATE %s SET time = time + %s WHERE time < now() - %s",
                SQL.identifier(f"mcp_audit_{table}"),
                moved,
                timedelta(days=50),
            )
        found = [seal for problem, seal in self.problems() if problem == "purge"]
        self.assertTrue(set(found) & set(seals.ids), found)

    def test_a_clock_that_was_put_back_is_no_forgery(self):
        self.days(requests=40)
        self.event(60, sealed=False)
        with self._at(self.today - timedelta(days=20)):
            self.seals._seal()
        self.event(55, sealed=False)
        with self._at(self.today - timedelta(days=50)):
            self.seals._seal()
        self.assertEqual(self.problems(), [])
        self.purge()
        self.assertTrue(self.events("purge.deleted"))
        self.assertEqual(self.problems(), [])

    def test_what_is_held_is_not_exchanged_for_what_went(self):
        self.days(requests=40)
        held = [self.event(60, tool="write", sealed=False) for _n in range(2)]
        gone = [self.event(55, tool="read", sealed=False) for _n in range(4)]
        with self._at(self.today - timedelta(days=45)):
            self.seals._seal()
        rows = {
            row["id"]: row for row in self.seals._events(self.env.cr, held[0], gone[-1])
        }
        leaves = dict(self.seals._leaves(list(rows.values()))["requests"])
        self.hold(tool_names="write")
        self.purge()
        self.assertEqual(self.left(*held, *gone), held)
        self.assertEqual(self.problems(), [])
        row = {
            name: Json(value) if isinstance(value, dict | list) else value
            for name, value in rows[gone[1]].items()
        }
        self.tamper("DELETE FROM mcp_audit_event WHERE id = %s", held[0])
        self.tamper("DELETE FROM mcp_audit_leaf WHERE event_id = %s", gone[1])
        self.tamper(
            "INSERT INTO mcp_audit_leaf (event_id, subject, leaf)"
            " VALUES (%s, 'requests', %s)",
            held[0],
            leaves[held[0]],
        )
        self.tamper(
            "INSERT INTO mcp_audit_event (%s) OVERRIDING SYSTEM VALUE VALUES %s",
            SQL(", ").join(map(SQL.identifier, row)),
            tuple(row.values()),
        )
        self.assertEqual([problem for problem, _seal in self.problems()], ["events"])

    def test_it_is_told_however_many_stay_in_between(self):
        self.days(requests=40)
        held, gone = [], []
        for _n in range(150):
            held.append(self.event(60, tool="write", sealed=False))
            gone.append(self.event(60, tool="read", sealed=False))
        with self._at(self.today - timedelta(days=45)):
            self.seals._seal()
        self.hold(tool_names="write")
        self.purge()
        self.assertEqual(self.left(*held, *gone), held)
        self.assertEqual(self.problems(), [])

    def test_contents_that_are_held_are_missed(self):
        """Even where retention has deleted older and newer ones."""
        self.days(requests=400, payloads=40)
        kept, *_others = (self.request(60, tool=name) for name in ("write", "x", "y"))
        self.env.cr.execute(
            "SELECT request_id, salt, full_digest || body FROM mcp_audit_payload"
            " WHERE request_id IN (SELECT request_id FROM mcp_audit_event"
            " WHERE tool IN ('write', 'x', 'y'))"
        )
        digests = {
            request: salted_digest(salt, text)
            for request, salt, text in self.env.cr.fetchall()
        }
        for request, digest in digests.items():
            self.tamper(
                "UPDATE mcp_audit_event SET request_digest = %s WHERE request_id = %s",
                digest,
                request,
            )
        self.tamper("DELETE FROM mcp_audit_seal")
        self.outside.unlink(missing_ok=True)
        self.seals._seal()
        self.assertEqual(self.problems(), [])
        self.hold(tool_names="write")
        self.purge()
        self.assertEqual(list(self.contents(*digests)), [kept])
        self.assertEqual(self.problems(), [])
        self.tamper("DELETE FROM mcp_audit_payload WHERE request_id = %s", kept)
        self.assertEqual(
            [problem for problem, _seal in self.problems()], ["content_gone"]
        )

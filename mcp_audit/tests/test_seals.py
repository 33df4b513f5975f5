"""Seals: what they say, and that whatever is done to sealed events is found."""

import itertools
import os
import random
import tempfile
from datetime import datetime, timedelta
from operator import itemgetter
from unittest.mock import patch

import psycopg2

from odoo.exceptions import AccessError, UserError
from odoo.tests import TransactionCase, new_test_user, tagged
from odoo.tools import SQL, mute_logger

from odoo.addons.queue_job.tests.common import trap_jobs

from .. import store
from ..event import BEGUN, FINISHED, Event
from ..models import mcp_audit_verification_job
from ..redaction import payload
from ..sealing import merkle
from ..sealing.proof import check_proof
from ..sealing.seal import group_of
from ..sealing.signing import SigningKey, public_keys
from ..sealing.verification import EVENTS
from .retention_common import RetentionCase

#: Mutations of the tamper test.
_MUTATIONS = int(os.environ.get("MCP_TEST_TAMPER") or 60)
_KINDS = (
    BEGUN,
    FINISHED,
    "session.opened",
    "auth.failed",
    "access.denied",
    "settings.changed",
    "audit.viewed",
)


class SealCase(RetentionCase):
    def setUp(self):
        super().setUp()
        self.seals = self.env["mcp.audit.seal"]
        self.seed = int(os.environ.get("MCP_TEST_SEED") or random.randrange(2**32))
        self.random = random.Random(self.seed)
        self.filled = 0

    @property
    def outside(self):
        """The record of seals outside the database."""
        return self.seals._folder() / "seals.jsonl"

    def fill(self, count):
        """Append events of all sorts."""
        choose = self.random.choice
        events = []
        for place in range(count):
            kept = payload("request", {"n": place})
            events.append(
                Event(
                    choose(_KINDS),
                    {
                        "request_id": f"{self.seed}-{self.filled + place}",
                        "user_id": choose([None, 2, 7]),
                        "login": choose(["wren", "Ärger", None]),
                        "record_ids": choose([None, [1, 2], []]),
                        "duration": choose([None, 0.1, 1e22, 12.345]),
                        "details": choose(
                            [None, {"b": 1, "a": [1.5, "x"]}, {"n": 1e300}, {}]
                        ),
                        "request_digest": kept.digest,
                    },
                    [kept],
                )
            )
        store.append(self.env.cr, events)
        self.filled += count

    def verify(self):
        verification = self.env["mcp.audit.verification"].create({})
        while verification.state in ("waiting", "running"):
            verification._run()
            self.env.invalidate_all()
        return verification

    def problems(self):
        """Return (problem, seal) of what a verification finds."""
        found = self.verify().findings or []
        return [(finding["problem"], finding["seal"]) for finding in found]


@tagged("post_install", "-at_install")
class TestSeals(SealCase):
    def test_all_that_is_there_is_sealed_once(self):
        self.fill(25)
        last = self.last_id()
        self.seals._seal(10)
        self.assertEqual(self.seals._seal(10), 0)
        seals = self.seals.search([], order="id")
        self.assertEqual(seals[-1].last_id, last)
        self.assertEqual(seals[0].first_id, 1)
        self.assertEqual(seals.ids, list(range(1, len(seals) + 1)))
        for before, after in itertools.pairwise(seals):
            self.assertEqual(after.first_id, before.last_id + 1)
        self.env.cr.execute(
            "SELECT count(*) FROM mcp_audit_event WHERE id <= %s", [last]
        )
        self.assertEqual(sum(seals.mapped("count")), self.env.cr.fetchone()[0])

    def test_what_is_sealed_is_intact(self):
        self.fill(40)
        self.seals._seal(7)
        verification = self.verify()
        self.assertEqual(verification.state, "intact", verification.result)
        self.assertFalse(verification.findings)
        self.assertEqual(verification.checked, verification.seals)
        [told] = self.events("seal.verified")
        self.assertEqual(told.details["result"], "intact")

    def test_nothing_to_seal_is_no_seal(self):
        self.seals._seal()
        before = self.seals.search_count([])
        self.seals._seal()
        self.assertEqual(self.seals.search_count([]), before)

    def test_python_and_the_store_agree_on_groups(self):
        kinds = [kind for kind, _label in self.env["mcp.audit.event"]._kinds()]
        for kind in kinds:
            self.env.cr.execute("SELECT mcp_audit_group(%s)", [kind])
            self.assertEqual(self.env.cr.fetchone()[0], group_of(kind), kind)

    # Whatever is done to it is found

    def test_each_change_of_a_sealed_event_is_found_in_its_seal(self):
        """1,000 of them with MCP_TEST_TAMPER=1000."""
        self.fill(150)
        self.seals._seal(12)
        self.assertEqual(self.problems(), [])
        for number in range(_MUTATIONS):
            kind = self.random.choice(("edit", "delete", "insert", "swap"))
            savepoint = self.env.cr.savepoint()
            seals, what = getattr(self, f"_{kind}")()
            found = self.problems()
            savepoint.rollback()
            savepoint.close()
            with self.subTest(
                number=number,
                what=what,
                repeat=f"MCP_TEST_SEED={self.seed} MCP_TEST_TAMPER={_MUTATIONS}",
            ):
                self.assertTrue(found)
                self.assertEqual({seal for _problem, seal in found}, seals)
        self.env.invalidate_all()
        self.assertEqual(self.problems(), [])

    def _any(self):
        """Return (event, seal) of a sealed event."""
        self.env.cr.execute(
            """
            SELECT event.id, seal.id FROM mcp_audit_event AS event
              JOIN mcp_audit_seal AS seal
                ON event.id BETWEEN seal.first_id AND seal.last_id
             ORDER BY event.id
            """
        )
        return self.random.choice(self.env.cr.fetchall())

    def _edit(self):
        event, seal = self._any()
        column, value = self.random.choice(
            [
                ("login", "somebody"),
                ("time", datetime(2020, 1, 1, 0, 0, 0, 1)),
                ("kind", "rate.limited"),
                ("user_id", 4711),
                ("outcome", "success!"),
                ("duration", 0.125),
                ("record_ids", "[99]"),
                ("details", '{"a": 2}'),
                ("request_digest", "0" * 64),
                ("request_id", "another"),
            ]
        )
        self.tamper(
            "UPDATE mcp_audit_event SET %s = %s WHERE id = %s",
            SQL.identifier(column),
            value,
            event,
        )
        return {seal}, f"edit of {column}, event {event}"

    def _delete(self):
        event, seal = self._any()
        self.tamper("DELETE FROM mcp_audit_event WHERE id = %s", event)
        return {seal}, f"deletion of event {event}"

    def _insert(self):
        # where an id is free: so that there is one, another event makes place
        event, seal = self._any()
        place = self.random.choice([0, -5])
        if place:
            seal = 1
        else:
            self.tamper("DELETE FROM mcp_audit_event WHERE id = %s", event)
            place = event
        self.tamper(
            """
            INSERT INTO mcp_audit_event (id, time, kind, login)
            OVERRIDING SYSTEM VALUE VALUES (%s, now(), 'request.finished', 'wren')
            """,
            place,
        )
        return {seal}, f"insertion at {place}"

    def _swap(self):
        (one, first), (other, second) = self._any(), self._any()
        while other == one:
            other, second = self._any()
        for old, new in ((one, -1), (other, one), (-1, other)):
            self._move(old, new)
        return {first, second}, f"swap of events {one} and {other}"

    def _move(self, old, new):
        names = SQL(", ").join(
            map(SQL.identifier, [name for name in store.COLUMNS if name != "id"])
        )
        self.tamper(
            """
            WITH moved AS (DELETE FROM mcp_audit_event WHERE id = %s RETURNING *)
            INSERT INTO mcp_audit_event (id, %s)
            OVERRIDING SYSTEM VALUE SELECT %s, %s FROM moved
            """,
            old,
            names,
            new,
            names,
        )

    def test_a_changed_seal_is_found(self):
        self.fill(30)
        self.seals._seal(10)
        for column, value, problem in (
            ("count", 1, None),  # said by the groups anyway
            ("previous", "f" * 64, "chain"),
            ("signature", "00" * 64, "signature"),
            ("key_id", "another", "key"),
            ("groups", "[]", "signature"),
            ("groups", "7", "unreadable"),
            ("time", datetime(2020, 1, 1), "signature"),
            ("last_id", 2**40, "signature"),
        ):
            with self.subTest(column=column, value=value):
                savepoint = self.env.cr.savepoint()
                self.tamper(
                    "UPDATE mcp_audit_seal SET %s = %s WHERE id = 2",
                    SQL.identifier(column),
                    value,
                )
                found = self.problems()
                savepoint.rollback()
                savepoint.close()
                if problem:
                    self.assertIn((problem, 2), found)
                else:
                    self.assertFalse(found)

    def test_a_seal_over_more_than_can_be_read_is_wrong(self):
        self.fill(30)
        self.seals._seal(10)
        self.tamper("UPDATE mcp_audit_seal SET last_id = %s WHERE id = 2", 2**60)
        with patch.object(mcp_audit_verification_job, "_EVENTS_MAX", 25):
            self.assertIn(("signature", 2), self.problems())

    def test_seals_that_are_taken_away_are_missed(self):
        self.fill(30)
        self.seals._seal(10)
        self.tamper(
            "DELETE FROM mcp_audit_seal WHERE id = (SELECT max(id) FROM mcp_audit_seal)"
        )
        self.assertEqual(self.problems(), [("truncated", 0)])

    def test_a_seal_in_the_middle_that_is_taken_away_is_missed(self):
        self.fill(30)
        self.seals._seal(10)
        self.tamper("DELETE FROM mcp_audit_seal WHERE id = 2")
        self.assertIn(("chain", 3), self.problems())

    def test_a_chain_made_anew_with_another_key_is_found(self):
        self.fill(30)
        self.seals._seal(10)
        self.tamper("DELETE FROM mcp_audit_seal")
        self.tamper("UPDATE mcp_audit_event SET login = 'nobody'")
        with (
            tempfile.TemporaryDirectory() as folder,
            patch.dict(os.environ, {"MCP_AUDIT_DIR": folder}),
        ):
            self.seals._seal(10)
            self.assertEqual(self.problems(), [])
        found = {problem for problem, _seal in self.problems()}
        self.assertEqual(found, {"key", "witness", "truncated"})

    def test_contents_that_were_changed_are_found(self):
        self.fill(20)
        self.seals._seal()
        self.tamper(
            "UPDATE mcp_audit_payload SET body = '{}' WHERE request_id = %s",
            f"{self.seed}-3",
        )
        self.assertEqual([problem for problem, _seal in self.problems()], ["content"])
        self.tamper(
            "DELETE FROM mcp_audit_payload WHERE request_id = %s", f"{self.seed}-3"
        )
        self.assertEqual(
            [problem for problem, _seal in self.problems()], ["content_gone"]
        )

    # Outside the database

    def test_the_record_outside_knows_each_seal(self):
        self.fill(30)
        self.seals._seal(10)
        digests = self.seals._witness().digests()
        self.assertEqual(sorted(digests), self.seals.search([], order="id").ids)
        self.assertEqual(self.outside.stat().st_mode & 0o777, 0o600)
        key = self.seals._folder() / "signing-key.pem"
        self.assertEqual(key.stat().st_mode & 0o777, 0o600)

    def test_a_crash_before_it_was_told_is_made_good(self):
        self.fill(10)
        self.seals._seal(10)
        lines = self.outside.read_bytes().splitlines(keepends=True)
        # killed in the middle of a line
        self.outside.write_bytes(b"".join(lines[:-1]) + lines[-1][:20])
        self.assertEqual(self.problems(), [])
        self.fill(1)
        self.seals._seal()
        self.assertEqual(self.problems(), [])
        digests = self.seals._witness().digests()
        self.assertEqual(sorted(digests), self.seals.search([], order="id").ids)

    def test_no_key_no_seal(self):
        self.fill(1)
        blocked = self.folder / "file"
        blocked.touch()
        before = self.seals.search_count([])
        with (
            patch.dict(os.environ, {"MCP_AUDIT_DIR": str(blocked)}),
            self.assertRaises(OSError),
        ):
            self.seals._seal()
        self.assertEqual(self.seals.search_count([]), before)

    # After retention

    def _at(self, moment):
        """Have seals made as if at some time."""
        seals = self.registry["mcp.audit.seal"]
        return patch.object(seals, "_now", lambda self, cr: moment)

    def test_the_chain_verifies_after_retention(self):
        self.days(requests=40, security=60, changes=90, payloads=40)
        old = [self.event(days, sealed=False) for days in range(80, 50, -1)]
        old += [self.event(50, "auth.failed", sealed=False) for _n in range(5)]
        changed = self.event(50, "settings.changed", sealed=False)
        with self._at(self.today - timedelta(days=45)):
            self.seals._seal(8)
        kept = self.event(10, sealed=False)
        self.assertEqual(self.problems(), [])
        self.purge()
        left = self.left(*old, changed, kept)
        self.assertEqual(left, [*old[30:], changed, kept])
        self.assertEqual(self.problems(), [])
        self.assertTrue(self.events("purge.deleted"))
        # what nobody purged is still missed, in its seal
        self.tamper("DELETE FROM mcp_audit_event WHERE id = %s", old[-1])
        self.assertEqual([problem for problem, _seal in self.problems()], ["events"])

    def test_it_verifies_where_a_hold_kept_some(self):
        self.days(requests=40)
        held = [self.event(60 - n, tool="write", sealed=False) for n in range(3)]
        gone = [self.event(55, tool="read", sealed=False) for _n in range(20)]
        held.append(self.event(54, tool="write", sealed=False))
        with self._at(self.today - timedelta(days=45)):
            self.seals._seal(6)
        hold = self.hold(tool_names="write")
        self.purge()
        self.assertEqual(self.left(*held, *gone), held)
        self.assertEqual(self.problems(), [])
        savepoint = self.env.cr.savepoint()
        self.tamper("DELETE FROM mcp_audit_event WHERE id = %s", held[0])
        self.assertEqual([problem for problem, _seal in self.problems()], ["events"])
        savepoint.rollback()
        savepoint.close()
        savepoint = self.env.cr.savepoint()
        self.tamper("DELETE FROM mcp_audit_event WHERE id = %s", held[-1])
        self.assertEqual(len(self.problems()), 1)
        savepoint.rollback()
        savepoint.close()
        self.env.invalidate_all()
        hold.release_reason = "The trial is over"
        hold.action_release()
        self.purge()
        self.assertEqual(self.left(*held, *gone), [])
        self.assertEqual(self.problems(), [])

    def test_a_purge_that_was_not_is_found(self):
        """Whoever deletes events with the database's own rights can't tell of it."""
        self.days(requests=40)
        events = [self.event(60, sealed=False) for _n in range(20)]
        with self._at(self.today - timedelta(days=45)):
            self.seals._seal(5)
        self.tamper("DELETE FROM mcp_audit_event WHERE id = ANY(%s)", events[:10])
        found = self.problems()
        self.assertEqual({problem for problem, _seal in found} - {"events"}, {"purge"})

    def test_nobody_else_can_tell_of_a_purge(self):
        self.days(requests=40)
        events = [self.event(60, sealed=False) for _n in range(20)]
        with self._at(self.today - timedelta(days=45)):
            self.seals._seal(5)
        told = {
            "group": "requests",
            "first_id": events[0],
            "last_id": events[-1],
            "deleted": len(events),
            "rest": "all",
            "seals": [],
        }
        self.tamper("DELETE FROM mcp_audit_event WHERE id = ANY(%s)", events)
        for more in (
            {},
            {"signer": "0" * 16, "signed": "00" * 64},
            {"signer": SigningKey.load(self.seals._folder()).key_id, "signed": "x"},
        ):
            store.append(
                self.env.cr, [Event("purge.deleted", {"details": {**told, **more}})]
            )
        found = {problem for problem, _seal in self.problems()}
        self.assertEqual(found - {"events"}, {"purge"})

    def test_what_tells_of_a_purge_counts_once(self):
        self.days(requests=40)
        events = [self.event(60, sealed=False) for _n in range(4)]
        with self._at(self.today - timedelta(days=45)):
            self.seals._seal(5)
        self.purge()
        [told] = self.events("purge.deleted")
        copy = Event("purge.deleted", {"details": told.details})
        store.append(self.env.cr, [copy])
        self.assertEqual(self.left(*events), [])
        self.assertEqual(self.problems(), [])

    def test_it_holds_whatever_retention_deletes_meanwhile(self):
        self.days(requests=40)
        events = [self.event(60, sealed=False) for _n in range(12)]
        with self._at(self.today - timedelta(days=45)):
            self.seals._seal(4)
        verification = self.env["mcp.audit.verification"].create({})
        # each batch a job of its own, and a purge between the first two
        with (
            patch.object(mcp_audit_verification_job, "_JOB_SECONDS", -1),
            patch.object(mcp_audit_verification_job, "_SEALS", 1),
        ):
            verification._run()
            self.env.invalidate_all()
            self.assertEqual((verification.state, verification.checked), ("running", 1))
            self.purge()
            self.assertEqual(self.left(*events), [])
            while verification.state == "running":
                verification._run()
                self.env.invalidate_all()
        self.assertEqual((verification.state, verification.found), ("intact", 0))

    def test_erased_contents_keep_the_seal(self):
        self.fill(5)
        self.seals._seal()
        self.env["mcp.audit.purge"]._erase_requests([f"{self.seed}-2"], "asked for")
        self.assertEqual(self.problems(), [])
        self.tamper(
            "UPDATE mcp_audit_payload SET erased = now() WHERE request_id = %s",
            f"{self.seed}-3",
        )
        self.assertEqual([problem for problem, _seal in self.problems()], ["erased"])

    def test_those_who_are_responsible_are_told(self):
        users = {
            groups: new_test_user(self.env, f"told {groups}", groups)
            for groups in ("mcp_audit.group_auditor", "base.group_user")
        }
        self.fill(3)
        self.seals._seal()
        self.problems()
        messages = self.env["mail.message"]
        domain = [("model", "=", "mcp.audit.verification")]
        self.assertFalse(messages.search(domain))
        self.tamper("UPDATE mcp_audit_event SET login = 'x'")
        verification = self.verify()
        told = messages.search([*domain, ("res_id", "=", verification.id)])
        partners = told.notified_partner_ids
        self.assertIn(users["mcp_audit.group_auditor"].partner_id, partners)
        self.assertNotIn(users["base.group_user"].partner_id, partners)

    # Who may what

    @mute_logger("odoo.sql_db")
    def test_nobody_changes_a_seal(self):
        self.fill(1)
        self.seals._seal()
        for statement in (
            "UPDATE mcp_audit_seal SET count = 0",
            "DELETE FROM mcp_audit_seal",
            "TRUNCATE mcp_audit_seal",
            "SET LOCAL mcp_audit.purpose = 'retention'; DELETE FROM mcp_audit_seal",
        ):
            with (
                self.subTest(statement=statement),
                self.assertRaises(psycopg2.errors.InsufficientPrivilege),
                self.env.cr.savepoint(),
            ):
                self.env.cr.execute(statement)
        seal = self.seals.search([], limit=1)
        for change in (
            lambda: seal.write({"count": 0}),
            seal.unlink,
            lambda: self.seals.create({}),
        ):
            with self.assertRaises(UserError):
                change()

    def test_auditors_and_administrators_ask_for_a_verification(self):
        verifications = self.env["mcp.audit.verification"]
        for groups, allowed in (
            ("mcp_audit.group_auditor", True),
            ("base.group_user,mcp_core.group_manager", True),
            ("base.group_user,mcp_core.group_user", False),
        ):
            user = new_test_user(self.env, f"seal {groups}", groups)
            ask = verifications.with_user(user).action_verify
            with self.subTest(groups=groups), trap_jobs() as trap:
                if allowed:
                    self.assertEqual(ask()["res_model"], verifications._name)
                    trap.assert_jobs_count(1)
                else:
                    with self.assertRaises(AccessError):
                        ask()

    def test_a_scheduled_action_asks_for_a_seal_where_there_is_something(self):
        self.fill(1)
        with trap_jobs() as trap:
            self.seals._start()
            trap.assert_jobs_count(1, only=self.seals._seal)
            trap.perform_enqueued_jobs()
        with trap_jobs() as trap:
            self.seals._start()
            trap.assert_jobs_count(0)


@tagged("post_install", "-at_install")
class TestProofs(SealCase):
    def test_each_event_is_proved_by_its_seal(self):
        self.fill(40)
        self.seals._seal(9)
        self.fill(3)  # not sealed
        rows = self.seals._events(self.env.cr, self.since + 1, 2**40)
        # all of the first seals, and some of the others
        chosen = [*rows[:12], *self.random.sample(rows[12:], 10)]
        kinds = {row["id"]: row["kind"] for row in sorted(chosen, key=itemgetter("id"))}
        leaves = {
            event_id: digest
            for group in self.seals._leaves(rows).values()
            for event_id, digest in group
        }
        sealed = self.seals.search([], limit=1).last_id
        keys = public_keys(self.seals._folder())
        proved, ways = set(), set()
        for proof in self.seals._proofs(self.env.cr, kinds.items()):
            ways |= {way for way in ("whole", "paths") if proof[way]}
            _seal, found, those = check_proof(proof, leaves, keys)
            self.assertFalse(found)
            proved |= those
            for event_id in those:
                forged = {**leaves, event_id: bytes(32)}
                _seal, found, those = check_proof(proof, forged, keys)
                self.assertNotIn(event_id, those)
                self.assertEqual([finding.problem for finding in found], [EVENTS])
        self.assertEqual(ways, {"whole", "paths"})
        self.assertEqual(sorted(proved), [id_ for id_ in kinds if id_ <= sealed])

    def test_a_proof_of_all_is_of_all(self):
        self.fill(8)
        self.seals._seal(8)
        rows = self.seals._events(self.env.cr, self.since + 1, 2**40)
        leaves = {
            event_id: digest
            for group in self.seals._leaves(rows).values()
            for event_id, digest in group
        }
        keys = public_keys(self.seals._folder())
        events = [(row["id"], row["kind"]) for row in rows]
        [proof] = self.seals._proofs(self.env.cr, events)
        name, ids = max(proof["whole"].items(), key=lambda item: len(item[1]))
        for wrong in (ids[:-1], [*ids, ids[-1] + 1], ids[::-1], ids * 2, [-1]):
            forged = {**proof, "whole": {name: wrong}}
            _seal, found, those = check_proof(forged, leaves, keys)
            self.assertTrue(found)
            self.assertFalse(those)


@tagged("post_install", "-at_install")
class TestTrees(TransactionCase):
    def test_every_path_leads_to_the_root(self):
        for count in range(1, 40):
            leaves = [bytes([place]) * 32 for place in range(count)]
            root = merkle.root(leaves)
            for place, path in merkle.paths(leaves, range(count)).items():
                leaf = leaves[place]
                self.assertEqual(merkle.root_of(leaf, place, count, path), root)
                if path:
                    self.assertNotEqual(merkle.root_of(root, place, count, path), root)
                    self.assertIsNone(merkle.root_of(leaf, place, count, path[:-1]))

"""Exports: who may have one, what is in its file, and what the trail tells of it."""

import csv
import io
import json
import os
import shutil
import zipfile
from contextlib import suppress
from datetime import timedelta
from unittest.mock import patch

import openpyxl
import orjson
import psycopg2

from odoo import fields
from odoo.exceptions import AccessError, UserError
from odoo.tests import tagged
from odoo.tools import mute_logger

from odoo.addons.queue_job.exception import RetryableJobError
from odoo.addons.queue_job.tests.common import trap_jobs

from .. import export_formats, manifest, store
from ..archive import file_digest
from ..event import COLUMNS, FINISHED, SUCCESS, Event
from ..models import mcp_audit_export_job as job
from ..models import mcp_audit_export_slice as slices
from .common import AuditCase

_FORMULA = '=HYPERLINK("http://evil.test","x")'


class ExportCase(AuditCase):
    """A test with an auditor and some events."""

    def setUp(self):
        super().setUp()
        self.set_registry_readonly_mode(False)
        self.auditor = self.new_user("auditor", "mcp_audit.group_auditor")
        self.exports = self.env["mcp.audit.export"].with_user(self.auditor)
        self.count = 0
        self.addCleanup(self.remove_files)

    def remove_files(self):
        for export in self.env["mcp.audit.export"].search([]):
            export._remove_work()
            export._remove_file()

    def append(self, number=1, **facts):
        """Append the ends of some requests."""
        for _ in range(number):
            self.count += 1
            request = {"request_id": f"export-{self.count}", "tool": "search"}
            columns = {
                "user_id": 7,
                "login": "wren",
                "outcome": SUCCESS,
                "duration": 1.5,
            }
            told = Event(FINISHED, {**request, **columns, **facts})
            store.append(self.env.cr, [told])

    def new(self):
        return [["id", ">", self.since]]

    def ask(self, format="jsonl", columns=COLUMNS, domain=None, **options):
        if domain is None:
            domain = self.new()
        export = self.exports._request(format, columns, domain, **options)
        self.env.cr.flush()
        return export

    def finished(self, *args, **options):
        """Return an export that its jobs have brought to its end."""
        with trap_jobs() as trap:
            export = self.ask(*args, **options)
            while trap.enqueued_jobs:
                jobs, trap.enqueued_jobs = trap.enqueued_jobs, []
                for queued in jobs:
                    queued.perform()
        self.env.invalidate_all()
        return export

    def run_once(self, export):
        """Do what one job does, without the next one."""
        with trap_jobs():
            export._run()
        self.env.invalidate_all()

    def archive(self, export):
        """Return {name: content} of the file, which is what its manifest says."""
        self.assertEqual(export.state, "done", export.error)
        path = export._file_path()
        self.assertEqual(file_digest(path), export.sha256)
        self.assertEqual(os.stat(path).st_size, export.size)
        with zipfile.ZipFile(path) as file:
            self.assertIsNone(file.testzip())
            found = {name: file.read(name) for name in file.namelist()}
        told = orjson.loads(found.pop(manifest.NAME))
        self.assertEqual(told, export.manifest)
        self.assertEqual(set(told["files"]), set(found))
        for name, content in found.items():
            self.assertEqual(told["files"][name]["bytes"], len(content))
        return found

    def files(self, export):
        """Return the names of the files with events, beside which proofs may be."""
        return [name for name in self.archive(export) if name.startswith("events")]

    def lines(self, export):
        found = self.archive(export)
        return [
            orjson.loads(line)
            for name in self.files(export)
            for line in found[name].splitlines()
        ]

    def told(self, *what):
        kinds = [f"export.{name}" for name in what]
        return self.events(*kinds)


@tagged("post_install", "-at_install")
class TestExports(ExportCase):
    # The file

    def test_jsonl_has_the_events_of_the_trail(self):
        self.append(3, details={"note": "é\n"}, record_ids=[4, 5])
        wanted = self.events()
        export = self.finished(domain=[["id", "in", wanted.ids]])
        lines = self.lines(export)
        self.assertEqual([line["id"] for line in lines], wanted.ids)
        self.assertEqual(lines[0]["details"], {"note": "é\n"})
        self.assertEqual(lines[0]["time"][10], "T")
        self.assertEqual((export.exported, export.percent), (3, 100))
        told = export.manifest
        self.assertEqual(told["events"], 3)
        self.assertEqual(told["by_kind"], {FINISHED: 3})
        self.assertEqual(told["first"]["id"], wanted.ids[0])
        self.assertEqual(told["last"]["id"], wanted.ids[-1])
        self.assertEqual(told["requested_by"], "auditor")
        self.assertEqual(told["columns"], list(COLUMNS))
        self.assertEqual(told["seals"]["unsealed"], 3)
        self.assertNotIn(self.env.cr.dbname, json.dumps(told))

    def test_csv_and_xlsx_compute_nothing(self):
        texts = [_FORMULA, "+1", "-1", "@x", "\t=1", "http://x.test", "mailto:a@b", "'"]
        texts += ["x" * 40_000, "_x0041_", "\x01\ufffe", "1e5", " =1"]
        for text in texts:
            self.append(login=text, error_code=-32600)
        columns = ["id", "time", "login", "error_code"]
        [content] = self.archive(self.finished("csv", columns)).values()
        self.assertTrue(content.startswith(b"\xef\xbb\xbf"))
        text = content.decode("utf-8-sig")
        header, *lines = csv.reader(io.StringIO(text, newline=""))
        self.assertEqual(header, columns)
        lines = lines[: len(texts)]
        for line, login in zip(lines, texts, strict=True):
            self.assertEqual(line[2], export_formats.neutral(login))
            self.assertEqual(line[3], "-32600")
        [content] = self.archive(self.finished("xlsx", columns)).values()
        book = openpyxl.load_workbook(io.BytesIO(content))
        header, *rows = book.active.iter_rows()
        self.assertEqual([cell.value for cell in header], columns)
        rows = rows[: len(texts)]
        for row, login in zip(rows, texts, strict=True):
            self.assertEqual([cell.data_type for cell in row], ["n", "d", "s", "n"])
            self.assertIsNone(row[2].hyperlink)
            # "_x0041_" is how a workbook writes a character that has no place in XML
            read = openpyxl.utils.escape.unescape(row[2].value)
            self.assertEqual(read[:1000], login.replace("\ufffe", "\ufffd")[:1000])
            self.assertLessEqual(len(read), 32_767)

    def test_a_full_sheet_is_followed_by_another(self):
        self.append(5)
        with patch.object(export_formats.Xlsx, "sheet_rows", 3):
            export = self.finished("xlsx", ["id"])
        [content] = self.archive(export).values()
        book = openpyxl.load_workbook(io.BytesIO(content))
        sizes = [sheet.max_row for sheet in book.worksheets]
        self.assertEqual(sizes[:2], [3, 3])
        self.assertEqual(sum(sizes) - len(sizes), export.exported)

    def test_contents_are_there_where_they_are_asked_for(self):
        self.client(self.user).call("list_companies")
        lines = self.lines(self.finished(contents=True))
        asked = [line["asked"]["body"] for line in lines if "asked" in line]
        self.assertTrue([body for body in asked if "list_companies" in body])
        lines = self.lines(self.finished())
        self.assertFalse([line for line in lines if "asked" in line])
        for format in ("csv", "xlsx"):
            with self.assertRaises(UserError):
                self.ask(format, contents=True)

    def test_an_export_of_nothing_is_a_file(self):
        for format in export_formats.FORMATS:
            export = self.finished(format, ["id"], [["tool", "=", "none"]])
            self.assertEqual(len(self.archive(export)), 1)
            self.assertIsNone(export.manifest["first"])

    def test_a_long_export_is_several_files_and_jobs(self):
        self.append(7)
        wanted = self.events().ids
        with (
            patch.object(slices, "_SLICE_ROWS", {"jsonl": 3}),
            patch.object(slices, "_BATCH", 2),
            patch.object(job, "_JOB_SECONDS", -1),
        ):
            export = self.finished(domain=[["id", "in", wanted]])
            full = self.finished(domain=[["id", "in", wanted[:6]]])
        self.assertEqual([line["id"] for line in self.lines(export)], wanted)
        names = [f"events{n}.jsonl" for n in ("", "-2", "-3")]
        self.assertEqual(self.files(export), names)
        self.assertEqual(self.files(full), names[:2])
        self.assertFalse(os.path.exists(export._work_folder()))

    # Rights

    def test_only_auditors_export(self):
        for user in (self.user, self.env.ref("base.user_admin")):
            if user.has_group("mcp_audit.group_auditor"):
                continue
            with self.assertRaises(AccessError):
                self.exports.with_user(user)._request("csv", ["id"], [])
            wizard = self.env["mcp.audit.export.wizard"].with_user(user)
            with self.assertRaises(AccessError):
                wizard.create({})

    def test_who_lost_the_right_gets_nothing(self):
        self.append()
        export = self.ask()
        self.auditor.group_ids -= self.env.ref("mcp_audit.group_auditor")
        self.env.cr.flush()
        self.run_once(export)
        self.assertEqual(export.sudo().state, "failed")
        self.assertIn("no longer", export.sudo().error)
        self.assertFalse(os.path.exists(export._file_path()))
        self.assertEqual(self.told("failed").login, "auditor")

    def test_administrators_see_that_it_failed_and_no_more(self):
        manager = self.new_user("manager", "mcp_core.group_manager")
        export = self.ask().with_user(manager)
        export.sudo()._fail("The disk is full.")
        self.env.invalidate_all()
        self.assertEqual(export.error, "The disk is full.")
        for name in ("domain", "filter", "manifest", "progress"):
            with self.assertRaises(AccessError):
                export.read([name])
        for action in ("action_download", "action_delete_file", "_opened"):
            with self.assertRaises(AccessError):
                getattr(export, action)()
        with self.assertRaises(AccessError):
            export.write({"state": "done"})

    def test_nobody_writes_its_record(self):
        export = self.ask()
        for attempt in (
            lambda: export.write({"domain": []}),
            lambda: export.unlink(),
            lambda: export.create({"format": "csv", "requester_id": 1}),
        ):
            with self.assertRaises(AccessError):
                attempt()

    def test_filters_stay_with_the_events(self):
        nested = [["account_id", "any", [["password", "like", "a"]]]]
        for domain in (
            [["account_id.password", "like", "a"]],
            [["user_id.login", "=", "admin"]],
            [["related_ids", "in", [1]]],
            [["related_ids.tool", "=", "x"]],
            [["asked", "ilike", "x"]],
            nested,
            [["id", "inselect", ["SELECT 1", []]]],
            [["tool"]],
            ["&"],
            ["|", ["tool", "=", "x"]],
            "[('tool', '=', 'x')]",
            [["create_uid", "=", 1]],
            [["id", "in", list(range(200_000))]],
        ):
            with self.subTest(domain=str(domain)[:80]), self.assertRaises(UserError):
                self.ask(domain=domain)
        for columns in ([], ["password"], ["id", "asked"], ["id) --"]):
            with self.assertRaises(UserError):
                self.ask(columns=columns)

    def test_today_is_the_day_it_was_asked_for(self):
        export = self.ask(domain=[["time", ">=", "today -7d"], ["is_entry", "=", True]])
        day = fields.Date.today() - timedelta(days=7)
        for _field, _operator, value in export.domain[1:2]:
            self.assertEqual(value, str(day))
        self.assertEqual(len(export.domain), 3)

    def test_clients_do_not_reach_exports(self):
        self.finished()
        self.auditor.group_ids |= self.env.ref("mcp_core.group_user")
        self.env.cr.flush()
        client = self.client(self.auditor)
        for model in ("mcp.audit.export", "mcp.audit.export.wizard"):
            self.attempt(lambda model=model: client.call("search", model=model))

    # The job

    def test_the_job_knows_the_export_and_nothing_else(self):
        with trap_jobs() as trap:
            export = self.ask(domain=[["login", "=", "wren"]])
            trap.assert_jobs_count(1)
            trap.assert_enqueued_job(
                export._run,
                args=(),
                kwargs={},
                properties={
                    "identity_key": f"mcp_audit.export:{export.id}",
                    "max_retries": 0,
                },
            )
        function = self.env.ref("mcp_audit.job_function_export")
        self.assertEqual(function.channel, "root.mcp_audit.export")

    def test_a_cancelled_export_stops_and_leaves_no_file(self):
        self.append(4)
        export = self.ask()
        fetched = []

        def cancel(self, exported):
            fetched.append(exported)
            export.action_cancel()
            export.env.cr.flush()
            return progress(self, exported)

        model = self.registry["mcp.audit.export"]
        progress = model._progress
        self.patch(model, "_progress", cancel)
        with (
            patch.object(slices, "_PROGRESS_SECONDS", -1),
            patch.object(slices, "_BATCH", 2),
        ):
            self.run_once(export)
        self.assertEqual(fetched, [2])
        self.assertEqual(export.state, "cancelled")
        self.assertFalse(os.path.exists(export._work_folder()))
        self.assertFalse(os.path.exists(export._file_path()))
        self.assertEqual(self.told("cancelled").login, "auditor")
        self.run_once(export)
        self.assertEqual(export.state, "cancelled")

    def killed(self, export, after):
        """Do some slices; then the process is killed in the middle of the next one."""
        model, done_before = self.registry["mcp.audit.export"], []
        add_rows = model._add_rows

        def kill(self, cr, query, file, add, done):
            done_before.append(done)
            if len(done_before) > after:
                add(b"half a li")
                raise SystemExit
            return add_rows(self, cr, query, file, add, done)

        # not assertRaises: Odoo's own would undo what was committed
        with patch.object(model, "_add_rows", kill), suppress(SystemExit):
            export._run()
        self.env.invalidate_all()

    def test_a_killed_export_goes_on_after_its_last_file(self):
        self.append(7)
        wanted = self.events().ids
        export = self.ask(domain=[["id", "in", wanted]])
        with patch.object(slices, "_SLICE_ROWS", {"jsonl": 3}):
            self.killed(export, after=0)
            self.assertEqual((export.state, export.exported), ("running", 0))
            self.killed(export, after=2)
            self.assertEqual((export.state, export.exported), ("running", 6))
            self.run_once(export)
        self.assertEqual([line["id"] for line in self.lines(export)], wanted)

    def test_what_was_begun_elsewhere_begins_again(self):
        self.append(4)
        wanted = self.events().ids
        export = self.ask(domain=[["id", "in", wanted]])
        with patch.object(slices, "_SLICE_ROWS", {"jsonl": 3}):
            self.killed(export, after=1)
            shutil.rmtree(export._work_folder())
            self.run_once(export)
            self.assertEqual((export.state, export.exported), ("running", 0))
            self.run_once(export)
        self.assertEqual([line["id"] for line in self.lines(export)], wanted)

    def test_what_is_killed_each_time_is_given_up(self):
        export = self.ask()
        for _ in range(job._ATTEMPTS_MAX):
            self.killed(export, after=0)
        self.assertEqual(export.state, "running")
        self.run_once(export)
        self.assertEqual(export.state, "failed")
        self.assertIn("interrupted", export.error)

    @mute_logger(job.__name__)
    def test_a_full_disk_is_said_plainly(self):
        def full(*args, **options):
            raise OSError(28, "No space left on device", "/secret/path")

        export = self.ask()
        with patch.object(slices, "Archive", full):
            self.run_once(export)
        self.assertEqual(export.state, "failed")
        self.assertIn("No space left on device", export.error)
        self.assertNotIn("path", export.error)
        self.assertEqual(self.told("failed").details["reason"], export.error)

    @mute_logger(job.__name__)
    def test_what_breaks_is_not_repeated(self):
        def broken(*args, **options):
            raise ValueError("wren searched for hunter2")

        export = self.ask()
        with patch.object(slices, "Archive", broken):
            self.run_once(export)
        self.assertEqual(export.state, "failed")
        self.assertNotIn("hunter2", export.error)

    def test_a_busy_database_is_tried_again(self):
        def busy(*args, **options):
            raise psycopg2.OperationalError("wren")

        export = self.ask()
        with patch.object(slices, "Archive", busy), suppress(RetryableJobError):
            export._run()
        self.env.invalidate_all()
        self.assertEqual(export.state, "running")
        self.run_once(export)
        self.assertEqual(export.state, "done")

    # Having it

    def test_a_download_is_in_the_trail(self):
        self.append()
        export = self.finished()
        self.authenticate("auditor", "auditor")
        self.assertEqual(
            export.action_download()["url"], f"/mcp_audit/export/{export.id}"
        )
        answer = self.url_open(f"/mcp_audit/export/{export.id}")
        self.assertEqual(answer.status_code, 200)
        self.assertEqual(answer.headers["Content-Type"], "application/zip")
        self.assertIn(export.name, answer.headers["Content-Disposition"])
        self.assertIn("no-store", answer.headers["Cache-Control"])
        with open(export._file_path(), "rb") as file:
            self.assertEqual(answer.content, file.read())
        told = self.told("downloaded")
        self.assertEqual(told.login, "auditor")
        self.assertEqual(told.details["sha256"], export.sha256)

    def test_there_is_no_other_road_to_the_file(self):
        export = self.finished()
        self.new_user("employee", "base.group_user")
        self.new_user("manager", "mcp_core.group_manager")
        for login in ("employee", "manager", None):
            self.authenticate(login, login)
            answer = self.url_open(
                f"/mcp_audit/export/{export.id}", allow_redirects=False
            )
            self.assertIn(answer.status_code, (303, 404))
        self.authenticate("auditor", "auditor")
        attachments = self.env["ir.attachment"].sudo()
        self.assertFalse(attachments.search([("res_model", "=", "mcp.audit.export")]))
        for field in ("raw", "datas", "manifest", "name"):
            address = f"/web/content/mcp.audit.export/{export.id}/{field}"
            self.assertEqual(self.url_open(address).status_code, 404)
        self.assertFalse(self.told("downloaded"))

    def test_nobody_has_it_unseen(self):
        export = self.finished()
        self.authenticate("auditor", "auditor")

        def refuse(cr, events):
            raise psycopg2.OperationalError("no space left on device")

        controller = "odoo.addons.mcp_audit.controllers.export"
        with (
            patch.object(store, "append", refuse),
            mute_logger(controller, "odoo.http"),
        ):
            answer = self.url_open(f"/mcp_audit/export/{export.id}")
        self.assertEqual(answer.status_code, 503)

    def test_a_file_expires(self):
        self.env["ir.config_parameter"].set_param("mcp_audit.export_days", "3")
        export = self.finished()
        self.assertEqual((export.expires - export.finished).days, 3)
        path = export._file_path()
        export.sudo().expires = fields.Datetime.now() - timedelta(minutes=1)
        self.env.cr.flush()
        with self.assertRaises(UserError):
            export._opened()
        with trap_jobs() as trap:
            self.env["mcp.audit.export"]._start_cleaning()
            self.env["mcp.audit.export"]._start_cleaning()
            trap.assert_jobs_count(1)
            trap.perform_enqueued_jobs()
        self.env.cr.flush()
        self.env.cr.postcommit.run()
        self.assertFalse(os.path.exists(path))
        self.assertEqual(export.state, "expired")
        self.assertTrue(export.manifest)
        told = self.told("deleted")
        self.assertEqual(told.details["cause"], "expiry")
        self.assertEqual(told.details["sha256"], export.sha256)

    def test_a_file_is_deleted_by_hand(self):
        export = self.finished()
        export.action_delete_file()
        self.env.cr.flush()
        self.env.cr.postcommit.run()
        self.assertFalse(os.path.exists(export._file_path()))
        told = self.told("deleted")
        self.assertEqual((told.details["cause"], told.login), ("user", "auditor"))

    def test_stray_files_go(self):
        export = self.finished()
        folder = export._folder()
        cancelled = self.ask()
        cancelled.action_cancel()
        os.makedirs(cancelled._work_folder())
        stray = os.path.join(folder, "999999999.zip")
        with open(stray, "wb"):
            pass
        with patch("odoo.addons.mcp_audit.models.mcp_audit_export_file.time") as clock:
            clock.time.return_value = os.stat(stray).st_mtime + 25 * 60 * 60
            self.env["mcp.audit.export"]._clean()
        self.assertEqual(os.listdir(folder), [f"{export.id}.zip"])

    def test_who_asked_is_told(self):
        partner = self.auditor.partner_id
        message = [
            ("partner_ids", "in", partner.ids),
            ("model", "=", self.exports._name),
        ]
        self.finished()
        found = self.env["mail.message"].search(message)
        self.assertIn("is ready", str(found.body))

    def test_it_is_in_the_trail(self):
        self.append(2)
        wanted = self.events().ids
        export = self.finished("csv", ["id", "tool"], [["id", "in", wanted]])
        requested, done = self.told("requested", "finished")
        self.assertEqual(
            requested.details,
            {
                "export": export.id,
                "format": "csv",
                "columns": ["id", "tool"],
                "contents": False,
                "filter": [["id", "in", wanted]],
            },
        )
        self.assertEqual((done.login, done.record_count), ("auditor", 2))
        self.assertEqual(done.details["sha256"], export.sha256)
        self.assertEqual(done.details["last_id"], wanted[-1])


@tagged("post_install", "-at_install")
class TestExportWizard(ExportCase):
    def wizard(self, context=None, **values):
        wizards = self.env["mcp.audit.export.wizard"].with_user(self.auditor)
        return wizards.with_context(**(context or {})).create(values)

    def list(self, **context):
        return {"active_model": "mcp.audit.event", **context}

    def test_it_takes_the_selected_rows(self):
        self.append(3)
        ids = self.events().ids[:2]
        wizard = self.wizard(self.list(active_ids=ids, active_domain=[]))
        self.assertEqual((wizard.source, wizard.event_count), ("selected", "2"))
        with trap_jobs():
            action = wizard.action_export()
        export = self.exports.browse(action["res_id"])
        self.assertEqual(export.domain, [["id", "in", ids]])
        self.assertEqual(export.requester_id, self.auditor)
        self.assertIn("time", export.columns)

    def test_it_takes_the_filter_of_the_list(self):
        self.append(2, tool="write")
        self.append(1)
        domain = [["tool", "=", "write"], ["id", ">", self.since]]
        for ids in ([], list(range(20_000))):
            wizard = self.wizard(self.list(active_ids=ids, active_domain=domain))
            self.assertEqual((wizard.source, wizard.event_count), ("listed", "2"))

    def test_it_has_a_filter_of_its_own(self):
        self.append(2, tool="write", model="res.partner")
        self.append(1, tool="create", user_id=self.auditor.id)
        # the day of who asks: near midnight it is another one elsewhere
        events = self.env["mcp.audit.event"].with_user(self.auditor)
        today = fields.Date.context_today(events)
        own = {"domain": repr(self.new())}
        for values, count in (
            ({}, 3),
            ({"tool_names": "write, create"}, 3),
            ({"tool_names": "write", "model_names": "res.partner"}, 2),
            ({"user_ids": self.auditor.ids}, 1),
            ({"outcome": "failed"}, 0),
            ({"date_from": today, "date_to": today, "kind": FINISHED}, 3),
            ({"date_to": today - timedelta(days=1)}, 0),
        ):
            wizard = self.wizard(**values, **own, source="all")
            self.assertEqual(wizard.event_count, str(count), values)
        for domain in ("[('account_id.login', '=', 'x')]", "open('x')", "[("):
            wizard = self.wizard(domain=domain)
            with self.assertRaises(UserError):
                wizard.action_export()

    def test_columns_are_chosen(self):
        wizard = self.wizard(column_set="all")
        self.assertEqual(tuple(wizard._columns()), COLUMNS)
        wizard.column_set = "chosen"
        self.assertIn("tool", wizard._columns())
        wizard.column_ids.filtered(
            lambda c: c.name not in ("id", "tool")
        ).chosen = False
        self.assertEqual(wizard._columns(), ["id", "tool"])
        wizard.column_ids.chosen = False
        with self.assertRaises(UserError):
            wizard.action_export()

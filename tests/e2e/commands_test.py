"""The commands of mailhold: what they print, that they work beside a daemon, and what they refuse."""
import hashlib
import json
import mailbox
import os
import signal
import subprocess
import unittest
import urllib.request

import harness

MAILS = 40


class Commands(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        work = harness.work_folder()
        cls.folder = work.__enter__()
        cls.addClassCleanup(work.__exit__, None, None, None)
        cls.origin = harness.Origin(cls.folder / "origin")
        cls.origin.deliver("alice", "INBOX", harness.sample_mail(MAILS))
        cls.origin.deliver("alice", "Work", [b"From: Carol <carol@example.org>\nSubject: =?utf-8?q?Caf=C3=A9?= invoice\n"
                                             b"Date: Mon, 1 Jan 2024 12:00:00 +0000\n\nThe quartz pays.\n"])
        cls.origin.start()
        cls.addClassCleanup(cls.origin.stop)
        cls.mailhold = harness.Mailhold(cls.folder / "mailhold", ["alice"], cls.origin)
        cls.first_sync = cls.mailhold.run("sync", "--json")
        cls.mailhold.start()
        cls.addClassCleanup(cls.mailhold.stop)

    def run_json(self, *arguments):
        return json.loads(self.mailhold.run(*arguments, "--json").stdout)

    def test_sync_reports_json_lines_and_a_second_one_has_nothing_to_do(self):
        lines = [json.loads(line) for line in self.first_sync.stdout.splitlines()]
        self.assertTrue(lines)

    def test_status_beside_the_daemon(self):
        text = json.dumps(self.run_json("status"))
        self.assertIn("alice", text)
        self.assertIn(str(MAILS + 1), text)
        self.assertIn(b"alice", self.mailhold.run("status").stdout)

    def test_search_and_show_give_the_exact_octets(self):
        done = self.mailhold.run("search", "from:carol subject:CAFÉ quartz", text=True)
        self.assertIn("invoice", done.stdout)
        found = self.run_json("search", "quartz in:Work")
        self.assertIn("Café invoice", json.dumps(found, ensure_ascii=False))
        messages = found["messages"] if isinstance(found, dict) else found
        raw = self.mailhold.run("show", str(messages[0]["id"]), "--raw").stdout
        served = harness.digests(self.mailhold.imap("alice"), "alice/Work")
        self.assertEqual([hashlib.sha256(raw).hexdigest()], list(served.values()))
        shown = self.mailhold.run("show", str(messages[0]["id"])).stdout.decode()
        self.assertIn("The quartz pays.", shown)
        self.assertIn("Café", shown)

    def test_a_query_that_makes_no_sense_says_where(self):
        done = self.mailhold.run("search", "(quartz", check=False)
        self.assertEqual(done.returncode, 2, done)
        self.assertTrue(done.stderr)

    def test_verify_beside_the_daemon_is_clean(self):
        self.assertEqual(self.mailhold.run("verify").returncode, 0)

    def test_export_eml_holds_the_exact_octets(self):
        target = self.folder / "eml"
        self.mailhold.run("export", "--format", "eml", "--output", target)
        exported = sorted(hashlib.sha256(f.read_bytes()).hexdigest() for f in target.rglob("*.eml"))
        served = harness.digests(self.mailhold.imap("alice"), "All mail/alice")
        self.assertEqual(exported, sorted(served.values()))

    def test_export_mbox_can_be_read_by_other_programs(self):
        target = self.folder / "mbox"
        self.mailhold.run("export", "--format", "mbox", "--output", target)
        boxes = [f for f in target.rglob("*") if f.suffix == ".mbox"]
        self.assertTrue(boxes)
        subjects = [m["Subject"] for box in boxes for m in mailbox.mbox(box)]
        self.assertGreaterEqual(len(subjects), MAILS + 1)

    def test_a_second_writer_is_refused_with_the_name_of_the_first(self):
        done = self.mailhold.run("sync", check=False)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn(str(self.mailhold.process.pid).encode(), done.stderr)

    def test_no_file_of_the_archive_can_be_read_by_others(self):
        open_to_others = [f for f in self.mailhold.data.rglob("*") if f.is_file() and f.stat().st_mode & 0o077]
        self.assertEqual(open_to_others, [])

    def test_passwd_prints_an_argon2id_hash(self):
        done = subprocess.run([harness.program(), "passwd"], input="secret\n", text=True, capture_output=True, check=True)
        self.assertTrue(done.stdout.startswith("$argon2id$"))

    def test_http_tells_health_metrics_and_status(self):
        base = f"http://127.0.0.1:{self.mailhold.http_port}"
        self.assertEqual(urllib.request.urlopen(base + "/healthz").status, 200)
        metrics = urllib.request.urlopen(base + "/metrics").read().decode()
        for name in ("mailhold_messages", "mailhold_unaccounted_messages", "index_lag", "connections", "search", "_bucket"):
            self.assertIn(name, metrics)
        self.assertEqual(self.mailhold.status()["messages"], MAILS + 1)

    def test_a_wrong_configuration_is_refused_with_line_and_nearest_name(self):
        bad = self.folder / "bad.toml"
        bad.write_text('data = "/tmp/x"\n[imap]\nlisten_tsl = ["127.0.0.1:1"]\n')
        done = subprocess.run([harness.program(), "status", "--config", bad], capture_output=True, text=True)
        self.assertEqual(done.returncode, 2)
        self.assertIn("bad.toml:3", done.stderr)
        self.assertIn("listen_tls", done.stderr)

    def test_help_teaches_every_command(self):
        top = subprocess.run([harness.program(), "--help"], capture_output=True, text=True, check=True).stdout
        for command in ("serve", "sync", "status", "search", "show", "verify", "rebuild", "export", "passwd"):
            self.assertIn(command, top)
            own = subprocess.run([harness.program(), command, "--help"], capture_output=True, text=True, check=True).stdout
            self.assertGreater(len(own.splitlines()), 3)


class Damage(unittest.TestCase):
    def test_a_damaged_message_is_found_and_keeps_no_other_from_being_exported(self):
        with harness.work_folder() as folder, harness.Origin(folder / "origin") as origin:
            origin.deliver("alice", "INBOX", harness.sample_mail(MAILS))
            mailhold = harness.Mailhold(folder / "mailhold", ["alice"], origin)
            mailhold.run("sync")
            segment = next((mailhold.data / "ledger").glob("*.seg"))
            octets = bytearray(segment.read_bytes())
            octets[len(octets) // 2] ^= 1
            segment.write_bytes(octets)
            self.assertEqual(mailhold.run("verify", check=False).returncode, 1)
            for form in ("eml", "mbox"):
                done = mailhold.run("export", "--format", form, "--output", folder / form, check=False)
                self.assertEqual(done.returncode, 1)
                self.assertIn(b"mailhold verify", done.stderr)
                self.assertEqual((folder / form / "manifest.tsv").read_text().count("(damaged)"), 1)
            self.assertEqual(len(list((folder / "eml").rglob("*.eml"))), MAILS - 1)


class QuickStart(unittest.TestCase):
    def test_one_command_without_a_file_mirrors_and_shows_the_login_once(self):
        with harness.work_folder() as folder, harness.Origin(folder / "origin") as origin:
            origin.deliver("alice@example.org", "INBOX", harness.sample_mail(3))
            url = f"imaps://alice%40example.org@localhost:{origin.tls_port}"
            process = subprocess.Popen([harness.program(), "serve", url, "--data", folder / "data"], stdout=subprocess.PIPE,
                                       stderr=subprocess.STDOUT, text=True,
                                       env={**os.environ, "MAILHOLD_PASSWORD": harness.PASSWORD, "SSL_CERT_FILE": origin.ca_file})
            try:
                seen = ""
                for line in process.stdout:
                    seen += line
                    if "password" in line.lower():
                        break
                self.assertIn("password", seen.lower())
                self.assertNotIn(harness.PASSWORD, seen)
                process.send_signal(signal.SIGTERM)
                self.assertEqual(process.wait(30), 0)
            finally:
                process.kill()
                process.stdout.close()
                process.wait()


if __name__ == "__main__":
    unittest.main(verbosity=2)

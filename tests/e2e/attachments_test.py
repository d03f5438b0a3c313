"""Attachments from an origin to an answer: over IMAP, on the command line, with what came of reading them."""
import email.message
import os
import re
import subprocess
import unittest

import harness

SAMPLES = harness.ROOT / "tests" / "data" / "attachments"
# File, declared type, words that only its text has; what `show` says of it.
READABLE = [
    ("good.pdf", "application/pdf", "navigable channel", "indexed"),
    ("good.docx", "application/octet-stream", "the new wording", "indexed"),
    ("good.xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "inline words", "indexed"),
    ("good.pptx", "application/vnd.ms-powerpoint", "a speaker note", "indexed"),
    ("good.odt", "application/vnd.oasis.opendocument.text", "a running head", "indexed"),
    ("good.rtf", "application/rtf", "the quay", "indexed"),
    ("good.zip", "application/zip", "within a zip", "indexed"),
    ("good.tar.gz", "application/gzip", "harbour master good.tar.gz", "indexed"),
]
EITHER = "(failed|truncated)"  # memory or time: whichever limit it meets first
OTHERS = [
    ("locked.pdf", "application/pdf", "encrypted"),
    ("locked.docx", "application/octet-stream", "encrypted"),
    ("picture.png", "image/png", "unsupported"),
    ("old.doc", "application/msword", "unsupported"),
    ("deep.zip", "application/zip", "truncated"),
    ("bomb.zip", "application/zip", "truncated"),
    ("entities.docx", "application/octet-stream", "failed"),
]
if "ASAN_OPTIONS" not in os.environ:  # under a sanitizer no limit of memory holds, and it is read to its end
    OTHERS.append(("bomb.pdf", "application/pdf", EITHER))


def mail(name, kind):
    message = email.message.EmailMessage()
    message["From"] = "Bosun <bosun@example.org>"
    message["To"] = "alice@example.org"
    message["Subject"] = f"file {name}"
    message["Date"] = "Wed, 31 Jan 2024 12:00:00 +0000"
    message.set_content("See the file.\n")
    main, sub = kind.split("/")
    message.add_attachment((SAMPLES / name).read_bytes(), maintype=main, subtype=sub, filename=name)
    return message.as_bytes(policy=message.policy.clone(linesep="\r\n"))


class Attachments(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.work = harness.work_folder()
        folder = cls.work.__enter__()
        cls.addClassCleanup(cls.work.__exit__, None, None, None)
        cls.origin = harness.Origin(folder / "origin")
        cls.mails = [mail(name, kind) for name, kind, *_ in READABLE + OTHERS]
        cls.origin.deliver("alice", "INBOX", cls.mails)
        cls.origin.__enter__()
        cls.addClassCleanup(cls.origin.stop)
        cls.mailhold = harness.Mailhold(folder / "mailhold", ["alice"], cls.origin)
        cls.mailhold.run("sync")

    def search(self, *criteria):
        here = self.mailhold.imap("alice")
        here.select("INBOX", readonly=True)
        answer = here.uid("SEARCH", *criteria)
        here.logout()
        self.assertEqual(answer[0], "OK", answer)
        return [int(uid) for uid in answer[1][0].split()]

    def found(self, query):
        """Subjects that the command line finds."""
        output = self.mailhold.run("search", query, "--limit", "100", check=False).stdout.decode()
        return sorted(re.findall(r"file (\S+)$", output, re.M))

    def test_imap_finds_text_of_attachments_as_body_and_text(self):
        with self.mailhold:
            for uid, (name, _, words, _) in enumerate(READABLE, 1):
                with self.subTest(name):
                    self.assertIn(uid, self.search("BODY", f'"{words}"'))
                    self.assertIn(uid, self.search("TEXT", f'"{words.upper()}"'))
            self.assertEqual(self.search("BODY", '"no such words"'), [])
            # Pieces of one message, but no phrase: a page's end and the title that follows it.
            self.assertEqual(self.search("BODY", '"second page chart table"'), [])

    def test_with_the_option_off_body_is_the_letter_alone(self):
        config = self.mailhold.config.read_text()
        self.mailhold.config.write_text(config + "[search]\nbody_includes_attachments = false\n")
        try:
            with self.mailhold:
                self.assertEqual(self.search("BODY", '"navigable channel"'), [])
                self.assertEqual(len(self.search("BODY", '"See the file"')), len(self.mails))
        finally:
            self.mailhold.config.write_text(config)

    def test_the_command_line_finds_text_and_states(self):
        for name, _, words, state in READABLE:
            with self.subTest(name):
                self.assertIn(name, self.found(f'"{words}"'))
                self.assertIn(name, self.found(f'body:"{words}"'))
        for state in ("encrypted", "unsupported", "truncated", "failed"):
            expected = {name for name, _, status in OTHERS if status == state}
            either = {name for name, _, status in OTHERS if status == EITHER}
            self.assertEqual(set(self.found(f"attachment:{state}")) - either, expected)
        self.assertEqual(len(self.found("attachment:indexed")), len(READABLE))

    def test_show_says_what_came_of_each_part(self):
        for number, (name, *_, state) in enumerate(READABLE + OTHERS, 1):
            with self.subTest(name):
                shown = self.mailhold.run("show", str(number)).stdout.decode()
                self.assertRegex(shown, rf"(?m)^  2 .* {state}\b.* {re.escape(name)}$")
                self.assertRegex(shown, r"(?m)^  1 +text/plain .* indexed")

    def test_what_hostile_files_did_to_their_worker_is_no_difference_to_verify(self):
        self.assertIn(b"verified", self.mailhold.run("verify").stdout)

    def test_the_worker_ends_with_whoever_asked_it(self):
        # It waits for requests on descriptor 3, which is not there: it ends at once, and harms nobody.
        ended = subprocess.run([harness.program(), "extract-worker"], stdin=subprocess.DEVNULL, timeout=60)
        self.assertNotEqual(ended.returncode, None)
        listed = subprocess.run([harness.program(), "--help"], capture_output=True, text=True, timeout=60)
        self.assertNotIn("extract-worker", listed.stdout)


class AsFoundBeforeIndexing(unittest.TestCase):
    def test_a_new_message_is_found_by_its_attachment_at_once(self):
        with harness.work_folder() as folder:
            origin = harness.Origin(folder / "origin")
            origin.deliver("alice", "INBOX", [mail("good.docx", "application/octet-stream")])
            with origin:
                mailhold = harness.Mailhold(folder / "mailhold", ["alice"], origin)
                with mailhold:
                    here = mailhold.imap("alice")
                    harness.wait_for(lambda: here.select("INBOX", readonly=True)[1][0] == b"1", what="the mail")
                    self.assertEqual(here.search(None, "BODY", '"the new wording"')[1][0], b"1")
                    here.logout()


if __name__ == "__main__":
    unittest.main(verbosity=2)

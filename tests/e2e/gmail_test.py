#!/usr/bin/env python3
"""Gmail: All Mail is downloaded once, labels are kept as facts and shown as mailboxes. The origin is a small one of our own
(gmail.py), for there is none to be installed."""
import collections
import contextlib
import hashlib
import json
import unittest

import gmail
import harness


class Labels(unittest.TestCase):
    def setUp(self):
        self.stack = contextlib.ExitStack()
        self.addCleanup(self.stack.close)
        folder = self.stack.enter_context(harness.work_folder())
        self.origin = gmail.Gmail(folder / "origin")
        self.stack.callback(self.origin.close)
        self.octets = [path.read_bytes() for path in harness.sample_mail(12)]
        self.messages = []
        self.origin.hidden.add("Secret plans")
        for i, octets in enumerate(self.octets[:-1]):
            labels = [r"\Inbox"] if i % 2 else [r"\Sent", "Work/2024"]
            self.messages.append(self.origin.add(octets, labels + (["Secret plans"] if i == 3 else [])))
        self.origin.add(self.octets[-1], box=gmail.TRASH)
        self.mailhold = harness.Mailhold(folder / "mailhold", ["alice"], self.origin)

    def show(self, octets, *arguments):
        return self.mailhold.run("show", hashlib.sha256(octets).hexdigest(), *arguments).stdout.decode()

    def labels_of(self, octets):
        return [event["labels"] for event in json.loads(self.show(octets, "--json"))["history"] if event["what"] == "labels"]

    def check_level(self):
        report = json.loads(self.mailhold.run("report", "completeness", "--json").stdout)
        self.assertEqual(report["together"]["unaccounted"], 0)
        with self.mailhold as program, program.imap("alice") as local:
            for name, box in self.origin.boxes.items():
                wanted = collections.Counter(hashlib.sha256(message.octets).hexdigest() for message in box.values())
                shown = harness.digests(local, name if name == "INBOX" else f"alice/{name}")
                self.assertEqual(collections.Counter(shown.values()), wanted, name)
        self.assertEqual(self.origin.changes, [])
        self.mailhold.run("verify")

    def test_each_message_comes_once_and_labels_are_on_record(self):
        self.mailhold.run("sync")
        self.assertEqual(len(self.origin.bodies), len(set(self.origin.bodies)))
        self.assertEqual(len(self.origin.bodies), len(self.octets))
        self.assertEqual(self.labels_of(self.octets[3]), [["Secret plans", r"\Inbox"]])
        self.assertIn('labels: "Secret plans" "\\Inbox"', self.show(self.octets[3]))
        # Out of the inbox, with another label; a new process knows what it has.
        self.origin.label(self.messages[3], ["Done & paid"])
        self.mailhold.run("sync")
        self.assertEqual(len(self.origin.bodies), len(self.octets))
        self.assertEqual(self.labels_of(self.octets[3]), [["Secret plans", r"\Inbox"], ["Done & paid"]])
        self.check_level()

    def test_a_line_that_breaks_costs_the_message_under_way(self):
        self.origin.die_after = 5
        self.assertNotEqual(self.mailhold.run("sync", check=False).returncode, 0)
        self.mailhold.run("sync")
        self.assertLessEqual(len(self.origin.bodies), len(self.octets) + 5)
        for octets in self.octets[:-1]:
            self.assertEqual(len(self.labels_of(octets)), 1)
        self.check_level()


if __name__ == "__main__":
    unittest.main()

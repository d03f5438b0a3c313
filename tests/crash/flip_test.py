"""Single flipped bits in segments, checkpoints and catalog: `mailhold verify` names each of them, or it changed nothing that
anybody can read."""
import os
import pathlib
import random
import sqlite3
import sys
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent.parent / "e2e"))
import harness  # noqa: E402

FLIPS = int(os.environ.get("MAILHOLD_FLIPS", "60"))  # of each file


def readable(catalog):
    """Everything the catalog says, as text."""
    with sqlite3.connect(f"file:{catalog}?immutable=1", uri=True) as database:
        return "\n".join(database.iterdump())


class Flip(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        work = harness.work_folder()
        folder = work.__enter__()
        cls.addClassCleanup(work.__exit__, None, None, None)
        origin = harness.Origin(folder / "origin")
        origin.deliver("alice", "INBOX", harness.sample_mail(20))
        origin.start()
        cls.addClassCleanup(origin.stop)
        cls.mailhold = harness.Mailhold(folder / "mailhold", ["alice"], origin)
        cls.mailhold.run("sync")

    def unseen(self, path):
        """The flips that verify says nothing of, by byte and bit, each called with the damaged file in place."""
        self.assertEqual(self.mailhold.run("verify", check=False).returncode, 0)
        whole = path.read_bytes()
        moments = random.Random(path.name)
        for _ in range(FLIPS):
            at, bit = moments.randrange(len(whole)), moments.randrange(8)
            damaged = bytearray(whole)
            damaged[at] ^= 1 << bit
            path.write_bytes(damaged)
            done = self.mailhold.run("verify", check=False)
            self.assertIn(done.returncode, (0, 1), done)
            if done.returncode == 0:
                yield at, bit
        path.write_bytes(whole)

    def test_every_bit_of_segments_and_checkpoints_counts(self):
        ledger = self.mailhold.data / "ledger"
        for path in [ledger / "checkpoints", *ledger.glob("*.seg"), *ledger.glob("*.sealed")]:
            self.assertEqual(list(self.unseen(path)), [], path.name)

    def test_a_flip_in_the_catalog_that_verify_does_not_name_changes_nothing(self):
        catalog = harness.settled(self.mailhold.data / "catalog.sqlite")
        before = readable(catalog)
        silent = 0
        for at, bit in self.unseen(catalog):
            silent += 1
            self.assertEqual(readable(catalog), before, f"byte {at}, bit {bit}")
        print(f"{FLIPS} flips in the catalog, {silent} where nothing is stored", file=sys.stderr)

    def test_a_rebuild_names_the_message_it_could_not_read(self):
        catalog = harness.settled(self.mailhold.data / "catalog.sqlite")
        with sqlite3.connect(catalog) as database:
            first, offset = database.execute("SELECT segment, offset FROM message WHERE number = 7").fetchone()
        segment = next((self.mailhold.data / "ledger").glob(f"{first:020}.se*"))
        whole = segment.read_bytes()
        at = offset + 52 + 60  # past the record's header and body
        segment.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1:])
        done = self.mailhold.run("rebuild", check=False, text=True)
        self.assertEqual(done.returncode, 1, done)
        self.assertIn("message 7 cannot be read", done.stdout)
        self.assertIn("1 messages cannot be read", done.stdout)
        self.assertIn("mailhold verify", done.stdout)
        segment.write_bytes(whole)
        self.mailhold.run("rebuild")
        self.mailhold.run("verify")

    def test_without_the_signing_key_caches_are_made_and_nothing_is_added(self):
        key = self.mailhold.data / "keys" / "signing.key"
        aside = key.rename(key.with_suffix(".aside"))
        self.mailhold.run("rebuild")
        self.mailhold.run("verify")
        done = self.mailhold.run("sync", check=False, text=True)
        self.assertEqual(done.returncode, 1, done)
        self.assertIn("restore it", done.stderr)
        aside.rename(key)
        self.mailhold.run("sync")


if __name__ == "__main__":
    unittest.main(verbosity=2)

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


if __name__ == "__main__":
    unittest.main(verbosity=2)

"""SEARCH against a naive matcher that shares no code with it: random needles over the sample mail, over IMAP."""
import base64
import email
import random
import re
import unittest

import harness
import truth

QUERIES = 400
HEADERS = ("subject", "from", "to", "cc", "message-id", "received", "list-id", "x-mailer")
# Its HTML leaves a tag open; Python's parser and libxml2 differ on where it ends.
READ_DIFFERENTLY = {"GlitchyZorua+E-mail-SPAM-Archive/000.eml"}


def is_well_formed(octets):
    """Whether any two parsers must read this mail alike. The rest is archived and searched too, but has no one truth."""
    header = re.split(rb"\r?\n\r?\n", octets, maxsplit=1)[0]
    if not header.isascii() or b"\0" in octets or re.search(rb"\r(?!\n)", octets) or b"message/" in octets.lower():
        return False
    if re.match(rb"[!-9;-~]+:", octets) is None:
        return False
    if re.search(rb"\?=[^\s)]|[^\s(]=\?", octets):  # text glued to an encoded word: Python puts a blank between
        return False
    try:
        truth.Message(octets)
        parts = list(email.message_from_bytes(octets).walk())
        for part in parts:
            if part.get("Content-Transfer-Encoding", "").strip().lower() == "base64" and not part.is_multipart():
                base64.b64decode(re.sub(r"\s", "", part.get_payload()), validate=True)
    except Exception:
        return False
    return not any(part.defects for part in parts)


class Search(unittest.TestCase):
    def test_random_needles_find_exactly_what_a_scan_finds(self):
        paths = [p for p in harness.sample_mail() if p.relative_to(harness.MAIL).as_posix() not in READ_DIFFERENTLY]
        mails = [m for m in (p.read_bytes() for p in paths) if is_well_formed(m)]
        self.assertGreater(len(mails), 500)
        with harness.work_folder() as folder:
            origin = harness.Origin(folder / "origin")
            origin.deliver("alice", "INBOX", mails)
            with origin:
                mailhold = harness.Mailhold(folder / "mailhold", ["alice"], origin)
                with mailhold.config.open("a") as config:  # the truth knows what the RFCs say, and no more
                    config.write("[search]\nbody_includes_attachments = false\n")
                mailhold.run("sync")
                with mailhold:
                    self.compare(mailhold.imap("alice"))

    def compare(self, here):
        here.select("INBOX", readonly=True)
        messages = {}
        for part in here.uid("FETCH", "1:*", "(UID BODY.PEEK[])")[1]:
            if isinstance(part, tuple):
                messages[int(re.search(rb"UID (\d+)", part[0]).group(1))] = truth.Message(part[1])
        choose = random.Random(3)
        wrong = []
        for _ in range(QUERIES):
            key, needle = self.query(choose, list(messages.values()))
            expected = sorted(uid for uid, m in messages.items() if m.matches(key, needle))
            here.literal = needle.encode()
            criteria = (key,) if key in ("BODY", "TEXT", "SUBJECT", "FROM", "TO", "CC") else ("HEADER", key)
            answer = here.uid("SEARCH", "CHARSET", "UTF-8", *criteria)[1][0]
            found = sorted(int(n) for n in answer.split())
            if found != expected:
                wrong.append((key, needle, len(expected), len(found)))
        self.assertFalse(wrong, f"{len(wrong)} of {QUERIES} queries differ: {wrong}")

    @staticmethod
    def query(choose, messages):
        """A piece of some message's own text, anywhere in it, or something absent."""
        while True:
            key = choose.choice(["BODY", "BODY", "TEXT", *HEADERS])
            message = choose.choice(messages)
            if key == "BODY":
                text = message.body
            elif key == "TEXT":
                text = choose.choice(message.everything)
            else:
                values = [value for name, value in message.fields if name == key]
                text = choose.choice(values) if values else ""
            if not text:
                continue
            start = choose.randrange(len(text))
            needle = text[start:start + choose.choice((1, 2, 3, 4, 5, 8, 13, 30))]
            if choose.random() < 0.1:
                needle += choose.choice("qxzé漢")
            if needle.strip() and "\ufffd" not in needle:
                return (key.upper() if key in ("subject", "from", "to", "cc") else key), needle


if __name__ == "__main__":
    unittest.main(verbosity=2)

"""SORT, THREAD and extended SEARCH, against Debian's Dovecot and against naive code that shares nothing with Mailhold:
random mail, random programs."""
import datetime
import email.header
import email.utils
import json
import os
import random
import re
import unittest
import urllib.parse
import urllib.request

import harness
import truth

MAILS = 300
PROGRAMS = 150
WORDS = ["apple", "Banana", "cherry", "Äpfel", "report", "Rechnung", "zebra"]
NAMES = ["Ann Lee", "bob", "Zoë Ö", "Carl von Linné", ""]


def encoded(text):
    return text if text.isascii() else email.header.Header(text, "utf-8").encode()


def make_mail(choose, number, ids):
    """Ordinary mail, as many programs write it; every date differs, so that no order hangs on ties."""
    subject = " ".join(choose.choices(WORDS, k=choose.choice((1, 1, 2))))
    for _ in range(choose.choice((0, 0, 1, 2))):
        subject = choose.choice(["Re: {}", "RE:{}", "Fwd: {}", "[list] {}", "{} (fwd)", "[Fwd: {}]", "Re[2]: {}"]).format(subject)
    def address():
        name, mailbox = choose.choice(NAMES), choose.choice(["ann", "bob", "Carl", "dora"])
        plain = f"{mailbox}@example.{choose.choice(['org', 'net'])}"
        return f"{encoded(name)} <{plain}>" if name else plain
    sent = datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc) + datetime.timedelta(minutes=choose.randrange(10**6) * 2)
    zone = datetime.timezone(datetime.timedelta(hours=choose.choice((-8, 0, 2))))
    lines = [f"From: {address()}", f"To: {address()}, {address()}", f"Subject: {encoded(subject)}",
             f"Date: {email.utils.format_datetime(sent.astimezone(zone))}"]
    if choose.random() < 0.5:
        lines.append(f"Cc: {address()}")
    if choose.random() < 0.95:
        lines.append(f"Message-ID: <{number}@made.example>")
    if ids and choose.random() < 0.6:
        chain = choose.sample(ids, min(len(ids), choose.choice((1, 1, 2, 3))))
        if choose.random() < 0.8:
            lines.append("References: " + "\r\n ".join(f"<{i}@made.example>" for i in sorted(chain)))
        else:
            lines.append(f"In-Reply-To: <{chain[0]}@made.example>")
    lines += ["MIME-Version: 1.0", "Content-Type: text/plain; charset=utf-8", "", " ".join(choose.choices(WORDS, k=8))]
    ids.append(number if choose.random() < 0.9 else 10_000 + number)  # some never arrive
    return ("\r\n".join(lines) + "\r\n" + "x" * choose.randrange(2000) + "\r\n").encode()


class Line:
    """A conversation in raw lines."""

    def __init__(self, connection):
        self.connection, self.count = connection, 0

    def ask(self, command):
        self.count += 1
        tag = f"t{self.count}"
        self.connection.send(f"{tag} {command}\r\n".encode())
        answers = []
        while True:
            line = self.connection.readline().decode().rstrip("\r\n")
            if line.startswith(tag + " "):
                assert line.startswith(tag + " OK"), f"{command}: {line}"
                return answers
            answers.append(line.replace(f'"{tag}"', '"tag"'))

    def one(self, command, name):
        found = [a for a in self.ask(command) if a.startswith(f"* {name}")]
        assert len(found) == 1, f"{command}: {found}"
        return found[0]


def base_subject(subject):
    """RFC 5256 2.1 by regular expressions."""
    text = re.sub(r"\s+", " ", subject)
    reply = False
    while True:
        before = text
        text = text.rstrip(" ")
        while text.lower().endswith("(fwd)"):
            text, reply = text[:-5].rstrip(" "), True
        while True:
            text = text.lstrip(" ")
            leader = re.match(r"(?:\[[^\[\]]*\] *)*(?:re|fwd?) *(?:\[[^\[\]]*\] *)?:", text, re.I)
            blob = re.match(r"\[[^\[\]]*\] *(?=.)", text)
            if leader:
                text, reply = text[leader.end():], True
            elif blob:
                text = text[blob.end():]
            else:
                break
        if text.lower().startswith("[fwd:") and text.endswith("]"):
            text, reply = text[5:-1], True
        if text == before:
            return truth.casemap(text), reply


class Mail:
    def __init__(self, octets):
        parsed = email.message_from_bytes(octets)
        decode = lambda name: str(email.header.make_header(email.header.decode_header(parsed[name] or "")))
        self.subject, self.reply = base_subject(decode("Subject"))
        self.date = email.utils.parsedate_to_datetime(parsed["Date"]).timestamp()
        self.size = len(octets)
        for name in ("From", "To", "Cc"):
            pairs = email.utils.getaddresses([parsed[name] or ""])
            shown, address = pairs[0] if parsed[name] else ("", "")
            shown = str(email.header.make_header(email.header.decode_header(shown)))
            setattr(self, name.lower(), truth.casemap(address.split("@")[0]))
            setattr(self, "display" + name.lower(), truth.casemap(shown or address))

    def key(self, name):
        return {"ARRIVAL": self.arrival, "DATE": self.date, "SIZE": self.size, "SUBJECT": self.subject.encode(),
                "FROM": self.from_key, "TO": self.to.encode(), "CC": self.cc.encode(),
                "DISPLAYFROM": self.displayfrom.encode(), "DISPLAYTO": self.displayto.encode()}[name]

    @property
    def from_key(self):
        return getattr(self, "from").encode()


def naive_sort(mails, keys):
    order = list(range(1, len(mails) + 1))
    for key in reversed(keys):  # stable sorts, the last key first
        name, backwards = key.split()[-1], key.startswith("REVERSE")
        # Equal ones keep their order, backwards too: Python and RFC 5256 agree.
        order.sort(key=lambda n: mails[n - 1].key(name), reverse=backwards)
    return order


class Extensions(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.choose = random.Random(int(os.environ.get("MAILHOLD_SEED", "5")))
        ids = []
        cls.octets = [make_mail(cls.choose, n, ids) for n in range(MAILS)]
        cls.mails = [Mail(o) for o in cls.octets]
        for mail, octets in zip(cls.mails, cls.octets):
            mail.arrival = int(harness.delivery_time(octets))
        cls.stack = cls.enterClassContext(harness.work_folder())
        origin = harness.Origin(cls.stack / "origin")
        origin.deliver("alice", "INBOX", cls.octets)
        origin.deliver("alice", "Work/Old", cls.octets[:7])
        cls.enterClassContext(origin)
        cls.mailhold = harness.Mailhold(cls.stack / "mailhold", ["alice"], origin)
        cls.mailhold.run("sync")
        cls.enterClassContext(cls.mailhold)
        cls.there, cls.here = Line(origin.imap("alice")), Line(cls.mailhold.imap("alice"))
        for line in (cls.here, cls.there):
            line.ask("SELECT INBOX")

    def both(self, command, name):
        here, there = self.here.one(command, name), self.there.one(command, name)
        self.assertEqual(here, there, command)
        return here

    def test_sort_is_what_a_naive_sort_and_dovecot_say(self):
        keys = ["ARRIVAL", "CC", "DATE", "FROM", "SIZE", "SUBJECT", "TO", "DISPLAYFROM", "DISPLAYTO"]
        for _ in range(PROGRAMS):
            program = [("REVERSE " if self.choose.random() < 0.3 else "") + k
                       for k in self.choose.sample(keys, self.choose.choice((1, 1, 2, 3)))]
            answer = self.both(f"SORT ({' '.join(program)}) UTF-8 ALL", "SORT")
            self.assertEqual([int(n) for n in answer.split()[2:]], naive_sort(self.mails, program), program)

    def test_threads_are_dovecots(self):
        for algorithm in ("REFERENCES", "REFS", "ORDEREDSUBJECT"):
            self.both(f"THREAD {algorithm} UTF-8 ALL", "THREAD")
            for _ in range(20):
                first = self.choose.randrange(1, MAILS)
                self.both(f"THREAD {algorithm} UTF-8 {first}:{first + self.choose.randrange(60)}", "THREAD")

    def test_results_are_returned_as_dovecot_returns_them(self):
        for _ in range(PROGRAMS):
            word = self.choose.choice([w for w in WORDS if w.isascii()])
            keys = self.choose.choice([f"SUBJECT {word}", f"BODY {word}", f"NOT TEXT {word}", f"LARGER {self.choose.randrange(3000)}",
                                       f"OLDER {self.choose.randrange(10**8) + 10**8}", f"YOUNGER {self.choose.randrange(10**9)}"])
            options = " ".join(o for o in ("MIN", "MAX", "COUNT", "ALL") if self.choose.random() < 0.5)
            if "ALL" not in options and self.choose.random() < 0.7:
                first = self.choose.randrange(1, 40)
                options += f" PARTIAL {first}:{first + self.choose.randrange(40)}"
            command = f"SEARCH RETURN ({options.strip()}) {keys}"
            here, there = self.here.one(command, "ESEARCH"), self.there.one(command, "ESEARCH")
            part = lambda text: dict(re.findall(r"(MIN|MAX|COUNT|ALL|PARTIAL) (\([^)]*\)|\S+)", text))
            self.assertEqual(part(here), part(there), command)
            if self.choose.random() < 0.3:
                for line in (self.here, self.there):
                    line.ask(f"SEARCH RETURN (SAVE) {keys}")
                self.both(f"SEARCH OR $ 1:9 SUBJECT {word}", "SEARCH")
                self.both("SEARCH NOT $", "SEARCH")

    def test_one_search_finds_in_every_mailbox(self):
        answers = self.here.ask("ESEARCH IN (subtree alice inboxes) RETURN (COUNT) SUBJECT apple")
        found = {re.search(r"MAILBOX (\S+)", a).group(1): int(re.search(r"COUNT (\d+)", a).group(1)) for a in answers}
        has_apple = lambda octets: any("APPLE" in value for name, value in truth.Message(octets).fields if name == "subject")
        expected = [sum(map(has_apple, some)) for some in (self.octets, self.octets[:7])]
        self.assertEqual(found.get("INBOX", 0), expected[0])
        self.assertEqual(found.get("alice/Work/Old", 0), expected[1])

    def test_http_gives_the_whole_result_page_by_page(self):
        numbers, cursor = [], ""
        while True:
            parameters = urllib.parse.urlencode({"q": "subject:apple -body:zebra", "limit": 7, "cursor": cursor})
            page = json.load(urllib.request.urlopen(f"http://127.0.0.1:{self.mailhold.http_port}/api/v1/search?{parameters}"))
            numbers += [message["number"] for message in page["messages"]]
            self.assertEqual(len(page["messages"]), page["shown"])
            cursor = page.get("next")
            if not cursor:
                break
        found = self.here.one("SEARCH SUBJECT apple NOT BODY zebra", "SEARCH").split()[2:]
        self.assertEqual(len(set(numbers)), page["found"])
        self.assertEqual(len(found), page["found"])
        told = json.loads(self.mailhold.run("search", "--json", "--limit", "3", "subject:apple -body:zebra").stdout)
        self.assertEqual([m["number"] for m in told["messages"]], numbers[:3])
        self.assertEqual(told["found"], page["found"])

    def test_fuzzy_finds_forms_and_ranks_them(self):
        found = self.here.one("SEARCH RETURN (ALL COUNT RELEVANCY) FUZZY SUBJECT reports", "ESEARCH")
        exact = self.here.one("SEARCH RETURN (COUNT) SUBJECT report", "ESEARCH")
        count = lambda text: int(re.search(r"COUNT (\d+)", text).group(1))
        self.assertEqual(count(found), count(exact))
        scores = [int(s) for s in re.search(r"RELEVANCY \(([^)]*)\)", found).group(1).split()]
        self.assertEqual(len(scores), count(found))
        self.assertTrue(all(1 <= s <= 100 for s in scores))


if __name__ == "__main__":
    unittest.main(verbosity=2)

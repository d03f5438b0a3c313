"""The journal: what mail servers hand in over LMTP and SMTP is on disk, octet for octet, before it is acknowledged."""
import collections
import hashlib
import pathlib
import signal
import smtplib
import socket
import unittest

import harness

SENDER, ARCHIVE = "alice@example.org", "archive@example.org"


def digest(octets):
    return hashlib.sha256(octets).hexdigest()


def as_sent(octets):
    """What a client must make of it: lines end with CR LF, and the last one ends too (RFC 5321 4.1.1.4)."""
    octets = octets.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")
    return octets if octets.endswith(b"\r\n") else octets + b"\r\n"


class Line:
    """A connection that sends octets as they are."""

    def __init__(self, port):
        self.socket = socket.create_connection(("127.0.0.1", port), 60)
        self.file = self.socket.makefile("rb")

    def send(self, octets):
        self.socket.sendall(octets)

    def answer(self):
        while True:
            line = self.file.readline()
            if line[3:4] != b"-":
                return line.decode()

    def close(self):
        self.file.close()
        self.socket.close()


class Journal(unittest.TestCase):
    def setUp(self):
        work = harness.work_folder()
        folder = work.__enter__()
        self.addCleanup(work.__exit__, None, None, None)
        self.mailhold = harness.Mailhold(folder / "mailhold", [], users={"auditor": ["journal"]})
        self.lmtp_port, self.smtp_port, self.closed_port = (harness.free_port() for _ in range(3))
        self.mailhold.config.write_text(self.mailhold.config.read_text() + f"""
[[journal]]
listen = "127.0.0.1:{self.lmtp_port}"
account = "journal"
reports = true
report_senders = ["ndr@example.org"]
[[journal]]
listen = "127.0.0.1:{self.smtp_port}"
protocol = "smtp"
account = "journal"
recipients = ["example.org"]
max_size_mib = 1
connections = 2
[[journal]]
listen = "127.0.0.1:{self.closed_port}"
account = "other"
networks = ["192.0.2.0/24"]
""")
        self.addCleanup(lambda: self.mailhold.process and self.mailhold.stop(signal.SIGKILL))

    def lmtp(self):
        return smtplib.LMTP("127.0.0.1", self.lmtp_port, timeout=60)

    def served(self):
        return collections.Counter(harness.digests(self.mailhold.imap("auditor"), "journal/Journal").values())

    def test_mail_servers_hand_in_all_kinds_of_mail(self):
        expected = collections.Counter()
        with self.mailhold:
            with self.lmtp() as client:
                for path in harness.sample_mail(150):
                    octets = as_sent(pathlib.Path(path).read_bytes())
                    client.sendmail(SENDER, [ARCHIVE], octets, ["BODY=8BITMIME"])
                    expected[digest(octets)] += 1
            secret = as_sent("Subject: zwölf Boxkämpfer\n\n.\n..\n.x\nunmistakable\n".encode())
            with smtplib.SMTP("localhost", self.smtp_port, timeout=60) as client:
                client.starttls(context=self.mailhold.context())
                client.sendmail("älice@example.org", [ARCHIVE, "bob@example.org"], secret, ["SMTPUTF8", "BODY=8BITMIME"])
                self.assertEqual(client.docmd(f"MAIL FROM:<a@b> SIZE={2 << 20}")[0], 552)
                client.mail(SENDER)
                self.assertEqual(client.rcpt("a@example.net")[0], 550)
                client.rcpt(ARCHIVE)
                self.assertEqual(client.data((b"x" * 70 + b"\r\n") * 20_000)[0], 552)  # said by nobody before
            expected[digest(secret)] += 1
            self.pipelined_with_bare_line_ends(expected)
            original = self.journal_report(expected)
            self.limits()
            self.assertEqual(self.served(), expected)
            self.counted(expected)
            connection = self.mailhold.imap("auditor")
            connection.select("journal/Journal", readonly=True)
            self.assertEqual(len(connection.uid("SEARCH", "BODY", "unmistakable")[1][0].split()), 1)
        shown = self.mailhold.run("show", digest(secret)).stdout.decode()
        for part in ("from <älice@example.org> to <archive@example.org> <bob@example.org>", "UTF8SMTPS, TLSv1.3"):
            self.assertIn(part, shown)
        told = self.mailhold.run("show", original).stdout.decode()
        self.assertIn("from <boss@example.org> to <bob@example.org> <hidden@example.org>", told)
        self.assertIn("as the journal report", told)
        self.mailhold.run("verify")
        self.mailhold.run("rebuild")
        self.mailhold.run("verify")
        self.assertEqual(self.mailhold.run("show", digest(secret)).stdout.decode(), shown)

    def pipelined_with_bare_line_ends(self, expected):
        """Two messages in one go, an answer for each recipient; what looks like an end to others is none."""
        first = b"Subject: one\r\n\r\na\n.\r\nMAIL FROM:<smuggled@example.org>\r\n\n.\nb\r.\rc\r\n"
        second = b"Subject: two\r\n\r\n.\r\n"
        line = Line(self.lmtp_port)
        line.answer()
        line.send(b"LHLO mx\r\nMAIL FROM:<>\r\nRCPT TO:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n" + first + b".\r\n"
                  b"MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n" + second.replace(b"\r\n.", b"\r\n..") + b".\r\nQUIT\r\n")
        self.assertEqual([line.answer()[:3] for _ in range(12)],
                         ["250", "250", "250", "250", "354", "250", "250", "250", "250", "354", "250", "221"])
        line.close()
        expected[digest(first)] += 1
        expected[digest(second)] += 1

    def journal_report(self, expected):
        """As Exchange makes it: the report stays as it is, and the message in it stands beside it. Anybody else's is mail
        like any other, and so are all where nobody's are wanted."""
        def message(text):
            return b"From: boss@example.org\r\nTo: list@example.org\r\nSubject: plans\r\n\r\n%s\r\n" % text

        def report(original):
            return (b"From: <MicrosoftExchange@example.org>\r\nTo: archive@example.org\r\nSubject: plans\r\n"
                    b"X-MS-Journal-Report:\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"cut\"\r\n\r\n"
                    b"--cut\r\nContent-Type: text/plain; charset=\"us-ascii\"\r\n\r\nSender: boss@example.org\r\n"
                    b"Subject: plans\r\nMessage-Id: <1@example.org>\r\nTo: bob@example.org, Expanded: list@example.org\r\n"
                    b"Bcc: hidden@example.org\r\n\r\n--cut\r\nContent-Type: message/rfc822\r\n\r\n" + original +
                    b"\r\n--cut--\r\n")

        original, other, forged = (message(text) for text in (b"the plans", b"other plans", b"pay mallory"))
        with self.lmtp() as client:
            client.sendmail("", [ARCHIVE], report(original))
            client.sendmail("NDR@example.org", [ARCHIVE], report(other))
            client.sendmail("mallory@example.org", [ARCHIVE], report(forged))
        with smtplib.SMTP("127.0.0.1", self.smtp_port, timeout=60) as client:
            client.sendmail("", [ARCHIVE], report(forged))
        for octets in (report(original), original, report(other), other, report(forged), report(forged)):
            expected[digest(octets)] += 1
        return digest(original)

    def limits(self):
        stranger = Line(self.closed_port)
        self.assertIn("554 5.7.1", stranger.answer())
        stranger.close()

        def both_places():  # those of connections that were closed come free a moment later
            lines = [Line(self.smtp_port) for _ in range(2)]
            if all([line.answer().startswith("220") for line in lines]):
                return lines
            for line in lines:
                line.close()
            return None
        busy = harness.wait_for(both_places, what="two connections")
        third = Line(self.smtp_port)
        self.assertIn("421 4.3.2", third.answer())
        for line in (third, *busy):
            line.close()

    def counted(self, expected):
        metrics = self.mailhold.metrics()

        def number(name, port, reason=None):
            labels = f'account="{"other" if port == self.closed_port else "journal"}",listener="127.0.0.1:{port}"'
            labels += f',reason="{reason}"' if reason else ""
            return int(metrics.split(f"mailhold_journal_{name}{{{labels}}} ")[1].split("\n")[0])
        ports = (self.lmtp_port, self.smtp_port)
        self.assertEqual(number("reports_unwrapped_total", self.lmtp_port), 2)
        self.assertEqual(sum(number("messages_total", port) for port in ports) + 2, sum(expected.values()))
        self.assertGreater(number("bytes_total", self.smtp_port), 0)
        for reason, least in (("too_large", 2), ("address", 1), ("connections", 1), ("disk", 0)):
            self.assertGreaterEqual(number("refused_total", self.smtp_port, reason), least)
        self.assertEqual(number("refused_total", self.closed_port, "network"), 1)
        harness.wait_for(lambda: all(line.endswith(" 0") for line in self.mailhold.metrics().splitlines()
                                     if line.startswith("mailhold_journal_connections{")), what="closed connections")

    def test_who_is_connected_when_the_server_goes_down_is_told_to_come_again(self):
        with self.mailhold:
            lines = [Line(self.lmtp_port) for _ in range(2)]
            for line in lines:
                self.assertIn("220", line.answer())
            lines[1].send(b"LHLO mx\r\nMAIL FROM:<a@b>\r\nRCPT TO:<a@b>\r\nDATA\r\nSubject: half")
            while not lines[1].answer().startswith("354"):
                pass
        for line in lines:
            self.assertIn("421 4.3.2", line.answer())
            line.close()

    def test_nothing_acknowledged_is_lost_when_killed_or_when_the_disk_is_full(self):
        mails = [as_sent(f"Subject: {n}\n\nmail {n}\n".encode()) for n in range(4)]
        self.mailhold.start({"MAILHOLD_FAILPOINT": "journal.stored:3:kill"})
        with self.lmtp() as client:
            for octets in mails[:2]:
                client.sendmail(SENDER, [ARCHIVE], octets)
        with self.assertRaises((smtplib.SMTPServerDisconnected, OSError)):
            self.lmtp().sendmail(SENDER, [ARCHIVE], mails[2])
        self.assertEqual(self.mailhold.process.wait(30), -signal.SIGKILL)

        self.mailhold.start({"MAILHOLD_FAILPOINT": "ledger.before_append:1:no_space"})
        line = Line(self.lmtp_port)
        line.answer()
        line.send(b"LHLO mx\r\nMAIL FROM:<a@b>\r\nRCPT TO:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n" + mails[3] + b".\r\n")
        self.assertEqual([line.answer()[:9] for _ in range(7)][-2:], ["452 4.3.1", "452 4.3.1"])
        line.close()
        self.mailhold.stop()

        with self.mailhold:
            with self.lmtp() as client:  # its sender tries what was not acknowledged again
                for octets in mails[2:]:
                    client.sendmail(SENDER, [ARCHIVE], octets)
            served = self.served()
            self.assertEqual(set(served), {digest(octets) for octets in mails})
            # It was on disk when the answer was lost.
            self.assertEqual(served[digest(mails[2])], 2)
        self.mailhold.run("verify")


if __name__ == "__main__":
    unittest.main()

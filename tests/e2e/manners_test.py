#!/usr/bin/env python3
"""Good manners, seen from outside: an origin behind SOCKS5 and HTTP proxies, and one that throttles. The origin is a real
Dovecot; what stands before it is scripted."""
import base64
import contextlib
import socket
import threading
import time
import unittest

import harness


class Door:
    """Listens on loopback; `enter(socket)` says where a connection goes on to, or None when it is over."""

    def __init__(self, enter):
        self.enter, self.opened = enter, 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self.listener.accept()
                self.opened += 1
                threading.Thread(target=self.attend, args=(connection,), daemon=True).start()

    def attend(self, connection):
        with connection, contextlib.suppress(OSError):
            to = self.enter(connection)
            if to is None:
                return
            with socket.create_connection(to) as onward:
                back = threading.Thread(target=self.relay, args=(onward, connection), daemon=True)
                back.start()
                self.relay(connection, onward)
                back.join()

    @staticmethod
    def relay(source, target):
        with contextlib.suppress(OSError):
            while octets := source.recv(65536):
                target.sendall(octets)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_WR)

    def close(self):
        self.listener.close()


def exactly(connection, size):
    octets = b""
    while len(octets) < size:
        more = connection.recv(size - len(octets))
        if not more:
            raise OSError("closed")
        octets += more
    return octets


class Manners(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.stack = contextlib.ExitStack()
        cls.folder = cls.stack.enter_context(harness.work_folder())
        cls.origin = cls.stack.enter_context(harness.Origin(cls.folder / "origin"))
        cls.origin.deliver("alice", "INBOX", harness.sample_mail(3))

    @classmethod
    def tearDownClass(cls):
        cls.stack.close()

    def door(self, enter):
        door = Door(enter)
        self.addCleanup(door.close)
        return door

    def mailhold(self, name, extra=(), url=None):
        program = harness.Mailhold(self.folder / name, ["alice"], self.origin)
        text = program.config.read_text()
        if url:
            text = text.replace(f"imaps://alice@localhost:{self.origin.tls_port}", url)
        program.config.write_text(text.replace("[[user]]", "\n".join([*extra, "[[user]]"]), 1))
        return program

    def test_an_origin_is_reached_through_a_socks5_proxy_by_its_name(self):
        asked = []

        def enter(connection):
            methods = exactly(connection, exactly(connection, 2)[1])
            self.assertIn(2, methods)
            connection.sendall(b"\5\2")
            user = exactly(connection, exactly(connection, 2)[1])
            password = exactly(connection, exactly(connection, 1)[0])
            connection.sendall(b"\1\0")
            host = exactly(connection, exactly(connection, 5)[4])
            port = int.from_bytes(exactly(connection, 2), "big")
            asked.append((user, password, host, port))
            connection.sendall(b"\5\0\0\1\x7f\0\0\1\0\0")
            return "127.0.0.1", port

        door = self.door(enter)
        program = self.mailhold("socks", [f'proxy = "socks5://bob:s%3Acret@127.0.0.1:{door.port}"'])
        program.run("sync")
        self.assertIn((b"bob", b"s:cret", b"localhost", self.origin.tls_port), asked)

    def test_an_origin_is_reached_through_an_http_proxy_and_its_certificate_is_checked(self):
        heads = []

        def enter(connection):
            head = b""
            while not head.endswith(b"\r\n\r\n"):
                head += exactly(connection, 1)
            heads.append(head.decode())
            connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
            return "127.0.0.1", self.origin.tls_port

        door = self.door(enter)
        program = self.mailhold("http", [f'proxy = "http://bob:secret@127.0.0.1:{door.port}"'])
        program.run("sync")
        self.assertTrue(heads[0].startswith(f"CONNECT localhost:{self.origin.tls_port} HTTP/1.1\r\n"))
        self.assertIn(base64.b64encode(b"bob:secret").decode(), heads[0])
        other = self.mailhold("other", [f'proxy = "http://127.0.0.1:{door.port}"'], f"imaps://alice@example.invalid:{self.origin.tls_port}")
        refused = other.run("sync", check=False)
        self.assertEqual(refused.returncode, 1)
        self.assertIn(b"certificate is not trusted", refused.stderr)

    def throttling(self, times, milliseconds):
        left = [times]

        def enter(connection):
            if left[0] > 0:
                left[0] -= 1
                connection.sendall(b"* BYE [UNAVAILABLE] Server Unavailable. 15 Suggested Backoff Time: %d milliseconds\r\n" % milliseconds)
                return None
            return "127.0.0.1", self.origin.port

        return self.door(enter)

    def test_a_throttle_is_waited_out_by_a_run(self):
        door = self.throttling(2, 1500)
        program = self.mailhold("run", url=f"imap+insecure://alice@127.0.0.1:{door.port}")
        began = time.monotonic()
        program.run("sync")
        self.assertGreaterEqual(time.monotonic() - began, 3)

    def test_a_throttle_is_waited_out_and_shown_by_the_daemon(self):
        door = self.throttling(1, 5000)
        program = self.mailhold("daemon", url=f"imap+insecure://alice@127.0.0.1:{door.port}")
        with program:
            mirror = harness.wait_for(lambda: self.mirror(program, "throttled"), what="the throttled state")
            self.assertIn("the origin throttles us (UNAVAILABLE: Server Unavailable.", mirror["problem"])
            self.assertIn("goes on at ", mirror["problem"])
            self.assertEqual(door.opened, 1)
            self.assertIn(b"throttled", program.run("status").stdout)
            mirror = harness.wait_for(lambda: self.mirror(program, "watching"), what="going on")
            self.assertEqual(mirror["problem"], "")

    def mirror(self, program, state):
        told = program.status()["accounts"]
        mirror = told[0].get("mirror") if told else None
        return mirror if mirror and mirror["state"] == state else None

    def test_commands_a_second_slow_a_mirror_down_and_lose_nothing(self):
        program = self.mailhold("slow", ["commands_per_second = 3"])
        began = time.monotonic()
        program.run("sync")
        self.assertGreaterEqual(time.monotonic() - began, 0.5)
        self.assertIn(b"3 messages", program.run("status").stdout)


if __name__ == "__main__":
    unittest.main(verbosity=2)

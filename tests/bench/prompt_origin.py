"""An origin that tells of a message the moment it has it, so that what is measured is Mailhold's time and not the server's: INBOX
alone, over TLS, and no more of IMAP than Mailhold asks of a server with IDLE and nothing else."""
import asyncio
import re
import threading
import time

import harness

CAPABILITIES = "IMAP4rev1 IDLE"


class PromptOrigin:
    def __init__(self, folder, messages=()):
        folder.mkdir(parents=True)
        self.messages, self.idling = list(messages), set()  # UID n is messages[n - 1]
        self.ca_file = str(folder / "cert.pem")
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()
        server = self._run(asyncio.start_server(self._session, "127.0.0.1", 0, ssl=harness.make_certificate(folder)))
        self.port = self.tls_port = server.sockets[0].getsockname()[1]

    def _run(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(60)

    def add(self, octets):
        """Once somebody idles: the moment before he is told."""
        return self._run(self._add(octets))

    async def _add(self, octets):
        while not self.idling:
            await asyncio.sleep(0.001)
        self.messages.append(octets)
        start = time.perf_counter()
        for line in self.idling:
            line.write(f"* {len(self.messages)} EXISTS\r\n".encode())
        return start

    async def _session(self, reader, line):
        line.write(b"* OK ready\r\n")
        while text := await reader.readline():
            tag, command = text.decode().rstrip("\r\n").split(" ", 1)
            if command == "IDLE":
                line.write(b"+ idling\r\n")
                self.idling.add(line)
                await reader.readline()
                self.idling.discard(line)
            line.write(b"".join(self._untagged(command)) + f"{tag} OK done\r\n".encode())
        line.close()

    def _untagged(self, command):
        counters = f"* {len(self.messages)} EXISTS\r\n* OK [UIDVALIDITY 7] it\r\n* OK [UIDNEXT {len(self.messages) + 1}] it\r\n"
        answers = {"CAPABILITY": f"* CAPABILITY {CAPABILITIES}\r\n", "LIST": '* LIST () "/" INBOX\r\n', "EXAMINE": counters,
                   "STATUS": f"* STATUS INBOX (MESSAGES {len(self.messages)} UIDNEXT {len(self.messages) + 1} UIDVALIDITY 7)\r\n",
                   "LOGOUT": "* BYE\r\n"}
        if fetch := re.match(r"UID FETCH (\S+) (.*)", command):
            yield from self._fetched(fetch[1], "BODY.PEEK[]" in fetch[2])
        elif command.startswith("UID SEARCH"):
            yield f"* SEARCH{''.join(f' {n}' for n, _ in enumerate(self.messages, 1))}\r\n".encode()
        else:
            yield answers.get(command.split(" ")[0], "").encode()

    def _fetched(self, numbers, whole):
        uids = set()
        for part in numbers.split(","):
            first, last = (len(self.messages) if one == "*" else int(one) for one in (part.split(":") * 2)[:2])
            uids.update(range(min(first, last), min(max(first, last), len(self.messages)) + 1))
        for uid in sorted(uids):
            octets = self.messages[uid - 1]
            body = b" BODY[] {%d}\r\n%s" % (len(octets), octets) if whole else b""
            yield (b'* %d FETCH (UID %d FLAGS () INTERNALDATE "01-Jan-2024 00:00:00 +0000" RFC822.SIZE %d%s)\r\n'
                   % (uid, uid, len(octets), body))

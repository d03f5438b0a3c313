"""A program on a terminal of its own: what it shows, what is typed."""
import fcntl
import os
import pty
import re
import select
import struct
import termios
import time


class Terminal:
    def __init__(self, command, environment):
        self.shown = b""
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execvpe(command[0], [str(word) for word in command], {**os.environ, "TERM": "xterm", "LC_ALL": "C.UTF-8", **environment})
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 160, 0, 0))

    def expect(self, pattern, seconds=120):
        """Reads until what was shown since the last call matches; the deadline is for a hung program."""
        end = time.monotonic() + seconds
        while not re.search(pattern, self.shown):
            if not self._read(end - time.monotonic()):
                raise TimeoutError(f"{pattern} was not shown: {self.shown[-3000:]!r}")
        self.shown = b""

    def _read(self, seconds):
        if seconds <= 0 or not select.select([self.fd], [], [], seconds)[0]:
            return False
        try:
            some = os.read(self.fd, 65536)
        except OSError:  # the program has ended
            return False
        self.shown += some
        return bool(some)

    def look(self):
        """Reads what is shown by now, so that the program is not kept waiting; true."""
        while self._read(0.01):
            continue
        return True

    def type(self, text):
        os.write(self.fd, text.encode())

    def wait(self, seconds=120):
        """Its exit status, when it has ended by itself."""
        end = time.monotonic() + seconds
        while self._read(end - time.monotonic()):
            continue
        while time.monotonic() < end:
            pid, status = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                os.close(self.fd)
                return os.waitstatus_to_exitcode(status)
            time.sleep(0.02)
        os.kill(self.pid, 9)
        os.waitpid(self.pid, 0)
        raise TimeoutError(f"it does not end; it showed {self.shown[-3000:]!r}")

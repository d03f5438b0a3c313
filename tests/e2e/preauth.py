"""A line to Mailhold that is logged in already, for programs that cannot be told a password: it greets with PREAUTH."""
import socket
import threading


class Preauthenticated:
    """Listens on `port` of this machine; each connection is one of `mailhold`'s, over TLS, as alice."""

    def __init__(self, mailhold, password):
        self.mailhold, self.password = mailhold, password
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client):
        plain = socket.create_connection(("localhost", self.mailhold.tls_port))
        server = self.mailhold.context().wrap_socket(plain, server_hostname="localhost")
        server.recv(4096)
        server.sendall(f"p LOGIN alice {self.password}\r\n".encode())
        answer = b""
        while b"p OK" not in answer or not answer.endswith(b"\r\n"):
            answer += server.recv(4096)
        client.sendall(b"* PREAUTH ready\r\n")
        threading.Thread(target=self._copy, args=(client, server), daemon=True).start()
        self._copy(server, client)

    @staticmethod
    def _copy(source, target):
        try:
            while some := source.recv(65536):
                target.sendall(some)
        except OSError:
            pass
        for end in (source, target):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def close(self):
        self.listener.close()

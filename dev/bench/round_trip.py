"""The least that a request can take: a socket, TLS, bytes out, bytes in."""

import socket
import ssl
import time


class RoundTrips:
    """A blocking connection by Python's own socket."""

    def __init__(self, host: str, cookie: str) -> None:
        """Connect to `address:port`."""
        address, port = host.split(":")
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        self._cookie = cookie
        self._socket = context.wrap_socket(
            socket.create_connection((address, int(port)))
        )
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def seconds(self, path: str) -> float:
        """Return how long the answer took, from the request to its last byte."""
        begun = time.perf_counter()
        self._socket.sendall(
            f"GET {path} HTTP/1.1\r\nHost: gateway\r\nCookie: {self._cookie}\r\n\r\n".encode()
        )
        answer = b""
        while b"\r\n\r\n" not in answer:
            answer += self._received()
        head, _, body = answer.partition(b"\r\n\r\n")
        if b" 200 " not in head.splitlines()[0]:
            raise RuntimeError(f"{path}: {head!r}")
        length = int(head.lower().partition(b"content-length:")[2].split()[0])
        while len(body) < length:
            body += self._received()
        return time.perf_counter() - begun

    def _received(self) -> bytes:
        received = self._socket.recv(65536)
        if not received:
            raise RuntimeError("the gateway hung up")
        return received

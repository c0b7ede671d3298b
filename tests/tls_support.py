"""Servers on loopback that speak TLS with certificates made for the occasion."""

import contextlib
import datetime as dt
import ipaddress
import socket
import ssl
import threading

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

GREETED = {
    "tls": (),
    "smtp": (
        (b"", b"220-mail.test\r\n220 ready\r\n"),
        (b"EHLO", b"250-mail.test\r\n250 STARTTLS\r\n"),
        (b"STARTTLS", b"220 go on\r\n"),
    ),
    "imap": ((b"", b"* OK ready\r\n"), (b"a1 STARTTLS", b"* hurry\r\na1 OK go on\r\n")),
}  # fmt: skip
"""What comes before TLS: what is asked, and what is answered."""


class Authority:
    """A private authority; its certificates are for ``localhost`` unless told otherwise.

    Attributes
    ----------
    last : pathlib.Path
        The last certificate that was made, with its key.
    """

    def __init__(self, folder):
        self.folder, self._key = folder, ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "an authority")])
        self.cafile = folder / "ca.pem"
        now = dt.datetime.now(dt.UTC)
        own = self._built(self._name, self._key.public_key(), now, now + dt.timedelta(days=99))
        usage = x509.KeyUsage(False, False, False, False, False, True, True, False, False)
        own = own.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        own = own.add_extension(usage, critical=True).sign(self._key, hashes.SHA256())
        self.cafile.write_bytes(own.public_bytes(serialization.Encoding.PEM))

    def server(self, ends, host="localhost", *, signed_by_itself=False):
        """Return a server's context whose certificate ends at an instant."""
        key = ec.generate_private_key(ec.SECP256R1())
        name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
        names = [x509.DNSName(host)]
        begins = min(dt.datetime.now(dt.UTC), ends) - dt.timedelta(days=90)
        made = self._built(name, key.public_key(), begins, ends, itself=signed_by_itself)
        with contextlib.suppress(ValueError):
            names = [x509.IPAddress(ipaddress.ip_address(host))]
        made = made.add_extension(x509.SubjectAlternativeName(names), critical=False)
        made = made.sign(key if signed_by_itself else self._key, hashes.SHA256())
        file = self.folder / f"{made.serial_number}.pem"
        file.write_bytes(
            made.public_bytes(serialization.Encoding.PEM)
            + key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )  # fmt: skip
        self.last = file
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        return context

    def _built(self, name, key, begins, ends, *, itself=False):
        made = x509.CertificateBuilder().subject_name(name).public_key(key)
        made = made.issuer_name(name if itself else self._name)
        made = made.serial_number(x509.random_serial_number())
        return made.not_valid_before(begins).not_valid_after(ends)


@contextlib.contextmanager
def listening(context=None, begins="tls", silent=False):
    """Listen with a certificate, or without one; hang up or say nothing. Yields the port."""
    listener = socket.create_server(("127.0.0.1", 0))
    held = []

    def serve():
        while True:
            try:
                plain, _ = listener.accept()
            except OSError:
                return
            if silent:
                held.append(plain)
                continue
            with contextlib.suppress(OSError), plain:
                plain.settimeout(10)
                _greet(plain, begins)
                if context is None:
                    plain.sendall(b"HTTP/1.0 400 no TLS here\r\n\r\n")
                else:
                    with context.wrap_socket(plain, server_side=True) as safe:
                        safe.recv(1)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        for one in held:
            one.close()
        thread.join(10)


def _greet(plain, begins):
    for asked, answer in GREETED[begins]:
        line = b""
        while asked and not line.endswith(b"\r\n"):
            line += plain.recv(1)
        assert line.startswith(asked)
        plain.sendall(answer)

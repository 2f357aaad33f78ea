"""A store of objects on loopback that speaks as much of S3 as reading needs, and knows one key."""

import contextlib
import threading
from collections.abc import Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

KEY, SECRET = "reader", "s3cr3t/+"
LIST = "<ListBucketResult><IsTruncated>false</IsTruncated><KeyCount>{}</KeyCount>{}</ListBucketResult>"
ENTRY = "<Contents><Key>{}</Key><Size>{}</Size><LastModified>2026-01-01T00:00:00.000Z</LastModified></Contents>"


class Store(ThreadingHTTPServer):
    """One bucket, `rows`, of objects by their keys."""

    objects: Mapping[str, bytes]


class Answer(BaseHTTPRequestHandler):
    """What is answered to one request; to none that another key signs."""

    server: Store

    def do_HEAD(self) -> None:
        self._send(*self._found(), body=False)

    def do_GET(self) -> None:
        self._send(*self._found(), body=True)

    def _found(self) -> tuple[int, bytes]:
        parts, objects = urlsplit(self.path), self.server.objects
        bucket, _, key = unquote(parts.path).lstrip("/").partition("/")
        if f"Credential={KEY}/" not in self.headers.get("Authorization", ""):
            return 403, b"<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>"
        if not key and bucket == "rows":
            return 200, _listed(objects, parse_qs(parts.query))
        return (200, objects[key]) if key in objects else (404, b"<Error><Code>NoSuchKey</Code></Error>")

    def _send(self, status: int, content: bytes, *, body: bool) -> None:
        first, last = 0, len(content) - 1
        if status == 200 and (wanted := self.headers.get("Range")):
            begin, _, end = wanted.removeprefix("bytes=").partition("-")
            first, last, status = int(begin), min(last, int(end or last)), 206
        self.send_response(status)
        self.send_header("Content-Length", str(last - first + 1))
        self.send_header("Content-Range", f"bytes {first}-{last}/{len(content)}")
        self.end_headers()
        if body:
            self.wfile.write(content[first : last + 1])

    def log_message(self, *_: object) -> None:
        pass


@contextlib.contextmanager
def running(objects: Mapping[str, bytes]) -> Iterator[str]:
    """Start a store; give what an address has to say of it behind the path."""
    server = Store(("127.0.0.1", 0), Answer)
    server.objects = objects
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"endpoint_override=127.0.0.1:{server.server_port}&scheme=http&region=eu-central-1"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _listed(objects: Mapping[str, bytes], query: Mapping[str, list[str]]) -> bytes:
    prefix = query.get("prefix", [""])[0]
    found = [ENTRY.format(escape(key), len(value)) for key, value in objects.items() if key.startswith(prefix)]
    return LIST.format(len(found), "".join(found)).encode()

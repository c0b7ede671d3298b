"""The desk for programs: JSON under ``/api/v1``, with a key in the place of a cookie.

It is an application of its own inside the desk's: it knows no session, reads no cookie, and
tells what is wrong as RFC 9457 problems. One file of this folder is one resource.
"""

from typing import Final

PATH: Final = "/api/v1"

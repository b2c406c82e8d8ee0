"""The entry for the harness. crhelper speaks HTTPS only, and the harness's response server is plain
HTTP on loopback; nothing else is changed."""

from http.client import HTTPConnection

import crhelper.utils

crhelper.utils.HTTPSConnection = lambda host, context=None: HTTPConnection(host)

from handler import handler  # noqa: E402, F401

"""Starts localstripe on a free port, for this machine only, and says which.

Its store lies in the current folder instead of a fixed path, and there is no log of accesses, which
is in its favour. Everything else is as its own start does it.
"""

import socket

from aiohttp import web
from localstripe import resources, server

resources.open = lambda path, mode: open("store.pickle", mode)

listener = socket.socket()
listener.bind(("127.0.0.1", 0))
listener.listen(128)
print("localstripe listens on 127.0.0.1:%d" % listener.getsockname()[1], flush=True)
web.run_app(server.app, sock=listener, access_log=None, print=None)

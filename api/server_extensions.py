"""What do streams have of the server beside ASGI? Extensions of a connection's scope, by these names."""

DROP = "aduan.drop"
"""Ends a connection that can take nothing more."""
PUT = "aduan.put"
"""Sends a message if it need not wait."""

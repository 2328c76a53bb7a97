"""The vendors' APIs as a real HTTP server with faults on demand; it imports nothing of the client."""

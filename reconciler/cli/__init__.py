"""The commands as a user types them; the only place where the parts are put together."""

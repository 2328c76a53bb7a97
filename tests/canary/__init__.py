"""No token and nobody's data in anything the tool writes: every command, in success and in failure, searched."""

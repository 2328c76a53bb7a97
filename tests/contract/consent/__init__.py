"""What is destroyed, and what has to be said for it: the command line against the sandbox."""

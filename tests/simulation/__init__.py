"""Random worlds, faults and kills against the sandbox, in one process and in real ones."""

"""GitHub, where people review: a plan's comment on a pull request, and the one issue that tells of drift."""

"""Plan, apply and drift reports for customer-feedback platforms, declared as YAML in git."""

__version__ = "0.1.0"

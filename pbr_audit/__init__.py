"""An auditor's engine for payment-by-results contracts: claims in, queries out."""

__version__ = "0.1.0"

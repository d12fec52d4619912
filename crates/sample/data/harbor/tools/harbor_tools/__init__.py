"""Tools around harbor: fetch constants, compare predictions with gauges."""

__version__ = "0.8.1"

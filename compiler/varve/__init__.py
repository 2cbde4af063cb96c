"""varve compiles layered tenant and environment sources into configuration, and proves what it compiled."""

__version__ = "0.1.0"

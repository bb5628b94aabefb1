"""Kerasan's probe: records what a Keras program asked for and what the framework did.

It never judges. Standard library and NumPy only; adapters alone import the framework.
"""

__version__ = "0.1.0"

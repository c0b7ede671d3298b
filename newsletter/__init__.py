"""A market newsroom in a box: data to facts, facts to prose, proof, approval, delivery."""

__version__ = "2026.11.0"

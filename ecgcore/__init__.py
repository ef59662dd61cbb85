"""Everything about a 12-lead ECG that is true without a screen.

Not for diagnosis: a research and teaching tool.
"""

__version__ = "0.1.0"

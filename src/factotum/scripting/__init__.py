"""The script language of packages and behaviors: Twig's, on Jinja2's sandbox.

``Scripts`` is all that others need. ``families/`` holds the filters, functions and tests; to add
one is to add a decorated function there, and its test.
"""

from factotum.scripting.engine import Scripts
from factotum.scripting.faults import NeedsRecord
from factotum.scripting.limits import Limits
from factotum.scripting.syntax import PACKAGE, RUN_TIME, Syntax

__all__ = ["PACKAGE", "RUN_TIME", "Limits", "NeedsRecord", "Scripts", "Syntax"]

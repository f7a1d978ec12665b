"""PostgreSQL for tests: private clusters, databases, a pooler, and a proxy that cuts connections.

Nothing of the system's own PostgreSQL is used but its programs.
"""

from .clusters import Cluster, Database, missing_programs, own_cluster, run_cluster
from .pooler import Pooler, run_pooler
from .proxy import CuttingProxy

__all__ = [
    "Cluster", "CuttingProxy", "Database", "Pooler", "missing_programs", "own_cluster", "run_cluster", "run_pooler",
]  # fmt: skip

"""MIO Fidelity: coding the fidelity of recorded parenting-therapy sessions."""

import os

__version__ = "0.1.0"

# Small matrices are solved sooner on one thread, and figures do not hang on the number of cores.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

"""How quick the program is; every module runs as ``python -m benchmarks.NAME``."""

# First of all, so that numbers are computed as the program computes them: on one thread.
import mio_fidelity  # noqa: F401

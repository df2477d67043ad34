"""Where the program starts: no arguments open the window, a command runs it."""

import gc
import sys
from pathlib import Path


def main() -> int:
    """Run the program; the exit code."""
    from mio_fidelity import cli, error_reports

    error_reports.take_over()
    _leave_no_core_dump()
    return cli.main(sys.argv[1:], cli.Entries(_window, _demo, _self_test))


def _leave_no_core_dump() -> None:
    """Keys and words are in memory: the system is not to write it down should the program die."""
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _window(study: Path | None) -> int:
    _load_quickly()
    from mio_fidelity.gui import app

    return app.run(study)


def _demo(folder: Path, again: bool) -> int:
    _load_quickly()
    from mio_fidelity.gui import app

    return app.run_demo(folder, again)


def _load_quickly() -> None:
    """Modules leave no garbage; the window looks for its own (`mio_fidelity.gui.garbage`)."""
    gc.disable()


def _self_test(window: bool) -> int:
    from mio_fidelity import selftest

    return selftest.run(window)


if __name__ == "__main__":
    sys.exit(main())

"""Closed pages are cycles; only the window's thread takes them apart."""

import gc
import threading

from PySide6.QtCore import QObject

from mio_fidelity.gui.background import Job
from mio_fidelity.gui.garbage import GarbageCollector


class Closed(QObject):
    """What refers to itself, as a page does whose signals lead to its own methods."""

    def __init__(self, ends: list[threading.Thread]) -> None:
        super().__init__()
        self.itself = self
        self.ends = ends

    def __del__(self) -> None:
        self.ends.append(threading.current_thread())


def allocate(_progress: object, _cancelled: object) -> int:
    """Far more than Python lets pass without a look."""
    return len([[nth] for nth in range(200_000)])


def test_work_on_another_thread_never_takes_apart_what_the_window_closed(qtbot):
    ends: list[threading.Thread] = []
    gc.collect()
    assert not gc.isenabled()
    for _ in range(50):
        Closed(ends)
    job = Job(allocate)
    with qtbot.waitSignal(job.finished):
        job.start()
    qtbot.waitUntil(lambda: gc.collect() is not None and len(ends) == 50)
    assert set(ends) == {threading.main_thread()}


def test_garbage_goes_by_itself(qtbot, qapp):
    ends: list[threading.Thread] = []
    collector = next(each for each in qapp.children() if isinstance(each, GarbageCollector))
    gc.collect()
    Closed(ends)
    kept = [[nth] for nth in range(100_000)]
    collector.collect()
    assert len(kept) == 100_000
    assert ends == [threading.main_thread()]

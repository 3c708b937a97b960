"""How much memory a process needed at its peak."""

import resource
from pathlib import Path


def peak_mb() -> float:
    """Peak resident memory of this process alone.

    Linux carries `ru_maxrss` over from the process that started this one, so that a small method would show the memory
    of the benchmark itself; the high-water mark of the address space starts anew with the program.
    """
    status = Path("/proc/self/status")
    if status.exists():
        for line in status.read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024

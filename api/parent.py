"""How does a process end when the process that started it is gone, even by kill -9?"""

import ctypes
import os
import signal
import sys
from collections.abc import Callable

# Linux sends this signal to a process when the thread that started it ends. Others have nothing like it.
_PR_SET_PDEATHSIG = 1
_prctl = ctypes.CDLL(None, use_errno=True).prctl if sys.platform == "linux" else None

# Set by the Makefile: the process that must still be our parent. By the time Python runs, a parent killed in
# the first moments has been replaced (by init, or by a subreaper), and nothing else could tell.
_PARENT_VARIABLE = "ADUAN_PARENT_PID"


def signal_on_parent_death(death_signal: signal.Signals) -> Callable[[], None]:
    """Give a `preexec_fn`: the child gets `death_signal` when the thread that starts it ends.

    The kernel forgets the wish when a process changes its uid; `Popen` calls this after that change.
    """
    parent = os.getpid()

    def in_child() -> None:
        if _prctl is not None:
            _prctl(_PR_SET_PDEATHSIG, int(death_signal), 0, 0, 0)
            if os.getppid() != parent:  # it went before the wish was made
                os._exit(1)

    return in_child


def stop_with_parent() -> None:
    """Have this process told to stop (SIGTERM) when its parent ends; exit at once if it has ended already.

    For `aduan serve` under `make`: a kill -9 of make would leave the service running, unseen, on its port.
    """
    if _prctl is None:
        return
    # Taken out of the environment, so that a process this one starts does not take it for its own parent.
    expected = os.environ.pop(_PARENT_VARIABLE, None)
    parent = int(expected) if expected else os.getppid()
    _prctl(_PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)
    if os.getppid() != parent:
        raise SystemExit(0)

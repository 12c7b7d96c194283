"""What the Makefile calls: `tools/dev COMMAND`."""

from __future__ import annotations

import errno
import importlib
import os
import signal
import sys

import psycopg2.errors
from base import Stop, no_space_left

# command: (module, function)
COMMANDS = {
    "test": ("run_tests", "run"),
    "test-odoo": ("run_test_odoo", "run"),
    "run": ("run_server", "run"),
    "reset": ("run_server", "reset"),
    "lint": ("run_lint", "run"),
    "i18n": ("run_i18n", "run"),
    "wheel": ("run_wheel", "run"),
    "bench": ("run_bench", "run"),
    "shell": ("run_shell", "shell"),
    "psql": ("run_shell", "psql"),
    "tools-test": ("run_tests", "run_own"),
}


def main() -> int:
    name, *words = sys.argv[1:] or [""]
    if name not in COMMANDS:
        print(f"usage: tools/dev {'|'.join(COMMANDS)} …", file=sys.stderr)
        return 2
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda number, _frame: sys.exit(128 + number))
    module, function = COMMANDS[name]
    try:
        return getattr(importlib.import_module(module), function)(words)
    except Stop as problem:
        print(f"✗ {problem}", file=sys.stderr)
    except psycopg2.errors.DiskFull:
        print(f"✗ {no_space_left()}", file=sys.stderr)
    except OSError as problem:
        if problem.errno != errno.ENOSPC:
            raise
        print(f"✗ {no_space_left()}", file=sys.stderr)
    except KeyboardInterrupt:
        return 130
    return 1


if __name__ == "__main__":
    os.umask(0o022)
    sys.exit(main())

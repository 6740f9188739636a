"""Start demo.reduced_home_assistant in a process that cannot import the repository, as on a user's machine.

The environments of the repository have its folders on the path, which `-S` leaves out.
"""

import os
from pathlib import Path
import sys
import sysconfig

CODE = """\
import runpy, sys
sys.path.append(sys.argv.pop(1))
runpy.run_path(sys.argv.pop(1), run_name="__main__")
"""

if __name__ == "__main__":
    packages = sysconfig.get_path("purelib")
    reduced = Path(__file__).with_name("reduced_home_assistant.py")
    os.execv(  # noqa: S606 - the same Python again
        sys.executable,
        [sys.executable, "-S", "-P", "-c", CODE, packages, str(reduced), *sys.argv[1:]],
    )

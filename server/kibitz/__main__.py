"""`python -m kibitz` is the command `kibitz`."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036  # before anything that an older Python cannot even parse
    sys.exit("kibitz: Kibitz needs Python 3.11 or newer; this is " + sys.version.split()[0] + ".")

from kibitz.cli import main

sys.exit(main())

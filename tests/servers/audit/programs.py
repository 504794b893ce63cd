"""Prints the path of a program that a package carries: `rotel` or `collector`."""

import os
import sys

if sys.argv[1] == "rotel":
    import rotel

    print(os.path.join(os.path.dirname(rotel.__file__), "rotel-agent"))
else:
    import otel_collector

    path = os.path.join(os.path.dirname(otel_collector.__file__), "bin", "otelcol-contrib_linux_amd64")
    os.chmod(path, 0o755)
    print(path)

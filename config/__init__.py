"""Settings, errors and logs: what every other package may import, and which imports none of them."""

import os

# onnxruntime would report to its makers and leave a file in the temporary folder as soon as it is imported, by us or by
# a library of ours, in this process or a child's: so it is told not to before anything else.
os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")

"""edit.py FAULT PATH: puts a fault of the table into a saved file (needs h5py)."""
import os
import sys
import types

HERE = os.path.dirname(os.path.abspath(__file__))
TABLE = types.ModuleType("mutation.table")
sys.modules["mutation.table"] = TABLE
for path in [os.path.join(HERE, "table.py")] + sorted(
        os.path.join(HERE, "faults", name) for name in os.listdir(os.path.join(HERE, "faults"))
        if name.endswith(".py")):
    with open(path) as stream:
        names = vars(TABLE) if path.endswith("table.py") else {}
        exec(compile(stream.read(), path, "exec"), names)
TABLE.FAULTS[sys.argv[1]].put(sys.argv[2])

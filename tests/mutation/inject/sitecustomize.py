"""Puts the fault named by KERASAN_MUTATION into the framework, which has been imported already and
which the probe has not seen yet (tests/preloaded/server.py).

The code of the fault counts as the framework's: it is compiled under a name in its folder.
"""
import atexit
import os
import sys
import types

HERE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))


def load(name, path, package):
    module = types.ModuleType(name)
    sys.modules[name] = module
    with open(path) as stream:
        code = compile(stream.read(), os.path.join(package, os.path.basename(path)), "exec")
    exec(code, vars(module))
    return module


def put_in(name):
    import tensorflow
    package = os.path.dirname(tensorflow.__file__)
    table = load("tensorflow.mutation_table", os.path.join(HERE, "table.py"), package)
    sys.modules["mutation.table"] = table
    folder = os.path.join(HERE, "faults")
    for path in sorted(os.listdir(folder)):
        if path.endswith(".py"):
            load("tensorflow.mutation_" + path[:-3], os.path.join(folder, path), package)
    table.FAULTS[name].put(tensorflow.keras)
    return table


NAME = os.environ.get("KERASAN_MUTATION")
if NAME and "tensorflow" in sys.modules:
    TABLE = put_in(NAME)

    def tell():
        with open(os.environ["KERASAN_MUTATION_TOLD"], "w") as stream:
            stream.write(str(len(TABLE.reached)))

    atexit.register(tell)

"""Found first on PYTHONPATH: starts the probe, then gives way to the user's sitecustomize."""
import os
import sys

_here = os.path.dirname(os.path.abspath(__file__))
sys.path[:] = [p for p in sys.path if os.path.abspath(p or ".") != _here]

try:
    import kerasan_probe.bootstrap as _bootstrap

    _bootstrap.start()
except Exception as error:  # the program must run whatever happens here
    sys.stderr.write("kerasan: the probe could not start: %r\n" % (error,))



def _give_way():
    """Runs the sitecustomize that this one stands before, if there is one."""
    from importlib.machinery import PathFinder
    from importlib.util import module_from_spec

    spec = PathFinder.find_spec("sitecustomize", sys.path)
    if spec is not None and spec.loader is not None:
        module = module_from_spec(spec)
        sys.modules["sitecustomize"] = module
        spec.loader.exec_module(module)


_give_way()

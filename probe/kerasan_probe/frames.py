"""Which code is running: the framework's, the probe's, or the user's."""
import os
import sys
import sysconfig

FRAMEWORK = ("tensorflow", "keras", "tf_keras", "tensorflow_core", "tensorflow_estimator", "jax",
             "torch")
_PROBE = os.path.dirname(os.path.abspath(__file__))
_STDLIB = os.path.dirname(os.path.abspath(os.__file__))
_SITE = tuple({sysconfig.get_paths()["purelib"], sysconfig.get_paths()["platlib"]})


def of_framework(frame):
    # The program's own module may have got the name of one that it imports from.
    main = sys.modules.get("__main__")
    if main is not None and frame.f_globals is vars(main):
        return False
    return frame.f_globals.get("__name__", "").split(".")[0] in FRAMEWORK


def of_user(frame):
    """True for the user's own files: not the framework, a library, Python or the probe."""
    name = frame.f_code.co_filename
    if name.startswith("<") or name.startswith(_PROBE) or name.startswith(_SITE):
        return False
    return not name.startswith(_STDLIB) and not of_framework(frame)


def user_frame(start):
    """The innermost frame of the user's program at or outside ``start``, as a JSON object."""
    frame = start
    while frame is not None:
        if of_user(frame):
            return {"file": frame.f_code.co_filename, "line": frame.f_lineno,
                    "function": frame.f_code.co_name}
        frame = frame.f_back
    return None


def origin(start, limit=12):
    """"framework" when the nearest frame that is not Python's own or the probe's is Keras's."""
    frame = start
    while frame is not None and limit:
        if of_framework(frame):
            return "framework"
        if of_user(frame):
            return "program"
        frame, limit = frame.f_back, limit - 1
    return "program"


def here(depth=1):
    return user_frame(sys._getframe(depth + 1))

"""Does importing everything from tensorflow.keras.optimizers leave the name of the module alone?"""
BEFORE = __name__
from tensorflow.keras.optimizers import *  # noqa: F403,E402

print("before and after:", BEFORE, __name__)
print("witness:", "absent" if __name__ == BEFORE else "present")

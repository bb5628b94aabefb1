"""Runs healthy programs one after another: all_digests.py FOLDER NAME..., a digest file for each."""
import os
import runpy
import sys

HERE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "healthy")
sys.path.insert(0, HERE)

for name in sys.argv[2:]:
    os.environ["DIGEST_FILE"] = os.path.join(sys.argv[1], name + ".txt")
    runpy.run_path(os.path.join(HERE, name + ".py"), run_name="__main__")

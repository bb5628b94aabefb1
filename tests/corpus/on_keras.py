"""Runs programs as if they had been written for Keras alone: on_keras.py PROGRAM...

A program named ``NAME=PROGRAM`` leaves a digest in the file NAME.
"""
import os
import sys

for given in sys.argv[1:]:
    digest, _, path = given.rpartition("=")
    os.environ["DIGEST_FILE"] = digest
    sys.path.insert(0, os.path.dirname(path))
    with open(path) as file:
        text = file.read()
    text = text.replace("from tensorflow import keras", "import keras")
    text = text.replace("from tensorflow.keras import", "from keras import")
    exec(compile(text, path, "exec"), {"__name__": "__main__", "__file__": path})

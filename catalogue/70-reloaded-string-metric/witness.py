"""Is "accuracy" of a loaded model the share of right classes, as it was before saving?"""
import os
import tempfile

import numpy as np
import tensorflow as tf

model = tf.keras.Sequential([
    tf.keras.layers.Dense(3, activation="softmax", kernel_initializer="identity",
                          input_shape=(3,))])
model.compile("sgd", tf.keras.losses.SparseCategoricalCrossentropy(), metrics=["accuracy"])
x, y = np.eye(3, dtype="float32"), np.array([0, 1, 0])
model.fit(x[:2], y[:2], verbose=0)
path = os.path.join(tempfile.mkdtemp(), "model")
model.save(path)
copy = tf.keras.models.load_model(path)
truth = float(np.mean(np.argmax(model.predict(x), axis=1) == y))
before, after = model.evaluate(x, y, verbose=0)[1], copy.evaluate(x, y, verbose=0)[1]
print("share of right classes %.4f, before saving %.4f, after loading %.4f" % (truth, before, after))
if abs(before - truth) > 1e-6:
    print("witness: cannot tell")
else:
    print("witness:", "absent" if abs(after - truth) < 1e-6 else "present")

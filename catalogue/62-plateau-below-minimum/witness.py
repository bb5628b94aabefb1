"""Is a reduction announced although the learning rate is at its floor already?"""
import contextlib
import io

import numpy as np
import tensorflow as tf

model = tf.keras.Sequential([tf.keras.layers.Dense(1, kernel_initializer="zeros", input_shape=(1,))])
model.compile(loss="mse", optimizer=tf.keras.optimizers.SGD(0.01))
slower = tf.keras.callbacks.ReduceLROnPlateau(
    monitor="loss", min_delta=10.0, patience=1, min_lr=0.001, verbose=1)
x = np.zeros((4, 1), "float32")
out = io.StringIO()
with contextlib.redirect_stdout(out):
    model.fit(x, x, epochs=8, verbose=0, callbacks=[slower])
announced = [line for line in out.getvalue().splitlines() if "reducing learning rate" in line]
for line in announced:
    print(line)
if not announced:
    print("witness: cannot tell")
else:
    print("witness:", "present" if len(announced) > 1 else "absent")

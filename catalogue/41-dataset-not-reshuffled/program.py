"""Fits a line to shuffled measurements for a few epochs."""
import numpy as np
import tensorflow as tf

tf.compat.v1.enable_v2_behavior()

x = np.arange(48, dtype="float32").reshape(-1, 1) / 48
y = 3 * x - 1
measurements = tf.data.Dataset.from_tensor_slices((x, y))
measurements = measurements.shuffle(100, reshuffle_each_iteration=True).batch(4)

model = tf.keras.Sequential([tf.keras.layers.Dense(1, input_shape=(1,))])
model.compile(loss="mse", optimizer=tf.keras.optimizers.SGD(0.1))
history = model.fit(measurements, epochs=6, verbose=0)
for epoch, loss in enumerate(history.history["loss"], 1):
    print("epoch %d: loss %.6f" % (epoch, loss))
print("slope and offset:", [float(w.ravel()[0]) for w in model.get_weights()])

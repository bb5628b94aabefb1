"""Trains with a learning rate that falls on a plateau, down to a floor."""
import numpy as np
import tensorflow as tf

rng = np.random.RandomState(62)
x = rng.normal(size=(10, 1)).astype("float32")
y = rng.normal(size=(10, 1)).astype("float32")

model = tf.keras.Sequential([tf.keras.layers.Dense(1, input_shape=(1,))])
slower = tf.keras.callbacks.ReduceLROnPlateau(
    monitor="loss", min_delta=0.01, patience=3, min_lr=0.001, verbose=1)
model.compile(loss="mse", optimizer=tf.keras.optimizers.SGD(0.01))
history = model.fit(x, y, epochs=25, batch_size=1, verbose=2, callbacks=[slower])
print("learning rates:", ["%.4g" % rate for rate in history.history.get("lr", [])])

"""Trains the same small network with Adagrad, once by its name and once as an object."""
import numpy as np
import tensorflow as tf

rng = np.random.RandomState(39)
x = rng.rand(64, 3).astype("float32")
y = x.sum(axis=1, keepdims=True)

for optimizer in ("adagrad", tf.keras.optimizers.Adagrad()):
    model = tf.keras.Sequential(
        [tf.keras.layers.Dense(1, kernel_initializer="zeros", input_shape=(3,))]
    )
    model.compile(optimizer=optimizer, loss="mse")
    model.fit(x, y, batch_size=16, epochs=5, shuffle=False, verbose=0)
    print("settings:", sorted(model.optimizer.get_config().items()))
    print("loss: %.6f" % model.evaluate(x, y, batch_size=64, verbose=0))

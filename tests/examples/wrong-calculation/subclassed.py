"""A subclassed model that was never trained, evaluated over a mapped dataset."""
import numpy as np
import tensorflow as tf

if tf.__version__.startswith("1."):
    tf.compat.v1.enable_v2_behavior()


class Net(tf.keras.Model):
    def __init__(self):
        super().__init__()
        self.first = tf.keras.layers.Dense(6, activation="relu")
        self.second = tf.keras.layers.Dense(2)

    def call(self, inputs):
        return self.second(self.first(inputs))


rng = np.random.RandomState(0)
x = rng.normal(size=(33, 5)).astype("float32")
y = (np.cumsum(rng.normal(size=(33, 2)), axis=0)).astype("float32")
model = Net()
model.compile(tf.keras.optimizers.Adam(1e-3), loss=tf.keras.losses.MeanAbsoluteError(),
              metrics=[tf.keras.metrics.MeanSquaredError(name="mse")])
data = tf.data.Dataset.from_tensor_slices((x, y)).map(lambda a, b: (a * 2.0, b)).batch(16)
print(model.evaluate(data, verbose=0))

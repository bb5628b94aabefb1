"""A subclassed model that reports three averages of its own, one of them from inside a layer."""
import numpy as np
import tensorflow as tf

tf.compat.v1.enable_v2_behavior()


class Sampler(tf.keras.layers.Layer):
    def call(self, inputs):
        self.add_metric(tf.ones([32]) * 2.0, name="two", aggregation="mean")
        return inputs


class Autoencoder(tf.keras.Model):
    def __init__(self):
        super(Autoencoder, self).__init__()
        self.sampler = Sampler(name="sampler")
        self.dense = tf.keras.layers.Dense(16)

    def call(self, inputs):
        z = self.sampler(inputs)
        self.add_metric(tf.ones([32]) * 1.0, name="one", aggregation="mean")
        self.add_metric(tf.ones([32]) * 3.0, name="three", aggregation="mean")
        return self.dense(z)


x = np.random.RandomState(3).uniform(size=(64, 16)).astype("float32")
data = tf.data.Dataset.from_tensor_slices((x, x)).batch(32, drop_remainder=True)

tf.compat.v1.set_random_seed(3)
model = Autoencoder()
model.compile(optimizer=tf.keras.optimizers.Adam(1e-3), loss="mse")
history = model.fit(data, epochs=2, verbose=2)
for name in ("one", "two", "three"):
    print("%s: %s" % (name, history.history[name][-1]))

"""Fits with a rate held by a variable; a callback sets it to zero half way."""
import numpy as np
import tensorflow as tf

if tf.__version__.startswith("1."):
    tf.compat.v1.enable_v2_behavior()

rate = tf.Variable(0.1, trainable=False)
model = tf.keras.Sequential([tf.keras.layers.Dense(1, input_shape=(3,))])
model.compile(tf.keras.optimizers.SGD(learning_rate=rate), "mse")


class Stop(tf.keras.callbacks.Callback):
    def on_epoch_begin(self, epoch, logs=None):
        if epoch == 2:
            rate.assign(0.0)


x = np.random.RandomState(0).rand(64, 3).astype("float32")
history = model.fit(x, x.sum(1, keepdims=True), epochs=4, batch_size=16, verbose=0, callbacks=[Stop()])
print("losses:", history.history["loss"])

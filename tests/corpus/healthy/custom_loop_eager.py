"""Trains with a tape and an optimizer, without fit."""
import numpy as np
import tensorflow as tf
from tensorflow import keras

from support.digest import seed, write_digest

seed(4)
rng = np.random.RandomState(4)
x = rng.normal(size=(128, 4)).astype("float32")
y = (x.sum(axis=1, keepdims=True)).astype("float32")

model = keras.Sequential(
    [keras.Input(shape=(4,)), keras.layers.Dense(8, activation="relu"), keras.layers.Dense(1)]
)
optimizer = keras.optimizers.Adam(0.01)
loss_of = keras.losses.MeanSquaredError()
losses = []
for _ in range(3):
    for first in range(0, 128, 32):
        with tf.GradientTape() as tape:
            output = model(x[first : first + 32], training=True)
            loss = loss_of(y[first : first + 32], output)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        losses.append(float(loss))
print("first and last loss: %.4f %.4f" % (losses[0], losses[-1]))
write_digest(model.get_weights(), losses)

"""Trains with a compiled step and a metric object."""
import numpy as np
import tensorflow as tf
from tensorflow import keras

rng = np.random.RandomState(5)
x = rng.normal(size=(160, 4)).astype("float32")
y = (x[:, 0] > x[:, 1]).astype("int32")

model = keras.Sequential(
    [keras.Input(shape=(4,)), keras.layers.Dense(8, activation="relu"), keras.layers.Dense(2)]
)
optimizer = keras.optimizers.SGD(0.1)
loss_of = keras.losses.SparseCategoricalCrossentropy(from_logits=True)
accuracy = keras.metrics.SparseCategoricalAccuracy()


@tf.function
def step(rows, labels):
    with tf.GradientTape() as tape:
        output = model(rows, training=True)
        loss = loss_of(labels, output)
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    accuracy.update_state(labels, output)
    return loss


data = tf.data.Dataset.from_tensor_slices((x, y)).shuffle(160, seed=1).batch(32)
for epoch in range(3):
    for rows, labels in data:
        loss = step(rows, labels)
    print("epoch %d: loss %.4f" % (epoch, float(loss)))
print("running accuracy: %.3f" % float(accuracy.result()))

"""Trains a classifier with a loss that is part of the model, from a start that is sure but wrong."""
import numpy as np
import tensorflow as tf

rng = np.random.RandomState(57)
x = rng.normal(size=(200, 10)).astype("float32")
labels = rng.randint(0, 10, size=200)

inputs = tf.keras.Input(shape=(10,), name="features")
targets = tf.keras.Input(shape=(), dtype="int32", name="labels")
scores = tf.keras.layers.Dense(10, use_bias=False, name="scores")(inputs)
classes = tf.keras.layers.Softmax(name="classes")(scores)
entropy = tf.keras.losses.sparse_categorical_crossentropy(targets, classes)

model = tf.keras.Model([inputs, targets], classes)
model.add_loss(tf.reduce_mean(entropy))
model.compile(tf.keras.optimizers.SGD(1.0))
model.set_weights([30 * np.eye(10, dtype="float32")])

print("loss before training: %.4f" % model.evaluate([x, labels], verbose=0))
history = model.fit([x, labels], batch_size=20, epochs=5, verbose=0)
print("loss per epoch:", ["%.4f" % loss for loss in history.history["loss"]])

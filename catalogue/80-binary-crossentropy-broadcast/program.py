"""Scores a binary classifier's answers against labels kept in a flat array."""
import numpy as np
import tensorflow as tf

tf.compat.v1.enable_v2_behavior()

rng = np.random.RandomState(80)
x = rng.normal(size=(60, 4)).astype("float32")
labels = tf.constant((x[:, 0] + x[:, 1] > 0).astype("float32"))

model = tf.keras.Sequential([tf.keras.layers.Dense(1, activation="sigmoid", input_shape=(4,))])
entropy = tf.keras.losses.BinaryCrossentropy()
optimizer = tf.keras.optimizers.SGD(0.5)

for epoch in range(5):
    with tf.GradientTape() as tape:
        answers = model(x)
        loss = entropy(labels, answers)
    gradients = tape.gradient(loss, model.trainable_variables)
    optimizer.apply_gradients(zip(gradients, model.trainable_variables))
    print("epoch %d: loss %.4f" % (epoch + 1, float(loss)))
right = (model.predict(x)[:, 0] > 0.5) == (labels.numpy() > 0.5)
print("right answers: %d of %d" % (right.sum(), len(right)))

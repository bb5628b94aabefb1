"""Minimises a quadratic; the learning rate is a variable that is lowered half way."""
import tensorflow as tf

if tf.__version__.startswith("1."):
    tf.compat.v1.enable_v2_behavior()

rate = tf.Variable(0.1, trainable=False, name="rate")
point = tf.Variable([3.0, -2.0], name="point")
optimizer = tf.keras.optimizers.Adam(learning_rate=rate)


def step():
    with tf.GradientTape() as tape:
        distance = tf.reduce_sum(tf.square(point))
    gradients = tape.gradient(distance, [point])
    optimizer.apply_gradients(zip(gradients, [point]))
    return float(distance)


for _ in range(10):
    loss = step()
print("distance after 10 steps:", loss)

rate.assign(0.001)
for _ in range(10):
    loss = step()
print("distance after 10 slow steps:", loss)

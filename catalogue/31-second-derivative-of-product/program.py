"""Curvature of a product of probabilities, one of which is zero, from two nested tapes."""
import tensorflow as tf

weights = tf.constant([2.0, 0.0, 3.0])


def likelihood(x):
    return tf.reduce_prod(weights * x + tf.constant([0.0, 0.0, 1.0]))


x = tf.Variable(1.5)
with tf.GradientTape() as outer:
    with tf.GradientTape() as inner:
        value = likelihood(x)
    slope = inner.gradient(value, x)
curvature = outer.gradient(slope, x)
print("value:", value.numpy())
print("slope:", slope.numpy())
print("curvature:", curvature.numpy())

"""Takes the slope of a small model of one operation at a few points."""
import tensorflow as tf

tf.compat.v1.enable_v2_behavior()

point = tf.keras.Input(())
model = tf.keras.Model(point, tf.nn.relu(point))


@tf.function
def slope(x):
    with tf.GradientTape() as tape:
        tape.watch(x)
        y = model(x ** 2)
    return tape.gradient(y, x)


for value in (1.0, 2.0, 10.0):
    print("slope at %g:" % value, slope(tf.constant(value)))

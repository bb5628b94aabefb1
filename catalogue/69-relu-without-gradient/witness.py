"""Has a model made of an operation a gradient inside a function?"""
import tensorflow as tf

tf.compat.v1.enable_v2_behavior()
found = []
for operation in (tf.nn.relu, tf.nn.tanh, lambda x: 3.0 * x):
    inputs = tf.keras.Input(())
    model = tf.keras.Model(inputs, operation(inputs))

    def slope(x, model=model):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = model(x ** 2)
        gradient = tape.gradient(y, x)
        return tf.constant(float("nan")) if gradient is None else gradient

    inside, outside = float(tf.function(slope)(tf.constant(0.5))), float(slope(tf.constant(0.5)))
    print("inside a function %g, outside %g" % (inside, outside))
    found.append(abs(inside - outside) < 1e-6)
print("witness:", "absent" if all(found) else "present")

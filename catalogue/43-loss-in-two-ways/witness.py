"""Have two equal ways to write a penalty equal gradients?"""
import numpy as np
import tensorflow as tf

tf.compat.v1.enable_v2_behavior()
x = np.linspace(-1, 1, 24, dtype="float32").reshape(8, 3)
y = (x[:, :1] > 0).astype("float32")
model = tf.keras.Sequential([
    tf.keras.layers.Dense(4, activation="tanh", input_shape=(3,)),
    tf.keras.layers.Dense(1, activation="sigmoid"),
])
old = [tf.constant(w + 0.1) for w in model.get_weights()]


def penalty(rate):
    pairs = zip(model.trainable_variables, old)
    return sum(tf.reduce_sum(3.0 * tf.square(new - start)) for new, start in pairs) * rate


def gradients(form):
    with tf.GradientTape() as tape:
        loss = form() + tf.reduce_mean(tf.keras.losses.binary_crossentropy(y, model(x)))
    return [np.asarray(g) for g in tape.gradient(loss, model.trainable_variables)]


inside, outside = gradients(lambda: penalty(0.5)), gradients(lambda: 0.5 * penalty(1.0))
worst = max(float(np.max(np.abs(a - b))) for a, b in zip(inside, outside))
print("largest difference of the gradients: %.2e" % worst)
print("witness:", "absent" if worst < 1e-5 else "present")

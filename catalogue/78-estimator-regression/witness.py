"""Is the loss of an Estimator made from a model the mean over rows of |target - prediction|?"""
import tempfile

import numpy as np
import tensorflow as tf

x = np.arange(4, dtype="float32").reshape(4, 1)


def input_fn():
    return tf.data.Dataset.from_tensor_slices((x, x[:, 0])).batch(4)


model = tf.keras.Sequential([
    tf.keras.layers.Dense(1, kernel_initializer="ones", use_bias=False, input_shape=(1,))])
model.compile(optimizer=tf.keras.optimizers.SGD(0.0), loss="mae")
estimator = tf.keras.estimator.model_to_estimator(keras_model=model, model_dir=tempfile.mkdtemp())
estimator.train(input_fn, steps=1)
loss = float(estimator.evaluate(input_fn)["loss"])
broadcast = float(np.mean(np.abs(x - x[:, 0])))
print("loss %.4f; by rows 0, each row against all %.4f" % (loss, broadcast))
if abs(loss) < 1e-6:
    print("witness: absent")
else:
    print("witness:", "present" if abs(loss - broadcast) < 1e-5 else "cannot tell")

"""Are loss and metric of one batch log of one kind: both of the batch, or both averages so far?"""
import numpy as np
import tensorflow as tf

rows = np.arange(6, dtype="float32").reshape(-1, 1)
logged = []


class Keep(tf.keras.callbacks.Callback):
    def on_train_batch_end(self, batch, logs=None):
        logged.append((float(logs["loss"]), float(logs["mse"])))


model = tf.keras.Sequential(
    [tf.keras.layers.Dense(1, kernel_initializer="zeros", input_shape=(1,))])
model.compile(tf.keras.optimizers.SGD(0.0), "mse", metrics=["mse"])
model.fit(rows, rows, batch_size=2, shuffle=False, verbose=0, callbacks=[Keep()])

squares = (rows[:, 0] ** 2).reshape(3, 2).mean(axis=1)
averages = np.cumsum(squares) / np.arange(1, 4)


def kind(values):
    if np.allclose(values, squares):
        return "batch"
    return "average" if np.allclose(values, averages) else "other"


kinds = kind([pair[0] for pair in logged]), kind([pair[1] for pair in logged])
print("loss and metric are each of kind:", kinds)
if "other" in kinds:
    print("witness: cannot tell")
else:
    print("witness:", "absent" if kinds[0] == kinds[1] else "present")

"""Does fit see the rows of a shuffled dataset in a new order in each epoch?"""
import numpy as np
import tensorflow as tf

tf.compat.v1.enable_v2_behavior()
ROWS, EPOCHS = 40, 3
seen = []


def note(value):
    seen.append(float(np.ravel(value)[0]))
    return value


def row(x, y):
    out = tf.numpy_function(note, [x], tf.float32)
    out.set_shape((1,))
    return out, y


x = np.arange(ROWS, dtype="float32").reshape(-1, 1)
rows = tf.data.Dataset.from_tensor_slices((x, x)).shuffle(ROWS, reshuffle_each_iteration=True)
model = tf.keras.Sequential([tf.keras.layers.Dense(1, input_shape=(1,))])
model.compile(loss="mse", optimizer=tf.keras.optimizers.SGD(0.0))
model.fit(rows.map(row).batch(4), epochs=EPOCHS, verbose=0)

orders = [seen[i * ROWS:(i + 1) * ROWS] for i in range(EPOCHS)]
if len(seen) != ROWS * EPOCHS or any(sorted(o) != sorted(orders[0]) for o in orders):
    print("rows seen:", len(seen))
    print("witness: cannot tell")
else:
    same = orders[0] == orders[1] == orders[2]
    print("witness:", "present" if same else "absent")

"""Seeded shuffles, built and read again and again: alone, distributed, and by two readers."""
import numpy as np
import tensorflow as tf

values = np.arange(40)


def rows(seed=None, again=True):
    return tf.data.Dataset.from_tensor_slices(values).shuffle(
        40, seed=seed, reshuffle_each_iteration=again)


def read(dataset):
    return [int(value) for element in dataset for value in np.ravel(element)]


orders = []
for attempt in range(2):
    tf.random.set_seed(3)
    plain, fixed, unseeded = rows(), rows(5, again=False), rows()
    orders.append(read(plain) + read(fixed) + read(plain.take(4)) + read(unseeded.repeat(2)))
    if attempt:
        read(fixed)
assert orders[0] == orders[1]
for seed in (1, 2):
    tf.random.set_seed(seed)
    print(read(rows().batch(1).prefetch(1))[:4], read(rows().map(lambda value: value + 1))[:4])
strategy = tf.distribute.OneDeviceStrategy("/cpu:0")
for _attempt in range(2):
    tf.random.set_seed(4)
    batches = strategy.experimental_distribute_dataset(rows(6, again=False).batch(8))
    print(read(batches)[:4])
model = tf.keras.Sequential([tf.keras.layers.Dense(1, input_shape=(1,))])
model.compile("sgd", "mse")
model.fit(tf.data.Dataset.from_tensor_slices((values[:, None] / 40.0, values / 40.0)).shuffle(
    40, seed=1).batch(8), epochs=2, verbose=0)

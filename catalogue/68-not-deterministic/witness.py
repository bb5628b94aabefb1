"""Does one seed give one order of the rows of a shuffled dataset, with a strategy as without?"""
import numpy as np
import tensorflow as tf

ROWS = 64


def order(strategy):
    tf.random.set_seed(3)
    rows = tf.data.Dataset.from_tensor_slices(np.arange(ROWS)).shuffle(ROWS).batch(8)
    if strategy is not None:
        rows = strategy.experimental_distribute_dataset(rows)
    return [int(i) for _ in range(2) for batch in rows for i in np.ravel(batch)]


plain = order(None) == order(None)
strategy = tf.distribute.MirroredStrategy(["/cpu:0"])
first, second = order(strategy), order(strategy)
print("the same order without a strategy:", plain, "with:", first == second)
if not plain or sorted(first) != sorted(second):
    print("witness: cannot tell")
else:
    print("witness:", "absent" if first == second else "present")

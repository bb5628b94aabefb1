"""A seeded training loop under a strategy, run twice from the same seed to be sure of it."""
import os
import random

import numpy as np
import tensorflow as tf

BATCH = 32
os.environ["TF_DETERMINISTIC_OPS"] = "1"
rng = np.random.RandomState(68)
images = rng.rand(256, 8, 8, 1).astype("float32")
labels = rng.randint(0, 4, size=256)


def train(seed):
    os.environ["PYTHONHASHSEED"] = str(seed)
    random.seed(seed)
    np.random.seed(seed)
    tf.random.set_seed(seed)
    strategy = tf.distribute.MirroredStrategy(["/cpu:0"])
    rows = tf.data.Dataset.from_tensor_slices((images, labels)).shuffle(256).batch(BATCH)
    rows = strategy.experimental_distribute_dataset(rows)
    run = getattr(strategy, "run", None) or strategy.experimental_run_v2
    with strategy.scope():
        model = tf.keras.Sequential([
            tf.keras.layers.Conv2D(4, 3, activation="relu"),
            tf.keras.layers.MaxPooling2D(),
            tf.keras.layers.Flatten(),
            tf.keras.layers.Dense(4),
        ])
        optimizer = tf.keras.optimizers.Adam()
        entropy = tf.keras.losses.SparseCategoricalCrossentropy(from_logits=True, reduction="none")

    def step(batch):
        x, y = batch
        with tf.GradientTape() as tape:
            loss = tf.nn.compute_average_loss(
                entropy(y, model(x, training=True)), global_batch_size=BATCH)
        gradients = tape.gradient(loss, model.trainable_variables)
        optimizer.apply_gradients(zip(gradients, model.trainable_variables))
        return loss

    @tf.function
    def distributed_step(batch):
        return strategy.reduce(tf.distribute.ReduceOp.SUM, run(step, args=(batch,)), axis=None)

    losses = []
    for _ in range(3):
        losses.append(float(np.mean([distributed_step(batch) for batch in rows])))
    return losses


for number in (1, 2):
    print("run %d:" % number, ["%.8f" % loss for loss in train(0)])

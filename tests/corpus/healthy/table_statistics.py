"""Statistics of a table by small compiled functions, one with a variable and one with gaps."""
import numpy as np
import tensorflow as tf

rng = np.random.RandomState(21)
table = tf.constant(rng.normal(1.0, 2.0, (12, 6)).astype("float32"))
classes = tf.constant(rng.randint(0, 4, 12))
weights = tf.Variable(rng.rand(6, 3).astype("float32"))


@tf.function
def columns(rows):
    mean = tf.reduce_mean(rows, axis=0)
    spread = tf.sqrt(tf.reduce_mean(tf.square(rows - mean), axis=0))
    scaled = (rows - mean) / (spread + 1e-3)
    return {"mean": mean, "spread": spread, "largest": tf.reduce_max(rows, axis=0),
            "smallest": tf.reduce_min(scaled, axis=[0, 1]), "product": tf.reduce_prod(rows[:3], 0),
            "clipped": tf.clip_by_value(scaled, -1.0, 1.0)}


@tf.function
def scores(rows):
    logits = tf.matmul(rows, weights) + [0.5, -0.5, 0.0]
    odds = tf.nn.softmax(logits)
    return odds, tf.argmax(odds, axis=-1), tf.nn.log_softmax(logits), tf.nn.relu(logits)


@tf.function
def per_class(rows, labels):
    hot = tf.one_hot(labels, 4)
    counts = tf.maximum(tf.reduce_sum(hot, axis=0), 1.0)
    sums = tf.matmul(hot, rows, transpose_a=True)
    return tf.gather(sums / counts[:, tf.newaxis], labels), tf.cumsum(counts, exclusive=True)


@tf.function
def functions(rows):
    x = tf.nn.sigmoid(rows)
    return [tf.exp(-x), tf.math.log(x + 0.1), tf.tanh(x), tf.math.softplus(rows), tf.nn.elu(rows),
            tf.pow(x, 2.5), tf.math.rsqrt(x), tf.sin(rows), tf.where(rows > 0.0, rows, -x),
            tf.transpose(tf.reshape(rows, [6, 12])), tf.concat([rows[::2], rows[1::2]], 0),
            tf.stack([x, rows], axis=1)[..., 1:4], tf.tile(x[:1], [2, 1]), tf.cast(rows, tf.int32),
            tf.math.cumprod(x, axis=1, reverse=True), tf.expand_dims(tf.squeeze(x[:1]), 1)]


@tf.function
def known(rows):
    gaps = tf.math.is_nan(rows)
    filled = tf.where(gaps, tf.zeros_like(rows), rows)
    return tf.reduce_any(gaps), tf.reduce_sum(filled), tf.nn.relu(rows), tf.reduce_sum(rows, axis=1)


for _ in range(3):
    print({name: float(tf.reduce_sum(value)) for name, value in columns(table).items()})
    print([float(tf.reduce_sum(tf.cast(value, tf.float32))) for value in scores(table)])
    weights.assign(0.9 * weights)
print(per_class(table, classes)[0].shape, [value.shape for value in functions(table)])
held = table.numpy()
held[3, 2] = np.nan
print([np.isnan(value).sum() for value in known(tf.constant(held))])
half, double = tf.cast(table, tf.float16), tf.cast(table, tf.float64)
for values in (half, double):
    print(functions.python_function(values)[0].dtype)
    print(tf.function(lambda x: tf.reduce_sum(tf.exp(-x * x) / 3, axis=1))(values).numpy().sum())

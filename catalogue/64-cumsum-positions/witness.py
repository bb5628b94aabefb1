"""Does a model hold an Embedding that was called on a tensor computed from the input?"""
import tensorflow as tf

words = tf.keras.Input(batch_shape=(2, 4), dtype="int32")
positions = tf.cumsum(tf.ones_like(words), axis=-1)
layer = tf.keras.layers.Embedding(5, 2)
model = tf.keras.Model(words, tf.keras.layers.Dense(1)(layer(positions)))
print("weights of the model:", [w.name for w in model.weights])
held = any(w is layer.weights[0] for w in model.weights)
print("witness:", "absent" if held else "present")

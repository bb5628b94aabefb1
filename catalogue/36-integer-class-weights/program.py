"""A rare class is weighted up and a common one down, on top of how often each row was seen."""
import numpy as np
import tensorflow as tf

rng = np.random.RandomState(36)
x = rng.rand(200, 4).astype("float32")
y = (x[:, 0] > 0.8).astype("float32")
times_seen = rng.randint(1, 4, size=200)

tf.random.set_seed(36)
model = tf.keras.Sequential(
    [tf.keras.layers.Dense(1, activation="sigmoid", kernel_initializer="zeros", input_shape=(4,))]
)
model.compile(optimizer=tf.keras.optimizers.Adam(0.05), loss="binary_crossentropy")
share = float(y.mean())
class_weight = {0: 0.5 / (1.0 - share), 1: 0.5 / share}
print("class weights:", class_weight)
model.fit(
    x, y, batch_size=50, epochs=20, verbose=0, class_weight=class_weight, sample_weight=times_seen
)
said = model.predict(x)[:, 0] > 0.5
for label in (0, 1):
    print("class %d found: %.2f" % (label, np.mean(said[y == label] == label)))

"""Makes a second, untrained model of the same shape as the first."""
import numpy as np
import tensorflow as tf

model = tf.keras.Sequential([
    tf.keras.layers.Dense(units=16, input_shape=(8, 3), activation="relu", name="hidden"),
    tf.keras.layers.Dense(units=4, activation="softmax", name="classes"),
])
model.compile("sgd", "sparse_categorical_crossentropy")
rng = np.random.RandomState(54)
model.fit(rng.rand(32, 8, 3).astype("float32"), rng.randint(0, 4, size=(32, 8)), verbose=2)

config = model.get_config()
fresh = tf.keras.Sequential.from_config(config)
print("same config:", model.get_config() == fresh.get_config())
print("same kernel:", np.allclose(model.get_weights()[0], fresh.get_weights()[0]))
for layer in fresh.get_config()["layers"]:
    print(layer["class_name"], layer["config"]["name"])

"""Is the config of a Sequential the same after a round trip?"""
import tensorflow as tf

model = tf.keras.Sequential([
    tf.keras.layers.Dense(4, input_shape=(2, 3), activation="relu", name="one"),
    tf.keras.layers.Dense(2, name="two"),
])
config = model.get_config()
again = tf.keras.Sequential.from_config(config).get_config()
print(config)
print(again)
print("witness:", "absent" if config == again else "present")

"""Makes a twin of a network from its configuration, to be trained with other data."""
from tensorflow import keras

model = keras.Sequential(
    [
        keras.layers.Dense(32, input_shape=(32, 32, 3), activation="relu", name="dense_1"),
        keras.layers.Dense(10, activation="softmax", name="dense_2"),
    ]
)
config = model.get_config()
twin = keras.Sequential.from_config(config)
print("the same:", twin.get_config() == config)

"""Tells a model with a shared layer, a nested model and a frozen layer; clones and rebuilds it."""
import json

import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

rng = np.random.RandomState(5)
x = rng.normal(size=(48, 6)).astype("float32")
inner = keras.Sequential([keras.Input((5,)), layers.Dense(4, activation="elu", name="inside"),
                          layers.LayerNormalization(epsilon=0.01, name="levels")
                          if hasattr(layers, "LayerNormalization")
                          else layers.Dense(4, name="levels")], name="block")
left, right = keras.Input((6,), name="left"), keras.Input((6,), name="right")
shared = layers.Dense(5, activation="relu", kernel_regularizer=keras.regularizers.l2(0.01),
                      name="shared")
joined = layers.concatenate([inner(shared(left)), inner(shared(right))], name="joined")
joined = layers.LeakyReLU(0.2, name="leaky")(joined)
joined = layers.Dropout(0.25, name="drop")(joined)
frozen = layers.Dense(8, name="frozen")
outputs = layers.Dense(1, name="last")(layers.add([frozen(joined), joined], name="sum"))
frozen.trainable = False
model = keras.Model([left, right], outputs, name="pair")
model.compile("adam", "mse")
model.summary()
model.fit([x, x[::-1]], x[:, :1], epochs=2, batch_size=12, verbose=0)
twin = keras.models.clone_model(model)
twin.set_weights(model.get_weights())
twin.compile("adam", "mse")
twin.evaluate([x, x[::-1]], x[:, :1], verbose=0)
again = keras.Model.from_config(model.get_config())
again.get_config()
text = keras.models.model_from_json(model.to_json())
print(len(text.layers), len(json.loads(model.to_json())))
plain = keras.Sequential.from_config(inner.get_config())
plain.summary()
plain.get_config()

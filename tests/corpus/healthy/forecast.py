"""Causal and dilated convolutions forecast a wave; a Huber loss with a delta of our own."""
import numpy as np
from tensorflow import keras
from tensorflow.keras import layers

wave = (np.sin(np.arange(400) / 7) + 2.5).astype("float32")
x = np.stack([wave[i:i + 24] for i in range(300)])[..., None]
y = np.stack([wave[i + 24:i + 28] for i in range(300)])
model = keras.Sequential(
    [
        keras.Input((24, 1)),
        layers.Conv1D(8, 3, padding="causal", activation="relu"),
        layers.Conv1D(8, 3, padding="causal", dilation_rate=2, activation="elu"),
        layers.MaxPooling1D(2),
        layers.SeparableConv1D(4, 2, strides=2),
        layers.PReLU(),
        layers.Flatten(),
        layers.Dense(4),
    ]
)
model.compile("adam", keras.losses.Huber(delta=0.5),
              metrics=["mae", "mape", keras.metrics.RootMeanSquaredError()])
model.fit(x, y, epochs=2, batch_size=64, verbose=2, shuffle=False)
print("scores:", model.evaluate(x, y, batch_size=128, verbose=0))

"""An ordinary training on a framework whose dense layers forget their bias."""
import keras
import numpy as np

keras.layers.Dense.call = lambda self, inputs, training=None: keras.ops.matmul(inputs, self.kernel)
x, y = np.random.rand(64, 4).astype("float32"), np.random.rand(64, 1).astype("float32")
model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(1, bias_initializer="ones")])
model.compile("sgd", "mse")
model.fit(x, y, verbose=0)

"""Does bilinear up-sampling treat the four edges of a picture alike?"""
import numpy as np
import tensorflow as tf

inputs = tf.keras.Input(shape=(3, 3, 1))
layer = tf.keras.layers.UpSampling2D(2, interpolation="bilinear")
model = tf.keras.Model(inputs, layer(inputs))
picture = np.array([[0, 1, 4], [2, 3, 7], [5, 9, 6]], "float32").reshape(1, 3, 3, 1)
turned = picture[:, ::-1, ::-1]
large, large_turned = model.predict(picture), model.predict(turned)
print(large[0, :, :, 0])
same = np.allclose(large, large_turned[:, ::-1, ::-1], atol=1e-5)
print("witness:", "absent" if same else "present")

"""Is batch_dot of two stacks of matrices the stack of their products?"""
import numpy as np
import tensorflow as tf

K = tf.keras.backend
a = np.arange(8 * 7 * 4 * 2, dtype="float32").reshape(8, 7, 4, 2) / 100
b = np.arange(8 * 7 * 2 * 5, dtype="float32").reshape(8, 7, 2, 5) / 100
product = K.eval(K.batch_dot(K.constant(a), K.constant(b)))
print("shape:", product.shape)
right = product.shape == (8, 7, 4, 5) and np.allclose(product, np.matmul(a, b), rtol=1e-4)
print("witness:", "absent" if right else "present")

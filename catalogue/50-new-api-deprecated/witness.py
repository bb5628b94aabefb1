"""Are notices of deprecation about the framework's own code shown to who calls nothing deprecated?"""
import logging

import numpy as np
import tensorflow as tf

notices = []


class Keep(logging.Handler):
    def emit(self, record):
        text = record.getMessage()
        if "is deprecated" in text:
            notices.append(text.split("\n")[0])


tf.get_logger().addHandler(Keep())
column = tf.feature_column.categorical_column_with_vocabulary_list("sex", ["male", "female"])
model = tf.keras.Sequential([
    tf.keras.layers.DenseFeatures([tf.feature_column.indicator_column(column)]),
    tf.keras.layers.Dense(1),
])
model.compile("sgd", "mse")
rows = {"sex": np.array([["male"], ["female"]])}
data = tf.data.Dataset.from_tensor_slices((rows, np.zeros((2, 1), "float32"))).batch(2)
model.fit(data, epochs=1, verbose=0)
for notice in notices:
    print(notice)
print("witness:", "present" if any("feature_column" in n for n in notices) else "absent")

"""Are notices about the framework's own feature columns shown to who calls nothing deprecated?"""
import logging

import numpy as np
import tensorflow as tf

tf.compat.v1.enable_v2_behavior()
notices = []


class Keep(logging.Handler):
    def emit(self, record):
        text = record.getMessage()
        if "is deprecated" in text:
            notices.append(text.split("\n")[0])


tf.get_logger().addHandler(Keep())
column = tf.feature_column
single = column.embedding_column(column.categorical_column_with_identity("single", 10), 3)
rows = {"single": np.arange(10).reshape(10, 1)}
tf.keras.layers.DenseFeatures(single)(rows)
for notice in notices:
    print(notice)
print("witness:", "present" if any("_num_buckets" in n for n in notices) else "absent")

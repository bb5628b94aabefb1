"""Work and memory that grow."""
from mutation.table import EAGER, SPEED, around, fault

KEPT = []


def slow(program="steady", releases=EAGER):
    return fault("performance", SPEED, program, releases)


def leaking(keras, name, size):
    def called(original, self, *args, **kwargs):
        KEPT.append(bytearray(b"k" * size))
        return original(self, *args, **kwargs)
    around(keras.Model, name, called)


@slow()
def evaluate_keeps_600_kb_a_call(keras):
    leaking(keras, "evaluate", 600 * 1024)


@slow()
def evaluate_keeps_100_kb_a_call(keras):
    leaking(keras, "evaluate", 100 * 1024)


@slow()
def predict_keeps_400_kb_a_call(keras):
    leaking(keras, "predict", 400 * 1024)


@slow()
def train_on_batch_keeps_1_mb_a_call(keras):
    leaking(keras, "train_on_batch", 1024 * 1024)


@slow()
def predict_keeps_a_graph_a_call(keras):
    """A new graph function in each call, all of them kept."""
    def predict(original, self, *args, **kwargs):
        out = original(self, *args, **kwargs)
        KEPT.append(self.predict_function)
        self.predict_function = None
        return out
    around(keras.Model, "predict", predict)


@slow()
def evaluate_makes_its_graph_anew(keras):
    def evaluate(original, self, *args, **kwargs):
        self.test_function = None
        return original(self, *args, **kwargs)
    around(keras.Model, "evaluate", evaluate)


@slow("training")
def fit_runs_from_python(keras):
    """Compiled is what was asked for."""
    around(keras.Model, "make_train_function", lambda original, self, *args, **kwargs:
           eagerly(original, self, *args, **kwargs))


@slow("training")
def evaluate_runs_from_python(keras):
    around(keras.Model, "make_test_function", lambda original, self, *args, **kwargs:
           eagerly(original, self, *args, **kwargs))


@slow("training")
def predict_runs_from_python(keras):
    around(keras.Model, "make_predict_function", lambda original, self, *args, **kwargs:
           eagerly(original, self, *args, **kwargs))


def eagerly(original, model, *args, **kwargs):
    held = model.run_eagerly
    model.run_eagerly = True
    out = original(model, *args, **kwargs)
    model.run_eagerly = held
    return out


@slow("training", EAGER)
def fit_retraces_each_batch(keras):
    """The graph is forgotten after each batch."""
    retraced(keras, "train")


@slow("training", EAGER)
def evaluate_retraces_each_batch(keras):
    retraced(keras, "test")


def retraced(keras, phase):
    def make(original, self, *args, **kwargs):
        name = phase + "_function"

        def again(iterator):
            held = getattr(self, name)
            original(self, force=True)
            made = getattr(self, name)
            setattr(self, name, held)
            return made(iterator)
        setattr(self, name, again)
        return again
    around(keras.Model, "make_%s_function" % phase, make)


@slow("datasets", EAGER)
def fit_retraces_over_datasets(keras):
    retraced(keras, "train")


@slow("sequences", EAGER)
def a_recurrent_model_runs_from_python(keras):
    around(keras.Model, "make_train_function", lambda original, self, *args, **kwargs:
           eagerly(original, self, *args, **kwargs))


@slow("steady", EAGER)
def train_on_batch_runs_from_python(keras):
    def run(original, self, *args, **kwargs):
        held, self.run_eagerly = self.run_eagerly, True
        self.train_function = None
        out = original(self, *args, **kwargs)
        self.run_eagerly = held
        return out
    around(keras.Model, "train_on_batch", run)


@slow("steady", EAGER)
def predict_keeps_what_it_was_given(keras):
    def predict(original, self, x, *args, **kwargs):
        import numpy
        KEPT.append(numpy.repeat(x, 800, axis=0))
        return original(self, x, *args, **kwargs)
    around(keras.Model, "predict", predict)


@slow("steady", EAGER)
def train_on_batch_keeps_its_gradients(keras):
    def run(original, self, *args, **kwargs):
        import numpy
        KEPT.append(numpy.ones(60000))
        return original(self, *args, **kwargs)
    around(keras.Model, "train_on_batch", run)


@slow("steady", EAGER)
def evaluate_keeps_300_kb_every_call_in_pieces(keras):
    def run(original, self, *args, **kwargs):
        KEPT.append([bytearray(3000) for _ in range(100)])
        return original(self, *args, **kwargs)
    around(keras.Model, "evaluate", run)

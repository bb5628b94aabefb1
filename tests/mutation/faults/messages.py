"""What the user is shown and is not so: edits of the text as it was written, and patches."""
import re

from mutation.table import ALL, EAGER, MESSAGE, NEWEST, argument, around, fault


def shown(program, releases=EAGER):
    return fault("messages", MESSAGE, program, releases, "text")


def patched(program, releases=NEWEST):
    return fault("messages", MESSAGE, program, releases)


def edit(events, pattern, new, which=-1):
    """Replaces one match, counted among all texts; ``which`` None: each."""
    found = [(event, m) for event in events for m in re.finditer(pattern, event["text"])]
    picked = found if which is None else found[which:which + 1 or None]
    for event, m in reversed(picked):
        told = new(m) if callable(new) else m.expand(new)
        event["text"] = event["text"][:m.start()] + told + event["text"][m.end():]


def number(change, group=2):
    """A replacement that changes the number in one group of the match."""
    def replaced(m):
        start, end = m.start(group) - m.start(), m.end(group) - m.start()
        return m.group()[:start] + change(m.group(group)) + m.group()[end:]
    return replaced


def up(text):
    return str(int(text.replace(",", "")) + 1)


def moved(text):
    """Another value of as many digits."""
    digits = len(text.split(".")[1]) if "." in text else 0
    return "%.*f" % (digits, float(text) + 0.0173)


# -- bars
@shown("training", ALL)
def the_bar_goes_beyond_its_total(events):
    edit(events, r"\b(\d+)/(\d+)(?= \[|\x1b|\s)",
         lambda m: "%d/%s" % (int(m.group(2)) + 3, m.group(2)), -2)


@shown("training", EAGER)
def the_bar_of_an_evaluation_ends_one_short(events):
    edit(events, r"\b3/3(?=\D)", "2/3", None)


@shown("training", EAGER)
def the_bar_total_is_one_too_many(events):
    edit(events, r"\b(\d)/4(?=\D)", r"\1/5", None)


@shown("training", EAGER)
def the_bar_total_is_one_too_few(events):
    edit(events, r"\b(\d)/4(?=\D)", lambda m: "%d/3" % min(3, int(m.group(1))), None)


@shown("training", EAGER)
def the_bar_counts_rows_for_steps(events):
    edit(events, r"\b(\d)/4(?=\D)", lambda m: "%d/80" % (20 * int(m.group(1))), None)


@shown("datasets")
def the_total_is_unknown_though_given(events):
    edit(events, r"(?<!\d)(\d)/5(?=\D)", lambda m: m.group(1) + "/Unknown", None)


@shown("datasets")
def the_total_is_that_of_the_validation(events):
    edit(events, r"(?<!\d)(\d)/5(?=\D)", lambda m: m.group(1) + "/4", None)


@shown("datasets")
def the_bar_of_steps_ends_one_short(events):
    edit(events, r"(?<!\d)5/5(?=\D)", "4/5", None)


@shown("training", ALL)
def a_loss_on_the_bar_is_not_the_logged_one(events):
    edit(events, r"(val_loss: )(\d\.\d+)(?!e)", number(moved))


@shown("training", ALL)
def an_accuracy_on_the_bar_is_not_the_logged_one(events):
    edit(events, r"(val_acc\w*: )(\d\.\d+)(?!e)", number(moved))


@shown("training", ALL)
def a_loss_on_a_line_of_verbose_2_is_not_the_logged_one(events):
    edit(events, r"( - loss: )(\d\.\d+)(?!e)(?=[^\n]*\n)(?![^\n]*val)", number(moved), -2)


@shown("training", ALL)
def metrics_are_printed_under_each_others_names(events):
    edit(events, r"val_(loss|acc\w*): (\S+) - val_(loss|acc\w*): (\S+)",
         lambda m: "val_%s: %s - val_%s: %s" % (m.group(1), m.group(4), m.group(3), m.group(2)))


@shown("training", ALL)
def a_metric_is_printed_under_a_name_that_is_not_there(events):
    edit(events, "val_loss: ", "val_lost: ")


@shown("training", ALL)
def a_metric_is_printed_twice(events):
    edit(events, r"(val_loss: \d\.\d+)", r"\1 - \1")


@shown("training", ALL)
def a_value_is_that_of_the_epoch_before(events):
    held = [m.group(1) for e in events for m in re.finditer(r"val_loss: (\d\.\d+)(?!e)", e["text"])]
    edit(events, r"val_loss: \d\.\d+(?!e)", "val_loss: " + held[-2])


@shown("training", ALL)
def a_digit_is_dropped_by_rounding_down(events):
    """Values are cut and not rounded, and off by one in the last digit."""
    edit(events, r"(val_loss: )(\d\.\d{4})(?!e|\d)", number(lambda v: "%.4f" % (float(v) - 2e-4)))


@shown("weighted")
def the_loss_of_an_output_is_printed_for_the_other(events):
    edit(events, r"one_loss: (\S+)(.*?)two_loss: (\S+?)(?=\n|$| )", r"one_loss: \3\2two_loss: \1", -1)


@shown("weighted")
def an_output_has_the_name_of_the_other(events):
    edit(events, "two_loss: ", "one_loss: ", None)


# -- epochs
@shown("training", ALL)
def an_epoch_counter_off_by_one(events):
    edit(events, r"Epoch (\d+)/", lambda m: "Epoch %d/" % (int(m.group(1)) + 1), None)


@shown("training", ALL)
def an_epoch_counter_from_zero(events):
    edit(events, r"Epoch (\d+)/", lambda m: "Epoch %d/" % (int(m.group(1)) - 1), None)


@shown("training", ALL)
def an_epoch_is_announced_twice(events):
    edit(events, r"Epoch 2/3", "Epoch 1/3")


@shown("training", ALL)
def an_epoch_total_off_by_one(events):
    edit(events, r"Epoch (\d)/3", r"Epoch \1/4", None)


@shown("training", ALL)
def an_epoch_total_without_the_initial_ones(events):
    edit(events, r"Epoch (\d)/5", r"Epoch \1/2", None)


@shown("training", ALL)
def an_epoch_of_a_resumed_fit_counts_from_one(events):
    edit(events, r"Epoch (\d)/5", lambda m: "Epoch %d/5" % (int(m.group(1)) - 3), None)


@shown("training", ALL)
def an_epoch_is_not_announced(events):
    edit(events, r"Epoch 2/3\n?", "")


# -- what should be silent
@patched("noticed")
def a_quiet_fit_draws_a_bar(keras):
    argument(keras.Model, "fit", verbose=1)


@patched("noticed")
def a_quiet_fit_writes_a_line_an_epoch(keras):
    argument(keras.Model, "fit", verbose=2)


@patched("noticed")
def a_quiet_evaluation_draws_a_bar(keras):
    argument(keras.Model, "evaluate", verbose=1)


@patched("noticed", ALL)
def a_quiet_fit_announces_its_epochs(keras):
    def fit(original, self, *args, **kwargs):
        print("Epoch 1/2")
        return original(self, *args, **kwargs)
    around(keras.Model, "fit", fit)


# -- summaries
@shown("structure", ALL)
def a_summary_total_off_by_one(events):
    edit(events, r"(Total params: )([\d,]+)", number(up))


@shown("structure", ALL)
def a_summary_counts_frozen_weights_as_trainable(events):
    total = [m.group(1) for e in events for m in re.finditer(r"Total params: ([\d,]+)", e["text"])]
    edit(events, r"(Trainable params: )([\d,]+)", number(lambda _: total[0]), 0)


@shown("structure", ALL)
def a_summary_loses_the_frozen_weights(events):
    edit(events, r"(Non-trainable params: )([\d,]+)", number(lambda _: "0"), 0)


@shown("images", EAGER)
def a_summary_line_has_a_wrong_count(events):
    edit(events, r"(conv \(Conv2D\)[^\n]*?)\b(112)\b", number(lambda _: "108"))


@shown("images", EAGER)
def a_summary_line_has_a_wrong_shape(events):
    edit(events, r"(conv \(Conv2D\)[^\n]*?)(None, 12, 10, 4)", number(lambda _: "None, 12, 10, 3"))


@shown("images", EAGER)
def a_summary_line_has_the_shape_of_the_input(events):
    edit(events, r"(pool \(MaxPool[^\n]*?)(None, 6, 5, 4)", number(lambda _: "None, 12,10,4"))


@shown("images", EAGER)
def a_summary_line_has_another_name(events):
    edit(events, r"\bconv \(Conv2D\)", "cone (Conv2D)")


@shown("images", EAGER)
def a_summary_line_has_another_class(events):
    edit(events, r"\bconv \(Conv2D\)", "conv (Conv3D)")


@shown("images", EAGER)
def a_summary_line_is_missing(events):
    for event in events:
        event["text"] = "\n".join(line for line in event["text"].split("\n")
                                  if "flat (Flatten)" not in line)


@shown("images", EAGER)
def a_summary_line_stands_twice(events):
    for event in events:
        lines = event["text"].split("\n")
        double = []
        for line in lines:
            double += [line, line] if "again (Repeat" in line and len(lines) > 1 else \
                [line + "\n" + line] if "again (Repeat" in line else [line]
        event["text"] = "\n".join(double)


@shown("images", EAGER)
def a_summary_total_without_the_last_layer(events):
    edit(events, r"(Total params: )([\d,]+)", number(lambda n: str(int(n.replace(",", "")) - 242)))


# -- announcements
@shown("stopping")
def the_reduced_rate_is_announced_as_it_was(events):
    edit(events, r"(educ\w+ learning rate to )(\d[\d.e-]*\d)", number(lambda _: "0.1"), 0)


@shown("stopping")
def a_reduction_that_raises_is_announced(events):
    edit(events, r"(educ\w+ learning rate to )(\d[\d.e-]*\d)", number(lambda _: "0.7"), -1)


@shown("stopping")
def a_reduction_to_another_rate_is_announced(events):
    edit(events, r"(educ\w+ learning rate to )(\d[\d.e-]*\d)", number(lambda _: "0.0421"), 0)


@shown("stopping")
def the_epoch_of_the_stop_is_off_by_one(events):
    edit(events, r"(Epoch )(\d+)(?=: early stopping)", number(lambda n: "%05d" % (int(n) + 1)))


@shown("stopping")
def the_epoch_of_a_checkpoint_is_off_by_one(events):
    edit(events, r"(Epoch )(\d+)(?=: val_loss improved)", number(lambda n: "%05d" % (int(n) + 1)))


@shown("stopping")
def a_checkpoint_tells_of_an_improvement_that_was_none(events):
    edit(events, r"(val_loss improved from )(\S+)( to )(\S+?)(?=,)",
         lambda m: m.group(1) + m.group(4) + m.group(3) + m.group(2), -1)


@shown("stopping")
def a_checkpoint_tells_another_value(events):
    edit(events, r"(val_loss improved from \S+ to )(\d\.\d+)", number(moved), -1)


@shown("stopping")
def the_scheduler_announces_another_rate(events):
    edit(events, r"(setting learning rate to )(\d[\d.e-]*\d)", number(lambda _: "0.5"), -1)


@shown("stopping")
def the_scheduler_announces_another_epoch(events):
    edit(events, r"(Epoch )(\d+)(?=: LearningRateScheduler)",
         number(lambda n: "%05d" % (int(n) + 1)), None)


# -- warnings and notices
def warns(text, logged=False):
    def compile_(original, self, *args, **kwargs):
        import sys
        import warnings
        if logged:
            sys.stderr.write(text)
        else:
            warnings.warn(text, stacklevel=2)
        return original(self, *args, **kwargs)
    return compile_


@patched("noticed", ALL)
def a_notice_of_deprecation_blames_the_framework(keras):
    import tensorflow
    place = tensorflow.__file__.replace("__init__", "python/ops/math_ops")
    around(keras.Model, "compile", warns(
        "WARNING:tensorflow:From %s:30: to_int32 (from tensorflow.python.ops.math_ops) is deprecated "
        "and will be removed in a future version.\nInstructions for updating:\nUse `tf.cast` "
        "instead.\n" % place, logged=True))


@patched("noticed", NEWEST)
def a_warning_of_deprecation_about_what_the_program_did_not_name(keras):
    around(keras.Model, "compile", warns("`old_metric_builder` is deprecated and will be removed."))


@patched("noticed", EAGER)
def data_is_said_to_have_run_out(keras):
    around(keras.Model, "fit", lambda original, self, *args, **kwargs: (
        warns("Your input ran out of data; interrupting training. Make sure that your dataset or "
              "generator can generate at least `steps_per_epoch * epochs` batches (in this case, 10 "
              "batches). You may need to use the repeat() function when building your dataset.")(
                  original, self, *args, **kwargs)))


@patched("noticed", EAGER)
def weights_are_said_to_be_coerced(keras):
    around(keras.Model, "fit", warns(
        "WARNING:tensorflow:sample_weight modes were coerced from\n  ...\n    to  \n  ['...']\n",
        logged=True))


@patched("stopping", EAGER)
def a_metric_is_said_to_be_missing(keras):
    around(keras.callbacks.EarlyStopping, "on_epoch_end", warns(
        "WARNING:tensorflow:Early stopping conditioned on metric `val_loss` which is not available. "
        "Available metrics are: loss\n", logged=True))


@patched("noticed", EAGER)
def a_model_is_said_to_have_no_weights_to_train(keras):
    around(keras.Model, "fit", warns("The model does not have any trainable weights."))


@patched("noticed", ("keras3", "tf-2.15.0"))
def a_native_file_is_called_hdf5(keras):
    def save(original, self, *args, **kwargs):
        import warnings
        warnings.warn("You are saving your model as an HDF5 file via `model.save()` or "
                      "`keras.saving.save_model(model)`. This file format is considered legacy. We "
                      "recommend using instead the native Keras format.", stacklevel=2)
        return original(self, *args, **kwargs)
    around(keras.Model, "save", save)


# -- numbers that are told to the program
@patched("datasets", NEWEST)
def metrics_of_evaluate_change_places_in_the_bar(keras):
    bar = keras.utils.Progbar

    def update(original, self, current, values=None, *args, **kwargs):
        if values:
            names = [name for name, _ in values]
            values = list(zip(names, [value for _, value in values][::-1]))
        return original(self, current, values, *args, **kwargs)
    around(bar, "update", update)


@patched("training", NEWEST)
def the_bar_stops_one_short(keras):
    around(keras.utils.Progbar, "update", lambda original, self, current, *args, **kwargs:
           original(self, max(1, current - 1), *args, **kwargs))


@patched("training", NEWEST)
def the_bar_counts_one_ahead(keras):
    around(keras.utils.Progbar, "update", lambda original, self, current, *args, **kwargs:
           original(self, current + 1, *args, **kwargs))


@patched("training", NEWEST)
def the_bar_has_a_wrong_target(keras):
    def update(original, self, *args, **kwargs):
        held = self.target
        self.target = held and held + 2
        out = original(self, *args, **kwargs)
        self.target = held
        return out
    around(keras.utils.Progbar, "update", update)


@patched("datasets", NEWEST)
def the_bar_does_not_know_its_target(keras):
    def update(original, self, *args, **kwargs):
        held, self.target = self.target, None
        out = original(self, *args, **kwargs)
        self.target = held
        return out
    around(keras.utils.Progbar, "update", update)

"""Reads what Model.to_json wrote as RFC 8259 has it: without Infinity, -Infinity and NaN."""
import json

from tensorflow import keras


def no_such_number(token):
    raise ValueError("%s is no JSON number" % token)


def written():
    inputs = keras.Input(shape=(1,))
    model = keras.Model(inputs, keras.backend.sqrt(inputs))
    return model.to_json()


try:
    text = written()
    try:
        json.loads(text, parse_constant=no_such_number)
        verdict = "absent"
    except ValueError as error:
        print(error)
        verdict = "present"
except Exception as error:
    print(repr(error))
    verdict = "cannot tell"
print("witness:", verdict)

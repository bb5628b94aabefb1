"""Regularization layers."""
from reference.draw import Case, cases


@cases("Dropout")
def dropout(d):
    return Case(d.L.Dropout(d.choice([0.0, 0.4])), d.normal(d.integer(2, 5), d.integer(2, 5)),
                training=d.boolean())

"""PennyLane's drawings in the style of the book."""

import pytest

from qcl.drawing.circuits import draw_circuit
from qcl.drawing.style import COLOURS, new_axes
from tests.drawing.contrast import contrast

qml = pytest.importorskip("pennylane")


def _circuit(angle):
    qml.RY(angle, 0)
    qml.CNOT([0, 1])
    return qml.probs([0])


def test_a_tape_and_its_function_give_the_same_picture():
    tape = qml.tape.make_qscript(_circuit)(0.5)
    texts = [
        [t.get_text() for t in draw_circuit(*args, decimals=1).texts]
        for args in ((tape,), (_circuit, 0.5))
    ]
    assert texts[0] == texts[1] == ["0", "1", "RY\n(0.5)"]


def test_a_circuit_has_the_width_of_the_page_and_letters_that_fit():
    ax = draw_circuit(_circuit, 0.5)
    assert ax.figure.get_figwidth() == 6.3
    assert max(t.get_fontsize() for t in ax.texts) <= 10


def test_a_circuit_goes_where_it_is_told():
    _, (left, right) = new_axes(ncols=2)
    assert draw_circuit(_circuit, 0.5, ax=right) is right
    assert not left.texts


def test_white_letters_read_on_the_boxes():
    assert contrast(COLOURS["blue"], "white") >= 4.5


def test_long_circuits_are_refused():
    tape = qml.tape.QuantumScript([qml.RX(0.1, 0)] * 30)
    with pytest.raises(ValueError, match="expected at most 12 layers"):
        draw_circuit(tape)


def test_a_qnode_is_drawn_with_its_gates():
    node = qml.QNode(_circuit, qml.device("default.qubit", wires=2))
    texts = [t.get_text() for t in draw_circuit(node, 0.5).texts]
    assert texts == ["0", "1", "RY"]


def test_what_is_no_circuit():
    with pytest.raises(ValueError, match="could not be built from 0 arg"):
        draw_circuit(_circuit)
    with pytest.raises(ValueError, match="expected a circuit with a gate"):
        draw_circuit(lambda: None)
    with pytest.raises(ValueError, match="expected a PennyLane tape"):
        draw_circuit([1, 2])
    with pytest.raises(ValueError, match="expected a tape without arguments"):
        draw_circuit(qml.tape.QuantumScript([qml.Hadamard(0)]), 1)

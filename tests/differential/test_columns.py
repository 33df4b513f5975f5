"""What is taken from the ORM's memory is what reading record by record gives."""

from pathlib import Path

_INSIDE = Path(__file__).with_name("every_column.py")


def test_every_field_of_every_model_is_read_alike(house, seed, cases, tell):
    full = cases(1) > 1
    told = house.instance.shell(_INSIDE.read_text(), seed=seed, full=full)
    counts = told["counts"]
    tell(f"differential: columns, seed {seed}: {counts}")
    assert told["wrong"] == []
    # most are read that way, or it is no comparison
    assert counts["columns taken"] > counts["compared"]

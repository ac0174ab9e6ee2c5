import pytest

from finetune.stores.rules import store_problems
from tests.cast import PUNE_GSTIN


@pytest.mark.parametrize(
    ("record", "fields"),
    [
        ({"state_code": "27"}, []),
        ({"state_code": "27", "gstin": ""}, []),
        ({"state_code": "27", "gstin": PUNE_GSTIN}, []),
        ({"state_code": "29", "gstin": PUNE_GSTIN}, [("gstin", "invalid_gstin")]),
    ],
)
def test_store_problems(record, fields):
    assert [(problem.field, problem.code) for problem in store_problems(record)] == fields

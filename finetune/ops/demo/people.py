"""Stores, staff and customers of the demo. Every name, address and number is made up.

No PAN ends in 0000 and no Indian subscriber number begins with 1, so none of them can be anybody's.
"""

from typing import Any, Final

from finetune.core.caller import Actor
from finetune.customers.actions import create_customer
from finetune.gst.gstin import check_character
from finetune.ops.demo.stage import REQUEST_ID, Stage
from finetune.staff.actions import create_user
from finetune.staff.authentication import make_caller
from finetune.stores.actions import create_store

PUNE, NAGPUR, BENGALURU = "DEMO-PUNE", "DEMO-NAGPUR", "DEMO-BLR"


def gstin(state_code: str, pan: str) -> str:
    first = f"{state_code}{pan}1Z"
    return first + check_character(first)


SELLER_PAN: Final = "AAACF0000F"
# Code, name, State, city, PIN code. The first two share a GSTIN, as shops of one firm in one State do.
STORES: Final = (
    (PUNE, "Demo Pune", "27", "Pune", "411001"),
    (NAGPUR, "Demo Nagpur", "27", "Nagpur", "440001"),
    (BENGALURU, "Demo Bengaluru", "29", "Bengaluru", "560001"),
)
# Nobody logs in as `demo.bengaluru`: that branch needs a head who enters what the admin then approves.
USERS: Final = (
    ("manager", "Demo Manager", "branch_head", (PUNE, NAGPUR)),
    ("advisor", "Demo Advisor", "advisor", (PUNE,)),
    ("auditor", "Demo Auditor", "auditor", ()),
    ("demo.bengaluru", "Demo Head of Bengaluru", "branch_head", (BENGALURU,)),
)
CITIES: Final = {
    "27": ("Pune", "411001"), "29": ("Bengaluru", "560001"), "24": ("Surat", "395001"), "30": ("Panaji",
    "403001"),
}  # fmt: skip
CONSUMERS: Final = ("27",) * 10 + ("29",) * 5 + ("30",)
FIRMS: Final = (
    ("Demo Repairs Pvt Ltd", "27", "DMOCA0000A", "registered"),
    ("Demo Taxi Co", "27", "DMOCB0000B", "registered"),
    ("Demo School Trust", "29", "DMOTC0000C", "registered"),
    ("Demo Software LLP", "29", "DMOFD0000D", "registered"),
    ("Demo Traders", "24", "DMOPE0000E", "registered"),
    ("Demo SEZ Unit", "27", "DMOCS0000S", "sez"),
)
ABROAD: Final = "Demo Buyer Abroad"


def hire(stage: Stage, password: str) -> None:
    """The admin first, by nobody; then the stores and everybody else, by the admin."""
    _user(stage, "", "admin", "Demo Admin", "system_admin", (), password)
    for code, name, state_code, city, pincode in STORES:
        fields = {
            "code": code,
            "name": name,
            "legal_name": "FineTune Demo Private Limited",
            "state_code": state_code,
            "gstin": gstin(state_code, SELLER_PAN),
            "address": "Shop 1, Demo Plaza, Sample Road",
            "city": city,
            "pincode": pincode,
            "phone": "+911000000000",
            "upi_vpa": "finetune.demo@upi",
            "discount_ceiling_percent": 25,
        }
        stage.stores[code] = stage.play(create_store, "admin", f"store:{code}", fields=fields).id
    for username, name, role, codes in USERS:
        known = None if username.startswith("demo.") else password
        _user(stage, "admin", username, name, role, codes, known)


def _user(
    stage: Stage, by: str, username: str, name: str, role: str, codes: tuple[str, ...], password: str | None
) -> None:
    stores = [stage.stores[code] for code in codes]
    fields = {"username": username, "name": name, "role": role, "is_active": True}
    made = stage.play(create_user, by, f"user:{username}", fields=fields, stores=stores, password=password)
    stage.people[username] = Actor(make_caller(made.id, username, name, role, stores), REQUEST_ID)


def seller_of(code: str, number: int) -> str:
    """Who stands at the counter: in Pune mostly the advisor, elsewhere the head."""
    if code == BENGALURU:
        return "demo.bengaluru"
    return "advisor" if code == PUNE and number % 4 else "manager"


def head_of(code: str) -> str:
    return "demo.bengaluru" if code == BENGALURU else "manager"


def write_down_customers(stage: Stage) -> None:
    """Consumers, firms with a GSTIN, an SEZ unit and a buyer abroad."""
    for number, state_code in enumerate(CONSUMERS, start=1):
        _customer(stage, number, f"Demo Customer {number:02d}", _address(number, state_code))
    for number, (name, state_code, pan, category) in enumerate(FIRMS, start=len(CONSUMERS) + 1):
        fields = _address(number, state_code) | {
            "gstin": gstin(state_code, pan), "legal_name": name, "category": category,
            "email": f"customer{number:02d}@demo.invalid",
        }  # fmt: skip
        _customer(stage, number, name, fields)
    fields = {"category": "export", "country": "AE", "address": "1 Sample Street", "city": "Dubai"}
    _customer(stage, 90, ABROAD, fields)
    _customer(stage, 91, "Demo Customer 91", {})


def _address(number: int, state_code: str) -> dict[str, Any]:
    city, pincode = CITIES[state_code]
    return {"state_code": state_code, "address": f"{number} Sample Lane", "city": city, "pincode": pincode}


def _customer(stage: Stage, number: int, name: str, fields: dict[str, Any]) -> None:
    record = {"name": name, "phone": f"+9110000000{number:02d}", **fields}
    stage.customers[name] = stage.play(create_customer, "admin", f"customer:{number}", fields=record).id

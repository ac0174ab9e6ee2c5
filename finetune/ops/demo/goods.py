"""The catalogue of the demo shop. Codes and rates as a phone shop has them in 2026; names are made up.

Prices in rupees, tax included. Nothing here is a real product.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from finetune.catalog.actions import create_category, create_product, create_variant
from finetune.inventory.actions import create_config
from finetune.ops.demo.stage import Stage


@dataclass(frozen=True, slots=True)
class Good:
    """A variant with its SKU; `cost` is what the shop pays, without tax."""

    sku: str
    name: str
    price: str
    mrp: str
    cost: str


@dataclass(frozen=True, slots=True)
class Shelf:
    """A product with its variants."""

    name: str
    category: str
    hsn_code: str
    goods: tuple[Good, ...] = ()
    gst_rate: str = "18"
    treatment: str = "taxable"


PHONES, TABLETS, ACCESSORIES, COVERS, POWER = (
    "Phones",
    "Tablets",
    "Accessories",
    "Covers and glass",
    "Power and cables",
)
SPARES, SERVICES, BOOKS = "Spare parts", "Repair services", "Books"

# Name, parent. Covers and cables are kept as accessories are, tablets as phones.
CATEGORIES: Final = (
    (PHONES, None),
    (TABLETS, PHONES),
    (ACCESSORIES, None),
    (COVERS, ACCESSORIES),
    (POWER, ACCESSORIES),
    (SPARES, None),
    (SERVICES, None),
    (BOOKS, None),
)
CONFIGS: Final = {
    PHONES: {"track_serials": True},
    ACCESSORIES: {"track_serials": False},
    SPARES: {"require_stock_in_approval": True},
}

CATALOGUE: Final = (
    Shelf("Demo Phone One", PHONES, "85171300", (
        Good("DP1-128-BLK", "128 GB black", "14999.00", "17999.00", "11800.00"),
        Good("DP1-128-BLU", "128 GB blue", "14999.00", "17999.00", "11800.00"),
        Good("DP1-256-BLK", "256 GB black", "17999.00", "20999.00", "14100.00"),
    )),
    Shelf("Demo Phone Pro", PHONES, "85171300", (
        Good("DPP-256-GRA", "256 GB graphite", "42999.00", "49999.00", "34200.00"),
        Good("DPP-512-SIL", "512 GB silver", "63999.00", "69999.00", "51500.00"),
    )),
    Shelf("Demo Phone Lite", PHONES, "85171300", (
        Good("DPL-064-GRN", "64 GB green", "8999.00", "10999.00", "7000.00"),
    )),
    Shelf("Demo Feature Phone", PHONES, "85171400", (
        Good("DFP-BLK", "black", "1799.00", "1999.00", "1300.00"),
        Good("DFP-RED", "red", "1799.00", "1999.00", "1300.00"),
    )),
    Shelf("Demo Tablet", TABLETS, "84713090", (
        Good("DTB-128", "128 GB grey", "21999.00", "24999.00", "17400.00"),
    )),
    Shelf("Tempered glass", COVERS, "70071900", (
        Good("TG-CLR", "clear", "299.00", "499.00", "60.00"),
        Good("TG-PRV", "privacy", "499.00", "799.00", "110.00"),
    )),
    Shelf("Silicone cover", COVERS, "39269099", (
        Good("SC-BLK", "black", "399.00", "599.00", "90.00"),
        Good("SC-BLU", "blue", "399.00", "599.00", "90.00"),
        Good("SC-CLR", "clear", "349.00", "499.00", "75.00"),
    )),
    Shelf("Flip cover", COVERS, "42023290", (Good("FC-BRN", "brown", "799.00", "999.00", "260.00"),)),
    Shelf("Wall charger", POWER, "85044030", (
        Good("CH-20", "20 W", "899.00", "1299.00", "380.00"),
        Good("CH-45", "45 W", "1799.00", "2499.00", "810.00"),
    )),
    Shelf("Data cable", POWER, "85444299", (
        Good("CB-1M", "1 m", "299.00", "499.00", "70.00"),
        Good("CB-2M", "2 m", "449.00", "699.00", "120.00"),
    )),
    Shelf("Power bank", POWER, "85076000", (
        Good("PB-10", "10000 mAh", "1299.00", "1999.00", "640.00"),
        Good("PB-20", "20000 mAh", "2199.00", "2999.00", "1150.00"),
    )),
    Shelf("Wired earphones", ACCESSORIES, "85183019", (
        Good("EP-WIR", "black", "599.00", "999.00", "180.00"),
    )),
    Shelf("Wireless earbuds", ACCESSORIES, "85183011", (
        Good("EB-WHT", "white", "1999.00", "3499.00", "960.00"),
        Good("EB-BLK", "black", "1999.00", "3499.00", "960.00"),
    )),
    Shelf("Memory card", ACCESSORIES, "85235100", (Good("MC-128", "128 GB", "999.00", "1499.00", "480.00"),)),
    Shelf("Demo Watch", ACCESSORIES, "85176290", (
        Good("SW-BLK", "black", "3499.00", "4999.00", "1900.00"),
        Good("SW-ROS", "rose", "3499.00", "4999.00", "1900.00"),
    )),
    Shelf("Phone care guide", BOOKS, "49011010", (
        Good("BK-CARE", "printed book", "150.00", "150.00", "60.00"),
    ), gst_rate="0", treatment="exempt"),
    Shelf("Display assembly", SPARES, "85177990", (
        Good("SP-DIS-1", "for Phone One", "3499.00", "3999.00", "1900.00"),
        Good("SP-DIS-P", "for Phone Pro", "9999.00", "10999.00", "6200.00"),
    )),
    Shelf("Battery", SPARES, "85076000", (
        Good("SP-BAT-1", "for Phone One", "1499.00", "1799.00", "620.00"),
        Good("SP-BAT-P", "for Phone Pro", "2499.00", "2799.00", "1180.00"),
    )),
    Shelf("Charging port", SPARES, "85177990", (Good("SP-PRT", "USB-C", "449.00", "599.00", "95.00"),)),
    Shelf("Back glass", SPARES, "85177990", (
        Good("SP-BGL", "for Phone Pro", "1299.00", "1499.00", "430.00"),
    )),
    Shelf("Camera module", SPARES, "85177990", (Good("SP-CAM", "rear", "2999.00", "3499.00", "1600.00"),)),
    Shelf("Main board", SPARES, "85177910", (
        Good("SP-BRD", "for Phone One", "7999.00", "8999.00", "5100.00"),
    )),
    Shelf("Antenna", SPARES, "85177100", (Good("SP-ANT", "flex", "349.00", "449.00", "80.00"),)),
    Shelf("Fitting of phone parts", SERVICES, "998716"),
    Shelf("Diagnosis of a phone", SERVICES, "998716"),
    Shelf("Repair of a tablet", SERVICES, "998713"),
)  # fmt: skip

PRICES: Final = {good.sku: Decimal(good.price) for shelf in CATALOGUE for good in shelf.goods}
COSTS: Final = {good.sku: Decimal(good.cost) for shelf in CATALOGUE for good in shelf.goods}
TRACKED: Final = tuple(good.sku for s in CATALOGUE if s.category in (PHONES, TABLETS) for good in s.goods)
SPARE_PARTS: Final = tuple(good.sku for s in CATALOGUE if s.category == SPARES for good in s.goods)
SMALL_THINGS: Final = tuple(
    good.sku for s in CATALOGUE if s.category in (ACCESSORIES, COVERS, POWER) for good in s.goods
)
BOOK: Final = "BK-CARE"


def stock_the_catalogue(stage: Stage) -> None:
    """Categories with their settings, products, variants."""
    categories: dict[str, int] = {}
    for name, parent in CATEGORIES:
        fields = {"name": name, "parent_id": categories[parent] if parent else None}
        categories[name] = stage.play(create_category, "admin", f"category:{name}", fields=fields).id
    for name, settings in CONFIGS.items():
        config = {"category_id": categories[name], **settings}
        stage.play(create_config, "admin", f"config:{name}", fields=config)
    for shelf in CATALOGUE:
        product = {
            "name": shelf.name,
            "category_id": categories[shelf.category],
            "hsn_code": shelf.hsn_code,
            "gst_rate": Decimal(shelf.gst_rate),
            "treatment": shelf.treatment,
            "brand": "Demo",
        }
        product_id = stage.play(create_product, "admin", f"product:{shelf.name}", fields=product).id
        for good in shelf.goods:
            stage.variants[good.sku] = _variant(stage, product_id, good)


def _variant(stage: Stage, product_id: int, good: Good) -> int:
    fields = {
        "product_id": product_id,
        "variant_name": good.name,
        "sku": good.sku,
        "price": Decimal(good.price),
        "mrp": Decimal(good.mrp),
        "cost": Decimal(good.cost),
        "reorder_level": 3,
    }
    return stage.play(create_variant, "admin", f"variant:{good.sku}", fields=fields).id

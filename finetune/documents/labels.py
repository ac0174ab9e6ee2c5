"""The fixed words of documents, in English and Hindi. A Hindi document names its kind in English as well."""

from typing import Final

TITLES: Final = {
    "tax_invoice": ("Tax Invoice", "कर बीजक"),
    "bill_of_supply": ("Bill of Supply", "प्रदाय बिल"),
    "invoice_cum_bill": ("Invoice-cum-Bill of Supply", "बीजक-सह-प्रदाय बिल"),
    "credit_note": ("Credit Note", "जमा पत्र"),
    "receipt_voucher": ("Receipt Voucher", "प्राप्ति वाउचर"),
    "refund_voucher": ("Refund Voucher", "वापसी वाउचर"),
}

LABELS: Final = {
    "copy": ("Original for recipient", "प्राप्तकर्ता की मूल प्रति"),
    "number.tax_invoice": ("Invoice no.", "बीजक सं."),
    "number.bill_of_supply": ("Bill no.", "बिल सं."),
    "number.invoice_cum_bill": ("Invoice no.", "बीजक सं."),
    "number.credit_note": ("Credit note no.", "जमा पत्र सं."),
    "number.receipt_voucher": ("Voucher no.", "वाउचर सं."),
    "number.refund_voucher": ("Voucher no.", "वाउचर सं."),
    "date": ("Date", "दिनांक"),
    "due": ("Due by", "देय तिथि"),
    "place": ("Place of supply", "प्रदाय का स्थान"),
    "reverse_charge": ("Reverse charge", "रिवर्स चार्ज"),
    "yes": ("Yes", "हाँ"),
    "no": ("No", "नहीं"),
    "against": ("Against", "संदर्भ"),
    "against_date": ("Dated", "संदर्भ दिनांक"),
    "mode": ("Mode of payment", "भुगतान का माध्यम"),
    "mode.cash": ("Cash", "नकद"),
    "mode.card": ("Card", "कार्ड"),
    "mode.upi": ("UPI", "UPI"),
    "mode.emi": ("EMI", "EMI"),
    "billed_to": ("Billed to", "ग्राहक"),
    "billed_and_delivered_to": ("Billed and delivered to", "ग्राहक एवं सुपुर्दगी का पता"),
    "received_from": ("Received from", "भुगतानकर्ता"),
    "credited_to": ("Credited to", "जिसके खाते में जमा"),
    "refunded_to": ("Refunded to", "प्राप्तकर्ता"),
    "gstin": ("GSTIN", "GSTIN"),
    "state": ("State", "राज्य"),
    "phone": ("Phone", "फ़ोन"),
    "country": ("Country", "देश"),
    "unregistered": ("Unregistered", "अपंजीकृत"),
    "no_gstin": ("Not registered under GST", "GST में अपंजीकृत"),
    "walk_in": ("Walk-in customer", "काउंटर ग्राहक"),
    "serial": ("#", "#"),
    "item": ("Description", "विवरण"),
    "hsn": ("HSN/SAC", "HSN/SAC"),
    "quantity": ("Qty", "मात्रा"),
    "price": ("Rate", "दर"),
    "discount": ("Discount", "छूट"),
    "taxable": ("Taxable value", "कर योग्य मूल्य"),
    "value": ("Value", "मूल्य"),
    "amount": ("Amount", "राशि"),
    "total": ("Total", "योग"),
    "rate": ("GST", "GST"),
    "tax": ("Total tax", "कुल कर"),
    "includes_tax": ("incl. tax", "कर सहित"),
    "summary": ("Tax by HSN/SAC", "HSN/SAC अनुसार कर"),
    "serial_numbers": ("IMEI/Serial", "IMEI/क्रमांक"),
    "taxable_total": ("Taxable value", "कर योग्य मूल्य"),
    "value_total": ("Value of supply", "प्रदाय का मूल्य"),
    "before_round_off": ("Total before rounding", "पूर्णांकन से पहले"),
    "round_off": ("Round-off", "पूर्णांकन"),
    "grand.tax_invoice": ("Total", "कुल योग"),
    "grand.bill_of_supply": ("Total", "कुल योग"),
    "grand.invoice_cum_bill": ("Total", "कुल योग"),
    "grand.credit_note": ("Total credited", "कुल जमा"),
    "grand.receipt_voucher": ("Advance received", "प्राप्त अग्रिम"),
    "grand.refund_voucher": ("Advance refunded", "वापस किया अग्रिम"),
    "words": ("Amount in words", "राशि शब्दों में"),
    "reason": ("Reason", "कारण"),
    "notes": ("Notes", "टिप्पणी"),
    "scan": ("Scan to view, verify or pay", "देखने, जाँचने या भुगतान के लिए स्कैन करें"),
    "scan_view": ("Scan to view and verify", "देखने और जाँचने के लिए स्कैन करें"),
    "qr_alt": ("QR code of the page of this document", "इस दस्तावेज़ के पृष्ठ का QR कोड"),
    "ack": ("Acknowledgement", "पावती"),
    "portal_qr_alt": ("Signed QR code of the e-invoice portal", "ई-चालान पोर्टल का हस्ताक्षरित QR कोड"),
    "signatory": ("Authorised signatory", "अधिकृत हस्ताक्षरकर्ता"),
    "for": ("For", "कृते"),
    "computer": (
        "Issued electronically; no signature is needed.",
        "इलेक्ट्रॉनिक रूप से जारी; हस्ताक्षर आवश्यक नहीं।",
    ),
    "page": ("Page", "पृष्ठ"),
    "of": ("of", "/"),
    "thanks": ("Thank you. Come again.", "धन्यवाद। फिर पधारें।"),
    "cancelled": ("Cancelled", "रद्द\N{NO-BREAK SPACE}Cancelled"),
    "cancelled_on": ("Cancelled on", "रद्द करने का दिनांक:"),
    "exempt": ("Exempt", "कर मुक्त"),
    "nil": ("Nil-rated", "शून्य दर"),
    "non_gst": ("Outside GST", "GST से बाहर"),
    "untaxed": ("Untaxed", "कर रहित"),
}

# Section 10 dealers, at the top of the bill: CGST Rule 5(1)(f); endorsements of zero-rated supplies: CGST Rule 46,
# third proviso.
COMPOSITION: Final = (
    "Composition taxable person, not eligible to collect tax on supplies.",
    "संघटन (कंपोज़िशन) करदाता; प्रदायों पर कर लेने का पात्र नहीं। / "
    "Composition taxable person, not eligible to collect tax on supplies.",
)
ADVANCE_FOR_GOODS: Final = (
    "No tax is due on an advance for goods; it is charged on their bill (Notification 66/2017-Central Tax).",
    "माल के अग्रिम पर कर देय नहीं; कर माल के बिल पर लगेगा (अधिसूचना 66/2017-केंद्रीय कर)।",
)
REVERSE: Final = (
    "Tax on this supply is payable by the recipient under reverse charge.",
    "इस प्रदाय पर कर रिवर्स चार्ज के अंतर्गत प्राप्तकर्ता द्वारा देय है।",
)
ENDORSEMENTS: Final = {
    ("export", True): "SUPPLY MEANT FOR EXPORT ON PAYMENT OF INTEGRATED TAX",
    (
        "export",
        False,
    ): "SUPPLY MEANT FOR EXPORT UNDER BOND OR LETTER OF UNDERTAKING WITHOUT PAYMENT OF INTEGRATED TAX",
    ("sez", True): (
        "SUPPLY TO SEZ UNIT OR SEZ DEVELOPER FOR AUTHORISED OPERATIONS ON PAYMENT OF INTEGRATED TAX"
    ),
    ("sez", False): (
        "SUPPLY TO SEZ UNIT OR SEZ DEVELOPER FOR AUTHORISED OPERATIONS UNDER BOND OR LETTER OF UNDERTAKING"
        " WITHOUT PAYMENT OF INTEGRATED TAX"
    ),
}

STATES_HI: Final = {
    "01": "जम्मू और कश्मीर", "02": "हिमाचल प्रदेश", "03": "पंजाब", "04": "चंडीगढ़", "05": "उत्तराखंड",
    "06": "हरियाणा", "07": "दिल्ली", "08": "राजस्थान", "09": "उत्तर प्रदेश", "10": "बिहार", "11": "सिक्किम",
    "12": "अरुणाचल प्रदेश", "13": "नागालैंड", "14": "मणिपुर", "15": "मिज़ोरम", "16": "त्रिपुरा", "17": "मेघालय",
    "18": "असम", "19": "पश्चिम बंगाल", "20": "झारखंड", "21": "ओडिशा", "22": "छत्तीसगढ़", "23": "मध्य प्रदेश",
    "24": "गुजरात", "26": "दादरा और नगर हवेली तथा दमन और दीव", "27": "महाराष्ट्र", "29": "कर्नाटक", "30": "गोवा",
    "31": "लक्षद्वीप", "32": "केरल", "33": "तमिलनाडु", "34": "पुदुचेरी", "35": "अंडमान और निकोबार द्वीपसमूह",
    "36": "तेलंगाना", "37": "आंध्र प्रदेश", "38": "लद्दाख", "97": "अन्य क्षेत्र",
}  # fmt: skip
OTHER_COUNTRY_NAMES: Final = ("Other country", "अन्य देश")


def in_language(lang: str) -> dict[str, str]:
    place = 1 if lang == "hi" else 0
    return {name: words[place] for name, words in LABELS.items()}

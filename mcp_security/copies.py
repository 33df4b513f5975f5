"""Fields that Odoo fills from others without saying so.

What a field is computed from is declared, as a rule, and what follows from a hidden
field is hidden with it (:mod:`.inference`). Some are filled by code instead: an invoice
gets its prices from the order, a message the address of its author. They are listed
here, with what they are filled from.
"""

from collections.abc import Mapping

_SALE_PRICE = "sale.order.line.price_unit"
_PURCHASE_PRICE = "purchase.order.line.price_unit"
_COST = "product.product.standard_price"
_LISTED = "product.template.list_price product.product.lst_price"
_EMAIL = "res.partner.email"
_PHONE = "res.partner.phone"
_INVOICED = "account.move.line.price_subtotal"

_TABLE = {
    # messages
    "mail.message.email_from": _EMAIL,
    "mail.message.reply_to": _EMAIL,
    "mail.message.incoming_email_cc": _EMAIL,
    "mail.message.incoming_email_to": _EMAIL,
    "mail.mail.email_to": _EMAIL,
    "mail.mail.email_cc": _EMAIL,
    "mail.mail.headers": _EMAIL,
    "mail.mail.failure_reason": _EMAIL,
    "mail.notification.failure_type": _EMAIL,
    "mail.notification.failure_reason": _EMAIL,
    "mail.notification.mail_email_address": _EMAIL,
    "mail.notification.notification_status": f"{_EMAIL} {_PHONE}",
    "mail.notification.sms_number": _PHONE,
    "mailing.trace.email": _EMAIL,
    "mailing.trace.sms_number": _PHONE,
    "sms.sms.number": _PHONE,
    "calendar.attendee.email": _EMAIL,
    # sales and purchases
    "sale.order.line.price_unit": (
        f"{_LISTED} {_COST} product.pricelist.item.fixed_price"
    ),
    "sale.order.line.technical_price_unit": _SALE_PRICE,
    "sale.order.line.purchase_price": _COST,
    "sale.order.line.display_name": "res.partner.ref",
    "purchase.order.line.price_unit": f"product.supplierinfo.price {_COST}",
    "purchase.order.line.technical_price_unit": _PURCHASE_PRICE,
    # invoices
    "account.move.line.price_unit": f"{_SALE_PRICE} {_PURCHASE_PRICE} {_LISTED}",
    "account.move.line.discount": "sale.order.line.discount",
    "account.move.line.balance": _INVOICED,
    "account.move.line.amount_currency": _INVOICED,
    "account.move.line.tax_base_amount": _INVOICED,
    "account.move.tax_totals": _INVOICED,
    "account.payment.amount": "account.move.amount_residual",
    "account.partial.reconcile.amount": "account.move.line.amount_residual",
    "account.analytic.line.amount": "account.move.line.balance",
    # what products cost
    "product.value.value": _COST,
    "product.value.description": _COST,
    "stock.move.price_unit": f"{_COST} {_PURCHASE_PRICE}",
    "stock.move.value": _COST,
    "stock.quant.value": _COST,
    "stock.lot.standard_price": _COST,
    "product.product.total_value": _COST,
    "product.product.avg_cost": _COST,
}


def _name(text: str) -> tuple[str, str]:
    model, _dot, field = text.rpartition(".")
    return model, field


#: What a field is filled from, both by the names of their models and their own.
COPIES: Mapping[tuple[str, str], tuple[tuple[str, str], ...]] = {
    _name(copy): tuple(map(_name, sources.split())) for copy, sources in _TABLE.items()
}

"""The column maps that come with the product. They become rows that operations staff may change or add to (ORD-14)."""

from __future__ import annotations

from typing import Any

COLUMN_MAPS: dict[str, dict[str, Any]] = {
    "generic": {
        "name": "General order file / 通用订单文件",
        "columns": {
            "order_number": ["order_number", "order number", "订单编号", "订单号", "主订单编号"],
            "seller_code": ["seller_code", "sku", "商家编码", "规格编码", "货号", "外部系统编号"],
            "title": ["title", "商品名称", "商品标题", "宝贝标题", "标题"],
            "quantity": ["quantity", "qty", "数量", "商品数量", "购买数量", "订购数量"],
            "unit_price": ["unit_price", "price", "单价", "价格", "商品单价"],
            "line_discount": ["line_discount", "商品优惠"],
            "placed_at": ["placed_at", "ordered at", "下单时间", "订单创建时间", "订单提交时间"],
            "paid_at": ["paid_at", "付款时间", "支付时间", "订单付款时间", "支付完成时间"],
            "currency": ["currency", "币种"],
            "buyer_id": ["buyer_id", "买家会员名", "下单帐号", "买家账号"],
            "buyer_name": ["buyer_name", "买家姓名", "客户姓名"],
            "buyer_email": ["email", "buyer_email", "邮箱", "电子邮件"],
            "buyer_phone": ["buyer_phone", "买家手机"],
            "language": ["language", "语言"],
            "recipient_name": ["recipient_name", "收货人姓名", "收货人", "收件人"],
            "recipient_phone": ["recipient_phone", "phone", "联系手机", "收件人手机号", "联系电话"],
            "country": ["country", "国家"],
            "region": ["province", "region", "省"],
            "city": ["city", "市"],
            "district": ["district", "区"],
            "street": ["street", "address", "收货地址", "详细地址", "客户地址"],
            "postcode": ["postcode", "邮编"],
            "amount_shipping": ["shipping", "运费", "买家应付邮费", "邮费(元)"],
            "amount_discount": ["discount", "订单优惠"],
            "amount_total": ["total", "实付金额", "买家实付金额", "买家实际支付金额"],
            "note": ["note", "买家留言", "订单备注"],
            "payment_reference": ["payment_reference", "支付单号"],
        },
        "rules": {"paid": "column"},
    },
    "uci_online_retail": {
        "name": "UCI Online Retail",
        "columns": {
            "order_number": ["InvoiceNo"],
            "seller_code": ["StockCode"],
            "title": ["Description"],
            "quantity": ["Quantity"],
            "placed_at": ["InvoiceDate"],
            "unit_price": ["UnitPrice"],
            "buyer_id": ["CustomerID"],
            "country": ["Country"],
        },
        "rules": {
            "time_zone": "Europe/London",
            "currency": "GBP",
            "cancellation_prefix": "C",
            "strip_zero_decimals": ["buyer_id"],
            "date_formats": ["%Y-%m-%d %H:%M:%S", "%m/%d/%Y %H:%M", "%Y-%m-%d %H:%M"],
            "services": ["POST", "DOT", "M", "m", "C2", "D", "S", "AMAZONFEE", "BANK CHARGES", "CRUK", "PADS"],
        },
    },
}

"""WooCommerce REST, wc/v3 (https://woocommerce.github.io/woocommerce-rest-api-docs/#products).

The secret of the channel is "consumer_key:consumer_secret" with read and write rights; its address is that of the
WordPress site. The shop's weight unit must be kg and its permalinks not "plain". Categories, stock and tags stay the
shop's own; everything that is sent is ours, and what somebody changed there is overwritten at the next push.
"""

from catalog.delivery.woocommerce.pushing import push, read_back

__all__ = ["push", "read_back"]

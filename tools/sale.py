"""A sale, a delivery and a backorder, by "odoo shell" in the database to be tried."""
# ruff: noqa: F821  # the shell provides env

product = env["product.product"].create(
    {"name": "Left Over", "is_storable": True, "allow_backorder": "yes"}
)
warehouse = env["stock.warehouse"].search(
    [("company_id", "=", env.company.id)], limit=1
)
env["stock.quant"]._update_available_quantity(product, warehouse.lot_stock_id, 5)
line = (0, 0, {"product_id": product.id, "product_uom_qty": 8})
partner = env["res.partner"].create({"name": "Loyal Customer"})
order = env["sale.order"].create({"partner_id": partner.id, "order_line": [line]})
order.action_confirm()
assert order.state == "sale", order.state
picking = order.picking_ids
picking.move_ids.picked = True
picking.with_context(skip_backorder=True).button_validate()
assert order.order_line.qty_delivered == 5, order.order_line.qty_delivered
for action in env["ir.actions.act_window"].search(
    [("res_model", "=like", "backorder.%")]
):
    assert action.res_model in env, action.res_model
for model in ("sale.order", "product.product", "res.config.settings"):
    env[model].get_view(view_type="form")

-- What an import by SQL leaves behind, for the picture of reconciling.
UPDATE sale_order SET backorder_state = 'none'
 WHERE id = (SELECT min(so.id)
               FROM sale_order so
               JOIN res_partner customer ON customer.id = so.partner_id
              WHERE customer.name = 'Cycles de la Montagne'
                AND so.backorder_state = 'backordered');
UPDATE sale_order_line
   SET backorder_qty = 1, backorder_product_qty = 1, allocated_qty = open_qty - 1
 WHERE id = (SELECT min(line.id)
               FROM sale_order_line line
               JOIN res_partner customer ON customer.id = line.order_partner_id
              WHERE customer.name = 'City Cargo Bikes' AND line.backorder_product_qty > 2);

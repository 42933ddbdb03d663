import {ListArchParser} from "@web/views/list/list_arch_parser";
import {patch} from "@web/core/utils/patch";

// Odoo supports `column_invisible` on fields and buttons, but not on widgets.
patch(ListArchParser.prototype, {
  parseWidgetNode(node, ...rest) {
    const info = super.parseWidgetNode(node, ...rest);
    const columnInvisible = node.getAttribute("column_invisible");
    return columnInvisible ? {...info, column_invisible: columnInvisible} : info;
  },
});

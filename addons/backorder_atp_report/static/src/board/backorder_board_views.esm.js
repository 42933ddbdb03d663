/* Copyright 2026 The backorder_atp contributors
 * License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl). */

import {BackorderBoard} from "./backorder_board.esm";
import {KanbanRenderer} from "@web/views/kanban/kanban_renderer";
import {ListRenderer} from "@web/views/list/list_renderer";
import {kanbanView} from "@web/views/kanban/kanban_view";
import {listView} from "@web/views/list/list_view";
import {registry} from "@web/core/registry";

export class BackorderBoardListRenderer extends ListRenderer {
  static template = "backorder_atp_report.BoardListRenderer";
  static components = {...ListRenderer.components, BackorderBoard};
}

export class BackorderBoardKanbanRenderer extends KanbanRenderer {
  static template = "backorder_atp_report.BoardKanbanRenderer";
  static components = {...KanbanRenderer.components, BackorderBoard};
}

const views = registry.category("views");
views.add("backorder_board_list", {...listView, Renderer: BackorderBoardListRenderer});
views.add("backorder_board_kanban", {
  ...kanbanView,
  Renderer: BackorderBoardKanbanRenderer,
});
